"""Lost and late steps are found, credited to the right services, and health is left alone."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from logsense_detectors.lost import Hit, summed
from logsense_detectors.sequence import Sequence

from logsense.testing.cases import START, WIDTH
from tests.traces import PATH, slow, template, traced, usual, without


def found(view):
    return Sequence().fit(view).detect(view)


def at(bucket):
    return START + timedelta(microseconds=bucket * WIDTH)


def test_a_lost_step_is_its_own_services():
    """What vanished is credited to the service that no longer says it, not to the one that complains."""
    complaint = ("cart", "could not look: nothing came back", 3)
    got = found(traced(without("rows", since=60, instead=complaint)))
    lost = got.filter(got["kind"] == "sequence").sort("score", descending=True)
    assert lost["service"][0] == "db"
    assert lost["template"][0] == template("rows")
    assert at(58) <= lost["start"][0] <= at(62)
    assert "expected" in lost["sentence"][0]


def test_a_slow_edge_is_of_both_ends():
    """A wait is credited to the services at both of its ends, and to no other."""
    got = found(traced(slow("query", since=60)))
    assert set(got["kind"]) == {"gap"}
    assert set(got["service"]) == {"cart", "db"}
    assert (got["start"] >= at(58)).all()
    assert (got["score"] >= 10).all()


def test_a_step_that_seldom_callers_wait_for_is_its_services():
    """Each calls too seldom to tell; that all wait tells of the one they call, and of it alone."""

    def paid(since):
        def make(_rng, bucket):
            if bucket % 6:
                return list(PATH)
            caller = f"desk-{bucket // 6 % 3}"
            return [(caller, f"{caller} asks", 900 if bucket >= since else 5), ("till", "paid", 0)]

        return make

    got = [found(traced(paid(since=84), seed=seed, rate=np.full(100, 1.5))) for seed in range(4)]
    assert sum("till" in set(one["service"]) for one in got) >= 3
    assert not any(set(one["service"]) & {"desk-0", "desk-1", "desk-2"} for one in got)
    assert not any(found(traced(paid(since=200), seed=seed)).height for seed in range(4))


def test_what_rare_callers_meet_is_not_counted_twice():
    """Steps of a service add up, and so do the pools of rare calls into it; the more of the two counts."""

    def said(decades, *, pool):
        return Hit("gap", "till", 0, True, 6, np.array(decades), pool)

    hits = [said([1.0, 2.0], pool=False), said([1.0, 2.0], pool=False), said([3.0, 3.0], pool=True)]
    assert summed(hits, 6).tolist() == [3.0, 4.0]
    assert summed(hits, 12).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("make", [without("rows", since=40, until=65), slow("query", since=40, until=65)])
def test_what_recovers_ends(make):
    """An anomaly ends where steps are as before, and what comes back is none."""
    got = found(traced(make))
    assert got.height
    assert (got["end"] <= at(67)).all()


@pytest.mark.parametrize(
    "make,lasts",
    [
        (slow("query", since=60), True),
        (slow("query", since=60, until=78), False),
        (slow("query", since=0, until=30), False),
        (without("rows", since=60), False),  # which steps are taken changes with what is asked for, too
    ],
)
def test_slowness_lasts_where_most_since_was_slow(make, lasts):
    """A wait lasts where most of what came since it began, up to the end of the run, was as long."""
    got = found(traced(make, quiet=range(30, 60)))
    assert got.height
    assert set(got["lasts"]) == {lasts}


@pytest.mark.parametrize("make", [without("rows", since=0, until=30), slow("query", since=0, until=30)])
def test_a_fault_at_the_start_is_told_by_what_comes_later(make):
    """Where nothing before a fault tells what is usual, what lies behind it does."""
    got = found(traced(make, quiet=range(40, 90)))
    assert "db" in set(got["service"])
    assert (got["end"] <= at(33)).all()


def test_a_log_that_begins_later_than_the_others_lost_nothing():
    """The older part of a log was rotated away: nothing is wrong; one that spoke before lost some."""

    def begins(_rng, bucket):
        return [one for one in PATH if one[0] != "db" or bucket >= 30]

    view = traced(begins, quiet=range(40, 90))
    assert not found(view).height
    spoke = view.counts.filter(pl.col("service") == "db").head(1).with_columns(bucket=pl.lit(0, pl.Int32))
    assert found(replace(view, counts=pl.concat([spoke, view.counts]))).height


def test_health_is_left_alone():
    """Quiet traces of many seeds and rates give hardly any anomaly, and none that is strong."""
    got = [found(traced(usual, seed=seed, rate=rate)) for seed in range(6) for rate in (0.5, 3.0, 12.0)]
    assert sum(one.height for one in got) == 0


def test_load_that_comes_in_waves_is_no_loss():
    """Periodic and falling load moves numbers, not shares."""
    wave = 4.0 + 3.5 * np.sin(np.arange(100) / 5.0)
    falling = np.linspace(12.0, 1.0, 100)
    assert not found(traced(usual, rate=wave)).height
    assert not found(traced(usual, rate=falling)).height


def test_another_caller_takes_nothing_from_the_first():
    """A shared step that a second caller begins to use is not lost to the first one."""

    def shared(rng, bucket):
        if bucket >= 60 and rng.random() < 0.7:
            return [("web", "list", 2), *PATH[1:5], ("web", "listed", 0)]
        return list(PATH)

    rate = np.where(np.arange(100) < 60, 3.0, 10.0)
    got = [found(traced(shared, seed=seed, rate=rate)) for seed in range(6)]
    assert sum(one.height for one in got) <= 1  # once in six runs the first caller is rare by chance


def test_a_mix_of_requests_that_drifts_is_no_loss():
    """Which of two ways requests take changes from minute to minute: what varies by itself is not lost."""

    def drifting(rng, bucket):
        often = 0.5 + 0.4 * np.sin(bucket / 4.0)
        return list(PATH) if rng.random() < often else [PATH[0], ("cart", "price", 3), *PATH[4:]]

    got = [found(traced(drifting, seed=seed, rate=8.0)) for seed in range(3)]
    assert sum(one.height for one in got) == 0


def test_a_template_split_within_a_place_is_no_loss():
    """A message that reads another way from some time on is the same step where the code says its place."""

    def split(_rng, bucket):
        return [(s, "rows of another length" if t == "rows" and bucket >= 60 else t, g) for s, t, g in PATH]

    places = {"rows": "db.Table#7", "rows of another length": "db.Table#7"}
    steps = traced(split, place=places.get).steps
    assert set(steps["place"]) == {None, "db.Table#7"}
    # Counting calls both by one template, as it calls a place by its commonest text.
    view = traced(split, place=places.get, names=lambda t: "rows" if t.startswith("rows") else t)
    assert not found(view).height
    assert found(traced(split)).height


def test_short_runs_and_runs_without_ids_are_silent():
    """A few buckets, no quiet time or no steps: nothing is said, and nothing fails."""
    for buckets in (1, 7, 12):
        assert not found(traced(without("rows", since=buckets - 3), buckets=buckets)).height
    whole = traced(without("rows", since=60))
    assert not found(type(whole)(**{**vars(whole), "quiet": ()})).height
    assert not found(type(whole)(**{**vars(whole), "steps": whole.steps.clear()})).height


def test_order_of_rows_changes_nothing():
    """STEPS in another order give the same anomalies."""
    view = traced(slow("query", since=60))
    other = type(view)(**{**vars(view), "steps": view.steps.reverse()})
    assert found(view).equals(found(other))
