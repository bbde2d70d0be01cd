"""Anomalies become few incidents, and only where they deserve the name."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import logsense_detectors
import numpy as np
import polars as pl
import pytest

from logsense.analysis import Cause
from logsense.detect import baseline, detect
from logsense.host import Host
from logsense.incident import build, group, near_misses, weigh
from logsense.schema import ANOMALIES, CHANGES, INCIDENT_KINDS, SEVERITIES, View
from logsense.testing import calm, from_table, planted
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


def surged(view: View) -> View:
    change = {"time": at(60), "service": "alpha", "kind": "surge", "source": 0, "line": 1, "text": "surge"}
    return replace(view, changes=CHANGES.of([change]))


def test_a_surge_alone_is_no_incident() -> None:
    """A harmless message that comes far more often while all of the work does harms nothing."""
    incidents, calmer, _ = judged(surged(planted("rate up")))
    assert incidents == ()
    assert calmer


def test_an_outburst_of_a_steady_message_is_an_incident() -> None:
    """A harmless message that was steady, and comes as never else in the run, is one without any surge."""
    incidents, _, _ = judged(planted("rate up"))
    assert len(incidents) == 1
    assert abs(incidents[0].start - at(60)) <= timedelta(microseconds=3 * WIDTH)


def test_an_outburst_that_came_before_is_none() -> None:
    """What has its peaks elsewhere in the run, too, is a rhythm."""
    view = planted("rate up")
    rise = pl.col("n").max() / pl.col("n").median()
    loud = view.counts.group_by("service", "template").agg(rise).sort("n", "template").row(-1, named=True)
    during = view.counts.filter((pl.col("template") == loud["template"]) & (pl.col("n") > 100))
    named = {"template": loud["template"], "service": loud["service"]}
    when = {"start": during["first"].min(), "end": during["last"].max()}
    row = anomaly(planted("new"), kind="rate up", score=20.0) | named | when
    told = weigh(ANOMALIES.of([row]), view)
    again = view.counts.with_columns(
        n=pl.col("n") + pl.when(pl.col("bucket") < 30).then(300).otherwise(0).cast(pl.UInt32)
    )
    twice = weigh(ANOMALIES.of([row]), replace(view, counts=again))
    assert told["outburst"].to_list() == [True]
    assert twice["outburst"].to_list() == [False]


def test_an_absence_does_not_swallow_what_follows() -> None:
    """A job that died and another fault long after it are two incidents; the first lasts to its end."""
    view = planted("vanished", at=20)
    rare = view.counts.group_by("service", "template").len().sort("len", "template").row(0, named=True)
    gone = anomaly(
        planted("new"),
        kind="vanished",
        template=rare["template"],
        service=rare["service"],
        start=at(20),
        end=at(100),
        score=9.0,
    )
    bad = anomaly(planted("new"))
    view = replace(view, templates=pl.concat([view.templates, planted("new").templates]).unique("template"))
    rows = ANOMALIES.of([gone, bad | {"start": at(80), "end": at(85)}])
    groups, _ = group(rows, view)
    assert sorted((one.start, one.end) for one in groups) == [(at(20), at(100)), (at(80), at(85))]


def test_weak_signs_before_the_heavy_ones_do_not_date_it() -> None:
    """An incident starts with the first anomaly that is not much lighter than its heaviest one."""
    view = planted("new")
    rows = [
        anomaly(view, start=at(56), end=at(58), score=4.0),
        anomaly(view, start=at(60), end=at(70), score=9.0),
    ]
    (one,), _ = group(ANOMALIES.of(rows), view)
    assert one.start == at(60)


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


@pytest.mark.parametrize("later,joins", [(0.5, True), (3.0, False)])
def test_what_begins_in_the_next_bucket_belongs(later: float, joins: bool) -> None:
    """A weak anomaly that touches an incident's end joins it: a bucket's border parts nothing."""
    view = planted("new")
    rows = [
        anomaly(view, start=at(60), end=at(70), score=9.0),
        anomaly(view, start=at(70 + later), end=at(76), kind="gap", service="gamma", score=4.0),
    ]
    (one,), _ = group(ANOMALIES.of(rows), view)
    assert ("gamma" in set(one.anomalies["service"])) is joins


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


def test_an_incident_that_lasts_says_so() -> None:
    """What is going on in the last two buckets of the run has a last sign, and says that it goes on."""
    incidents, _, view = judged(planted("new", at=80, length=20))
    one = build(incidents[0], (cause(view),), (), (), view)
    assert one.ongoing
    assert one.end == incidents[0].end
    assert "still going on" in one.summary


def test_services_touched_are_counted_alike_in_the_summary_and_in_the_reason() -> None:
    """An absence of which no record tells says so, counts the services it names, and says why it is major."""
    incidents, _, view = judged(planted("new"))
    gone = cause(view, kind="vanished"), cause(view, kind="vanished", service="alpha")
    quiet = replace(view, templates=view.templates.with_columns(pl.lit("fine").alias("text"), level=None))
    one = build(incidents[0], gone, (), (), quiet)
    assert "2 services touched" in one.summary
    assert "2 of " in one.why_severity
    assert one.why_severity.startswith("what stopped does not say so; none of ")
    both = [anomaly(view, service=service) for service in ("alpha", "beta")]
    two = build(group(ANOMALIES.of(both), view)[0][0], (cause(view),), (), (), view)
    assert "services touched" not in two.summary
    assert "1 of " in two.why_severity
    assert two.why_severity.endswith("services touched, 2 in trouble")


def test_trouble_that_is_there_all_along_makes_nothing_severe() -> None:
    """A fifth of all records tells of trouble, before and during it: minor; not before, critical."""
    n = np.full((2, 100), [[8.0], [2.0]])
    chronic = from_table(
        n, ["web", "mail"], ["sent <num>", "cannot connect"], ["INFO", "ERROR"], quiet=range(50)
    )
    slow = {"kind": "value", "service": "web", "template": chronic.templates["template"][0], "score": 10.0}
    rows = ANOMALIES.of([anomaly(chronic, **slow) | {"start": at(60), "end": at(90)}])
    one = build(group(rows, chronic)[0][0], (cause(chronic),), (), (), chronic)
    assert one.severity == "minor"
    assert "(20.0% usually)" in one.why_severity
    n[1, :50] = 0
    new = from_table(n, ["web", "mail"], ["sent <num>", "cannot connect"], ["INFO", "ERROR"], quiet=range(50))
    assert build(group(rows, new)[0][0], (cause(new),), (), (), new).severity == "critical"


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
    _, calmer, view = judged(surged(planted("rate up")))
    miss = near_misses(calmer, view)[0]
    assert miss.kind == "rate up"
    assert miss.sentence
    assert miss.score < 0.5
