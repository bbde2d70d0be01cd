"""The count test: how surprising it is that so many records, or so few, came; apart from any episode."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from logsense_detectors.grid import LN10, Floats
from logsense_detectors.grid import windows as rolling
from logsense_detectors.tails import nb_lower, nb_upper

LEAST_QUIET = 8
#: Dispersion assumed of a series about which neither it nor the others say enough.
COMMON = 0.1
#: Variance over mean of clockwork at least: a clock, too, slips at times.
LEAST_SCALE = 0.1
#: Most counts that the tail of a series is measured by.
MOST_TOP = 20
LEAST_EXPECTED = 7.0  # below this even nothing at all is no surprise: e^-7 is about 1e-3


@dataclass(frozen=True)
class Law:
    """The law of each series' counts: x / scale is negative binomial (variance = m + dispersion m²).

    scale is 1, but below 1 for clockwork, which varies less than chance.
    """

    mean: Floats
    dispersion: Floats
    scale: Floats

    def upper(self, x: Floats, mean: Floats, rows: NDArray[np.intp] | slice) -> Floats:
        """Log P(X >= x) of rows of a table, or of single cells whose rows are given."""
        dispersion, scale = self._shaped(rows, x.ndim)
        return nb_upper(x / scale, mean / scale, 1.0 / dispersion)

    def lower(self, x: Floats, mean: Floats, rows: NDArray[np.intp] | slice) -> Floats:
        """Log P(X <= x), as ``upper``."""
        dispersion, scale = self._shaped(rows, x.ndim)
        return nb_lower(x / scale, mean / scale, 1.0 / dispersion)

    def _shaped(self, rows: NDArray[np.intp] | slice, axes: int) -> tuple[Floats, Floats]:
        dispersion, scale = self.dispersion[rows], self.scale[rows]
        return (dispersion, scale) if axes == 1 else (dispersion[:, None], scale[:, None])


@dataclass(frozen=True)
class Fit:
    """What is usual of each series: sorted quiet counts, their law, and the log factor of its tail."""

    base: Floats
    law: Law
    tail: Floats
    at: NDArray[np.intp]  # the buckets (last of its window) that base holds


def log_p(
    n: Floats, quiet: NDArray[np.intp], width: int = 1, exposure: Floats | None = None
) -> tuple[Floats, Floats]:
    """Natural logs of p that as many records (up), or as few (down), come in windows of ``width`` buckets.

    n: counts[series, bucket]; quiet: the buckets learnt from, at least 8, in each series not all of them
    zero. exposure: how many times livelier than usual each cell is; a higher one excuses
    a rise, a lower one a fall. A quiet bucket is not compared with itself. Windows trail; the first
    width - 1 are not judged (p = 1). One-sided, and not corrected for the number of series.
    tests/bench/counts.py holds their level.
    """
    one = fit(n, quiet)
    wide = one if width == 1 else _fit_window(n, quiet, width, one)
    x = rolling(n, width)
    lively = np.ones_like(n) if exposure is None else rolling(exposure, width) / width
    # One cluster of records, or one pause, lies in as many windows as they are long.
    often = np.log(width)
    up = np.minimum(_upper(x, wide, np.maximum(lively, 1.0), width) + often, 0.0)
    down = np.minimum(_lower(x, wide.law, np.minimum(lively, 1.0)) + often, 0.0)
    up[:, : width - 1] = down[:, : width - 1] = 0.0
    return up, down


def fit(n: Floats, quiet: NDArray[np.intp]) -> Fit:
    """What is usual, from the quiet buckets of counts[series, bucket]."""
    base = np.sort(n[:, quiet], axis=1)
    law = moments(base)
    return Fit(base, law, _tail(base, law), quiet)


def _cap(base: Floats) -> Floats:
    """The 99 % quantile of each row, as a column: bursts in 1 % of the buckets do not spoil the rest."""
    if base.shape[1] < 50:
        return np.full((len(base), 1), np.inf)
    cap: Floats = np.quantile(base, 0.99, axis=1, method="lower", keepdims=True)
    return np.maximum(cap, 1.0)


def moments(base: Floats) -> Law:
    """Mean, dispersion a (variance = mean + a mean²) and scale of each row of quiet counts.

    Winsorised at the 99 % quantile. A row's own dispersion is shrunk to the median of the rich rows the
    more, the less certain it is and the more alike the rich rows are (empirical Bayes, Morris 1983): the
    variance of an estimate is about 2 (1/mean + a)² / buckets. The mean is uncertain itself, which widens a.
    """
    count = base.shape[1]
    base = np.minimum(base, _cap(base))
    mean = (base.sum(axis=1) + 0.5) / count
    spread = base.var(axis=1, ddof=1)
    own = np.maximum(0.0, (spread - mean) / mean**2)
    rich = count * mean / (1.0 + mean) >= 20.0
    enough = int(rich.sum()) >= 3
    common = max(float(np.median(own[rich])), COMMON) if enough else COMMON
    error = 2.0 / count * (1.0 / mean + common) ** 2
    between = COMMON**2
    if enough:
        apart = np.minimum((own[rich] - common) ** 2, 4.0)  # a few wild rows do not make all of them so
        between = max(float(apart.mean() - error[rich].mean()), between)
    trust = between / (between + error)
    # Less than chance only where that is sure: three standard errors of a variance above the estimate.
    scale = np.clip(spread / mean * (1.0 + 3.0 * np.sqrt(2.0 / count)), LEAST_SCALE, 1.0)
    clockwork = rich & (scale < 1.0)
    scale = np.where(clockwork, scale, 1.0)
    a = np.where(clockwork, 0.01 * scale, np.maximum(0.01, trust * own + (1.0 - trust) * common))
    return Law(mean, a + (scale / mean + a) / count, scale)


def _tail(base: Floats, law: Law) -> Floats:
    """Log of the factor by which the top counts of each row are likelier than the fitted law says.

    The median, over the top eighth (20 at most), of rank p over fitted p: what lies beyond all that was
    seen is the law's, carried on from there. At least a tenth. Rows are sorted.
    """
    count = base.shape[1]
    top = base[:, -min(max(count // 8, 1), MOST_TOP) :]
    rank = np.stack(
        [(base >= top[:, [j]]).sum(axis=1) for j in range(top.shape[1])], axis=1
    )  # ties count all
    said = law.upper(top, law.mean[:, None], slice(None))
    ratio = np.where(top > 0, np.log((1.0 + rank) / (count + 1.0)) - said, 0.0)
    factor: Floats = np.maximum(np.median(ratio, axis=1), -LN10)
    return factor


def _fit_window(n: Floats, quiet: NDArray[np.intp], width: int, one: Fit) -> Fit:
    """What is usual of sums over quiet windows; from single buckets where such windows are too few."""
    inside = np.zeros(n.shape[1])
    inside[quiet] = 1.0
    whole = np.flatnonzero(rolling(inside[None, :], width)[0] >= width)
    at = whole if len(whole) >= LEAST_QUIET else quiet
    sums = np.sort(rolling(n, width)[:, at], axis=1)
    # Clipped bucket by bucket: one burst lies in as many windows as they are long.
    clipped = np.sort(rolling(np.minimum(n, _cap(n[:, quiet])), width)[:, at], axis=1)
    law = Law(one.law.mean * width, one.law.dispersion, one.law.scale)
    if len(whole) >= LEAST_QUIET:
        sure = moments(clipped)
        # Never more certain than single buckets allow: overlapping windows look calmer than they are.
        law = Law(
            np.maximum(sure.mean, law.mean),
            np.maximum(sure.dispersion, law.dispersion / width),
            np.maximum(sure.scale, law.scale),
        )
    return Fit(sums, law, np.maximum(_tail(clipped, law), 0.0), at)


def _upper(x: Floats, usual: Fit, more: Floats, width: int) -> Floats:
    """Log p of counts at least x: by rank among the quiet counts, beyond them by the scaled law.

    more: exposure, at least 1; ranks are compared at the exposure of the quiet time.
    """
    out = np.zeros_like(x)
    mean = usual.law.mean[:, None] * more
    look = (x > 1.5 * mean) & (x >= 2)
    if not look.any():
        return out
    r, b = np.nonzero(look)
    law = usual.law.upper(x[look], mean[look], r) + usual.tail[r]
    level = x[look] / more[look]
    above = np.empty(len(r))
    begin = np.searchsorted(r, np.arange(len(x) + 1))  # cells of one row lie together
    for i in np.unique(r).tolist():
        cells = slice(begin[i], begin[i + 1])
        above[cells] = usual.base.shape[1] - np.searchsorted(usual.base[i], level[cells])
    own, own_seen, own_above = _own(x, usual.at, (r, b, level), width)
    above, count = above - own_above, usual.base.shape[1] - own
    known = (usual.base > 0).sum(axis=1)[r] > own_seen  # else it is new, not more
    rank = np.where(above > 0, np.log((1.0 + above) / (count + 1.0)), -np.inf)
    out[look] = np.where(known, np.minimum(np.maximum(law, rank), 0.0), 0.0)
    return out


def _own(
    x: Floats, at: NDArray[np.intp], cells: tuple[NDArray[np.intp], NDArray[np.intp], Floats], width: int
) -> tuple[Floats, Floats, Floats]:
    """How many quiet windows share a bucket with each cell's own, hold anything, and reach its level."""
    r, b, level = cells
    quiet = np.zeros(x.shape[1], dtype=bool)
    quiet[at] = True
    own, seen, above = np.zeros(len(r)), np.zeros(len(r)), np.zeros(len(r))
    for step in range(1 - width, width):
        near = np.clip(b + step, 0, x.shape[1] - 1)
        shared = quiet[near] & (near == b + step)
        own += shared
        seen += shared & (x[r, near] > 0)
        above += shared & (x[r, near] >= level)
    return own, seen, above


def _lower(x: Floats, law: Law, less: Floats) -> Floats:
    """Log p of counts at most x; only where enough was expected. less: exposure, at most 1."""
    out = np.zeros_like(x)
    mean = law.mean[:, None] * less
    look = (mean >= LEAST_EXPECTED) & (x < 0.6 * mean)
    if look.any():
        r, _ = np.nonzero(look)
        out[look] = law.lower(x[look], mean[look], r)
    return out
