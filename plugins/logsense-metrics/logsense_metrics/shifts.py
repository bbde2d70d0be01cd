"""Shifts of resources: how far each sample lies beyond what is usual for its series, in decades.

Source: a moderated t statistic (Smyth 2004, limma): a few samples say little of the spread of their own
series, so the spreads of the other services' series of the same metric are lent to each.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from logsense.api import View
from numpy.typing import NDArray

from logsense_metrics.families import families

Floats = NDArray[np.float64]
#: Usual samples a series needs, and series of one metric from which spreads are lent.
LEAST, LENDERS = 3, 4
#: Samples that what is lent counts for, and freedom at most: metrics have heavy tails, however many samples.
LENT, FREEDOM = 4.0, 8.0
#: The spread of a log value is no smaller than this: five per cent more of anything is never odd.
FLOOR = 0.05
#: An interval is usual that holds at least this share of the buckets that a usual one should.
SHARE = 0.5
#: What a median tells of the centre, and a MAD of the spread, beside mean and deviation of normal values.
_MEDIAN, _MAD, _EFFICIENCY = np.pi / 2, 1.4826, 0.4
KEYS = ["service", "metric"]


@dataclass(frozen=True)
class Usual:
    """What is usual: a row a series (service, metric, sign, offset, centre, spread, freedom, n, top), and the
    number of comparisons that are made."""

    rows: pl.DataFrame
    tests: int


def samples(view: View) -> pl.DataFrame:
    """The samples of resources: SERIES with sign, before (the sample before it) and usual (whether it is)."""
    known = families(view.series["metric"].unique().to_list())
    signs = {metric: one.sign for metric, one in known.items()}
    rows = view.series.filter(pl.col("metric").is_in(list(known))).sort(*KEYS, "time")
    rows = rows.filter((pl.col("value").min() >= 0).over(KEYS))
    rows = rows.with_columns(
        sign=pl.col("metric").replace_strict(signs, default=1, return_dtype=pl.Int8),
        step=pl.col("time").diff().over(KEYS),
    )
    usual_step = pl.col("step").median().over(KEYS)
    # Of the first sample, and of one after a pause, nobody knows how long it stands for: a usual step.
    step = pl.when(pl.col("step") <= 2 * usual_step).then("step").otherwise(usual_step)
    rows = rows.with_columns(before=pl.col("time") - step.fill_null(timedelta(seconds=60)))
    return rows.with_columns(usual=_usual(rows, view))


def _usual(rows: pl.DataFrame, view: View) -> pl.Series:
    """Which samples stand for usual time: their interval holds as many quiet buckets as one should."""
    if view.start is None or not view.quiet:
        return pl.Series([False] * rows.height, dtype=pl.Boolean)
    quiet = np.zeros(view.buckets + 1)
    quiet[[bucket + 1 for bucket in view.quiet if 0 <= bucket < view.buckets]] = 1.0
    total = quiet.cumsum()
    low, high = view.judged or (0, view.buckets)
    span = (0, view.buckets) if view.apart else (low, high)
    share = float(quiet.sum()) / max(sum(1 for _ in view.quiet) if view.apart else span[1] - span[0], 1)
    begin, end = (
        ((rows[name] - view.start).dt.total_microseconds() / view.width).to_numpy() for name in ("before", "time")
    )
    first, last = (np.clip(np.round(edge), 0, view.buckets).astype(np.intp) for edge in (begin, end))
    held, length = total[last] - total[first], (last - first).astype(np.float64)
    return pl.Series((length > 0) & (held >= SHARE * share * length) & (held > 0))


def learn(rows: pl.DataFrame) -> Usual:
    """What is usual for each series, of ``samples``."""
    offsets = rows.filter("usual").group_by("metric", "service").agg(pl.col("value").median())
    offsets = offsets.group_by("metric").agg(offset=pl.col("value").median(), most=pl.col("value").max())
    offsets = offsets.select("metric", offset=pl.when(pl.col("offset") > 0).then("offset")
                             .when(pl.col("most") > 0).then("most").otherwise(1.0))  # fmt: skip
    quiet = rows.filter("usual").join(offsets, on="metric").with_columns(y=_level())
    centre = pl.col("y").median()
    own = quiet.group_by(*KEYS, "sign", "offset", maintain_order=True).agg(
        centre=centre,
        mad=_MAD * (pl.col("y") - centre).abs().median(),
        n=pl.len().cast(pl.Float64),
        top=pl.col("y").max(),
        low=pl.col("value").min(),
        high=pl.col("value").max(),
        middle=pl.col("value").median(),
    )
    own = own.filter(pl.col("n") >= LEAST).with_columns(free=(_EFFICIENCY * (pl.col("n") - 1)))
    lent = (pl.col("mad").pow(2).mean()).over("metric")
    lenders = pl.len().over("metric") >= LENDERS
    weight = pl.when(lenders).then(LENT).otherwise(0.0)
    known = own.with_columns(
        spread=((weight * lent + pl.col("free") * pl.col("mad").pow(2)) / (weight + pl.col("free"))).sqrt(),
        freedom=(weight + pl.col("free")).clip(1.0, FREEDOM),
    ).with_columns(pl.max_horizontal("spread", pl.lit(FLOOR)).alias("spread"))
    return Usual(known.sort(KEYS), max(rows.filter(~pl.col("usual")).height, known.height, 1))


def _level() -> pl.Expr:
    return pl.col("sign") * (pl.col("value") + pl.col("offset")).log()


def judge(rows: pl.DataFrame, usual: Usual, at_least: float) -> pl.DataFrame:
    """Each sample with y, times (how many times the usual level) and decades, against what is usual.

    decades: -log10 of the p-value, corrected for all comparisons; 0 for what is not beyond all usual samples,
    or less than ``at_least`` times the usual level.
    """
    known = rows.join(usual.rows.drop("sign"), on=KEYS).with_columns(y=_level())
    wide = pl.col("spread") * (1.0 + _MEDIAN / pl.col("n")).sqrt()
    known = known.with_columns(t=(pl.col("y") - pl.col("centre")) / wide, over=(pl.col("y") - pl.col("centre")).exp())
    decades = -_log10_tail(known["t"].to_numpy(), known["freedom"].to_numpy()) - np.log10(usual.tests)
    beyond = (pl.col("y") > pl.col("top")) & (pl.col("over") >= at_least)
    return known.with_columns(decades=pl.when(beyond).then(pl.Series(np.clip(decades, 0.0, 300.0))).otherwise(0.0))


def _log10_tail(t: Floats, free: Floats) -> Floats:
    """Log10 P(T >= t) of Student's t; 0 below nought.

    Half of I_x(free/2, 1/2) at x = free / (free + t²), as its power series, which needs few terms where t is
    large (DLMF 8.17.8).
    """
    at = np.maximum(t, 0.5)
    a, x = free / 2.0, free / (free + at * at)
    total, term = np.ones_like(x), np.ones_like(x)
    for n in range(400):
        term = term * x * (a + 0.5 + n) / (a + 1.0 + n)
        total = total + term
    gammas = [_log_beta(one) for one in a.tolist()]
    front = a * np.log(x) + 0.5 * np.log1p(-x) - np.log(a) - np.array(gammas)
    tail = (front + np.log(total)) / np.log(10.0) - np.log10(2.0)
    found: Floats = np.where(t >= 0.5, np.minimum(tail, 0.0), 0.0)
    return found


def _log_beta(a: float) -> float:
    from math import lgamma

    return lgamma(a) + lgamma(0.5) - lgamma(a + 0.5)


def spans(judged: pl.DataFrame, least: float) -> pl.DataFrame:
    """Runs of shifted samples: a row a run (service, metric, begin, start, end, decades, value, times, lasts).

    begin: the sample before, when all was still usual; start, end: the first and last that are not.
    """
    rows = judged.sort(*KEYS, "time").with_columns(hit=pl.col("decades") >= least)
    rows = rows.with_columns(
        run=(pl.col("hit") != pl.col("hit").shift(1, fill_value=False)).cast(pl.UInt32).cum_sum().over(KEYS),
        newest=pl.col("time").max().over(KEYS),
    )
    order = pl.col("decades")
    return (
        rows.filter("hit")
        .group_by(*KEYS, "run", maintain_order=True)
        .agg(
            begin=pl.col("before").first(),
            start=pl.col("time").first(),
            end=pl.col("time").last(),
            value=pl.col("value").sort_by(order, descending=True).first(),
            times=pl.col("over").sort_by(order, descending=True).first(),
            unit=pl.col("unit").first(),
            low=pl.col("low").first(),
            high=pl.col("high").first(),
            middle=pl.col("middle").first(),
            lasts=pl.col("time").last() == pl.col("newest").first(),
            decades=order.max(),
        )
        .drop("run")
    )


def shown(time: datetime) -> str:
    """A time of day."""
    return f"{time:%H:%M:%S}"
