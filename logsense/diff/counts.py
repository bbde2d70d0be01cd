"""Lines both sides know, in other numbers: more, fewer, missing. No order of lines counts, only how many."""

import math
from collections.abc import Iterator

import polars as pl

from logsense.diff.found import Found
from logsense.diff.lines import Lines
from logsense.diff.pieces import SEED

#: A line that tells of trouble is "more" from so many times its usual number on, and so many above it.
TELLS, ABOVE = 2.0, 3
#: Any other line from these on; "fewer" is the same turned round.
ANY, ANY_ABOVE = 10.0, 50
#: Scores: below all that is new and tells of a failure. FLAT: what "fewer" and "missing" are worth.
SCORE, SCORE_MOST, FLAT = 0.3, 1.2, 0.4
#: Missing lines fold into one finding over a gap of at most so many lines that are not missing.
GAP = 2


def counts(texts: pl.DataFrame, good: Lines, bad: Lines) -> list[Found]:
    """Findings of the kinds more, fewer and missing. texts: key, kind and strength of lines of ``bad``."""
    runs = good.texts["run"].n_unique()
    longest = good.texts.group_by("run").agg(pl.sum("n"))["n"]
    if not runs or bad.texts.is_empty():
        return []
    usual = (
        good.texts.filter(pl.col("masked") != "")
        .group_by("key")
        .agg(least=pl.min("n"), most=pl.max("n"), runs=pl.len())
    )
    size = int(bad.texts["n"].sum())
    # A longer log holds more of everything, a shorter one less.
    # Polars gives extremes of any type; these columns hold numbers.
    longer = max(1.0, size / int(longest.max() or 1))  # type: ignore[arg-type]
    shorter = min(1.0, size / int(longest.min() or 1))  # type: ignore[arg-type]
    here = bad.texts.group_by("key", maintain_order=True).agg(
        pl.sum("n"), pl.first("source"), pl.first("line")
    )
    both = here.join(usual, on="key", maintain_order="left").join(texts, on="key", maintain_order="left")
    return [*_more(both, longer), *_fewer(both, runs, shorter), *_missing(usual, here, good, runs)]


def _more(both: pl.DataFrame, longer: float) -> Iterator[Found]:
    most = pl.col("most") * longer
    tells = (pl.col("strength") >= SEED) & (pl.col("n") >= TELLS * most + ABOVE)
    any_ = (pl.col("kind") != "pass") & (pl.col("n") >= ANY * most + ANY_ABOVE)
    for row in both.filter(tells | any_).iter_rows(named=True):
        score = min(SCORE * math.log2(row["n"] / row["most"]), SCORE_MOST)
        score *= 1.0 if row["strength"] >= SEED else 0.5
        yield Found(
            "more", score, row["source"], row["line"], row["line"], row["line"], "more",
            times=row["n"], usual=row["most"],
        )  # fmt: skip


def _fewer(both: pl.DataFrame, runs: int, shorter: float) -> Iterator[Found]:
    usual = pl.col("least") * shorter
    few = (pl.col("runs") == runs) & (pl.col("n") * ANY + ANY_ABOVE <= usual)
    for row in both.filter(few).iter_rows(named=True):
        yield Found(
            "fewer", FLAT, row["source"], row["line"], row["line"], row["line"], "fewer",
            times=row["n"], usual=row["least"],
        )  # fmt: skip


def _missing(usual: pl.DataFrame, here: pl.DataFrame, good: Lines, runs: int) -> Iterator[Found]:
    """Adjacent lines of all good runs that are gone; not those behind the end of a shorter log."""
    common = usual.filter(pl.col("runs") == runs).select("key")
    # Polars gives extremes of any type; this column holds numbers.
    first = int(good.texts["run"].min() or 0)  # type: ignore[arg-type]
    lines = (
        good.texts.filter(pl.col("run") == first).join(common, on="key", how="semi").sort("source", "line")
    )
    gone = lines.join(here, on="key", how="anti").select("source", "line")
    # How far the run in question came: to the last place of a line it has as often, to the first of another.
    known = lines.join(here.select("key", here="n"), on="key").select(
        place=pl.when(pl.col("here") >= pl.col("n"))
        .then("last")
        .otherwise(pl.col("source").cast(pl.UInt64) * 2**32 + pl.col("line"))
    )
    known = known.select(source=(pl.col("place") // 2**32).cast(pl.UInt32), line=pl.col("place") % 2**32)
    last = known.group_by("source").agg(last=pl.max("line"))
    gone = gone.join(last, on="source").filter(pl.col("line") < pl.col("last")).sort("source", "line")
    start = (pl.col("line").diff() > GAP + 1) | (pl.col("source").diff() != 0)
    folds = gone.with_columns(pl.col("line").cast(pl.Int64), pl.col("source").cast(pl.Int64)).with_columns(
        fold=start.fill_null(value=True).cum_sum()
    )
    for row in folds.group_by("fold", maintain_order=True).agg(
        pl.first("source"), first=pl.min("line"), last=pl.max("line"), n=pl.len()
    ).iter_rows(named=True):  # fmt: skip
        yield Found(
            "missing", FLAT * min(1.0, 0.5 + row["n"] / 20), row["source"], row["first"], row["last"],
            row["first"], "missing", new=row["n"],
        )  # fmt: skip
