"""What the rankers find, each by itself."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from logsense_rankers.aftermath import Aftermath
from logsense_rankers.consequence import Consequence
from logsense_rankers.herald import Herald

from logsense.rank.once import repeats
from logsense.schema import ANOMALIES, CHANGES, EDGES, View
from logsense.testing import from_table
from logsense.testing.cases import START, WIDTH

TEXTS = [
    "served <num> requests",
    "lease of vault not renewed, issuer said <num>, current one stays in use for now",
    "upload of <id> into vault failed: lease expired at <time>, storage sent it back",
    "kept a copy of <id>",
    "no space left on device, job <num>",
    "no space left on device while saving <id>",
]
SERVICES = ["web", "cron", "ingest", "coder", "coder", "web"]


def at(bucket: float) -> datetime:
    return START + timedelta(microseconds=int(bucket * WIDTH))


def view(*changes: tuple[str, str, float]) -> View:
    n = np.zeros((len(TEXTS), 100))
    n[0], n[1, 10], n[2:, 60:90] = 5, 1, 4
    made = from_table(
        n, SERVICES, TEXTS, ["INFO", "WARN", "ERROR", "INFO", "ERROR", "ERROR"], quiet=range(1, 50)
    )
    rows = [
        {"time": at(bucket), "service": who, "kind": kind, "source": 0, "line": 1, "text": kind}
        for kind, who, bucket in changes
    ]
    return replace(made, changes=CHANGES.of(rows))


def candidates(v: View, *rows: tuple[int, float, float]) -> pl.DataFrame:
    texts = dict(zip(v.templates["text"], v.templates["template"], strict=True))
    made: list[dict[str, Any]] = [
        {
            "detector": "novelty",
            "kind": "new",
            "service": SERVICES[number],
            "template": texts[TEXTS[number]],
            "start": at(start),
            "end": at(end),
            "score": 8.0,
            "observed": "30 in 20 s",
            "expected": "0",
            "sentence": "30 of it",
        }
        for number, start, end in rows
    ]
    return ANOMALIES.of(made).with_row_index("candidate")


def test_what_follows_a_change_of_its_own_service_is_suspect() -> None:
    """New remarks and trouble just after a change count, most where the service is the same one."""
    v = view(("deploy", "coder", 59))
    rows = Aftermath().score(v, candidates(v, (3, 60, 90), (4, 60, 90), (5, 60, 90), (4, 80, 90)))
    values = dict(rows.select("candidate", "value").iter_rows())
    assert (
        values[0] > values[1] > values[2] > 0
    )  # that a release says something new, trouble, another service
    assert 3 not in values  # too late


def test_start_up_after_a_change_is_not_suspect() -> None:
    """What a service says once while it starts follows every restart."""
    v = view(("restart", "coder", 59))
    assert not Aftermath().score(v, candidates(v, (3, 60, 61))).height
    assert not Aftermath().score(view(), candidates(v, (3, 60, 90))).height


def test_earlier_trouble_that_shares_words_foretold_it() -> None:
    """A complaint of another service, long before, that spoke of the same counts, with the words."""
    v = view()
    rows = Herald().score(v, candidates(v, (1, 10, 10), (2, 60, 90), (3, 60, 90)))
    assert rows["candidate"].to_list() == [0]
    assert "lease, vault" in rows["why"][0]
    assert rows["value"][0] > 0.5


def test_trouble_at_the_same_time_foretells_nothing() -> None:
    """Within a few buckets the order of complaints says nothing."""
    v = view()
    assert not Herald().score(v, candidates(v, (1, 58, 58), (2, 60, 90))).height


def test_the_same_reason_again_is_listed_lower() -> None:
    """Of two that state one reason the second gives way; what states none is left alone."""
    v = view()
    scored = candidates(v, (4, 60, 90), (5, 60, 90), (3, 60, 90)).with_columns(
        logit=pl.Series([4.0, 3.9, 3.8])
    )
    rows = repeats(v, scored)
    assert rows["candidate"].to_list() == [1]
    assert rows["value"][0] < 0
    assert "disk" in rows["why"][0]


def absent(v: View, number: int, start: float, *others: tuple[int, float, float]) -> pl.DataFrame:
    """Candidate 0: the message of that number is gone from ``start`` on; behind it, others that are new."""
    rows = candidates(v, (number, start, 99), *others)
    gone = pl.when(pl.col("candidate") == 0).then(pl.lit("vanished")).otherwise("kind")
    return rows.with_columns(gone.alias("kind"))


def test_what_is_gone_once_its_service_is_in_trouble_follows_from_it() -> None:
    """An absence within trouble of its own service gives way; the reason tells whose, and how long before."""
    v = view()
    rows = Consequence().score(v, absent(v, 3, 70, (4, 60, 90)))
    assert rows["candidate"].to_list() == [0]
    assert rows["value"][0] < 0
    assert "coder" in rows["why"][0]


def test_what_is_gone_once_a_callee_is_in_trouble_follows_from_it() -> None:
    """Trouble of a service that is called counts, that of an unrelated one does not."""
    v = view()
    edge = {"service": "web", "to": "coder", "how": "name", "n": 9, "first": at(0), "last": at(99)}
    linked = replace(v, edges=EDGES.of([edge]))
    assert Consequence().score(linked, absent(v, 0, 70, (4, 60, 90))).height == 1
    assert not Consequence().score(v, absent(v, 0, 70, (4, 60, 90))).height


def test_an_absence_that_trouble_does_not_account_for_is_left_alone() -> None:
    """Trouble that comes later, ended before, is weak, merely fades or is no trouble explains no absence."""
    v = view()
    early = absent(v, 3, 50, (4, 60, 90))
    over = absent(v, 3, 95, (4, 60, 90))
    weak = absent(v, 3, 70, (4, 60, 90)).with_columns(score=pl.lit(2.0))
    fading = absent(v, 3, 70, (4, 60, 90)).with_columns(kind=pl.lit("vanished"))
    harmless = absent(v, 4, 70, (3, 60, 90))
    for one in (early, over, weak, fading, harmless):
        assert not Consequence().score(v, one).height
