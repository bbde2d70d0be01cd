"""Gaps between occurrences, and numbers: what a bucket's count does not tell."""

import polars as pl

from logsense.count.axis import SECOND, Axis
from logsense.count.rows import Names
from logsense.schema import GAPS, VALUES

#: Gaps are read of what occurs at least and at most so often: less says nothing of a rhythm, and of more
#: the buckets tell when it stops.
SELDOM, OFTEN = 3, 20_000
#: Bins a doubling: a bin is 9 % wide. What has no logarithm (zero, less) goes to the lowest bin.
PER_OCTAVE = 8
LOWEST = -32_768


def log_bin(value: pl.Expr) -> pl.Expr:
    """floor(8 * log2(value)) as Int16; ``LOWEST`` for zero and less."""
    fit = (value.log(2) * PER_OCTAVE).floor().clip(LOWEST + 1, -LOWEST - 1)
    return pl.when(value > 0).then(fit).otherwise(LOWEST).cast(pl.Int16)


def histograms(frame: pl.DataFrame, by: list[str], value: str) -> pl.DataFrame:
    """``by`` and ``histogram``: how many values fell into each bin, lowest bin first."""
    binned = frame.group_by(*by, log_bin(pl.col(value)).alias("bin")).agg(pl.len().cast(pl.UInt32).alias("n"))
    return (
        binned.sort(*by, "bin", nulls_last=True)
        .group_by(by, maintain_order=True)
        .agg(pl.struct("bin", "n").alias("histogram"))
    )


def values(samples: pl.DataFrame, names: Names, axis: Axis) -> pl.DataFrame:
    """VALUES of SAMPLES on the axis, in order of bucket, service, template, name and unit."""
    by = ["bucket", "service", "template", "name", "unit"]
    placed = (
        names.put(samples)
        .with_columns(bucket=axis.bucket(pl.col("time")))
        .filter(pl.col("bucket") >= 0)
        # A sum of floats depends on their order.
        .sort("source", "line", "name", "unit", "value", nulls_last=True)
    )
    if axis.start is None or not placed.height:
        return VALUES.empty()
    sums = placed.group_by(by, maintain_order=True).agg(
        pl.len().cast(pl.UInt32).alias("n"),
        pl.min("value").alias("min"),
        pl.max("value").alias("max"),
        pl.sum("value").alias("sum"),
    )
    shapes = histograms(placed, by, "value")
    joined = sums.join(shapes, on=by, nulls_equal=True)
    return joined.select(list(VALUES.columns)).sort(by, nulls_last=True)


def gaps(records: pl.LazyFrame, counts: pl.DataFrame, names: Names, axis: Axis) -> pl.DataFrame:
    """GAPS of each (service, template) with ``SELDOM`` to ``OFTEN`` records on the axis.

    Between distinct whole seconds, so that a burst is one occurrence. Streams over the records of the
    pairs in question alone.
    """
    by = ["service", "template"]
    chosen = (
        counts.group_by(by)
        .agg(pl.sum("n").alias("records"), pl.max("last"))
        .filter(pl.col("records").is_between(SELDOM, OFTEN))
    )
    if axis.start is None or not chosen.height:
        return GAPS.empty()
    pairs = names.keys.filter(pl.col("template").is_in(chosen["template"].implode())).select("key", "pair")
    seconds = (
        records.filter(axis.bucket(pl.col("time")) >= 0)
        .join(pairs.lazy(), on="key", how="inner")
        .select("source", "pair", second=pl.col("time").dt.epoch("s"))
        .unique()
        .collect(engine="streaming")
    )
    placed = names.unpair(seconds).join(chosen, on=by).unique([*by, "second"]).sort(*by, "second")
    # No gap from one recording to the next.
    within = [*by, axis.stretch(pl.col("second"))]
    gap = ((pl.col("second") - pl.col("second").shift(1)) * SECOND).over(within).cast(pl.Float64)
    apart = placed.with_columns(gap=gap).drop_nulls("gap")
    found = apart.group_by(by).agg(
        pl.len().cast(pl.UInt64).alias("n"),
        pl.median("gap").alias("median"),
        (pl.col("gap") - pl.col("gap").median()).abs().median().alias("mad"),
        pl.max("gap").alias("largest"),
        pl.first("last"),
    )
    return found.select(list(GAPS.columns)).sort(by)
