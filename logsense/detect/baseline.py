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
#: The unrest of most windows lies so many spreads above that of the others: the fault may be most of the run.
#: Then no more than this part of the calm ones is taken, but no less than that share of all.
APART, SURE, FEWEST = 2.5, 0.7, 0.15
DOUBT = "; doubtful, since most of it is unlike them: known-good logs (--baseline) would tell better"
_WITHIN = "quiet time of this run: the calmest {} of {} buckets"
_PARTS = "quiet parts of this run, in order of lines: the calmest {} of {} equal parts of each file"
_AROUND = "quiet time around the window: the calmest {} of {} buckets outside it"


def baseline(view: View) -> tuple[tuple[int, ...], str]:
    """The numbers of the buckets that are the baseline, and the words that say how they were chosen.

    A baseline of known-good logs stays as it is. Of a window it is the calmest of what lies around it, if
    that is 8 buckets or more with records; else, and without a window, the calmest of the run. A run of
    fewer than 8 buckets has no baseline, nor has one without times and with fewer than two records a part.
    The first bucket and the last are left out: they may be cut.
    """
    if view.apart:
        return view.quiet, view.how
    low, high = view.judged or (0, view.buckets)
    own = view.counts.filter(pl.col("bucket").is_between(low, high - 1))
    if not own.height:
        return (), "none: there are no records"
    if view.start is not None and high - low < view.buckets:
        around = view.counts.filter(~pl.col("bucket").is_between(low, high - 1))["bucket"].unique().sort()
        if around.len() >= LEAST:
            return _calmest(view, tuple(around.to_list()), _AROUND)
    if high - low < LEAST:
        return (), "none: the run is too short to tell its quiet time"
    if view.start is None and int(own["n"].sum()) < 2 * (high - low):
        return (), "none: too few lines, and none with a time"
    return _calmest(view, tuple(range(low, high)), _PARTS if view.start is None else _WITHIN)


def _calmest(view: View, among: tuple[int, ...], said: str) -> tuple[tuple[int, ...], str]:
    """The calmest of these buckets, with the words for them."""
    ours = view.counts.filter(pl.col("bucket").is_in(list(among)))
    low, high = among[0], among[-1] + 1
    buckets = high - low
    per = -(-buckets // MOST_WINDOWS)  # buckets a window
    windows = -(-buckets // per)
    mix, errors = _tables(ours.with_columns(pl.col("bucket") - low), view.templates, per, windows)
    usable = np.unique((np.array(among) - low) // per)
    mix, errors = mix[usable], errors[usable]
    unrest = _unrest(mix, errors)
    unrest[mix.sum(axis=1) == 0] += float(np.median(unrest))  # silence is not calm
    share, doubtful = _calm_share(unrest)
    take = max(LEAST // per, round(share * len(usable)), 1)
    whole = slice(1, -1) if len(usable) > LEAST else slice(None)
    chosen = np.sort(usable[whole][np.argsort(unrest[whole], kind="stable")[:take]])
    wanted = set(among)
    spread = [low + b for w in chosen.tolist() for b in range(w * per, min((w + 1) * per, buckets))]
    quiet = tuple(bucket for bucket in spread if bucket in wanted)
    return quiet, said.format(len(quiet), len(among)) + (DOUBT if doubtful else "")


def _calm_share(unrest: NDArray[np.float64]) -> tuple[float, bool]:
    """The share of the windows that is taken, and whether it is doubtful that they are the usual ones.

    Where the windows fall into two groups that lie well apart, and the restless one is the larger, a fault
    may cover most of the run, and ``CALM`` would reach into it. Source: two groups by the largest variance
    between them (Otsu 1979).
    """
    ordered = np.sort(unrest)
    n, total = len(ordered), np.cumsum(ordered)
    if n < LEAST:
        return CALM, False
    k = np.arange(1, n)
    means = total[:-1] / k, (total[-1] - total[:-1]) / (n - k)
    cut = int(np.argmax(k * (n - k) * (means[1] - means[0]) ** 2)) + 1
    calm, rest = ordered[:cut], ordered[cut:]
    spread = float(np.sqrt((calm.var() * cut + rest.var() * (n - cut)) / n))
    if 2 * cut >= n or rest.mean() - calm.mean() < APART * max(spread, 1e-9):
        return CALM, False
    return min(CALM, max(FEWEST, SURE * cut / n)), True


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
