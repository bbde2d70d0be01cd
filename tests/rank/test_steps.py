"""Whose steps changed is told by lost steps and longer gaps, in decades, and ranks components."""

from dataclasses import replace
from datetime import timedelta
from math import comb, log10

import numpy as np
import polars as pl
import pytest

from logsense.host import Host
from logsense.rank import Lines, rank
from logsense.rank.steps import late_decades, moved, share_changed
from logsense.schema import ANOMALIES
from logsense.testing.cases import START, WIDTH
from tests.traces import PATH, slow, template, traced, usual, without

COMPLAINT = ("cart", "could not look: nothing came back", 3)


def at(bucket):
    return START + timedelta(microseconds=bucket * WIDTH)


def changed(view, begin=60, end=99):
    rows = moved(view, at(begin), at(end) + timedelta(microseconds=WIDTH - 1))
    return {service: (lost, late) for service, lost, late in rows.iter_rows()}


def exact(f, of, n, whole):
    """-log10 of the two-sided mid-p, by adding up the hypergeometric distribution."""
    total, drawn = of + whole, f + n
    p = [comb(drawn, x) * comb(total - drawn, of - x) / comb(total, of) for x in range(of + 1)]
    return -log10(min(1.0, 2 * min(sum(p[f + 1 :]) + p[f] / 2, sum(p[:f]) + p[f] / 2)))


@pytest.mark.parametrize(
    ("f", "of", "n", "whole"),
    [(0, 10, 40, 40), (2, 9, 18, 18), (9, 10, 3, 60), (5, 20, 100, 300), (70, 100, 200, 400), (3, 3, 90, 90)],
)
def test_share_changed_is_fishers_exact_test(f, of, n, whole):
    """The decades are those of the exact distribution, in both directions."""
    got = share_changed(*(np.array([float(x)]) for x in (f, of, n, whole)))[0]
    assert got == pytest.approx(exact(f, of, n, whole), abs=1e-3)


def test_share_changed_of_large_numbers_is_finite():
    """Numbers far beyond a table of factorials give finite decades, capped."""
    got = share_changed(*(np.array([x]) for x in (0.0, 1e6, 2e6, 2e6)))
    assert got[0] == 300.0


@pytest.mark.parametrize("rate", [1.0, 20.0])
def test_lost_steps_are_of_the_service_whose_step_is_gone(rate):
    """The service whose record vanished has the most, whatever the load, though another one complains."""
    got = changed(traced(without("rows", since=60, instead=COMPLAINT), rate=rate))
    assert max(got, key=lambda service: sum(got[service])) == "db"
    assert got["db"][0] > 6
    assert sum(got.get("cart", (0.0,))) < 0.5 * got["db"][0]


@pytest.mark.parametrize("rate", [1.0, 20.0])
def test_longer_gaps_are_of_both_ends(rate):
    """Both ends of a slow edge have the same, and nobody else has any."""
    got = changed(traced(slow("query", since=60), rate=rate))
    assert set(got) == {"cart", "db"}
    assert got["cart"] == got["db"]
    assert got["db"][1] > 6


def test_health_says_nothing_much():
    """Quiet traces stay far below what a fault gives."""
    for seed in range(5):
        got = changed(traced(usual, seed=seed))
        assert sum(map(sum, got.values())) < 6


def test_a_split_template_in_one_place_is_no_loss():
    """Texts of one place are one step; without places the split looks like a loss."""

    def split(_rng, bucket):
        return [(s, "rows of another length" if t == "rows" and bucket >= 60 else t, g) for s, t, g in PATH]

    assert changed(traced(split))["db"][0] > 6
    view = traced(
        split,
        names=lambda text: "rows" if text.startswith("rows") else text,
        place={"rows": "db.Table#7"}.get,
    )
    assert not changed(view)


def test_few_usual_buckets_or_no_ids_say_nothing():
    """Where next to nothing is left to compare with, or no records share ids, there is no evidence."""
    view = traced(without("rows", since=60))
    assert not changed(view, begin=4, end=98)
    assert not changed(replace(view, steps=view.steps.clear()))
    assert not changed(replace(view, start=None))


def test_known_good_logs_are_what_is_usual():
    """Where the baseline lies apart, the rest of the run is not compared with."""
    view = replace(traced(without("rows", since=30)), quiet=tuple(range(30)), judged=(30, 100))
    assert changed(view, begin=60)["db"][0] > 6
    beside = replace(view, judged=None)
    assert changed(beside, begin=60)["db"][0] < 0.7 * changed(view, begin=60)["db"][0]


def test_late_decades():
    """Long gaps speak by their share and size, and not where chance allows as many."""
    assert late_decades(1, 1, 100, 0.0) == pytest.approx(log10(202))
    assert late_decades(1, 1, 100, np.log(10.0)) == pytest.approx(log10(202) + 1)
    assert late_decades(1, 1000, 100, 0.0) == 0.0


def anomaly(view, kind, service, text, score):
    return {
        "detector": "x",
        "kind": kind,
        "service": service,
        "template": template(text),
        "start": at(60),
        "end": at(99),
        "score": score,
        "observed": "20 in 80 s",
        "expected": "0",
        "sentence": "it came",
    }


def components(view, *rows):
    ranked = rank(view, ANOMALIES.of(list(rows)), Host(objects=[], installed=False), Lines())
    return [one.service for one in ranked.components]


def test_components_follow_lost_steps():
    """The service that lost a step comes before the one that complains aloud, even without an anomaly."""
    view = traced(without("rows", since=60, instead=COMPLAINT))
    assert components(view, anomaly(view, "new", "cart", COMPLAINT[1], 9.0))[0] == "db"


def test_a_service_without_ids_may_be_behind_it():
    """Who shares no ids cannot lose steps: beside those who do it is judged by its words."""
    view = traced(without("rows", since=60, instead=COMPLAINT))
    rows = [anomaly(view, "new", "disk", "full", 9.0), anomaly(view, "new", "cart", COMPLAINT[1], 9.0)]
    got = components(view, *rows)
    assert got.index("disk") < got.index("cart")


def test_order_of_rows_changes_nothing():
    """STEPS in another order give the same decades, to the last bit."""
    view = traced(without("rows", since=60, instead=COMPLAINT))
    other = replace(view, steps=view.steps.sample(fraction=1.0, shuffle=True, seed=3))
    one, two = (moved(v, at(60), at(99)) for v in (view, other))
    assert one.equals(two)
    assert isinstance(one, pl.DataFrame)
