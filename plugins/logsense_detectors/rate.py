"""Counts that rose or fell."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import ANOMALIES, View
from logsense_detectors.grid import (
    LN10,
    Floats,
    Grid,
    anomalies,
    episodes,
    grid,
    number,
    quiet_of,
    quote,
    span,
)
from logsense_detectors.grid import texts as texts_of
from logsense_detectors.grid import windows as rolling
from logsense_detectors.tails import nb_lower, nb_upper

LEAST_QUIET = 8
LEAST_EXPECTED = 7.0  # below this even nothing at all is no surprise: e^-7 is about 1e-3


class Rate:
    """More or fewer records of a template than its quiet time explains.

    Finds: bursts and drops of templates that occur in the quiet time, from one bucket to many.
    Misses: a doubling within one bucket; slow drift; templates the quiet time does not hold (novelty).
    Cost: O(series × buckets).
    Source: negative binomial with dispersion borrowed across series and capped by the rank among the
    quiet buckets; on 500,000 quiet cells it holds 1e-3 where Poisson, MAD and three sigma do not.

    Args:
        windows: lengths in buckets over which counts are summed.
        at_least: score from which a bucket counts as a hit.
        join: hits at most this many buckets apart are one anomaly.
    """

    name = "rate"
    finds = ("rate up", "rate down")

    def __init__(self, *, windows: Sequence[int] = (1, 3, 8), at_least: float = 2.5, join: int = 5) -> None:
        self.windows = windows
        self.at_least = at_least
        self.join = join

    def fit(self, view: View) -> "Rate":
        """Learn mean and dispersion of each series from the quiet buckets."""
        self.fits_: list[tuple[Floats, Floats, Floats]] = []
        self.quiet_ = quiet_of(view, least=LEAST_QUIET)
        self.grid_ = grid(view.counts, view.buckets, at_least=3)
        if self.quiet_ is None or not len(self.grid_.services):
            return self
        self.kept_ = np.flatnonzero(self.grid_.n[:, self.quiet_].sum(axis=1) > 0)
        n = self.grid_.n[self.kept_]
        base = np.sort(n[:, self.quiet_], axis=1)
        mean, dispersion = moments(base)
        for width in self.windows:
            self.fits_.append(_fit_window(n, self.quiet_, width, (base, mean, dispersion)))
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "rate up" and "rate down"; the last bucket, maybe cut, is not judged down."""
        if self.quiet_ is None or not self.fits_ or not len(self.kept_):
            return ANOMALIES.empty()
        n = self.grid_.n[self.kept_]
        exposure = _exposure(self.grid_, self.kept_, self.quiet_)
        tests = len(self.kept_) * len(self.windows) * 2
        up, down = np.zeros_like(n), np.zeros_like(n)
        for width, (base, mean, dispersion) in zip(self.windows, self.fits_, strict=True):
            x = rolling(n, width)
            more = np.maximum(rolling(exposure, width) / width, 1.0)
            less = np.minimum(rolling(exposure, width) / width, 1.0)
            p_up = _upper(x, base, mean[:, None] * more, dispersion, more)
            p_down = _lower(x, mean[:, None] * less, dispersion)
            p_down[:, : width - 1] = 0.0
            p_up[:, : width - 1] = 0.0
            up = np.maximum(up, -p_up / LN10)
            down = np.maximum(down, -p_down / LN10)
        correction = np.log10(tests)
        factor = 1.0 if len(self.quiet_) >= 32 else 0.5  # a short baseline counts half
        down[:, -1] = 0.0
        rows = self._rows(view, n, (up - correction) * factor, "rate up")
        rows += self._rows(view, n, (down - correction) * factor, "rate down")
        return anomalies(view, self.name, rows)

    def _rows(self, view: View, n: Floats, score: Floats, kind: str) -> list[dict[str, object]]:
        words = texts_of(view)
        rows: list[dict[str, object]] = []
        for i in np.flatnonzero((score >= self.at_least).any(axis=1)).tolist():
            row, mean = int(self.kept_[i]), float(self.fits_[0][1][i])
            service, template = self.grid_.services[row], self.grid_.templates[row]
            for first, last in episodes(score[i] >= self.at_least, join=self.join):
                low = _back(n[i], first, mean, max(self.windows), up=kind == "rate up")
                size = last - low + 1
                seen = f"{number(float(n[i, low : last + 1].sum()))} in {span(view, size)}"
                expected = number(mean * size)
                text = quote(words.get(template, ""))
                rows.append(
                    {
                        "kind": kind,
                        "service": service,
                        "template": template,
                        "from_bucket": low,
                        "to_bucket": last,
                        "score": float(score[i, first : last + 1].max()),
                        "observed": seen,
                        "expected": expected,
                        "sentence": f"{service}: '{text}' ×{seen}, {expected} expected",
                    }
                )
        return rows


