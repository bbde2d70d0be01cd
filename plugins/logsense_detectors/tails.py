"""Tails of distributions in log space, in plain numpy: exact far beyond where a float would be zero.

All functions return natural logarithms and take arrays of one shape (or scalars).
Source: Abramowitz & Stegun 6.1.41 (Stirling's series), 26.5.8 (the continued fraction of the incomplete
beta function, evaluated by Lentz's method as in Numerical Recipes section 6.4).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_TINY = 1e-300
_STEPS = 300


def lgamma(x: ArrayLike) -> Floats:
    """Log gamma(x) for x > 0, to about 1e-12 relative: shifted beyond 10, then Stirling's series."""
    z = np.asarray(x, dtype=np.float64).copy()
    shift = np.zeros_like(z)
    while (low := z < 10.0).any():
        shift = shift + np.where(low, np.log(np.where(low, z, 1.0)), 0.0)
        z = np.where(low, z + 1.0, z)
    s = 1.0 / (z * z)
    series = (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) / z
    out: Floats = (z - 0.5) * np.log(z) - z + 0.5 * np.log(2 * np.pi) + series - shift
    return out


def log_beta_tail(x: ArrayLike, a: ArrayLike, b: ArrayLike) -> Floats:
    """Log I_x(a, b), the regularised incomplete beta function; 0 < x < 1, a and b > 0."""
    x, a, b = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (x, a, b)))
    front = lgamma(a + b) - lgamma(a) - lgamma(b) + a * np.log(x) + b * np.log1p(-x)
    direct = x < (a + 1.0) / (a + b + 2.0)  # where the fraction converges fast; else its mirror image
    aa, bb, xx = np.where(direct, a, b), np.where(direct, b, a), np.where(direct, x, 1.0 - x)
    tail = front + _log_fraction(aa, bb, xx) - np.log(aa)
    mirrored = np.log(np.maximum(-np.expm1(np.minimum(tail, 0.0)), _TINY))
    both: Floats = np.where(direct, np.minimum(tail, 0.0), mirrored)
    return both


def _log_fraction(a: Floats, b: Floats, x: Floats) -> Floats:
    """Log of the continued fraction of I_x(a, b)."""
    d = _away(1.0 - (a + b) * x / (a + 1.0))
    d = 1.0 / d
    c = np.ones_like(d)
    f = d.copy()
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        d = 1.0 / _away(1.0 + even * d)
        c = _away(1.0 + even / c)
        f = f * d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        d = 1.0 / _away(1.0 + odd * d)
        c = _away(1.0 + odd / c)
        step = d * c
        f = f * step
        if np.abs(step - 1.0).max(initial=0.0) < 1e-10:
            break
    return np.log(np.maximum(f, _TINY))


def _away(v: Floats) -> Floats:
    return np.where(np.abs(v) < _TINY, _TINY, v)


def nb_upper(x: ArrayLike, mean: ArrayLike, size: ArrayLike) -> Floats:
    """Log P(X >= x), X negative binomial of that mean and size (variance = mean + mean^2 / size)."""
    x, mean, size = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (x, mean, size)))
    tail = log_beta_tail(mean / (mean + size), np.maximum(x, 1.0), size)
    return np.where(x >= 1.0, tail, 0.0)


def nb_lower(x: ArrayLike, mean: ArrayLike, size: ArrayLike) -> Floats:
    """Log P(X <= x), X negative binomial as in `nb_upper`; x >= 0."""
    x, mean, size = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (x, mean, size)))
    return log_beta_tail(size / (mean + size), size, x + 1.0)
