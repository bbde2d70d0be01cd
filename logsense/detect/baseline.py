"""The quiet time of a run: which buckets are its baseline.

Source: the rule was chosen on recorded faults cropped four ways and on real quiet logs with faults put
in, among some twenty others (medoids, clusters, mixtures, change points): errors and Jensen-Shannon
distance together kept the fault out of the baseline most often.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.schema import View
from logsense.signs import error_like

#: Windows the run is judged in; distances are counted pairwise, so that their number is bounded.
MOST_WINDOWS = 200
#: Share of the windows that is taken.
CALM = 0.4
#: Fewer buckets than this are no baseline.
LEAST = 8


def baseline(view: View) -> tuple[tuple[int, ...], str]:
    """The numbers of the buckets that are the baseline, and the words that say how they were chosen.

    ``view.quiet`` and ``view.how`` are not read. A run of fewer than 8 buckets has no baseline, nor has
    one without times and with fewer than two records a part. The first bucket and the last are left out:
    they may be cut.
    """
    counts, buckets = view.counts, view.buckets
    if not counts.height:
        return (), "none: there are no records"
    if buckets < LEAST:
        return (), "none: the run is too short to tell its quiet time"
    if view.start is None and int(counts["n"].sum()) < 2 * buckets:
        return (), "none: too few lines, and none with a time"
    per = -(-buckets // MOST_WINDOWS)  # buckets a window
    windows = -(-buckets // per)
    mix, errors = _tables(counts, view.templates, per, windows)
    unrest = _unrest(mix, errors)
    unrest[mix.sum(axis=1) == 0] += float(np.median(unrest))  # silence is not calm
    take = max(LEAST // per, round(CALM * windows), 1)
    usable = np.arange(windows)
    if windows > LEAST:
        usable = usable[1:-1]
    chosen = np.sort(usable[np.argsort(unrest[usable], kind="stable")[:take]])
    quiet = [b for w in chosen.tolist() for b in range(w * per, min((w + 1) * per, buckets))]
    of = f"the calmest {len(quiet)} of {buckets}"
    if view.start is None:
        return tuple(quiet), f"quiet parts of this run, in order of lines: {of} equal parts of each file"
    return tuple(quiet), f"quiet time of this run: {of} buckets"


def _tables(
    counts: pl.DataFrame, templates: pl.DataFrame, per: int, windows: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Counts of each template per window, and the weight of error-like records per window."""
    bad = templates.select("template", error_like(templates).alias("bad")).sort("template")
    rows = (
        counts.with_columns((pl.col("bucket") // per).alias("window"))
        .group_by("window", "template")
        .agg(pl.col("n").sum().cast(pl.Float64))
        .join(bad, on="template", how="left")
        .sort("window", "template")
    )
    column = rows["template"].rank("dense").to_numpy().astype(np.int64) - 1
    window = rows["window"].to_numpy()
    n = rows["n"].to_numpy()
    mix = np.zeros((windows, int(column.max()) + 1))
    mix[window, column] = n
    total = mix.sum(axis=1)
    errors = np.zeros(windows)
    is_bad = rows["bad"].fill_null(value=False).to_numpy()
    # At most 3 a template: one loud template must not decide alone.
    np.add.at(errors, window[is_bad], np.minimum(n[is_bad], 3.0))
    return mix, errors / np.sqrt(np.maximum(total, 1.0))


def _unrest(mix: NDArray[np.float64], errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each window is from calm: errors near it, and half its distance from the others' mix."""
    near = np.convolve(np.pad(errors, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    distance = np.median(_jensen_shannon(mix), axis=1)
    return _scaled(near) + 0.5 * _scaled(distance)


def _scaled(x: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(x.std())
    return x / spread if spread > 0 else np.zeros_like(x)


def _jensen_shannon(mix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pairwise Jensen-Shannon divergence of the rows' shares (nats). Source: Lin 1991."""
    share = mix / np.maximum(mix.sum(axis=1, keepdims=True), 1.0)
    own = _entropy(share)
    out = np.empty((len(mix), len(mix)))
    for i, row in enumerate(share):  # one row at a time: memory of one table, not of one a pair
        out[i] = _entropy((share + row) / 2) - (own + own[i]) / 2
    return np.maximum(out, 0.0)


def _entropy(share: NDArray[np.float64]) -> NDArray[np.float64]:
    logs = np.log(share, out=np.zeros_like(share), where=share > 0)
    entropy: NDArray[np.float64] = -(share * logs).sum(axis=1)
    return entropy
