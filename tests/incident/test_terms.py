"""What the score of an incident, and of what came close to one, is made of."""

import math
from dataclasses import replace
from datetime import timedelta

import logsense_detectors
import pytest

from logsense.detect import baseline, detect
from logsense.host import Host
from logsense.incident import ENOUGH, build, group, near_misses
from logsense.schema import CHANGES
from logsense.testing import calm, planted
from logsense.testing.cases import START, WIDTH


def judged(view):
    quiet, how = baseline(view)
    view = replace(view, quiet=quiet, how=how)
    host = Host(objects=[("detectors", "bundled", logsense_detectors)], installed=False)
    return *group(detect(view, host), view), view


def surged(view):
    change = {"service": "alpha", "kind": "surge", "source": 0, "line": 1, "text": "surge"}
    return replace(view, changes=CHANGES.of([{"time": START + timedelta(microseconds=60 * WIDTH), **change}]))


@pytest.mark.parametrize("kind", ["new", "vanished"])
def test_the_terms_of_an_incident_add_up_to_its_score(kind):
    """Families, words and spread are the terms; values times weights are the score, above one half."""
    incidents, _, view = judged(planted(kind))
    one = build(incidents[0], (), (), (), view)
    assert len(one.terms) >= 1
    assert math.isclose(sum(t.value * t.weight for t in one.terms), one.score, rel_tol=1e-9)
    assert math.isclose(sum(t.value for t in one.terms), incidents[0].evidence, rel_tol=1e-9)
    assert one.score >= 0.5
    assert all(term.why for term in one.terms)


def test_what_nothing_carries_has_a_term_that_takes_it_away():
    """A surge alone is no incident: its score stays below one half, terms add up, what lacks is said."""
    misses = []
    for seed in range(4):
        _, calmer, view = judged(surged(planted("rate up", seed=seed)))
        misses += near_misses(calmer, view)
    assert misses
    for near in misses:
        assert near.score < 0.5
        assert math.isclose(sum(t.value * t.weight for t in near.terms), near.score, rel_tol=1e-9)
        total = sum(t.value for t in near.terms)
        if near.terms[-1].name == "not carried":
            assert near.terms[-1].value < 0
            assert near.terms[-1].why in near.lacking
        else:
            assert near.lacking.endswith(f"{ENOUGH - total:.1f} are lacking")


def test_the_why_of_a_family_is_its_strongest_anomaly():
    """Each family names the sentence of its strongest anomaly."""
    incidents, _, _ = judged(planted("new"))
    one = incidents[0]
    new = next(term for term in one.terms if term.name == "new")
    rows = one.anomalies.filter(one.anomalies["kind"] == "new")
    assert new.why == rows.sort("weight", descending=True)["sentence"][0]


def test_calm_has_no_terms_to_speak_of():
    """Where nothing is, no group claims to be an incident."""
    incidents, calmer, view = judged(calm())
    assert incidents == ()
    assert all(near.score < 0.5 for near in near_misses(calmer, view))
