"""What two windows of a run say, and how often: a row a service and template, most telling first.

Source of the test: quasi-likelihood F-test of two rates, with the variance a multiple of the mean that is
estimated from the buckets themselves (Pearson's statistic by its degrees of freedom; McCullagh & Nelder,
Generalized Linear Models, 1989, chapters 4 and 9; Tjur 1998, Nonlinear regression, quasi likelihood and
overdispersion). A window without a single record tells nothing of how counts scatter, and lends no degrees of
freedom (Lun & Smyth 2017, No counts, no variance). A Poisson test would call every burst a change.
"""

import math
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.analysis import Span
from logsense.detect.run import CAP
from logsense.detect.windows import apart, held, run_of
from logsense.errors import ConfigError
from logsense.schema import COMPARED, View

Floats = NDArray[np.float64]

BEFORE, AFTER = "the window before", "the window after"
#: -log10 of the corrected p-value from which on a rate counts as another: one comparison in a hundred of
#: runs in which nothing changed shows one.
CHANGED = 2.0
_MINUTE = 60e6
_TINY, _STEPS = 1e-300, 1000


def compare(view: View, before: Span | None, after: Span | None, end: datetime | None) -> pl.DataFrame:
    """COMPARED: what is said in one window against what is said in the other.

    before: None for the baseline of the view; after: None for what is judged and is neither baseline nor
    before. end: when the last record of the run was written, since the last bucket may be cut. A window is
    made of the buckets that lie in it whole. ConfigError for windows that overlap, hold nothing, or where
    there is nothing to compare.
    """
    if view.start is None:
        msg = "no line of these logs has a time: there are no rates to compare"
        raise ConfigError(msg)
    if before and after:
        apart(before, after, BEFORE, AFTER)
    usual = set(held(view, before, BEFORE)) if before else set(view.quiet)
    if after:
        asked = set(held(view, after, AFTER))
        usual = usual if before else usual - asked
    else:
        asked = set(range(*(view.judged or run_of(view)))) - usual - set(view.quiet)
    if not usual or not asked:
        which = BEFORE if not usual else AFTER
        msg = f"{which} is empty: there is {'no baseline' if not before else 'nothing'} to compare with"
        raise ConfigError(msg)
    minutes = [_minutes(view, sorted(buckets), end) for buckets in (usual, asked)]
    rows = _sums(view, minutes)
    return _told(_scored(rows, minutes), minutes)


def _minutes(view: View, buckets: list[int], end: datetime | None) -> pl.DataFrame:
    """How many minutes of the run each bucket holds."""
    whole = view.width / _MINUTE
    length = np.full(len(buckets), whole)
    if end is not None and view.start is not None:
        # Only the bucket with the last record is cut, and never to less than a tenth: one record is no rate.
        last, rest = divmod((end - view.start) / timedelta(microseconds=1), view.width)
        length[np.array(buckets) == int(last)] = max(rest / view.width, 0.1) * whole
    return pl.DataFrame(
        {"bucket": buckets, "minutes": length}, schema={"bucket": pl.Int32, "minutes": pl.Float64}
    )


def _sums(view: View, minutes: list[pl.DataFrame]) -> pl.DataFrame:
    """A row a service and template: how many of each window (n_…), and the sum of n²/minutes (q_…)."""
    parts = []
    for which, length in zip(("before", "after"), minutes, strict=True):
        own = view.counts.join(length, on="bucket")
        # More than one row a bucket would make its count look scattered.
        own = own.group_by("service", "template", "bucket").agg(
            pl.sum("n").cast(pl.UInt64), pl.first("minutes")
        )
        square = pl.col("n").cast(pl.Float64).pow(2) / pl.col("minutes")
        parts.append(
            own.group_by("service", "template").agg(
                pl.sum("n").alias(f"n_{which}"), square.sum().alias(f"q_{which}")
            )
        )
    both = parts[0].join(parts[1], on=["service", "template"], how="full", coalesce=True)
    return both.with_columns(pl.col("^[nq]_.*$").fill_null(0)).sort("service", "template")


def _scored(rows: pl.DataFrame, minutes: list[pl.DataFrame]) -> pl.DataFrame:
    """With rates, their ratio, and the score: -log10 of the p-value, times the number of rows."""
    n = rows.select("n_before", "n_after").cast(pl.Float64).to_numpy()
    squares = rows.select("q_before", "q_after").to_numpy()
    length = np.array([float(part["minutes"].sum()) for part in minutes])
    buckets = np.array([part.height for part in minutes])
    score = -_log10_p(n, squares, length, buckets) - math.log10(max(rows.height, 1))
    rate = n / length
    scored = rows.select("service", "template", "n_before", "n_after").with_columns(
        rate_before=rate[:, 0], rate_after=rate[:, 1], score=np.clip(score, 0.0, CAP)
    )
    ratio = pl.col("rate_after") / pl.col("rate_before")
    return scored.with_columns(ratio=pl.when(pl.col("n_before") > 0).then(ratio))


