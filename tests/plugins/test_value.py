"""Numbers that shift or drift: what is found, what is left alone, at the stated rates."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from logsense_detectors.beyond import log_more
from logsense_detectors.drift import log_normal_tail, mann_kendall
from logsense_detectors.measure import quantity, says
from logsense_detectors.value import Value

from logsense.schema import FORM_VALUES

BUCKETS = 200
QUIET = range(2, 82)
FAULT = slice(120, 170)
HOUR = 3_600_000_000


def noise(seed=0, rows=1, sd=0.2, buckets=BUCKETS):
    """White noise around one, as a factor."""
    return np.exp(np.random.default_rng(seed).normal(0.0, sd, (rows, buckets)))


def test_a_step_is_found_at_its_start_with_numbers(view_of, found_by):
    """A latency of five times the usual: one anomaly over the fault, with the ratio in its sentence."""
    x = 0.04 * noise()
    x[:, FAULT] *= 5
    view = view_of(x, quiet=QUIET)
    found = found_by(Value(), view)
    row = found.row(0, named=True)
    buckets = [(row[end] - view.start).total_seconds() * 1e6 // view.width for end in ("start", "end")]
    assert found.height == 1
    assert buckets == [120, 169]
    assert row["score"] >= 10
    assert "ms" in row["observed"]
    assert "×5" in row["sentence"] or "×4" in row["sentence"]


def test_a_ramp_is_found_and_dates_back_to_where_it_left_the_usual(view_of, found_by):
    """A climb to six times the usual is found, and begins before it was far enough to be sure."""
    x = noise(sd=0.05)
    x[:, 120:] *= 1 + 5 * np.arange(80) / 80
    view = view_of(x, quiet=QUIET)
    row = found_by(Value(), view).row(0, named=True)
    assert 120 <= (row["start"] - view.start).total_seconds() * 1e6 / view.width <= 126


def test_a_fault_in_a_third_of_the_baseline_is_found(view_of, found_by):
    """The baseline is chosen by other signs: buckets of it inside the fault do not hide the fault."""
    x = noise(sd=0.1)
    x[:, 120:] *= 1 + 5 * np.arange(80) / 80
    view = view_of(x, quiet=[*range(2, 120, 2), *range(130, 190, 2)])
    assert found_by(Value(), view)["score"][0] >= 10


@pytest.mark.parametrize("name", ["free", "mem_available", "cache.hit.ratio"])
def test_down_is_found_where_down_is_bad(view_of, found_by, name):
    """Free space that falls is found; a size that falls is not, nor is free space that grows."""
    x = 1e9 * noise(sd=0.1)
    x[:, FAULT] *= 0.3
    assert found_by(Value(), view_of(x, quiet=QUIET, name=name, unit="bytes"))["score"].max() >= 10
    assert not found_by(Value(), view_of(x, quiet=QUIET, name="size", unit="bytes")).height
    x[:, FAULT] *= 10
    assert not found_by(Value(), view_of(x, quiet=QUIET, name=name, unit="bytes")).height


@pytest.mark.parametrize(("text", "bad"), [("cache hit ratio=<num>", True), ("miss ratio=<num>", False)])
def test_of_a_share_the_word_before_it_tells_which_way_is_bad(view_of, found_by, text, bad):
    """A ratio of hits that falls is found; of a ratio of misses that is good news."""
    x = 0.9 * noise(sd=0.05)
    x[:, FAULT] *= 0.3
    got = found_by(Value(), view_of(x, quiet=QUIET, name="ratio", unit=None, text=text))
    assert bool(got.height) is bad


def test_a_rate_a_second_is_bad_when_it_falls(view_of, found_by):
    """Throughput that drops is found by its unit."""
    x = 1e6 * noise(sd=0.1)
    x[:, FAULT] *= 0.2
    assert found_by(Value(), view_of(x, quiet=QUIET, name="speed", unit="bytes/s")).height == 1


def test_zeros_that_end_are_found(view_of, found_by):
    """A queue that is usually empty and fills up is found, though it has no ratio."""
    x = np.random.default_rng(3).poisson(0.2, (1, BUCKETS)).astype(float)
    x[:, 120:] = np.arange(80)
    row = found_by(Value(), view_of(x, quiet=QUIET, name="queue", unit=None)).row(0, named=True)
    assert row["score"] >= 8
    assert row["expected"] == "0"


def test_what_is_so_for_most_of_the_run_is_usual(view_of, found_by):
    """A number that is small at the start and the baseline alone has come to its usual, and did not shift."""
    x = noise()
    x[:, 50:] *= 5
    assert not found_by(Value(), view_of(x, quiet=range(2, 82))).height
    x[:, 50:100] /= 5
    assert found_by(Value(), view_of(x, quiet=range(2, 82))).height == 1


def test_single_outliers_are_nothing(view_of, found_by):
    """Slow answers a thousand times the usual, here and there and twice in a row, are no shift."""
    x = noise(rows=5)
    x[:, [100, 101, 130, 150, 151]] *= 1000
    assert not found_by(Value(), view_of(x, quiet=QUIET)).height


def test_what_grows_with_the_load_is_nothing(view_of, found_by):
    """A latency that doubles while three times the work is done is no fault; without the work it is one."""
    x = noise(sd=0.1)
    x[:, FAULT] *= 2.0
    busy = np.full(BUCKETS, 5.0)
    assert found_by(Value(), view_of(x, quiet=QUIET, counts=busy)).height == 1
    busy[FAULT] = 15.0
    assert not found_by(Value(), view_of(x, quiet=QUIET, counts=busy)).height


def test_what_is_so_every_day_is_nothing(view_of, found_by):
    """In a run of three days what is as high at that hour of other days is left out, the rest is not."""
    hours = np.arange(72)
    x = noise(buckets=72, sd=0.05) * np.where((hours % 24 >= 10) & (hours % 24 < 16), 5.0, 1.0)
    quiet = [int(h) for h in hours if not 9 <= h % 24 < 17]
    assert not found_by(Value(), view_of(x, quiet=quiet, width=HOUR)).height
    x[:, 49:57] *= 5.0
    assert found_by(Value(), view_of(x, quiet=quiet, width=HOUR)).height == 1


def test_a_hump_of_one_day_alone_makes_no_incident(view_of, found_by):
    """In a run of one day a slow hump of thrice the trough may be the time of day; a sudden one is not."""
    hour = np.arange(240) / 10
    wave = np.exp(0.55 * np.sin(2 * np.pi * (hour - 14) / 24)) * noise(buckets=240, sd=0.04)
    view = view_of(wave, quiet=range(50, 110), width=HOUR // 10)
    assert all(score < 5 for score in found_by(Value(), view)["score"])
    x = noise(buckets=240, sd=0.04)
    x[:, 160:220] *= 3
    assert found_by(Value(), view_of(x, quiet=range(50, 110), width=HOUR // 10))["score"].max() >= 10


@pytest.mark.parametrize(
    ("name", "unit"), [("n", None), ("took", "s"), ("rows", None), ("requests_total", None), ("uptime", "s")]
)
def test_counters_make_no_incident(view_of, found_by, name, unit):
    """What grows all the time, ever faster, grows by nature: a remark at most."""
    steps = np.random.default_rng(1).poisson(5.0, (1, BUCKETS)) * np.linspace(1, 4, BUCKETS)
    view = view_of(1.0 + np.cumsum(steps, axis=1), quiet=QUIET, name=name, unit=unit)
    assert all(score < 2 for score in found_by(Value(), view)["score"])


def test_ids_and_limits_are_nothing(view_of, found_by):
    """Numbers that jump anywhere say nothing; a limit beside a number is not judged itself."""
    random = np.random.default_rng(5)
    view = view_of(random.uniform(1, 1e6, (20, BUCKETS)), quiet=QUIET, name="n", unit=None)
    assert not found_by(Value(), view).height
    x = np.ones((1, BUCKETS))
    x[:, 120:] = 9.0
    assert not found_by(Value(), view_of(x, quiet=QUIET, name="queue limit", unit=None)).height


def test_a_constant_set_to_another_is_no_incident(view_of, found_by):
    """A setting that was changed is told, with less than makes an incident alone."""
    x = np.full((1, BUCKETS), 8.0)
    x[:, 120:] = 64.0
    for name, unit in (("workers", None), ("timeout", "s")):
        found = found_by(Value(), view_of(x, quiet=QUIET, name=name, unit=unit))
        assert (2 < found["score"][0] <= 9, found["lasts"].any()) == (True, False)


def level(view_of, found_by, x, at):
    """Share of series with an anomaly of that score, each as if it were alone."""
    found = found_by(Value(), view_of(x, quiet=QUIET))
    alone = found["score"] + np.log10(len(x))
    return (alone >= at).sum() / len(x)


@pytest.mark.parametrize(
    ("rho", "sd", "most"),
    [(0.0, 0.3, 0.0), (0.5, 0.3, 0.01), (0.9, 0.2, 0.01), (1.0, 0.05, 0.03), (1.0, 0.2, 0.03)],
)
def test_false_alarms_on_wandering_numbers_hold_their_level(view_of, found_by, autoregressive, rho, sd, most):
    """Of 300 series of noise, AR(.5), AR(.9) and random walks at most so many score 5 (a seed of a group)."""
    x = np.exp(autoregressive(np.random.default_rng(11), 300, BUCKETS, rho, sd))
    assert level(view_of, found_by, x, 5) <= most
    assert level(view_of, found_by, x, 10) <= most / 3


def test_waves_hold_their_level(view_of, found_by):
    """Numbers that come and go several times in a run are nothing."""
    random = np.random.default_rng(2)
    phase = random.uniform(0, 2 * np.pi, (100, 1))
    x = np.exp(
        0.55 * np.sin(np.arange(BUCKETS) / 40 * 2 * np.pi + phase) + random.normal(0, 0.1, (100, BUCKETS))
    )
    assert level(view_of, found_by, x, 3) == 0


def test_power_holds(view_of, found_by, autoregressive):
    """A tripling for a quarter of the run in AR(.5) noise is found in 9 of 10 series, a doubling in half."""
    x = np.exp(autoregressive(np.random.default_rng(4), 100, BUCKETS, 0.5, 0.15))
    for factor, least in ((3.0, 0.9), (2.0, 0.5)):
        y = x.copy()
        y[:, FAULT] *= factor
        assert level(view_of, found_by, y, 5) >= least


def test_a_slow_drift_is_told_and_adds_to_no_group(view_of, found_by):
    """Memory that doubles over the whole run is told, below the weight that adds to an incident."""
    x = 1e8 * np.linspace(1, 2.5, BUCKETS) * noise(sd=0.05)
    view = view_of(x, quiet=range(2, 190, 2), name="rss", unit="bytes")
    row = found_by(Value(), view).row(0, named=True)
    assert "drifts from" in row["sentence"]
    assert 1 <= row["score"] < 2


def test_false_drifts_hold_their_level(autoregressive):
    """Mann-Kendall with |tau| > .7 and p < 1e-3: at most 1 % of AR(.9), .15 of random walks."""
    for rho, most in ((0.0, 0.0), (0.5, 0.0), (0.9, 0.01), (1.0, 0.15)):
        x = autoregressive(np.random.default_rng(8), 200, 60, rho, 1.0)
        hits = [tau > 0.7 and log_normal_tail(z) < np.log(1e-3) for z, tau in map(mann_kendall, x)]
        assert np.mean(hits) <= most


def test_power_for_drifts(autoregressive):
    """A drift of nine innovation deviations over 60 points in AR(.5) noise is found in 8 of 10."""
    x = autoregressive(np.random.default_rng(8), 200, 60, 0.5, 1.0) + np.linspace(0, 9 * np.sqrt(0.75), 60)
    hits = [tau > 0.7 and log_normal_tail(z) < np.log(1e-3) for z, tau in map(mann_kendall, x)]
    assert np.mean(hits) >= 0.8


def forms_of(view_of, x, *, quiet=QUIET):
    """A view of one message with a form for each row of x: the template's numbers are their mean."""
    view = view_of(x.mean(axis=0, keepdims=True), quiet=quiet)
    one = view.values.row(0, named=True)
    step = timedelta(microseconds=view.width)
    rows = [
        {"service": one["service"], "template": one["template"], "name": one["name"], "unit": one["unit"]}
        | {"form": f"took <num> of {'abcdefghijklmnop'[i]}", "bucket": b, "n": 1, "sum": float(x[i, b])}
        | {"source": 0, "line": b + 1, "last_source": 0, "last_line": b + 1}
        | {"first": view.start + b * step, "last": view.start + b * step}
        for i in range(len(x))
        for b in range(x.shape[1])
    ]
    return replace(view, form_values=FORM_VALUES.of(rows))


