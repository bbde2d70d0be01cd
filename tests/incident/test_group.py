"""Anomalies become few incidents, and only where they deserve the name."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import logsense_detectors
import pytest

from logsense.analysis import Cause
from logsense.detect import baseline, detect
from logsense.host import Host
from logsense.incident import build, group, near_misses
from logsense.schema import ANOMALIES, CHANGES, INCIDENT_KINDS, SEVERITIES, View
from logsense.testing import calm, planted
from logsense.testing.cases import START, WIDTH


def host() -> Host:
    return Host(objects=[("detectors", "bundled", logsense_detectors)], installed=False)


def judged(view: View) -> tuple[Any, Any, View]:
    quiet, how = baseline(view)
    view = replace(view, quiet=quiet, how=how)
    incidents, calmer = group(detect(view, host()), view)
    return incidents, calmer, view


def at(bucket: float) -> datetime:
    return START + timedelta(microseconds=int(bucket * WIDTH))


def anomaly(view: View, **more: Any) -> dict[str, Any]:
    bad = view.templates.filter(view.templates["level"].cast(str) == "ERROR")["template"]
    row = {
        "detector": "novelty",
        "kind": "new",
        "service": "beta",
        "template": bad[0],
        "start": at(60),
        "end": at(70),
        "score": 7.0,
        "observed": "30 in 20 s",
        "expected": "0",
        "sentence": "30 of it",
    }
    return row | more


@pytest.mark.parametrize("seed", range(8))
def test_calm_runs_have_no_incident(seed: int) -> None:
    """Over-dispersed counts and a heartbeat make no incident."""
    incidents, _, _ = judged(calm(seed=seed))
    assert incidents == ()


@pytest.mark.parametrize("kind", ["new", "vanished"])
@pytest.mark.parametrize("begin", [50, 60])
def test_a_planted_fault_is_one_incident_at_its_time(kind: str, begin: int) -> None:
    """New errors, or a heartbeat that stops, are exactly one incident that starts in time."""
    incidents, _, _ = judged(planted(kind, at=begin))
    assert len(incidents) == 1
    late = incidents[0].start - at(begin)
    assert timedelta(0) <= late <= timedelta(microseconds=(5 if kind == "vanished" else 3) * WIDTH)


def test_a_surge_alone_is_no_incident() -> None:
    """One harmless message that comes far more often harms nothing."""
    incidents, calmer, _ = judged(planted("rate up"))
    assert incidents == ()
    assert calmer


def test_weak_anomalies_do_not_join_incidents() -> None:
    """Two faults far apart stay two, though a weak anomaly spans both."""
    view = planted("new")
    rows = [
        anomaly(view, start=at(20), end=at(25)),
        anomaly(view, start=at(20), end=at(25), kind="severity", template=None),
        anomaly(view, start=at(70), end=at(75)),
        anomaly(view, start=at(70), end=at(75), kind="severity", template=None),
        anomaly(view, start=at(10), end=at(90), score=1.0, kind="rate up"),
    ]
    incidents, _ = group(ANOMALIES.of(rows), view)
    assert sorted(g.start for g in incidents) == [at(20), at(70)]


def test_neighbours_in_time_are_one() -> None:
    """Anomalies of several services within seconds are one incident."""
    view = planted("new")
    rows = [anomaly(view, service=s, start=at(60 + i), end=at(62 + i)) for i, s in enumerate("abc")]
    rows.append(anomaly(view, kind="severity", template=None))
    incidents, _ = group(ANOMALIES.of(rows), view)
    assert len(incidents) == 1


def test_a_short_disturbance_at_a_restart_is_explained() -> None:
    """Seconds of complaints weigh less where a service was restarted just then."""
    view = planted("new")
    rows = [
        anomaly(view, start=at(60), end=at(61), template=None, kind="severity"),
        anomaly(view, start=at(60), end=at(61), score=4.0),
    ]
    frame = ANOMALIES.of(rows)
    assert len(group(frame, view)[0]) == 1
    restart = {
        "time": at(60),
        "service": "gamma",
        "kind": "restart",
        "source": 0,
        "line": 1,
        "text": "starting",
    }
    explained, _ = group(frame, replace(view, changes=CHANGES.of([restart])))
    # "disk full" states a cause firmly, so that only the rest is explained away.
    assert explained == () or explained[0].evidence < group(frame, view)[0][0].evidence


def test_no_anomalies_no_groups() -> None:
    """An empty frame makes no incident and no near miss."""
    assert group(ANOMALIES.empty(), calm()) == ((), ())


def cause(view: View, **more: Any) -> Cause:
    base: dict[str, Any] = {
        "rank": 1,
        "score": 0.9,
        "service": "beta",
        "template_id": "x",
        "template": "disk full",
        "kind": "new",
        "detector": "novelty",
        "observed": "1",
        "expected": "0",
        "predicted": False,
        "summary": "beta: 30 of it",
        "start": at(61),
    }
    return Cause(**(base | more))


def test_the_incident_starts_with_its_cause_and_keeps_its_id() -> None:
    """Start is the record of the first cause; the same input gives the same id, another cause another one."""
    incidents, _, view = judged(planted("new"))
    one = build(incidents[0], (cause(view),), (), (), view)
    assert one.start == at(61)
    assert one.id == build(incidents[0], (cause(view),), (), (), view).id
    assert one.id != build(incidents[0], (cause(view, service="alpha"),), (), (), view).id
    assert one.kind in INCIDENT_KINDS
    assert one.severity in SEVERITIES
    assert 0.0 <= one.score <= 1.0
    assert any(c.isdigit() for c in one.why_severity)


def test_an_incident_that_lasts_has_no_end() -> None:
    """What is going on in the last two buckets of the run has no end and says so."""
    incidents, _, view = judged(planted("new", at=80, length=20))
    one = build(incidents[0], (cause(view),), (), (), view)
    assert one.ongoing
    assert one.end is None
    assert "still going on" in one.summary


@pytest.mark.parametrize(
    "kind,text,expected",
    [
        ("vanished", "heartbeat", "absence"),
        ("new", "Failed password for root", "security"),
        ("value", "request took <num> ms", "performance"),
        ("new", "name or service not known", "change"),
        ("new", "disk full", "availability"),
    ],
)
def test_kinds_follow_the_first_cause(kind: str, text: str, expected: str) -> None:
    """The kind of an incident is told by the kind and words of its first cause."""
    incidents, _, view = judged(planted("new"))
    assert build(incidents[0], (cause(view, kind=kind, template=text),), (), (), view).kind == expected


def test_timeline_counts_add_up_to_the_records() -> None:
    """The timeline's total is every record of the run."""
    incidents, _, view = judged(planted("new"))
    timeline = build(incidents[0], (cause(view),), (), (), view).timeline
    assert timeline is not None
    assert sum(timeline.total) == view.counts["n"].sum()


def test_near_misses_name_the_strongest_anomaly() -> None:
    """What came closest is named with its sentence and a score below that of incidents."""
    _, calmer, view = judged(planted("rate up"))
    miss = near_misses(calmer, view)[0]
    assert miss.kind == "rate up"
    assert miss.sentence
    assert miss.score < 0.77