def _log10_p(n: Floats, squares: Floats, length: Floats, buckets: NDArray[np.int64]) -> Floats:
    """Log10 of the p-value of each row, for the rates of two windows being one; 0 where none can be told.

    The variance is at least that of a Poisson: what is more even than chance in a few buckets may not stay
    so.
    """
    expected = np.outer(n.sum(axis=1), length / length.sum())
    ratio = np.divide(n, expected, out=np.ones_like(n), where=n > 0)
    deviance = 2.0 * np.maximum((n * np.log(ratio)).sum(axis=1), 0.0)
    rate = n / length
    # Pearson's statistic: the sum of (n - rate * minutes)² / (rate * minutes), over both windows.
    pearson = np.divide(squares, rate, out=np.zeros_like(n), where=n > 0) - n
    free = ((buckets - 1) * (n > 0)).sum(axis=1).astype(np.float64)
    scatter = np.maximum(pearson.sum(axis=1) / np.maximum(free, 1.0), 1.0)
    found = np.zeros(len(n))
    told = (free > 0) & (deviance > 0)
    found[told] = _log10_f(deviance[told] / scatter[told], free[told])
    return found


def _log10_f(f: Floats, free: Floats) -> Floats:
    """Log10 P(F >= f) for F of 1 and ``free`` degrees of freedom, also where the value is beyond a float.

    That is I_x(free/2, 1/2) at x = free/(free + f). Source: Abramowitz & Stegun 26.5.2, 26.5.8 and 26.6.2,
    the continued fraction evaluated by Lentz's method.
    """
    a, b = free / 2.0, np.full_like(free, 0.5)
    gammas = {
        half: math.lgamma(half + 0.5) - math.lgamma(half) - math.lgamma(0.5) for half in set(a.tolist())
    }
    front = np.array([gammas[half] for half in a.tolist()])
    front += a * -np.log1p(f / free) + 0.5 * (np.log(f) - np.log(free + f))
    x = free / (free + f)
    direct = x < (a + 1.0) / (a + b + 2.0)  # where the fraction converges fast; else its mirror image
    one, two, at = np.where(direct, a, b), np.where(direct, b, a), np.where(direct, x, f / (free + f))
    tail = np.minimum(front + _log_fraction(one, two, at) - np.log(one), 0.0)
    mirrored = np.log(np.maximum(-np.expm1(tail), _TINY))
    both: Floats = np.where(direct, tail, mirrored) / math.log(10.0)
    return both


def _log_fraction(a: Floats, b: Floats, x: Floats) -> Floats:
    """Log of the continued fraction of I_x(a, b)."""
    d = 1.0 / _away(1.0 - (a + b) * x / (a + 1.0))
    c, f = np.ones_like(d), d.copy()
    for m in range(1, _STEPS):
        step = np.ones_like(d)
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0)),
        ):
            d = 1.0 / _away(1.0 + term * d)
            c = _away(1.0 + term / c)
            step = d * c
            f = f * step
        if np.abs(step - 1.0).max(initial=0.0) < 1e-10:
            break
    return np.log(np.maximum(f, _TINY))


def _away(v: Floats) -> Floats:
    return np.where(np.abs(v) < _TINY, _TINY, v)


def _told(rows: pl.DataFrame, minutes: list[pl.DataFrame]) -> pl.DataFrame:
    """COMPARED, each row with its kind and a sentence; what is new or gone first among equals, then by n."""
    more = pl.col("rate_after") > pl.col("rate_before")
    changed = pl.col("score") >= CHANGED
    kind = (
        pl.when(pl.col("n_before") == 0).then(pl.lit("new"))
        .when(pl.col("n_after") == 0).then(pl.lit("gone"))
        .when(changed & more).then(pl.lit("more"))
        .when(changed).then(pl.lit("fewer"))
        .otherwise(pl.lit("same"))
    )  # fmt: skip
    length = [float(part["minutes"].sum()) for part in minutes]
    counts = [
        pl.format(f"{{}} in {minute:,.4g} min", f"n_{which}")
        for which, minute in zip(("before", "after"), length, strict=True)
    ]
    rates = [pl.col(f"rate_{which}").round_sig_figs(3) for which in ("before", "after")]
    times = pl.max_horizontal("ratio", 1.0 / pl.col("ratio")).round_sig_figs(3)
    told, total = rows.with_columns(kind=kind), (pl.col("n_before") + pl.col("n_after")).cast(pl.Int64)
    return COMPARED.check(
        told.with_columns(
            sentence=pl.when(pl.col("kind") == "new").then(pl.format("new: {}, none before", counts[1]))
            .when(pl.col("kind") == "gone").then(pl.format("gone: none, before {}", counts[0]))
            .when(pl.col("kind") == "same").then(
                pl.format("no more than chance: {} a minute, before {}", rates[1], rates[0]))
            .otherwise(pl.format("{} times {}: {} a minute ({}), before {} ({})",
                                 times, "kind", rates[1], counts[1], rates[0], counts[0]))
        ).sort(
            -pl.col("score"), pl.col("ratio").fill_null(0.0) > 0, -total, "service", "template"
        )
    )  # fmt: skip
