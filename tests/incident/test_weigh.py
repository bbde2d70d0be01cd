"""What explains an anomaly away, and what foretold an incident."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from logsense.incident import group, weigh
from logsense.schema import ANOMALIES, CHANGES, View
from logsense.testing import from_table
from logsense.testing.cases import START, WIDTH

TEXTS = [
    "served <num> requests",
    "lease of vault not renewed, issuer said <num>, current one stays in use for now",
    "upload of <id> into vault failed: lease expired at <time>, storage sent it back",
    "upload of <id> again, browser late",
]
LEVELS = ["INFO", "WARN", "ERROR", "WARN"]
#: Words are only rare among many messages.
OTHERS = [f"did step{a}{b} of plan" for a in "abcdefg" for b in "hijklmn"]


def at(bucket: float) -> datetime:
    return START + timedelta(microseconds=int(bucket * WIDTH))


def view(services: list[str], changes: list[tuple[str, float]] | None = None) -> View:
    n = np.zeros((4 + len(OTHERS), 100))
    n[0], n[1, 10], n[2, 60:90], n[3, 12], n[4:, ::7] = 5, 1, 4, 1, 1
    more = len(OTHERS)
    made = from_table(
        n, services + ["web"] * more, TEXTS + OTHERS, LEVELS + ["INFO"] * more, quiet=range(1, 50)
    )
    rows = [
        {"time": at(bucket), "service": "web", "kind": kind, "source": 0, "line": 1, "text": kind}
        for kind, bucket in changes or []
    ]
    return replace(made, changes=CHANGES.of(rows))


def found(v: View, number: int, start: float, end: float, **more: Any) -> dict[str, Any]:
    template = v.templates.filter(v.templates["text"] == TEXTS[number])["template"][0]
    row = {
        "detector": "novelty",
        "kind": "new",
        "service": v.counts.filter(v.counts["template"] == template)["service"][0],
        "template": template,
        "start": at(start),
        "end": at(end),
        "score": 8.0,
        "observed": "30 in 20 s",
        "expected": "0",
        "sentence": "30 of it",
    }
    return row | more


def weight(v: View, *rows: dict[str, Any]) -> list[float]:
    return weigh(ANOMALIES.of(list(rows)), v)["weight"].to_list()


@pytest.mark.parametrize(
    "kind,bucket,start,end,explained",
    [
        ("restart", 60, 60, 62, True),
        ("restart", 61, 60, 62, True),  # it says that it is back after it was gone
        ("restart", 60, 60, 80, False),  # it lasts: no restart explains that
        ("restart", 80, 60, 62, False),
        ("scan", 60, 60, 80, False),
    ],
)
def test_a_change_explains_what_is_short_and_near(
    kind: str, bucket: float, start: float, end: float, explained: bool
) -> None:
    """Short trouble beside a change counts a fifth; what lasts, or lies elsewhere, counts whole."""
    plain = view(["web", "cron", "ingest", "web"])
    changed = view(["web", "cron", "ingest", "web"], [(kind, bucket)])
    row = found(plain, 3, start, end)
    (before,), (after,) = weight(plain, row), weight(changed, row)
    assert after == pytest.approx(before * 0.2 if explained else before)


def test_scans_that_come_again_explain_all_they_cover() -> None:
    """Trouble that begins and ends with a scan is the scanner's, however long the scanner stays."""
    v = view(["web", "cron", "ingest", "web"], [("scan", 60), ("scan", 79)])
    assert weight(v, found(v, 3, 60, 80)) < weight(view(["web"] * 4), found(v, 3, 60, 80))


def test_slowness_that_lasts_counts_more_than_what_passed() -> None:
    """Of equal waits one that is there when the run ends counts more, unless it is brief or strong anyway."""
    plain = view(["web", "cron", "ingest", "web"])
    slow = {"kind": "gap", "detector": "sequence", "score": 6.0}

    def pair(start: float, **more: Any) -> list[float]:
        rows = [found(plain, 0, start, 90, **slow | more | {"lasts": one}) for one in (True, False, None)]
        return [weight(plain, row)[0] for row in rows]

    assert pair(60) == pytest.approx([4.8, 3.0, 3.0])
    assert pair(88) == pytest.approx([3.0, 3.0, 3.0])
    assert pair(60, score=10.0) == pytest.approx([8.0, 8.0, 8.0])


def test_a_number_that_left_its_usual_for_good_counts_whole_and_swallows_nothing() -> None:
    """It weighs as much as it scores, and what begins long after is another matter; no metric."""
    plain = view(["web", "cron", "ingest", "web"])
    row = found(plain, 0, 30, 90, kind="value", detector="value", score=6.0, lasts=True)
    weighed = weigh(ANOMALIES.of([row, row | {"template": None}]), plain).sort("weight")
    assert weighed["weight"].to_list() == pytest.approx([4.8, 6.0])
    assert weighed["reach"].to_list() == [at(90), at(60)]


def test_trouble_that_spoke_of_the_same_is_a_precursor() -> None:
    """A lone complaint of another service long before joins the incident whose words it shares."""
    v = view(["web", "cron", "ingest", "web"])
    rows = [found(v, 1, 10, 10, score=1.5), found(v, 2, 60, 90), found(v, 3, 12, 12, score=1.5)]
    (one,), _ = group(ANOMALIES.of(rows), v)
    assert one.begun == at(10)
    assert one.start == at(60)
    templates = set(one.anomalies["template"])
    assert rows[0]["template"] in templates
    assert rows[2]["template"] not in templates  # it shares one word only


def test_of_one_service_words_foretell_nothing() -> None:
    """All messages of a service share words, so that an earlier one of the same service does not join."""
    v = view(["web", "ingest", "ingest", "web"])
    rows = [found(v, 1, 10, 10, score=1.5), found(v, 2, 60, 90)]
    (one,), _ = group(ANOMALIES.of(rows), v)
    assert one.begun == one.start == at(60)


def test_order_of_anomalies_changes_nothing() -> None:
    """Groups are the same whatever the order of the rows."""
    v = view(["web", "cron", "ingest", "web"])
    rows = [found(v, 1, 10, 10, score=1.5), found(v, 2, 60, 90), found(v, 3, 61, 62)]
    (one,), _ = group(ANOMALIES.of(rows), v)
    (two,), _ = group(ANOMALIES.of(rows[::-1]), v)
    assert one.terms == two.terms
    assert one.anomalies.sort("template").equals(two.anomalies.sort("template"))


def test_weights_of_nothing() -> None:
    """No anomalies, no weights."""
    assert weigh(ANOMALIES.empty(), view(["web"] * 4)).height == 0
    assert isinstance(weigh(ANOMALIES.empty(), view(["web"] * 4)), pl.DataFrame)
