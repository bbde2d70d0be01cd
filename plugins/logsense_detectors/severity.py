"""Services that complain more than usual."""

import numpy as np
import polars as pl

from logsense.api import ANOMALIES, View, error_like, safe
from logsense_detectors.grid import LN10, Floats, anomalies, episodes, number, quiet_of, span
from logsense_detectors.grid import windows as rolling
from logsense_detectors.tails import nb_upper

LEAST_QUIET = 8
#: How much a record counts by its level; trouble told by words alone counts as a warning.
WEIGHT = {"ERROR": 2.0, "FATAL": 3.0}


class Severity:
    """More records of trouble (WARN and above, words of failure) than a service's quiet time explains.

    Finds: bursts of errors spread over many templates, each too rare to be judged alone.
    Misses: services that always complain this much; faults nobody logs as an error.
    Cost: O(services × buckets).
    Source: negative binomial on counts weighted by level (at most ``cap`` records a template and bucket, so
    that one loud template does not decide), dispersion at least ``dispersion``: errors come in clusters.
    A sum of weights is no number of records: it and what is usual are counted in records of the mean
    weight that the window holds, so that errors stand out from warnings, and two errors are two.

    Args:
        windows: lengths in buckets over which counts are summed.
        cap: most records of one template in one bucket that count.
        dispersion: least dispersion assumed (variance = mean + dispersion × mean²).
        at_least: score from which a bucket counts as a hit.
        join: hits at most this many buckets apart are one anomaly.
    """

    name = "severity"
    finds = ("severity",)

    def __init__(
        self,
        *,
        windows: tuple[int, ...] = (1, 3, 8),
        cap: int = 5,
        dispersion: float = 0.5,
        at_least: float = 2.5,
        join: int = 5,
    ) -> None:
        self.windows = windows
        self.cap = cap
        self.dispersion = dispersion
        self.at_least = at_least
        self.join = join

    def fit(self, view: View) -> "Severity":
        """Learn how much each service complains in a quiet bucket."""
        self.quiet_ = quiet_of(view, least=LEAST_QUIET)
        bad = view.templates.filter(error_like(view.templates))["template"].to_list()
        self.bad_ = bad
        loud = view.templates.select(
            "template", pl.col("level").cast(pl.String).replace_strict(WEIGHT, default=1.0).alias("weight")
        )
        rows = view.counts.filter(
            pl.col("template").is_in(bad) & pl.col("bucket").is_between(0, view.buckets - 1)
        ).join(loud, on="template", how="left", maintain_order="left")
        self.services_: list[str] = rows["service"].unique().sort().to_list()
        capped = pl.col("n").clip(upper_bound=self.cap)
        self.plain_ = self._table(rows, view.buckets, pl.col("n"))
        self.capped_ = self._table(rows, view.buckets, capped * pl.col("weight"))
        self.squared_ = self._table(rows, view.buckets, capped * pl.col("weight") ** 2)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "severity", without a template."""
        if self.quiet_ is None or not self.services_:
            return ANOMALIES.empty()
        score = np.zeros_like(self.capped_)
        for width in self.windows:
            x, squared = rolling(self.capped_, width), rolling(self.squared_, width)
            base, one = x[:, self.quiet_], _weight(x, squared)
            usual = _weight(base.sum(axis=1), squared[:, self.quiet_].sum(axis=1))
            count = base.shape[1]
            mean = (base.sum(axis=1) + 0.5 * width * usual) / count
            own = np.maximum((base.var(axis=1, ddof=1) - mean * usual) / mean**2, self.dispersion)
            size = 1.0 / (own + (usual / mean + own) / count)
            p = nb_upper(np.round(x / one), mean[:, None] / one, size[:, None])
            score = np.maximum(score, -p / LN10)
        score -= np.log10(len(self.services_) * len(self.windows))
        score *= 1.0 if len(self.quiet_) >= 32 else 0.5
        return anomalies(view, self.name, self._rows(view, score))

    def _table(self, rows: pl.DataFrame, buckets: int, what: pl.Expr) -> Floats:
        table = np.zeros((len(self.services_), max(buckets, 0)))
        index = {service: i for i, service in enumerate(self.services_)}
        n = rows.select(what.cast(pl.Float64))["n"].to_numpy()
        at = np.array([index[s] for s in rows["service"].to_list()], dtype=np.intp)
        np.add.at(table, (at, rows["bucket"].to_numpy()), n)
        return table

    def _rows(self, view: View, score: Floats) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for i, service in enumerate(self.services_):
            usual = float(self.plain_[i, self.quiet_].mean())
            for first, last in episodes(score[i] >= self.at_least, join=self.join):
                count, size = float(self.plain_[i, first : last + 1].sum()), last - first + 1
                expected, length = number(usual * size), span(view, size)
                said = f"{number(count)} records of trouble in {length}, {expected} expected"
                rows.append(
                    {
                        "kind": "severity",
                        "service": service,
                        "from_bucket": first,
                        "to_bucket": last,
                        "among": self.bad_,
                        "score": float(score[i, first : last + 1].max()),
                        "observed": f"{number(count)} in {length}",
                        "expected": expected,
                        "sentence": f"{safe(service)}: {said}",
                    }
                )
        return rows


def _weight(total: Floats, squared: Floats) -> Floats:
    """What a record weighs on average where the weights add up to so much, and their squares; at least 1."""
    weight: Floats = np.where(total > 0.5, squared / np.maximum(total, 0.5), 1.0)
    return np.maximum(weight, 1.0)
