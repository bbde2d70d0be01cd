"""A detector that looks at all messages of a bucket together, with a model of scikit-learn."""

from datetime import timedelta

import numpy as np
import polars as pl
from logsense.api import ANOMALIES, Detector, View, hookimpl, safe
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST_QUIET = 16
FOLDS = 4
#: A model of hundreds of numbers does not know more than this, in decades.
CAP = 6.0


class Mix:
    """Buckets whose mix of messages is unlike that of the quiet time.

    Finds: counts that are each within reason but do not go together, such as two steps of a flow that part.
    Misses: new messages; what moves as it always does; small changes among many messages. Found hardly
    anything that counts alone did not, see the README.
    Cost: O(buckets × series²), at most ``most`` series.
    Source: Jackson and Mudholkar 1979: the residual of a principal component analysis (scikit-learn's PCA) of
    log counts. What is usual is measured on quiet buckets the model has not seen (``FOLDS`` stretches in
    turn): a multiple of a chi square whose freedom fits mean and variance (Box 1954), hence F; Bonferroni
    over the buckets.

    Args:
        explained: share of the quiet time's variance that the components explain.
        most: number of series, the most frequent ones of the quiet time.
        at_least: score from which a bucket counts as a hit.
        join: hits at most this many buckets apart are one anomaly.
    """

    name = "mix"
    finds = ("mix",)

    def __init__(
        self, *, explained: float = 0.9, most: int = 300, at_least: float = 2.5, join: int = 5
    ) -> None:
        self.explained = explained
        self.most = most
        self.at_least = at_least
        self.join = join

    @staticmethod
    def example() -> View:
        """Four pairs of steps that come together, of which one fails to follow from bucket 70 to 79."""
        from logsense.testing import from_table  # here: only the kit asks for it

        random = np.random.default_rng(1)
        taken = 15.0 + random.negative_binomial(4, 4 / 44, (4, 100))
        done = taken + random.integers(-2, 3, (4, 100))
        done[0, 70:80] //= 4
        texts = [f"{what} {how}" for how in ("taken", "done") for what in ("order", "mail", "page", "cart")]
        return from_table(np.vstack([taken, done]), ["shop"] * 8, texts, ["INFO"] * 8, quiet=range(60))

    def fit(self, view: View) -> "Mix":
        """Learn the components of the quiet buckets, and how much they leave unexplained of others."""
        quiet = np.array(sorted(b for b in view.quiet if 0 <= b < view.buckets), dtype=np.intp)
        self.series_ = self._series(view, quiet)
        self.model_: tuple[Floats, Floats] | None = None
        if len(quiet) < LEAST_QUIET or self.series_.height < 3:
            return self
        x = np.log1p(self._table(view))
        unseen = np.zeros(len(quiet))
        for fold in np.array_split(np.arange(len(quiet)), FOLDS):
            rest = np.setdiff1d(np.arange(len(quiet)), fold)
            parts = _left(x[quiet[fold]], _learn(x[quiet[rest]], self.explained))
            unseen[fold] = (parts * parts).sum(axis=1)
        self.usual_ = max(float(unseen.mean()), 1e-9)
        spread = max(float(unseen.var(ddof=1)), 1e-18)
        self.freedom_ = (2.0 * self.usual_**2 / spread, float(len(quiet) - 1))
        self.model_ = _learn(x[quiet], self.explained)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "mix"; the series named is the one that fits worst."""
        if self.model_ is None:
            return ANOMALIES.empty()
        from scipy.stats import f

        parts = _left(np.log1p(self._table(view)), self.model_)
        power = (parts * parts).sum(axis=1)
        times = power / self.usual_
        score = np.minimum(-f.logsf(times, *self.freedom_) / np.log(10.0) - np.log10(len(times)), CAP)
        rows = []
        at = np.flatnonzero(score >= self.at_least)
        for hits in np.split(at, np.flatnonzero(np.diff(at) > self.join) + 1) if len(at) else []:
            best = int(hits[np.argmax(score[hits])])
            worst = self.series_.row(int(np.argmax(np.abs(parts[best]))), named=True)
            rows.append(
                _row(view, worst, (int(hits[0]), int(hits[-1])), float(score[best]), float(times[best]))
            )
        return ANOMALIES.of(rows).sort("start", "service", "template")

    def _series(self, view: View, quiet: NDArray[np.intp]) -> pl.DataFrame:
        """The series looked at: service, template and column."""
        return (
            view.counts.filter(pl.col("bucket").is_in(quiet.tolist()))
            .group_by("service", "template")
            .agg(pl.col("n").sum().alias("total"))
            .sort("total", "service", "template", descending=[True, False, False])
            .head(self.most)
            .drop("total")
            .with_row_index("column")
        )

    def _table(self, view: View) -> Floats:
        """Counts as buckets × series."""
        cells = view.counts.join(self.series_, on=["service", "template"]).filter(
            pl.col("bucket").is_between(0, view.buckets - 1)
        )
        n = np.zeros((max(view.buckets, 0), self.series_.height))
        np.add.at(n, (cells["bucket"].to_numpy(), cells["column"].to_numpy()), cells["n"].to_numpy())
        return n


def _learn(x: Floats, explained: float) -> tuple[Floats, Floats]:
    """Mean and components (components × series) of rows."""
    from sklearn.decomposition import PCA  # a second to load: only where the detector runs

    if float(x.var(axis=0).sum()) == 0.0:
        return x.mean(axis=0), np.zeros((0, x.shape[1]))
    model = PCA(n_components=explained, svd_solver="full").fit(x)
    return np.asarray(model.mean_, np.float64), np.asarray(model.components_, np.float64)


def _left(x: Floats, model: tuple[Floats, Floats]) -> Floats:
    """What the components leave of rows."""
    mean, components = model
    centred = x - mean
    return centred - centred @ components.T @ components


def _row(
    view: View, worst: dict[str, object], span: tuple[int, int], score: float, times: float
) -> dict[str, object]:
    inside = view.counts.filter(pl.col("bucket").is_between(*span))
    text = view.templates.filter(pl.col("template") == worst["template"])["text"]
    quoted = safe(str(text[0]))[:90] if text.len() else ""
    length = timedelta(microseconds=(span[1] - span[0] + 1) * view.width).total_seconds()
    return {
        "detector": Mix.name,
        "kind": "mix",
        "service": worst["service"],
        "template": worst["template"],
        "start": inside["first"].min(),
        "end": inside["last"].max(),
        "score": max(score, 0.0),
        "observed": f"{times:.2g} times the usual residual",
        "expected": "1",
        "sentence": f"{safe(str(worst['service']))}: the mix of messages is odd for {length:g} s,"
        f" {times:.2g} times the usual residual; '{quoted}' fits worst",
    }


@hookimpl
def register_detectors() -> list[type[Detector]]:
    """The class; it is constructed with its defaults."""
    return [Mix]
