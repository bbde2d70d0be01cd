"""Shifts of resources: how far each sample lies beyond what is usual for its series, in decades.

Source: a moderated t statistic (Smyth 2004, limma): a few samples say little of the spread of their own
series, so the spreads of the other services' series of the same metric are lent to each. Metrics burst: a t
alone cries wolf. So the p-value is no smaller than the tail of the other services' changes allows, whose
excess over a high one of them is taken as exponential in the logarithm (peaks over threshold, Pickands
1975: bursts are Pareto), with as many degrees of belief as there are peaks.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

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
#: Spreads from the middle beyond which a sample does not tell what is usual, and rounds of leaving those out.
CLIP, ROUNDS = 3.5, 3
#: The largest changes that tell how large one may be: so many at least, and this share of all.
PEAKS, PEAK_SHARE = 10, 0.1
#: What a median tells of the centre, and a MAD of the spread, beside mean and deviation of normal values.
_MEDIAN, _MAD = np.pi / 2, 1.4826
KEYS = ["service", "metric"]


@dataclass(frozen=True)
class Usual:
    """What is usual, a row a series, and the number of comparisons that are made.

    rows: service, metric, sign, offset (added before logarithms are taken), centre and
    spread (of these), freedom, n, and low, middle and high of the values.
    """

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
    """Which samples may tell what is usual: those outside what is judged where a baseline is, else all."""
    if view.start is None or view.judged is None or not view.apart:
        return pl.Series([True] * rows.height, dtype=pl.Boolean)
    low, high = (view.start + timedelta(microseconds=edge * view.width) for edge in view.judged)
    # A sample on the very edge, rounded to seconds, may stand for the bucket before it.
    slack = timedelta(microseconds=view.width)
    return (rows["time"] <= low + slack) | (rows["before"] >= high - slack)


def learn(rows: pl.DataFrame) -> Usual:
    """What is usual for each series, of ``samples``.

    Those of its samples that lie within ``CLIP`` spreads of their middle, if they are most of them: what is
    odd must not tell what is usual.
    """
    offsets = _offsets(rows)
    quiet = rows.filter("usual").join(offsets, on="metric").with_columns(y=_level())
    near = quiet
    for _ in range(ROUNDS):
        known = _spreads(near, pl.col("mad"))
        near = quiet.join(known.select(*KEYS, "centre", "spread"), on=KEYS)
        near = near.filter((pl.col("y") - pl.col("centre")).abs() <= CLIP * pl.col("spread"))
    known = _spreads(near.select(quiet.columns), pl.col("deviation"))
    whole = quiet.group_by(KEYS).agg(all=pl.len())
    known = known.join(whole, on=KEYS).filter(pl.col("n") >= LEAST, pl.col("n") * 2 > pl.col("all"))
    return Usual(known.drop("all").sort(KEYS), max(_comparisons(rows), 1))


def _offsets(rows: pl.DataFrame) -> pl.DataFrame:
    """What is added to the values of each metric before logarithms are taken: its usual level over services.

    Where that is nought (restarts, swap) the smallest value above nought: one is then twice none.
    """
    levels = rows.filter("usual").group_by("metric", "service").agg(pl.col("value").median())
    levels = levels.group_by("metric").agg(level=pl.col("value").median())
    value = pl.col("value")
    least = rows.group_by("metric").agg(least=value.filter(value > 0).min())
    return levels.join(least, on="metric").select(
        "metric", offset=pl.when(pl.col("level") > 0).then("level").otherwise(pl.col("least").fill_null(1.0))
    )


def _comparisons(rows: pl.DataFrame) -> int:
    """How many are made: two metrics of one resource of a service (used, and the share of it) are one."""
    kinds = {metric: one.name for metric, one in families(rows["metric"].to_list()).items()}
    kind = pl.col("metric").replace_strict(kinds, default="", return_dtype=pl.String)
    return rows.select("service", "time", kind.alias("kind")).n_unique()


def _spreads(quiet: pl.DataFrame, by: pl.Expr) -> pl.DataFrame:
    """A row a series: its centre, its spread with what others of the metric lend; by: how it is measured."""
    own = quiet.group_by(*KEYS, "sign", "offset", maintain_order=True).agg(
        centre=pl.col("y").median(),
        mad=_MAD * (pl.col("y") - pl.col("y").median()).abs().median(),
        deviation=pl.col("y").std(),
        n=pl.len().cast(pl.Float64),
        top=pl.col("y").max(),
        low=pl.col("value").min(),
        high=pl.col("value").max(),
        middle=pl.col("value").median(),
    )
    free = pl.col("n") - 1.0
    own = own.with_columns(power=by.fill_null(0.0).pow(2))
    lent = (pl.col("power").filter(pl.col("n") >= LEAST).median()).over("metric")
    lenders = (pl.col("n") >= LEAST).sum().over("metric") >= LENDERS
    weight = pl.when(lenders).then(LENT).otherwise(0.0)
    return own.with_columns(
        spread=pl.max_horizontal(
            ((weight * lent.fill_null(0.0) + free * pl.col("power")) / (weight + free)).sqrt().fill_nan(0.0),
            FLOOR,
        ),
        freedom=(weight + free).clip(1.0, FREEDOM),
    )


def _level() -> pl.Expr:
    return pl.col("sign") * (pl.col("value") + pl.col("offset")).log()


def judge(rows: pl.DataFrame, usual: Usual, times: float) -> pl.DataFrame:
    """Each sample with over (how many times the usual level) and chance, against what is usual.

    chance: log10 of the p-value of one sample; 0 for what is less than ``times`` the usual level.
    """
    known = rows.join(usual.rows.drop("sign"), on=KEYS).with_columns(y=_level())
    wide = pl.col("spread") * (1.0 + _MEDIAN / pl.col("n")).sqrt()
    known = known.with_columns(y=pl.col("y") - pl.col("centre")).with_columns(
        t=pl.col("y") / wide, over=pl.col("y").exp()
    )
    alone = _log10_tail(known["t"].to_numpy(), known["freedom"].to_numpy())
    chance = np.maximum(alone, _log10_bursts(known))
    return known.with_columns(chance=pl.when(pl.col("over") >= times).then(pl.Series(chance)).otherwise(0.0))


def _log10_bursts(known: pl.DataFrame) -> Floats:
    """Log10 of the chance of so large a change, by the largest changes of the same metric in other services.

    Nothing is known (-inf) where fewer than ``PEAKS`` changes can be looked at.
    """
    found = np.full(known.height, -np.inf)
    place = known.with_row_index("row").partition_by("metric")
    for part in place:
        y, service = part["y"].to_numpy(), part["service"].to_numpy()
        peak = np.argsort(-y, kind="stable")[: 1 + max(PEAKS, int(len(y) * PEAK_SHARE)) * 2]
        for one in np.unique(service):
            others = y[peak][service[peak] != one]
            many = int((service != one).sum())
            k = min(max(PEAKS, int(many * PEAK_SHARE)), len(others) - 1)
            if k < PEAKS:
                continue
            edge, mean = float(others[k]), float((others[:k] - others[k]).mean())
            own = np.flatnonzero(service == one)
            excess = np.maximum(y[own] - edge, 0.0) / max(mean, FLOOR)
            found[part["row"].to_numpy()[own]] = np.log10(k / many) - k * np.log10(1.0 + excess / k)
    return found


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
    return math.lgamma(a) + math.lgamma(0.5) - math.lgamma(a + 0.5)


def spans(judged: pl.DataFrame, tests: int, least: float) -> pl.DataFrame:
    """Runs of shifted samples: a row each, with service, metric, begin, start, end and decades.

    decades: -log10 of the p-value of its largest sample, corrected for so many tests; ``least`` are a shift.

    begin: the sample before, when all was still usual; start, end: the first and last that are not.
    """
    decades = (-pl.col("chance") - float(np.log10(tests))).clip(0.0, 300.0)
    rows = (
        judged.sort(*KEYS, "time").with_columns(decades=decades).with_columns(hit=pl.col("decades") >= least)
    )
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
            at=pl.col("time").sort_by(order, descending=True).first(),
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
