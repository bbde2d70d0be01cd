"""Whose steps changed: what a service lost and how much later it came, in decades of evidence.

Source: chosen among counts, errors, z-scores, event graphs and walks on recorded faults of microservices.
Lost steps found every fault that changed what code does, longer gaps most of those that changed how fast;
added in one unit they named the faulty service where every other way named the one that complains.
"""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.schema import View

Floats = NDArray[np.float64]
FROM = ["service", "template", "place"]
TO = ["next_service", "next_template", "next_place"]
START, END = "START", "END"
#: Decades of one step below which it counts for nothing, so that thousands of small ones do not win.
LEAST_SHARE, LEAST_GAP = 3.0, 2.0
#: A new step speaks as often for the caller that complains as for the culprit.
NEW = 0.2
#: A gap is long beyond this multiple of the longest usual one, and by this many µs at least.
LONGER, BY = 1.5, 20_000.0
#: So many usual gaps tell what is long; else those of the pair of services, if they are so many.
GAPS, POOLED = 3, 8
#: Usual buckets without which nothing is compared, and those left out on either side of what is odd.
LEAST_USUAL, APART = 8, 1
_FLOOR = 300.0
_TERMS = 400
_LN10 = float(np.log(10.0))


def moved(view: View, begin: datetime, end: datetime) -> pl.DataFrame:
    """Columns service, lost and late (decades): services whose steps from ``begin`` to ``end`` are unusual.

    Usual is the baseline where it lies apart, else all of the run that is not between the two. Empty where
    no records share ids or too little is left to compare with.
    """
    usual, odd = _sides(view, begin, end)
    steps = view.steps
    if not steps.height or len(usual) < LEAST_USUAL:
        return _table([])
    pairs = _pairs(steps.filter(_within(usual)), steps.filter(_within(odd)))
    found = [
        *(("lost", *row) for row in _shares(pairs, FROM, TO)),
        *(("lost", *row) for row in _shares(pairs, TO, FROM)),
        *(("late", *row) for row in _gaps(steps.filter(_within(odd)), pairs)),
    ]
    return _table(found)


def _table(found: list[tuple[str, str, float]]) -> pl.DataFrame:
    rows = pl.DataFrame(
        found, schema={"sort": pl.String, "service": pl.String, "value": pl.Float64}, orient="row"
    )
    value = pl.col("value").sort()  # a sum of floats depends on their order
    return (
        rows.group_by("service")
        .agg(*(value.filter(pl.col("sort") == sort).sum().alias(sort) for sort in ("lost", "late")))
        .sort("service")
    )


def _within(buckets: list[int]) -> pl.Expr:
    return pl.col("bucket").is_in(buckets)


def _sides(view: View, begin: datetime, end: datetime) -> tuple[list[int], list[int]]:
    """The buckets that are usual and those that are odd: a start too late costs more than one too early."""
    if view.start is None:
        return [], []
    width = timedelta(microseconds=view.width)
    first, last = (begin - view.start) // width, (end - view.start) // width
    odd = list(range(max(first, 0), min(last, view.buckets - 1) + 1))
    if view.apart:
        return [bucket for bucket in view.quiet if not first <= bucket <= last], odd
    return [b for b in range(view.buckets) if not first - APART <= b <= last + APART], odd


def _pairs(usual: pl.DataFrame, odd: pl.DataFrame) -> pl.DataFrame:
    """Each pair of steps with its numbers: n and longest of usual time, f of what is odd."""
    by = [*FROM, *TO]
    was = usual.group_by(by).agg(pl.col("n").sum().cast(pl.Float64), pl.col("longest").max().cast(pl.Float64))
    now = odd.group_by(by).agg(pl.col("n").sum().cast(pl.Float64).alias("f"))
    both = was.join(now, on=by, how="full", coalesce=True, nulls_equal=True)
    return both.with_columns(pl.col("n", "f").fill_null(0.0)).sort(by, nulls_last=False)


def _shares(pairs: pl.DataFrame, group: list[str], other: list[str]) -> list[tuple[str, float]]:
    """Service and decades for each pair whose share of its group changed; credited to the other end."""
    service, template = other[:2]
    told = pairs.with_columns(
        pl.col("n").sum().over(group).alias("whole_n"), pl.col("f").sum().over(group).alias("whole_f")
    ).filter(~pl.col(template).is_in([START, END]) & (pl.col("whole_n") > 0) & (pl.col("whole_f") > 0))
    n, f, whole_n, whole_f = (told[name].to_numpy() for name in ("n", "f", "whole_n", "whole_f"))
    decades = share_changed(f, whole_f, n, whole_n)
    decades = np.where(f * whole_n < n * whole_f, decades, decades * NEW * (decades >= LEAST_SHARE))
    kept = np.flatnonzero(decades >= np.where(f * whole_n < n * whole_f, LEAST_SHARE, LEAST_SHARE * NEW))
    services = told[service].to_list()
    return [(services[i], float(decades[i])) for i in kept.tolist()]


