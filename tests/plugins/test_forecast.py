"""Numbers on their way to a limit: what is foretold, when, and what is not."""

from dataclasses import replace

import numpy as np
import pytest
from logsense_detectors.ahead import extrapolate
from logsense_detectors.forecast import Forecast

BUCKETS = 200
FIVE_MINUTES = 300_000_000
DISK = {"name": "used", "unit": "percent", "text": "disk <path> <num> used", "width": FIVE_MINUTES}
HOURS = 1 / 12  # of a bucket
DAY = 86_400


def climb(start, end, *, sd=0.5, seed=0, buckets=BUCKETS):
    """A straight way with noise."""
    return np.linspace(start, end, buckets) + np.random.default_rng(seed).normal(0, sd, buckets)


def test_a_disk_that_fills_is_foretold_with_an_interval(view_of, found_by):
    """A disk at 90 % that gains 3 % an hour is full in about three hours; 3.05 h lie in the interval."""
    row = found_by(Forecast(), view_of(climb(40, 90), quiet=(), **DISK)).row(0, named=True)
    assert row["kind"] == "forecast"
    assert row["score"] >= 6
    assert "reaches 100 % in 3.2 h (3 h to" in row["sentence"]
    assert " to " in row["sentence"]
    assert row["expected"] == "below 100 %"


def test_a_limit_reached_dates_back_to_when_it_could_be_foreseen(view_of, found_by):
    """Flat, then a steady climb until it is full: the forecast starts early in the climb, ends when full."""
    x = np.concatenate([climb(20, 20, buckets=80), climb(20, 100, buckets=100), np.full(20, 100.0)])
    view = view_of(np.clip(x, 0, 100), quiet=(), **DISK)
    row = found_by(Forecast(), view).row(0, named=True)
    start, end = ((row[name] - view.start).total_seconds() / 300 for name in ("start", "end"))
    assert 85 <= start <= 115
    assert 172 <= end <= 182
    assert "it did" in row["sentence"]


def test_what_is_used_and_what_is_free_are_one_forecast(view_of, found_by):
    """Free bytes alone fall to nothing; beside a share of the same message the share speaks."""
    used = climb(40, 90)
    free = 1e9 * (100 - used)
    only = view_of(free, quiet=(), **DISK | {"name": "free", "unit": "bytes"})
    assert "reaches 0 bytes" in found_by(Forecast(), only)["sentence"][0]
    both = view_of(used, quiet=(), **DISK)
    template = both.values["template"][0]
    beside = only.values.with_columns(template=both.values["template"])
    found = found_by(Forecast(), replace(both, values=both.values.vstack(beside)))
    assert found["template"].to_list() == [template]
    assert "100 %" in found["sentence"][0]


def test_n_of_m_goes_to_m(view_of, found_by):
    """A queue of 100 places that fills within minutes: the limit is the number beside it."""
    settings = {"unit": None, "text": "queue <num> of <num>", "width": 5_000_000}
    queue = view_of(climb(10, 80), quiet=(), name="queue", **settings)
    limit = view_of(np.full(BUCKETS, 100.0), quiet=(), name="queue limit", **settings)
    row = found_by(Forecast(), replace(queue, values=queue.values.vstack(limit.values)))
    assert "reaches 100 " in row["sentence"][0]
    assert not found_by(Forecast(), queue).height


def test_used_goes_to_the_total_of_the_same_message_unless_it_grows_too(view_of, found_by):
    """A fixed maximum is a limit, one that grows along is none."""
    settings = {"unit": "bytes", "text": "pool used <size> max <size>", "width": 5_000_000}
    used = view_of(climb(10, 80), quiet=(), name="used", **settings)
    for top, known in ((np.full(BUCKETS, 100.0), 1), (climb(20, 160), 0)):
        bound = view_of(top, quiet=(), name="max", **settings)
        assert found_by(Forecast(), replace(used, values=used.values.vstack(bound.values))).height == known


@pytest.mark.parametrize(
    "change",
    [
        {"name": "done", "text": "migration <num> done"},
        {"text": "import progress <num>"},
        {"name": "success", "text": "probes: <num> success"},
        {"name": "x", "text": "measured <num>"},
        {"name": "remaining", "unit": "bytes", "text": "download: <size> remaining"},
    ],
)
def test_what_comes_to_a_good_end_is_not_foretold(view_of, found_by, change):
    """Progress to 100 %, and percentages nobody knows the meaning of, have no limit to fear."""
    x = climb(40, 90) if change.get("unit") is None else climb(1e9, 1e8, sd=1e6)
    assert not found_by(Forecast(), view_of(x, quiet=(), **DISK | change)).height


def test_too_far_ahead_is_not_said(view_of, found_by):
    """A limit two lengths of the run ahead is not said; a longer horizon says it."""
    view = view_of(climb(40, 60, sd=0.1), quiet=(), **DISK)
    assert not found_by(Forecast(), view).height
    assert found_by(Forecast(horizon=4.0), view).height == 1


