"""Numbers: what a bucket's count does not tell."""

import polars as pl

from logsense.count.axis import Axis
from logsense.count.rhythm.forms import formed
from logsense.count.rows import Names
from logsense.schema import FORM_VALUES, VALUES

#: Bins a doubling: a bin is 9 % wide. What has no logarithm (zero, less) goes to the lowest bin.
PER_OCTAVE = 8
LOWEST = -32_768
#: Numbers of a form are followed by themselves where they fall into so many buckets (fewer tell nothing
#: usual) and are at most this share of their template's (else that tells); so many series at most in a run.
LEAST, PART, MOST = 10, 0.9, 1000
#: A number with its unit is one number: 350 ms and 1.2 s, 12 KiB and 3 MiB are of one form.
_UNIT = r"(?:[kKMGTP]i?)?B|(?:kilo|mega|giga)?bytes?|[mnuµ]s|s|secs?|seconds?|mins?|minutes?|hours?"
_NUMBER = rf"[<>~]?\b[0-9]+(?:[.,:][0-9]+)*(?:\s?(?:{_UNIT})\b)?"


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


def form_values(samples: pl.DataFrame, keys: pl.DataFrame, names: Names, axis: Axis) -> pl.DataFrame:
    """FORM_VALUES of SAMPLES on the axis, in order of service, template, form, name, unit and bucket.

    One host, disk or queue of several that a message names may change while all together hide it. keys:
    KEYS. A form is a distinct message with its numbers made equal. The most frequent are kept; none where
    nothing has a time.
    """
    by = ["service", "template", "name", "unit"]
    if axis.start is None or not samples.height:
        return FORM_VALUES.empty()
    told = formed(keys.join(samples.select("key").unique(), on="key", how="semi"), names)
    amounts = pl.col("message").str.replace_all(_NUMBER, "<num>")
    told = told.select("key", amounts.str.replace_all(r"[0-9]+", "<num>").alias("form"))
    placed = (
        names.put(samples.join(told, on="key", how="inner"))
        .with_columns(bucket=axis.bucket(pl.col("time")).cast(pl.Int32))
        .filter(pl.col("bucket") >= 0)
    )
    kept = (
        placed.group_by(*by, "form")
        .agg(pl.len().alias("own"), pl.col("bucket").n_unique().alias("buckets"))
        .with_columns(all=pl.sum("own").over(by))
        .filter((pl.col("buckets") >= LEAST) & (pl.col("own") <= PART * pl.col("all")))
        .sort("own", *by, "form", descending=[True, *[False] * 5], nulls_last=True)
        .head(MOST)
    )
    order = ["service", "template", "form", "name", "unit", "bucket"]
    grouped = (
        placed.join(kept, on=[*by, "form"], how="semi", nulls_equal=True)
        # A sum of floats depends on their order.
        .sort(*order, "time", "source", "line", "value", nulls_last=True)
        .group_by(order, maintain_order=True)
        .agg(
            pl.len().cast(pl.UInt32).alias("n"),
            pl.sum("value").alias("sum"),
            pl.first("source", "line"),
            pl.last("source").alias("last_source"),
            pl.last("line").alias("last_line"),
            pl.first("time").alias("first"),
            pl.last("time").alias("last"),
        )
    )
    return grouped.select(list(FORM_VALUES.columns))
