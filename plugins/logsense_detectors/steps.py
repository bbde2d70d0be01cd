"""Tables of steps over time."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import View
from logsense_detectors.grid import Floats

ENDS = ("START", "END")
FROM = ["service", "template", "place"]
TO = ["next_service", "next_template", "next_place"]
#: Steps seen so often can be missed; of more kinds than this only the commonest are looked at.
LEAST_STEPS, MOST_EDGES = 8, 4_000
#: Calls into a step that are seldomer than this, each from another step, are one series of waits together.
RARE = 16


@dataclass(frozen=True)
class Steps:
    """Pairs of steps as tables edge × bucket: n and the longest gap (µs).

    frame: an edge each, its ends, and whether it is judged as a share of what follows (``forward``), of what
    goes before (``backward``), and by its ``waits``; ``pool``: all rare calls into one step, which stands at
    both ends.
    after, before: all pairs that leave a node, that reach one, as node × bucket. traffic: pairs per bucket.
    """

    frame: pl.DataFrame
    n: Floats
    longest: Floats
    after: Floats
    before: Floats
    traffic: Floats

    def turned(self) -> "Steps":
        """The same in reverse order of time."""
        turn = (slice(None), slice(None, None, -1))
        return Steps(
            self.frame,
            self.n[turn],
            self.longest[turn],
            self.after[turn],
            self.before[turn],
            self.traffic[::-1],
        )


def tables(view: View) -> Steps:
    """The commonest edges, with what all edges of their nodes add up to."""
    by = [*FROM, *TO]
    steps = view.steps.filter(pl.col("bucket").is_between(0, view.buckets - 1))
    totals = steps.group_by(by).agg(pl.col("n").sum().alias("total")).sort(by, nulls_last=False)
    totals = totals.with_columns(
        pl.struct(FROM).rank("dense").cast(pl.Int64).sub(1).alias("a"),
        pl.struct(TO).rank("dense").cast(pl.Int64).sub(1).alias("b"),
    )
    totals = totals.with_columns(rare=_rare(totals))
    cells = steps.join(totals.select(*by, "a", "b", "rare"), on=by, nulls_equal=True, maintain_order="left")
    frame = _edges(totals)
    own = cells.join(frame.filter(~pl.col("pool")).select("edge", "a", "b"), on=["a", "b"])
    pooled = cells.filter("rare").join(frame.filter("pool").select("edge", "b"), on="b")
    mine = pl.concat([own, pooled])
    n = _dense(mine, "edge", "n", (frame.height, view.buckets))
    longest = _dense(mine, "edge", "longest", n.shape, np.maximum)
    # Polars gives extremes of any type; these columns hold numbers.
    last = [int(totals[node].max() or 0) for node in ("a", "b")]  # type: ignore[arg-type]
    after, before = (_dense(cells, "ab"[x], "n", (last[x] + 1, view.buckets)) for x in (0, 1))
    return Steps(frame, n, longest, after, before, after.sum(axis=0))


def _rare(totals: pl.DataFrame) -> pl.Series:
    """Which edges are rare calls of another service into a step that are told of together, being several.

    One slow call of each caller tells nothing; that every caller waits for the same step does.
    """
    inner = ~pl.col("template").is_in(ENDS) & ~pl.col("next_template").is_in(ENDS)
    rare = inner & (pl.col("total") < RARE) & (pl.col("service") != pl.col("next_service"))
    mine = pl.col("total").filter(rare)
    several = (mine.len().over("b") > 1) & (mine.sum().over("b") >= LEAST_STEPS)
    return totals.select((rare & several).alias("rare"))["rare"]


def _edges(totals: pl.DataFrame) -> pl.DataFrame:
    """The frame of ``Steps``: the commonest edges, and the pools of the rare."""
    ordered = totals.sort("total", "a", "b", descending=[True, False, False])
    often = ordered.filter(pl.col("total") >= LEAST_STEPS).head(MOST_EDGES).sort("a", "b")
    forward, backward = (~pl.col(end).is_in(ENDS) for end in ("next_template", "template"))
    own = often.with_columns(
        pool=pl.lit(value=False),
        forward=forward,
        backward=backward,
        waits=forward & backward & ~pl.col("rare"),
    )
    into = ordered.filter("rare").group_by("b").agg(pl.first(*TO), pl.sum("total"))
    pools = (
        into.sort("total", "b", descending=[True, False])
        .head(MOST_EDGES)
        .select(
            *(pl.col(there).alias(here) for here, there in zip(FROM, TO, strict=True)),
            *TO,
            "total",
            a="b",
            b="b",
            rare=pl.lit(value=True),
            pool=pl.lit(value=True),
            forward=pl.lit(value=False),
            backward=pl.lit(value=False),
            waits=pl.lit(value=True),
        )
    )
    return pl.concat([own, pools.select(own.columns)]).with_row_index("edge")


def _dense(
    cells: pl.DataFrame, row: str, value: str, shape: tuple[int, ...], put: np.ufunc = np.add
) -> Floats:
    out = np.zeros(shape)
    put.at(out, (cells[row].to_numpy(), cells["bucket"].to_numpy()), cells[value].to_numpy())
    return out


def begun(view: View, frame: pl.DataFrame) -> NDArray[np.int64]:
    """For each edge the first bucket by which both its services have spoken: before it nothing is lost.

    A log may begin later than the others: its older part was rotated away, or was never collected.
    """
    first = view.counts.group_by("service").agg(pl.min("bucket").cast(pl.Int64).alias("first"))
    told = dict(first.iter_rows())
    ends = zip(frame["service"].to_list(), frame["next_service"].to_list(), strict=True)
    return np.array([max(told.get(a, 0), told.get(b, 0)) for a, b in ends], dtype=np.int64)
