"""How far a stretch of a number lies beyond its quiet time: exact tests, and what wandering explains."""

import numpy as np
from numpy.typing import NDArray

from logsense_detectors.grid import Floats
from logsense_detectors.tails import lgamma

LEAST_QUIET = 8


def log_more(k: float, m: float, a: float, n: float) -> float:
    """Log P(at least k of m are beyond, given a of n others): Fisher's exact test, one-sided.

    Numbers need not be whole (they may be reduced by autocorrelation). 0 where k of m is no more than usual.
    """
    if m <= 0 or n <= 0 or k / m <= a / n:
        return 0.0
    hits = a + k
    j = k + np.arange(np.floor(min(hits, m) - k) + 1.0)
    terms = _log_choose(hits, j) + _log_choose(m + n - hits, m - j) - _log_choose(m + n, np.array([m]))
    top = float(terms.max())
    return min(0.0, top + float(np.log(np.exp(terms - top).sum())))


def _log_choose(n: float, k: Floats) -> Floats:
    out: Floats = lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(np.maximum(n - k, 0.0) + 1.0)
    return out


def spread(rest: Floats, *, outer: bool) -> float:
    """Robust deviation of quiet residuals, at least 5 %. outer: also that of their upper tenth.

    Of a number that is mostly the same the MAD is nothing, and its usual peaks would stand out.
    """
    inner = 1.4826 * float(np.median(np.abs(rest)))
    upper = float(np.quantile(rest, 0.9)) / 1.2816 if outer else 0.0
    return max(inner, upper, float(np.log(1.05)))


def grain(mean: Floats) -> float:
    """What is added before logarithms: the smallest value seen, where there are zeros; else nothing."""
    if mean.min() > 0:
        return 0.0
    some = mean[mean > 0]
    return float(some.min()) if len(some) else 1.0


def best(beyond: NDArray[np.bool_]) -> tuple[int, int]:
    """First and last index of the stretch with the most hits over misses; a miss weighs one and a half."""
    total = np.concatenate(([0.0], np.cumsum(np.where(beyond, 1.0, -1.5))))
    low = np.minimum.accumulate(total[:-1])
    last = int(np.argmax(total[1:] - low))
    return int(np.argmin(total[: last + 1])), last


def _near(bucket: NDArray[np.int64], calm: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each pair of neighbours in a series: both quiet, and no further apart than twice the usual."""
    apart = np.diff(bucket)
    out: NDArray[np.bool_] = calm[1:] & calm[:-1] & (apart <= 2.0 * np.median(apart))
    return out


def kept(rest: Floats, calm: NDArray[np.bool_], bucket: NDArray[np.int64], spread: float) -> float:
    """Share of the buckets that count as independent: (1 − ρ)/(1 + ρ), ρ that of the quiet time.

    Wandering that is small beside the least effect does not matter, whatever its autocorrelation.
    """
    pairs = _near(bucket, calm)
    if int(pairs.sum()) < LEAST_QUIET:
        rest, pairs = rest[calm], np.ones(int(calm.sum()) - 1, dtype=np.bool_)
    r = np.clip(rest, -3.0 * spread, 3.0 * spread)
    power = float((r[:-1][pairs] ** 2 + r[1:][pairs] ** 2).mean()) / 2.0 + 0.01
    rho = float((r[:-1] * r[1:])[pairs].mean()) / power
    rho = min(max(rho + (1.0 + 3.0 * rho) / int(pairs.sum()) * (rho > 0.1), 0.0), 0.95)
    return (1.0 - rho) / (1.0 + rho)


def wander(x: Floats, calm: NDArray[np.bool_], bucket: NDArray[np.int64]) -> float:
    """How far a series that wanders by itself comes over its length: four deviations; 0 if it stays put."""
    pairs = _near(bucket, calm)
    if int(pairs.sum()) < LEAST_QUIET:
        return 0.0
    level = x[calm]
    steps = np.diff(x)[pairs]
    around, step = float(np.var(level)), float(np.mean(steps**2))
    # Twice the variance for white noise, far less for a walk; few steps of a walk may look like noise.
    if around <= 0.0 or step > (0.65 + 4.0 / int(pairs.sum())) * around:
        return 0.0
    return 4.0 * float(np.sqrt(step * len(x) / 2.0))
