"""Numbers that climb slowly over a whole run."""

import numpy as np

from logsense_detectors.grid import LN10, Floats
from logsense_detectors.measure import Measure, measures_cost

#: A series is judged by at most so many points, and by at least so many.
POINTS, LEAST = 150, 20
TAU, RATIO, PRESENT, CAP = 0.7, 2.0, 0.6, 12.0


def drift(one: Measure, bad: float, buckets: int) -> tuple[float, float, float, int] | None:
    """(−log10 p, value at the start, at the end, index at half the way) of a slow drift to the bad side.

    bad: 1 where more is worse, −1 where less is; buckets: how many the run has. Only what is there for most
    of the run is judged, and only what measures a state or a cost: anything else that grows all the time
    may as well count; a share in use is the forecast's. None for none.
    """
    if len(one.mean) < LEAST or one.bucket[-1] - one.bucket[0] < PRESENT * buckets or (one.mean <= 0).any():
        return None
    if not measures_cost(one) or one.unit == "percent":
        return None
    x = bad * np.log(_thinned(one.mean))
    tenth = max(3, len(x) // 10)
    start, end = float(np.median(x[:tenth])), float(np.median(x[-tenth:]))
    if end - start < np.log(RATIO):
        return None
    z, tau = mann_kendall(x)
    if tau <= TAU or z <= 0:
        return None
    score = min(CAP, -log_normal_tail(z) / LN10)
    early = np.flatnonzero(bad * np.log(one.mean) <= (start + end) / 2.0)
    return score, float(np.exp(bad * start)), float(np.exp(bad * end)), int(early[-1]) if len(early) else 0


def _thinned(x: Floats) -> Floats:
    """At most `POINTS` points: medians of equal pieces."""
    if len(x) <= POINTS:
        return x
    return np.array([float(np.median(piece)) for piece in np.array_split(x, POINTS)])


def mann_kendall(x: Floats) -> tuple[float, float]:
    """Mann-Kendall's z and Kendall's tau of a series against time; z with the variance of Hamed and Rao.

    Source: Hamed & Rao 1998: the variance is stretched by the autocorrelation of the ranks, after the trend
    (Sen's slope) is taken out; only lags beyond the bounds of noise (1.96/sqrt n) count.
    """
    n = len(x)
    i, j = np.triu_indices(n, 1)
    ups = x[j] - x[i]
    s = float(np.sign(ups).sum())
    slope = float(np.median(ups / (j - i)))
    flat = x - slope * np.arange(n)
    rank = np.argsort(np.argsort(flat, kind="stable"), kind="stable").astype(np.float64)
    rank -= rank.mean()
    power = float((rank * rank).sum())
    lags = np.arange(1, n - 1)
    rho = np.zeros(len(lags))
    if power > 0:
        rho = np.array([float((rank[lag:] * rank[:-lag]).sum()) for lag in lags]) / power
    rho = np.where(np.abs(rho) > 1.96 / np.sqrt(n), rho, 0.0)
    weight = (n - lags) * (n - lags - 1) * (n - lags - 2)
    stretch = 1.0 + 2.0 / (n * (n - 1) * (n - 2)) * float((weight * rho).sum())
    variance = n * (n - 1) * (2 * n + 5) / 18.0 * max(stretch, 1.0)
    return (s - np.sign(s)) / float(np.sqrt(variance)), s / (n * (n - 1) / 2.0)


def log_normal_tail(z: float) -> float:
    """Log P(Z > z) of a standard normal, z > 0. Source: Abramowitz & Stegun 26.2.17, 26.2.12."""
    if z > 5.0:
        return float(-z * z / 2.0 - np.log(z * np.sqrt(2.0 * np.pi)) + np.log1p(-1.0 / (z * z)))
    t = 1.0 / (1.0 + 0.2316419 * z)
    poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    return float(-z * z / 2.0 - np.log(np.sqrt(2.0 * np.pi)) + np.log(poly))
