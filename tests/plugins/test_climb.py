"""Numbers that climb to the end of a run: found whatever the baseline, and at the stated rates of error."""

import numpy as np
import pytest
from logsense_detectors.climb import in_order, joined, steps_up
from logsense_detectors.value import Value

BUCKETS = 200
QUIET = range(2, 82)


def noise(*, sd, buckets=BUCKETS, rows=1, seed=0):
    """White noise around one, as a factor."""
    return np.exp(np.random.default_rng(seed).normal(0.0, sd, (rows, buckets)))


def climbing(x, begin=120):
    """The same, growing to six times from a bucket on."""
    grown = x.copy()
    grown[:, begin:] *= 1 + 5 * np.arange(x.shape[1] - begin) / (x.shape[1] - begin)
    return grown


def test_a_climb_is_found_though_the_baseline_lies_partly_in_it(view_of, found_by):
    """Other signs call every third bucket quiet, to the last: against them nothing is odd."""
    x = noise(sd=0.25)
    everywhere = range(2, 198, 3)
    row = found_by(Value(), view_of(climbing(x), quiet=everywhere)).row(0, named=True)
    assert row["score"] >= 10
    assert row["lasts"]
    assert "climbs from" in row["sentence"]
    assert not found_by(Value(), view_of(x, quiet=everywhere)).height


def test_what_came_back_or_fell_silent_does_not_go_on(view_of, found_by):
    """A climb that ended long before the run did is not said to go on."""
    x = noise(sd=0.05)
    y = climbing(x, 80)
    y[:, 170:] = x[:, 170:]
    assert not found_by(Value(), view_of(y, quiet=QUIET))["lasts"].any()
    ends = climbing(x, 80)
    ends[:, 150:] = np.nan
    assert not found_by(Value(), view_of(ends, quiet=QUIET))["lasts"].any()


def test_a_cost_that_stays_up_is_found_in_a_baseline_that_lies_in_it(view_of, found_by):
    """A latency that is up to the end is told as going on; an amount that became another is not."""
    x = noise(sd=0.25)
    x[:, 90:] *= 3.5
    everywhere = range(2, 198, 3)
    row = found_by(Value(), view_of(x, quiet=everywhere)).row(0, named=True)
    assert (row["lasts"], row["score"] >= 8) == (True, True)
    assert not found_by(Value(), view_of(x, quiet=everywhere, name="batch", unit=None))["lasts"].any()


@pytest.mark.parametrize(("rho", "sd"), [(0.0, 0.3), (0.5, 0.3), (0.9, 0.2), (1.0, 0.05), (1.0, 0.2)])
def test_false_climbs_hold_their_level_in_short_runs(view_of, found_by, autoregressive, rho, sd):
    """Of 300 series of 40 buckets at most 1 in 100 could count for an incident, whatever way they wander."""
    x = np.exp(autoregressive(np.random.default_rng(11), 300, 40, rho, sd))
    found = found_by(Value(), view_of(x, quiet=range(2, 18))).filter("lasts")
    assert (found["score"] + np.log10(300) >= 8).sum() <= 3


def test_power_for_climbs(view_of, found_by, autoregressive):
    """A climb to six times in the last two fifths, in AR(.5) noise, is found in nine of ten series."""
    x = climbing(np.exp(autoregressive(np.random.default_rng(4), 100, BUCKETS, 0.5, 0.2)))
    found = found_by(Value(), view_of(x, quiet=range(2, 198, 3))).filter("lasts")
    assert (found["score"] + 2 >= 6.5).sum() >= 90


@pytest.mark.parametrize(
    ("values", "p"), [([1, 2, 3, 4], 1 / 24), ([1, 2, 4, 3], 4 / 24), ([4, 3, 2, 1], 1.0), ([1, 1, 1], 1.0)]
)
def test_order_is_exact(values, p):
    """Of four values in random order 1 of 24 orders has all six pairs rising, 4 have at least five."""
    assert 10 ** -in_order(np.array(values, dtype=float))[0] == pytest.approx(p)


def test_two_tests_are_joined_as_fisher_does():
    """Reference: p = .01 and .02 give chi square 17.03 on 4 degrees of freedom, p = .0019."""
    assert 10 ** -joined(2.0, -np.log10(0.02)) == pytest.approx(0.0019, rel=0.01)
    assert joined(-1.0, 0.0) == 0.0


def seen_now_and_then(x, every=10):
    """The same, of a message that comes in one bucket of so many."""
    rare = np.full_like(x, np.nan)
    rare[:, ::every] = x[:, ::every]
    return rare


def test_a_climb_behind_a_short_level_beginning_is_found(view_of, found_by):
    """Five buckets tell nothing of autocorrelation; that the steps go up says that it does not wander."""
    x = noise(sd=0.03)
    row = found_by(Value(), view_of(seen_now_and_then(climbing(x, 50)), quiet=QUIET)).row(0, named=True)
    assert row["score"] >= 8
    assert (row["lasts"], "climbs from" in row["sentence"]) == (True, True)
    jumped = x.copy()
    jumped[:, 50:] *= 6  # as a setting that was changed early on
    assert not found_by(
        Value(), view_of(seen_now_and_then(jumped), quiet=QUIET, name="batch", unit=None)
    ).height


def test_few_walks_of_few_buckets_climb(view_of, found_by, autoregressive):
    """Of 600 walks seen in 20 buckets at most 1 in 100 could count for an incident."""
    walks = np.exp(autoregressive(np.random.default_rng(5), 600, 20, 1.0, 0.15))
    x = np.full((600, BUCKETS), np.nan)
    x[:, ::10] = walks
    found = found_by(Value(), view_of(x, quiet=QUIET)).filter("lasts")
    assert (found["score"] + np.log10(600) >= 8).sum() <= 6


def test_what_creeps_up_by_nature_is_found_where_it_climbs(view_of, found_by):
    """Memory that a process takes bit by bit is no counter where it then takes many times as much at once."""
    creeping = 5e7 * (1 + 0.0004 * np.arange(BUCKETS))[None, :]
    assert not found_by(Value(), view_of(creeping, quiet=QUIET, name="rss", unit=None)).height
    found = found_by(Value(), view_of(climbing(creeping), quiet=QUIET, name="rss", unit=None))
    assert found["score"][0] >= 10
    assert found["lasts"][0]
    served = found_by(Value(), view_of(climbing(creeping), quiet=QUIET, name="served", unit=None))
    assert not served["lasts"].any()


@pytest.mark.parametrize(("values", "p"), [([1, 2, 4, 8, 15, 33], 5.302e-6), ([1, 2, 1, 2, 1, 2], 0.352)])
def test_steps_are_judged_by_students_test(values, p):
    """Reference: Student's t with 4 degrees of freedom in closed form; what falls has no steps up."""
    y = np.array(values, dtype=float)
    assert 10 ** -steps_up(y, 1.0) == pytest.approx(p, rel=0.001)
    assert steps_up(y[::-1], 1.0) == 0.0
    assert steps_up(y[::-1], -1.0) == pytest.approx(steps_up(y, 1.0))