def moments(base: Floats) -> tuple[Floats, Floats]:
    """Mean and dispersion a (variance = mean + a mean²) of each row of sorted quiet counts.

    Winsorised at the 99 % quantile; a sparse row borrows the median dispersion of the run.
    """
    count = base.shape[1]
    if count >= 50:  # survives 1 % of contaminated buckets
        base = np.minimum(base, np.quantile(base, 0.99, axis=1, method="higher")[:, None])
    mean = (base.sum(axis=1) + 0.5) / count
    own = np.maximum(0.0, (base.var(axis=1, ddof=1) - mean) / mean**2)
    weight = count * mean / (1.0 + mean)
    rich = weight >= 20.0
    common = float(np.median(own[rich])) if rich.sum() >= 3 else 0.1
    a = np.maximum(0.01, (weight * own + 20.0 * common) / (weight + 20.0))
    return mean, a + (1.0 / mean + a) / count


def _fit_window(
    n: Floats, quiet: NDArray[np.intp], width: int, single: tuple[Floats, Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """Sorted sums of the quiet windows, their mean and dispersion; from single buckets where too few."""
    base, mean, dispersion = single
    if width == 1:
        return base, mean, dispersion
    inside = np.zeros(n.shape[1])
    inside[quiet] = 1.0
    whole = np.flatnonzero(rolling(inside[None, :], width)[0] >= width)
    if len(whole) < LEAST_QUIET:
        return np.sort(rolling(n, width)[:, quiet], axis=1), mean * width, dispersion
    sums = np.sort(rolling(n, width)[:, whole], axis=1)
    wide_mean, wide_dispersion = moments(sums)
    # Never more certain than single buckets allow: overlapping windows look calmer than they are.
    return sums, np.maximum(wide_mean, mean * width), np.maximum(wide_dispersion, dispersion / width)


def _upper(x: Floats, base: Floats, mean: Floats, dispersion: Floats, more: Floats) -> Floats:
    """Log p of counts at least x: negative binomial, capped by the rank among the quiet counts."""
    out = np.zeros_like(x)
    look = (x > 1.5 * mean) & (x >= 2)
    if not look.any():
        return out
    r, _ = np.nonzero(look)
    size, count = 1.0 / dispersion[r], base.shape[1]
    seen, m = x[look], mean[look]
    nb = nb_upper(seen, m, size)
    level = seen / more[look]  # ranks are compared at the exposure of the quiet time
    above = (base[r] >= level[:, None]).sum(axis=1)
    top = np.floor(base[r, -1] * more[look]) + 1.0
    beyond = np.minimum(nb - nb_upper(top, m, size), 0.0) - np.log(count + 1.0)
    rank = np.where(above > 0, np.log((1.0 + above) / (count + 1.0)), beyond)
    out[look] = np.maximum(nb, rank)
    return out


def _lower(x: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """Log p of counts at most x; only where enough was expected."""
    out = np.zeros_like(x)
    look = (mean >= LEAST_EXPECTED) & (x < 0.6 * mean)
    if look.any():
        r, _ = np.nonzero(look)
        out[look] = nb_lower(x[look], mean[look], 1.0 / dispersion[r])
    return out


def _exposure(table: Grid, kept: NDArray[np.intp], quiet: NDArray[np.intp]) -> Floats:
    """How much livelier than in its quiet time the rest of each series' service is, per bucket.

    A surge of customers raises all of a service alike and is no fault of one template. Medians over
    five buckets; 1 where the rest of the service says too little.
    """
    services = np.array(table.services)
    out = np.ones((len(kept), table.n.shape[1]))
    for service in sorted(set(table.services)):
        rows = np.flatnonzero(services[kept] == service)
        total = table.n[services == service].sum(axis=0)
        rest = total[None, :] - table.n[kept[rows]]
        usual = rest[:, quiet].mean(axis=1)
        padded = np.pad(rest, ((0, 0), (2, 2)), mode="edge")
        smooth = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5, axis=1), axis=2)
        ratio = smooth / np.maximum(usual, 1e-9)[:, None]
        out[rows] = np.where(usual[:, None] >= 3.0, np.clip(ratio, 0.2, 5.0), 1.0)
    return out


def _back(n: Floats, first: int, mean: float, reach: int, *, up: bool) -> int:
    """The bucket where it began: windows trail, so the first hit may lie after the first odd bucket."""
    low = first
    for b in range(first - 1, max(first - reach, -1), -1):
        odd = n[b] > 1.5 * mean + 1 if up else n[b] < 0.5 * mean
        if odd:
            low = b
    return low