def share_changed(f: Floats, of: Floats, n: Floats, whole: Floats) -> Floats:
    """-log10 of the mid-p that f of ``of`` and n of ``whole`` come from one share, two-sided.

    Source: Fisher's exact test with Lancaster's mid-p (Lancaster 1961): twice the smaller tail of the
    hypergeometric distribution, half the weight of what was seen.
    """
    total, drawn = of + whole, f + n
    log_p = _log_choose(drawn, f) + _log_choose(total - drawn, of - f) - _log_choose(total, of)
    fell = f * whole < n * of
    term, tail, x = np.ones_like(f), np.zeros_like(f), f.astype(np.float64).copy()
    for _ in range(_TERMS):  # each term from the one before, away from the middle: they shrink fast
        rest = total - drawn - of + x
        down = x * rest / np.maximum((drawn - x + 1.0) * (of - x + 1.0), 1.0)
        up = (drawn - x) * (of - x) / np.maximum((x + 1.0) * (rest + 1.0), 1.0)
        term = term * np.maximum(np.where(fell, down, up), 0.0)
        tail += term
        x += np.where(fell, -1.0, 1.0)
        if (term <= 1e-9 * (tail + 1.0)).all():
            break
    decades = -(log_p + np.log(2.0 * (0.5 + tail))) / _LN10
    return np.clip(decades, 0.0, _FLOOR)


def _log_choose(n: Floats, k: Floats) -> Floats:
    return _log_factorial(n) - _log_factorial(k) - _log_factorial(n - k)


def _log_factorial(x: Floats) -> Floats:
    """Log x! for whole x >= 0: Stirling's series (Abramowitz & Stegun 6.1.41) beyond a table."""
    table = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1.0, 64.0)))))
    z = np.maximum(x, 1.0)
    series = z * np.log(z) - z + 0.5 * np.log(2.0 * np.pi * z) + 1.0 / (12.0 * z) - 1.0 / (360.0 * z**3)
    return np.where(x < len(table), table[np.clip(x, 0, len(table) - 1).astype(np.intp)], series)


def _gaps(odd: pl.DataFrame, pairs: pl.DataFrame) -> list[tuple[str, float]]:
    """Service and decades for each pair whose gaps became longer; credited to the services of both ends.

    A likelihood ratio for the share of long gaps, and a Pareto tail with exponent 1 for their size, which is
    needed where there are one or two.
    """
    by = [*FROM, *TO]
    inner = (pl.col("template") != START) & (pl.col("next_template") != END)
    ends = ["service", "next_service"]
    known = pairs.filter(inner).with_columns(
        pl.col("n").sum().over(ends).alias("all"), pl.col("longest").max().over(ends).alias("longest_all")
    )
    usual = pl.when(pl.col("n") >= GAPS)
    known = known.with_columns(
        usual.then("n").otherwise("all").alias("m"),
        usual.then("longest").otherwise("longest_all").alias("most"),
    ).filter((pl.col("n") >= GAPS) | (pl.col("all") >= POOLED))
    limit = pl.max_horizontal(LONGER * pl.col("most"), pl.col("most") + BY)
    cells = odd.join(known.select(*by, "m", "f", limit.alias("limit")), on=by, nulls_equal=True)
    late = _long(cells.filter(pl.col("longest") > pl.col("limit")), by)
    out = []
    for here, there, k, n, m, size in late.select(*ends, "k", "f", "m", "size").iter_rows():
        value = late_decades(k, n, m, size)
        if value >= LEAST_GAP:
            out += [(service, value) for service in sorted({here, there})]
    return out


def _long(cells: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Pairs with k, the gaps beyond the limit, and size, the sum of their ln(gap / limit)."""
    bins = cells.select(*by, "bucket", "longest", "m", "f", "limit", "histogram").explode("histogram")
    number = pl.col("histogram").struct.field("bin")
    # A bin is known to 9 %; of the highest one the longest gap itself is.
    gap = (
        pl.when(number == number.max().over(*by, "bucket"))
        .then("longest")
        .otherwise(2.0 ** ((number + 0.5) / 8))
    )
    many = pl.col("histogram").struct.field("n").cast(pl.Float64)
    return (
        bins.with_columns(over=(gap / pl.col("limit")).log(), many=many)
        .filter(pl.col("over") > 0)
        .sort(*by, "bucket", "over", nulls_last=False)
        .group_by(by, maintain_order=True)
        .agg(
            pl.col("many").sum().alias("k"),
            (pl.col("over") * pl.col("many")).sum().alias("size"),
            pl.first("m", "f"),
        )
    )


def late_decades(k: float, n: float, m: float, size: float) -> float:
    """Decades for k of n gaps over a limit that m usual ones kept; size: the sum of their ln(gap / limit)."""
    chance, share = 0.5 / (m + 1.0), min(k / n, 1.0)
    if share <= chance:
        return 0.0
    rest = (n - k) * np.log((1.0 - share) / (1.0 - chance)) if share < 1.0 else 0.0
    return float((k * np.log(share / chance) + rest + size) / _LN10)
