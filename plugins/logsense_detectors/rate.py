"""Counts that rose or fell."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import ANOMALIES, View, safe
from logsense_detectors.counts import LEAST_QUIET, log_p
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


class Rate:
    """More or fewer records of a template than its quiet time explains.

    Finds: bursts and drops of templates that occur in the quiet time, from one bucket to many.
    Misses: a doubling within one bucket; slow drift; templates the quiet time does not hold (novelty).
    Cost: O(series × buckets).
    Source: negative binomial with dispersion shrunk across series, its tail scaled to the top quiet counts
    and capped by their rank; on quiet cells it holds 1e-3 where Poisson, MAD and three sigma do not.

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
        """Choose the series that occur in the quiet buckets; what is usual of them is learnt from those."""
        self.quiet_ = quiet_of(view, least=LEAST_QUIET)
        self.grid_ = grid(view.counts, view.buckets, at_least=3)
        known = np.zeros(0) if self.quiet_ is None else self.grid_.n[:, self.quiet_].sum(axis=1)
        self.kept_ = np.flatnonzero(known > 0)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "rate up" and "rate down"; first and last bucket may be cut: not judged down."""
        if self.quiet_ is None or not len(self.kept_):
            return ANOMALIES.empty()
        n = self.grid_.n[self.kept_]
        exposure = _exposure(self.grid_, self.kept_, self.quiet_)
        up, down = np.zeros_like(n), np.zeros_like(n)
        for width in self.windows:
            more, less = log_p(n, self.quiet_, width, exposure)
            up, down = np.maximum(up, -more / LN10), np.maximum(down, -less / LN10)
        correction = np.log10(len(self.kept_) * len(self.windows) * 2)
        factor = 1.0 if len(self.quiet_) >= 32 else 0.5  # a short baseline counts half
        down[:, [0, -1]] = 0.0
        rows = self._rows(view, n, (up - correction) * factor, "rate up")
        rows += self._rows(view, n, (down - correction) * factor, "rate down")
        return anomalies(view, self.name, rows)

    def _rows(self, view: View, n: Floats, score: Floats, kind: str) -> list[dict[str, object]]:
        if self.quiet_ is None:
            return []
        words, usual = texts_of(view), (n[:, self.quiet_].sum(axis=1) + 0.5) / len(self.quiet_)
        rows: list[dict[str, object]] = []
        for i in np.flatnonzero((score >= self.at_least).any(axis=1)).tolist():
            row, mean = int(self.kept_[i]), float(usual[i])
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
                        "sentence": f"{safe(service)}: '{text}' ×{seen}, {expected} expected",
                    }
                )
        return rows


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