def test_a_daily_wave_is_no_trend(view_of, found_by):
    """Within a day a pool that climbs as a wave might is left alone; a disk is not, nor a climb too steep."""
    pool = DISK | {"text": "pool <num> used"}
    assert not found_by(Forecast(), view_of(climb(40, 90), quiet=(), **pool)).height
    assert found_by(Forecast(), view_of(climb(40, 90), quiet=(), **DISK)).height == 1
    assert found_by(Forecast(), view_of(climb(40, 90), quiet=(), **pool | {"width": 5_000_000})).height == 1


def test_what_was_cleaned_up_before_is_not_foretold_from_there(view_of, found_by):
    """A share that turned at 80 % before says nothing at 79 %; beyond it the climb counts."""
    saw = np.concatenate([climb(20, 80, buckets=60), climb(20, 80, buckets=60), climb(20, 78, buckets=58)])
    assert not found_by(Forecast(), view_of(saw, quiet=(), **DISK)).height
    beyond = np.concatenate([saw, climb(78, 92, buckets=14)])
    assert found_by(Forecast(), view_of(beyond, quiet=(), **DISK)).height == 1


def test_a_climb_that_stopped_is_no_forecast(view_of, found_by):
    """What rose for half of the run and stands still since is not foretold."""
    x = np.concatenate([climb(20, 85, buckets=100), climb(85, 85, buckets=100)])
    assert not found_by(Forecast(), view_of(x, quiet=(), **DISK)).height


@pytest.mark.parametrize(("days", "known"), [(2.5, 1), (20.0, 0)])
def test_an_expiry_is_news_only_when_it_is_near(view_of, found_by, days, known):
    """A certificate counts down by nature; one that was renewed meanwhile, or a fixed term, says nothing."""
    left = days * DAY + DAY / 2 - np.arange(72) * 600.0
    settings = {"name": "in", "unit": "s", "text": "certificate expires in <dur>", "width": 600_000_000}
    assert found_by(Forecast(), view_of(left, quiet=(), **settings)).height == known
    renewed = np.where(np.arange(72) < 30, left, left + 10 * DAY)
    assert not found_by(Forecast(), view_of(renewed, quiet=(), **settings)).height
    assert not found_by(Forecast(), view_of(np.full(72, 3600.0), quiet=(), **settings)).height


def test_noise_and_walks_are_hardly_ever_foretold(view_of, found_by, autoregressive):
    """None of 60 series of noise and AR(.9), at most two of 60 random walks; nothing without times."""
    random = np.random.default_rng(3)
    calm = [60 + random.normal(0, 3, (60, BUCKETS)), 60 + autoregressive(random, 60, BUCKETS, 0.9, 5.0)]
    for x in calm:
        assert not found_by(Forecast(), view_of(x, quiet=(), **DISK)).height
    walk = np.clip(60 + autoregressive(random, 60, BUCKETS, 1.0, 1.0), 1, 99)
    assert found_by(Forecast(), view_of(walk, quiet=(), **DISK)).height <= 2
    assert not found_by(Forecast(), replace(view_of(climb(40, 90), quiet=(), **DISK), start=None)).height


@pytest.mark.parametrize(("rho", "sd", "least"), [(0.0, 1.0, 0.9), (0.8, 1.5, 0.85)])
def test_intervals_cover_what_they_claim(autoregressive, rho, sd, least):
    """Of 90 % intervals for a straight way in noise or AR(.8) at least so many hold the true time."""
    random, time, hits, asked = np.random.default_rng(0), np.arange(240.0), 0, 0
    for x in 0.5 * time + autoregressive(random, 200, 240, rho, sd):
        limit = float(x[:60].max()) + 20.0
        ahead = extrapolate(time[:60], x[:60], limit)
        if ahead is None:
            continue
        asked += 1
        hits += ahead.least <= np.flatnonzero(x[60:] >= limit)[0] + 1 <= ahead.most
    assert asked >= 100
    assert hits >= least * asked


def test_a_climb_that_speeds_up_is_said_to_come_no_later(view_of, found_by):
    """Where the second half is steeper no interval is claimed."""
    x = 30 + 55 * np.linspace(0, 1, 24) ** 3
    assert extrapolate(np.arange(24.0), x, 100.0) is None or extrapolate(np.arange(24.0), x, 100.0).faster
    steep = np.concatenate([np.linspace(30, 45, 12), np.linspace(47, 70, 12)])
    assert extrapolate(np.arange(24.0), steep, 100.0).faster


@pytest.mark.parametrize("seed", range(3))
def test_order_of_rows_changes_nothing(view_of, found_by, shuffled, seed):
    """Shuffled frames give the same forecasts."""
    x = np.stack([climb(40, 90, seed=seed), climb(30, 95, seed=seed + 9), climb(50, 50, seed=seed)])
    view = view_of(x, quiet=(), **DISK)
    assert found_by(Forecast(), shuffled(view, seed)).equals(found_by(Forecast(), view))
    assert found_by(Forecast(), view).height == 2
