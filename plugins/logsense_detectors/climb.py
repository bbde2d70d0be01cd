"""Numbers that leave what they were when the run began, climb, and have not come back when it ends."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from logsense_detectors.beyond import LEAST_QUIET
from logsense_detectors.grid import LN10, Floats

#: A series is judged against its first part, too: so much of its time each. What climbs for long hides itself
#: in a baseline that other signs chose, since that lies partly in the climb.
PARTS = (1 / 3, 1 / 2, 2 / 3)
#: What ended before the last part of its own length came back.
BACK = 0.1
#: Least Kendall's tau of a climb, and least decades of its order.
TAU, ORDER = 0.4, 2.0
#: The order of at most so many points is asked: longer stretches are medians of equal pieces.
POINTS = 40


def beginnings(bucket: NDArray[np.int64]) -> list[NDArray[np.bool_]]:
    """The first parts of a series that are long enough to be a baseline: masks over its buckets."""
    begin, length = bucket[0], bucket[-1] - bucket[0]
    masks = [bucket < begin + part * length for part in PARTS]
    return [mask for mask in masks if int(mask.sum()) >= LEAST_QUIET]


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
