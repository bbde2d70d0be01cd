"""Gaps between occurrences: what a bucket's count does not tell."""

import polars as pl

from logsense.count.axis import SECOND, Axis
from logsense.count.rows import Names
from logsense.schema import GAPS

#: Gaps are read of what occurs at least and at most so often: less says nothing of a rhythm, and of more
#: the buckets tell when it stops.
SELDOM, OFTEN = 3, 20_000


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
    placed = names.unpair(seconds).join(chosen, on=by)
    return pauses(placed, by, axis).select(list(GAPS.columns))


def pauses(placed: pl.DataFrame, by: list[str], axis: Axis) -> pl.DataFrame:
    """``by`` and the other columns of GAPS, in order of ``by``; placed: by, second (since 1970) and last."""
    placed = placed.unique([*by, "second"]).sort(*by, "second")
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
    return found.sort(by)
