"""The count test: its level, its power, and what it does not judge."""

import numpy as np
import pytest
from logsense_detectors.counts import fit, log_p, moments
from logsense_detectors.grid import Grid
from logsense_detectors.rate import Rate, _exposure
from logsense_detectors.severity import Severity

from logsense.testing import from_table

LEVEL = np.log(1e-3)


def dispersed(seed, mean, *, a=0.2, series=60, buckets=200):
    """Quiet counts with variance mean + a mean²; each series occurs."""
    random = np.random.default_rng(seed)
    n = random.negative_binomial(1 / a, 1 / (1 + a * mean), size=(series, buckets)).astype(float)
    n[:, 0] = np.maximum(n[:, 0], 1)
    return n


@pytest.mark.parametrize("mean", [0.3, 4.0, 30.0])
@pytest.mark.parametrize("width", [1, 3, 8])
def test_the_level_holds(mean, width):
    """Of quiet cells that were not learnt from, no more than two in a thousand have p < 1e-3, up or down."""
    tested = [log_p(dispersed(seed, mean), np.arange(100), width) for seed in range(4)]
    for tail in (0, 1):
        assert np.mean([(one[tail][:, 108:] < LEVEL).mean() for one in tested]) <= 0.002


def test_bursts_and_drops_are_found():
    """Ten more in a sparse series, five times as many in a dense one, none at all in a dense one."""
    quiet = np.arange(100)
    assert (log_p(dispersed(2, 0.3) + 10 * (np.arange(200) > 150), quiet)[0][:, 151:] < LEVEL).mean() > 0.9
    dense = dispersed(3, 30.0, a=0.05)
    assert (log_p(np.where(np.arange(200) > 150, 5 * dense, dense), quiet)[0][:, 151:] < LEVEL).mean() > 0.9
    assert (log_p(np.where(np.arange(200) > 150, 0, dense), quiet)[1][:, 151:] < LEVEL).all()


def test_a_burst_within_the_quiet_time_is_not_its_own_measure():
    """The bucket of a burst may have been taken for quiet; it is found all the same."""
    n = dispersed(4, 4.0)
    n[0, 50] = 120
    for width in (1, 3, 8):
        assert log_p(n, np.arange(100), width)[0][0, 50] < LEVEL


def test_what_the_quiet_time_holds_in_one_bucket_alone_is_new_there_and_not_more():
    """A series is not judged by rate where it occurs for the first time."""
    n = dispersed(5, 4.0)
    n[0] = 0
    n[0, 50] = 8
    assert log_p(n, np.arange(100))[0][0, 50] == 0


def test_clockwork_leaves_no_room_for_chance():
    """Twenty more are nothing beside 28 by chance, and a burst beside 28 or 29 each time."""
    random = np.random.default_rng(6)
    n = np.vstack([28 + random.integers(0, 2, size=(10, 200)), random.poisson(28.0, size=(10, 200))])
    n[:, 150] = 48
    up = log_p(n.astype(float), np.arange(100))[0][:, 150]
    assert up[:10].max() < np.log(1e-8)
    assert up[10:].min() > np.log(1e-5)


def test_dispersion_is_borrowed_by_who_knows_little_of_its_own():
    """Among wild series a calm rich one keeps its own dispersion; a sparse one takes theirs."""
    wild = dispersed(7, 20.0, a=1.0, series=10)
    calm, sparse = dispersed(8, 20.0, a=1e-6, series=1), dispersed(9, 0.05, a=1e-6, series=1)
    law = moments(np.vstack([wild, calm, sparse]))
    assert law.dispersion[10] < 0.1
    assert law.dispersion[11] > 0.5


def test_a_heavy_tail_is_measured_and_asks_for_more():
    """Peaks that the law does not explain raise p of all that lies beyond what was seen, by their factor."""
    n = dispersed(10, 3.0, a=0.05)
    n[0, ::8] = 25
    quiet = np.arange(150)
    usual = fit(n, quiet)
    assert usual.tail[0] > 2 * max(usual.tail[1:].max(), 0.5)
    n[0, 190] = 60
    law = usual.law.upper(n[:1, 190], usual.law.mean[:1], np.array([0]))
    assert log_p(n, quiet)[0][0, 190] == pytest.approx(law[0] + usual.tail[0])


def test_the_first_buckets_have_no_whole_window():
    """A window of eight says nothing before it is full."""
    n = dispersed(11, 4.0)
    n[:, 3] = 500
    up, down = log_p(n, np.arange(20, 120), 8)
    assert (up[:, :7] == 0).all()
    assert (down[:, :7] == 0).all()
    assert (up[:, 7] < LEVEL).all()


def test_exposure_excuses_a_rise_of_the_same_size():
    """Four times as many are no burst while all else is four times livelier."""
    n = dispersed(12, 30.0, a=0.02)
    n[:, 150] *= 4
    lively = np.ones_like(n)
    lively[:, 150] = 4.0
    quiet = np.arange(100)
    assert (log_p(n, quiet)[0][:, 150] < LEVEL).mean() > 0.9
    assert (log_p(n, quiet, 1, lively)[0][:, 150] > LEVEL).all()


def test_exposure_is_of_the_rest_of_the_service():
    """One template's burst does not excuse itself."""
    n = np.full((3, 100), 10.0)
    n[0, 50:60] = 100
    table = Grid(["a"] * 3, ["x", "y", "z"], n)
    lively = _exposure(table, np.arange(3), np.arange(40))
    assert lively[0, 55] == pytest.approx(1.0)
    assert lively[1, 55] > 2


def test_cut_buckets_at_the_ends_are_no_drop():
    """First and last bucket may be shorter than the others."""
    n = np.random.default_rng(13).poisson(40.0, size=(4, 100)).astype(float)
    n[:, [0, -1]] = 1
    view = from_table(n, list("abcd"), [f"served {c}" for c in "pqrs"], ["INFO"] * 4, quiet=range(2, 60))
    assert Rate(windows=(1,)).fit(view).detect(view).is_empty()


def test_order_of_series_does_not_matter():
    """p of a series is the same wherever it stands in the table."""
    n = dispersed(14, 3.0)
    order = np.random.default_rng(0).permutation(len(n))
    np.testing.assert_allclose(log_p(n, np.arange(90))[0][order], log_p(n[order], np.arange(90))[0])


def test_errors_weigh_more_than_warnings():
    """Beside the usual warnings the same burst says more where its records call themselves errors."""
    scores = {}
    for level in ("WARN", "ERROR"):
        n = np.zeros((4, 100))
        n[0] = 3
        n[1, ::2] = 1
        n[2:, 5:55:20] = 1
        n[2:, 70] = 4
        texts = ["tick", "retrying slowly", "worker refused", "lost contact"]
        view = from_table(n, ["a"] * 4, texts, ["INFO", "WARN", level, level], quiet=range(2, 60))
        scores[level] = Severity().fit(view).detect(view)["score"].max()
    assert scores["ERROR"] > scores["WARN"]


def test_two_errors_are_two_records():
    """Where all records weigh the same their weight says nothing."""
    scores = []
    for level in ("WARN", "ERROR", "FATAL"):
        n = np.zeros((2, 100))
        n[0] = 3
        n[1, [10, 30, 50]] = 1
        n[1, 70:72] = 3
        view = from_table(n, ["a"] * 2, ["tick", "lost contact"], ["INFO", level], quiet=range(2, 60))
        scores.append(Severity().fit(view).detect(view)["score"].max())
    assert scores[0] > 2.5
    assert scores == pytest.approx([scores[0]] * 3, abs=0.2)
