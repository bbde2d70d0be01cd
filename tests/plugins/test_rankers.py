"""What the rankers find, each by itself."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from logsense_rankers.aftermath import Aftermath
from logsense_rankers.herald import Herald

from logsense.rank.once import repeats
from logsense.schema import ANOMALIES, CHANGES, View
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
