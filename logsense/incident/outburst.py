"""Steady messages that came as never else in the run: a burst that no word of trouble gives away."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import polars as pl

from logsense.schema import View

#: A message that lies in this share of the quiet buckets is steady.
STEADY = 0.8
#: How many times the largest of its other rises an outburst is, at least.
BEYOND = 4.0


def outbursts(rows: pl.DataFrame, view: View, least: float) -> pl.Series:
    """Which rises (score ≥ ``least``) are of a steady message and far beyond any other rise of it.

    rows: ANOMALIES. Rare messages come in clusters, rhythms have their peaks elsewhere in the run, too,
    and a surge of the same work is a change, no fault: none of them is an outburst.
    """
    marked = [False] * rows.height
    rises = rows.with_row_index("row").filter((pl.col("kind") == "rate up") & (pl.col("score") >= least))
    surges = view.changes.filter(pl.col("kind") == "surge")["time"]
    near = timedelta(microseconds=2 * view.width)
    for row in rises.iter_rows(named=True):
        if not surges.is_between(row["start"] - near, row["end"]).any():
            marked[row["row"]] = _outburst(row, view)
    return pl.Series(marked, dtype=pl.Boolean)


def _outburst(row: Mapping[str, Any], view: View) -> bool:
    mine = view.counts.filter(
        (pl.col("service") == row["service"])
        & (pl.col("template") == row["template"])
        & pl.col("bucket").is_between(0, view.buckets - 1)
    ).select(
        "n", "bucket", ((pl.col("last") >= row["start"]) & (pl.col("first") <= row["end"])).alias("during")
    )
    calm = mine.filter(pl.col("bucket").is_in(list(view.quiet)))
    if not calm.height or calm.height < STEADY * len(view.quiet):
        return False
    usual = float(str(calm["n"].median()))
    peak = mine.filter("during")["n"].max() or 0
    other = mine.filter(~pl.col("during"))["n"].max() or 0
    # Half a record more is chance even where nothing ever varied.
    return float(str(peak)) - usual >= BEYOND * max(float(str(other)) - usual, 0.5)
