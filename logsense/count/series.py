"""Numbers: what a bucket's count does not tell."""

import polars as pl

from logsense.count.axis import Axis
from logsense.count.rows import Names
from logsense.schema import VALUES

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