def of_hosts(rows=8):
    """Numbers of several hosts, of very different size; those of all together are the largest one's."""
    return noise(rows=rows, seed=5) * np.geomspace(0.02, 20.0, rows)[:, None]


def test_one_form_of_many_is_found_though_all_together_hide_it(view_of, found_by):
    """One host of eight grows fivefold: found with its name, from its first to its last record."""
    x = of_hosts()
    x[2, FAULT] *= 5
    view = forms_of(view_of, x)
    found = found_by(Value(), view)
    assert found["form"].to_list() == ["took <num> of c"]
    row = found.row(0, named=True)
    assert row["score"] >= 10
    assert "of c'" in row["sentence"]
    assert [(row[end] - view.start).total_seconds() * 1e6 // view.width for end in ("start", "end")] == [
        120,
        169,
    ]


def test_what_all_forms_do_is_said_once(view_of, found_by):
    """All hosts grow: the template tells, no form beside it."""
    x = of_hosts()
    x[:, FAULT] *= 5
    assert found_by(Value(), forms_of(view_of, x))["form"].to_list() == [None]


def test_of_several_forms_the_clearest_is_said(view_of, found_by):
    """Two of eight hosts grow: one row, of the one that grew more."""
    x = of_hosts()
    x[2, FAULT] *= 2
    x[3, FAULT] *= 8
    assert found_by(Value(), forms_of(view_of, x))["form"].to_list() == ["took <num> of d"]


