"""Numbers that leave what they were when the run began, climb, and have not come back when it ends."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from logsense_detectors.beyond import LEAST_QUIET, grain
from logsense_detectors.grid import LN10, Floats
from logsense_detectors.measure import Measure, says
from logsense_detectors.tails import log_beta_tail

#: A series is judged against its first part, too: so much of its time each. What climbs for long hides itself
#: in a baseline that other signs chose, since that lies partly in the climb.
PARTS = (1 / 3, 1 / 2, 2 / 3)
#: Where the steps of a series say (decades) that it goes up and does not wander there, a beginning of so few
#: buckets is a baseline, too; they tell nothing of autocorrelation. One more part is looked at for them.
CLIMBS, SHORT, SHORTER = 3.0, 5, 1 / 5
#: How many times as fast as in its beginning a series goes up behind it that held level there.
LEVEL = 3.0
#: What ended before the last part of its own length came back.
BACK = 0.1
#: Least Kendall's tau of a climb, and least decades of its order.
TAU, ORDER = 0.4, 2.0
#: The order of at most so many points is asked: longer stretches are medians of equal pieces.
POINTS = 40


def beginnings(bucket: NDArray[np.int64], y: Floats, *, climbs: bool) -> list[NDArray[np.bool_]]:
    """The first parts of a series that are a baseline: masks over its buckets.

    climbs: whether it does all in all, by its steps; then a short part will do that holds level.
    """
    begin, length = bucket[0], bucket[-1] - bucket[0]
    masks = [bucket < begin + part * length for part in (SHORTER, *PARTS)]
    short = [mask for mask in masks if climbs and SHORT <= int(mask.sum()) < LEAST_QUIET]
    return [mask for mask in short if held_level(y, mask, bucket)] + [
        mask for mask in masks[1:] if int(mask.sum()) >= LEAST_QUIET
    ]


def held_level(y: Floats, part: NDArray[np.bool_], bucket: NDArray[np.int64]) -> bool:
    """Whether what moves outside a part of a series moved far less in it: slopes of least squares."""
    inside, outside = (
        abs(float(np.polyfit(bucket[mask], y[mask], 1)[0])) if int(mask.sum()) > 1 else 0.0
        for mask in (part, ~part)
    )
    return outside > 0.0 and LEVEL * inside <= outside


def steps_up(y: Floats, bad: float) -> float:
    """−log10 P(so much of the way is up): of a series of factors that goes nowhere, even if it wanders.

    Student's test of the mean step, which holds for a random walk, and is cautious for what returns to its
    mean. 0 for what goes the other way (bad is −1 where falling is bad), or below zero.
    """
    if len(y) < SHORT or (y < 0).any():
        return 0.0
    steps = bad * np.diff(np.log(y + grain(y)))
    n, mean = len(steps), float(steps.mean())
    if mean <= 0.0:
        return 0.0
    t = mean * np.sqrt(n) / max(float(steps.std(ddof=1)), 1e-6 * mean)
    share = min((n - 1.0) / (n - 1.0 + t * t), 1.0 - 1e-12)
    tail = log_beta_tail(share, (n - 1.0) / 2.0, 0.5)
    return -float(np.log(0.5) + tail) / LN10


def counts_up(one: Measure, calm: NDArray[np.bool_]) -> bool:
    """Whether the series counts by nature: nearly every step goes the same way.

    Asked of the quiet time alone: what stood still and now climbs is news. What measures a state or a cost
    by its name or unit may climb for long, so that it must have moved there most of the time; and it may
    creep up in health, too (memory), so that it is news where it then climbs many times as fast.
    """
    state = bool(one.unit) or says(one.name, "gauges")
    steps = np.diff(one.mean[calm])
    moves = steps[steps != 0]
    often = 2 / 3 if state else 1 / 4
    if len(moves) < LEAST_QUIET // 2 or len(moves) < often * len(steps):
        return False
    one_way = max(float((moves > 0).mean()), float((moves < 0).mean())) > 0.8
    return one_way and not (state and held_level(one.mean, calm, one.bucket))


def came_back(at: tuple[int, int], bucket: NDArray[np.int64], buckets: int) -> bool:
    """Whether a stretch (first and last index) of a series ended before the run of so many buckets did."""
    first, last = at
    silent = buckets - 1 - bucket[last] > max(
        BACK * (buckets - bucket[first]), 2 * np.median(np.diff(bucket))
    )
    return bool(silent) or len(bucket) - 1 - last > BACK * (len(bucket) - first)


def in_order(y: Floats) -> tuple[float, float]:
    """−log10 P(values in random order are in rising order as often), and Kendall's tau against time.

    Exact. Source: Kendall 1938, A New Measure of Rank Correlation: the pairs in order of n values in random
    order are a sum of n independent numbers, each equal to 0, …, i − 1 with the same chance. Ties count as
    not in order, which makes the test stricter.
    """
    if len(y) > POINTS:
        y = np.array([float(np.median(piece)) for piece in np.array_split(y, POINTS)])
    n = len(y)
    if n < 2:
        return 0.0, 0.0
    i, j = np.triu_indices(n, 1)
    ups = np.sign(y[j] - y[i])
    return -float(_log10_more(n)[int((ups > 0).sum())]), float(ups.mean())


@cache
def _log10_more(n: int) -> Floats:
    """Log10 P(at least so many pairs of n values in random order rise), for 0 to n(n − 1)/2 pairs."""
    chance = np.ones(1)
    for i in range(2, n + 1):
        chance = np.convolve(chance, np.full(i, 1.0 / i))
    more: Floats = np.log10(np.cumsum(chance[::-1])[::-1])
    return more


def joined(one: float, other: float) -> float:
    """−log10 p of two independent tests, each given as −log10 p, together.

    Source: Fisher 1932, Statistical Methods for Research Workers, section 21.1: for two tests
    p = q (1 − ln q) with q the product of theirs.
    """
    both = max(one, 0.0) + max(other, 0.0)
    return both - float(np.log10(1.0 + both * LN10))
