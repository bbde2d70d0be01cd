"""Counts of services in cells of time, and what a cell looks like."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import LEVELS, View

#: Levels that tell of trouble.
TROUBLE = LEVELS[LEVELS.index("WARN") :]
#: From few records to many, for a service by itself; each step is twice the one before.
SHADES = "·░▒▓█"
#: Trouble: below one record in ten, below one in two, and more.
SIGNS = ((0.1, "+"), (0.5, "x"), (2.0, "#"))


@dataclass(frozen=True)
class Grid:
    """records and trouble: [service, bucket], the services with most trouble first."""

    services: tuple[str, ...]
    records: NDArray[np.int64]
    trouble: NDArray[np.int64]
    start: datetime
    width: int

    @property
    def buckets(self) -> int:
        """How many there are."""
        return int(self.records.shape[1])

    def time(self, bucket: int) -> datetime:
        """When a bucket begins."""
        return self.start + timedelta(microseconds=bucket * self.width)

    def cells(self, columns: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Both, added up into so many columns at most."""
        edges = [left for left, _ in spans(self.buckets, columns)]
        return np.add.reduceat(self.records, edges, axis=1), np.add.reduceat(self.trouble, edges, axis=1)


def spans(buckets: int, columns: int) -> list[tuple[int, int]]:
    """The buckets of each column: from, and one more than the last."""
    many = min(buckets, max(columns, 1))
    return [(at * buckets // many, (at + 1) * buckets // many) for at in range(many)]


def grid(view: View) -> Grid | None:
    """The grid of what is judged; None where nothing has a time."""
    first, last = view.judged or (0, view.buckets)
    first, last = max(first, 0), min(last, view.buckets)
    counts = view.counts.filter(pl.col("bucket").is_between(first, last - 1))
    if view.start is None or not counts.height:
        return None
    levels = view.templates.select("template", "level").unique("template", keep="first")
    told = pl.col("level").cast(pl.String).is_in(TROUBLE).fill_null(value=False)
    rows = (
        counts.join(levels, on="template", how="left")
        .group_by("service", "bucket")
        .agg(pl.col("n").sum().cast(pl.Int64), pl.col("n").filter(told).sum().cast(pl.Int64).alias("bad"))
    )
    totals = rows.group_by("service").agg(pl.col("bad", "n").sum())
    order = totals.sort("bad", "n", "service", descending=[True, True, False]).with_row_index("at")
    placed = rows.join(order.select("service", "at"), on="service")
    cells = placed["at"].to_numpy(), placed["bucket"].to_numpy() - first
    records, trouble = (np.zeros((order.height, last - first), np.int64) for _ in range(2))
    records[cells] = placed["n"].to_numpy()
    trouble[cells] = placed["bad"].to_numpy()
    start = view.start + timedelta(microseconds=first * view.width)
    return Grid(tuple(order["service"]), records, trouble, start, view.width)


def sign(records: int, trouble: int, full: float) -> str:
    """A cell: trouble by its share, else a shade; full: how full it is, 1 for the fullest."""
    if not records:
        return " "
    if trouble:
        return next(mark for share, mark in SIGNS if trouble / records < share)
    return SHADES[max(len(SHADES) - 1 + round(math.log2(full)), 0)]