def test_calm_forms_hold_their_level(view_of, found_by, autoregressive):
    """Of runs with sixteen wandering forms each next to none has one that could count for an incident."""
    random, alarms = np.random.default_rng(11), 0
    for _ in range(40):
        x = np.exp(autoregressive(random, 16, BUCKETS, 0.9, 0.3))
        found = found_by(Value(), forms_of(view_of, x)).filter(pl.col("score") >= 10)
        alarms += found.height
    assert alarms <= 1


@pytest.mark.parametrize("seed", range(3))
def test_order_of_rows_changes_nothing(view_of, found_by, shuffled, seed):
    """Shuffled frames give the same anomalies."""
    x = noise(seed, rows=6)
    x[::2, FAULT] *= 4
    view = view_of(x, quiet=QUIET)
    assert found_by(Value(), shuffled(view, seed)).equals(found_by(Value(), view))


@pytest.mark.parametrize(
    ("k", "m", "a", "n", "p"),
    [(3, 3, 0, 100, 1 / 176851), (5, 10, 1, 20, 0.008842), (1, 10, 2, 20, 1.0), (0, 10, 0, 20, 1.0)],
)
def test_fishers_test_is_exact(k, m, a, n, p):
    """Reference values: 1/C(103, 3), and the hypergeometric tail P(X >= 5) of 6 hits in 30, 10 drawn."""
    assert np.exp(log_more(k, m, a, n)) == pytest.approx(p, rel=0.01)


@pytest.mark.parametrize(
    ("z", "p"), [(1.0, 0.158655), (3.0, 1.3499e-3), (6.0, 9.8659e-10), (10.0, 7.6199e-24)]
)
def test_normal_tail(z, p):
    """Agrees with tables to a hundredth."""
    assert np.exp(log_normal_tail(z)) == pytest.approx(p, rel=0.01)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0000645, "s", "64.5 µs"),
        (0.04, "s", "40 ms"),
        (5400, "s", "90 min"),
        (1536, "bytes", "1.5 KiB"),
        (71.4, "percent", "71.4 %"),
        (3 << 20, "bytes/s", "3 MiB/s"),
        (12345, "", "12,345"),
    ],
)
def test_quantities_read_well(value, unit, text):
    """Units are those a reader expects."""
    assert quantity(value, unit) == text


def test_words_are_whole_parts_of_a_name():
    """``free`` is a part of heap_free, not of carefree."""
    assert says("heap_free", "good")
    assert not says("carefree", "good")
