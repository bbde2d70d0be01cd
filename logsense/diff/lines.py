"""A block of lines → its distinct masked lines with counts, and for a run in question a row a line."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from logsense.diff.masks import cleaned, masked
from logsense.plans import Block
from logsense.schema import BLOCKS

#: A row a distinct masked line and run: key its hash; source, line, text those of its first line; n how
#: often; last the place of its last line, as source * 2**32 + line.
TEXTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "run": pl.UInt32, "key": pl.UInt64, "source": pl.UInt32, "line": pl.UInt32, "text": pl.String,
    "masked": pl.String, "n": pl.UInt64, "last": pl.UInt64,
}  # fmt: skip
#: A row a line: which masked line it is.
ROWS: dict[str, pl.DataType | type[pl.DataType]] = {"source": pl.UInt32, "line": pl.UInt32, "key": pl.UInt64}


@dataclass(frozen=True)
class Lines:
    """What was read of one or more runs: frames of the forms above; blocks: ``schema.BLOCKS``."""

    texts: pl.DataFrame
    rows: pl.DataFrame
    blocks: pl.DataFrame

    def of(self, run: int, sources: Sequence[int]) -> tuple[int, int]:
        """How many lines, and distinct ones, a run of these sources has."""
        own = self.blocks.filter(pl.col("source").is_in(list(sources)))
        return int(own["lines"].sum()), self.texts.filter(pl.col("run") == run).height


def map_block(block: Block, run: int, *, rows: bool) -> Lines:
    """The lines of a block. run: number of the run it belongs to; rows: whether each line is wanted too.

    Pure: depends on the block alone. Everything costly is done once per distinct text.
    """
    raw = pl.read_lines(block.data, name="line").select(text=cleaned(pl.col("line")))
    numbered = raw.with_columns(line=pl.int_range(pl.len(), dtype=pl.UInt32) + block.first_line)
    once = numbered.group_by("text", maintain_order=True).agg(
        pl.first("line"), last=pl.last("line"), n=pl.len().cast(pl.UInt64)
    )
    once = once.with_columns(masked=masked(pl.col("text")))
    once = once.with_columns(key=pl.col("masked").hash())
    texts = once.group_by("key", maintain_order=True).agg(
        pl.first("line"), pl.max("last"), pl.first("text"), pl.first("masked"), pl.sum("n")
    )
    numbers = {"run": pl.lit(run, pl.UInt32), "source": pl.lit(block.source, pl.UInt32)}
    last = pl.col("last").cast(pl.UInt64) + (block.source << 32)
    texts = texts.with_columns(last, **numbers).select(
        pl.col(name).cast(kind) for name, kind in TEXTS.items()
    )
    each = pl.DataFrame(schema=ROWS)
    if rows:
        each = numbered.join(once.select("text", "key"), on="text", how="left", maintain_order="left")
        each = each.with_columns(source=numbers["source"]).select(
            pl.col(name).cast(kind) for name, kind in ROWS.items()
        )
    place: dict[str, object] = {
        "source": block.source, "number": block.number, "first_line": block.first_line,
        "lines": raw.height, "offset": block.offset,
    }  # fmt: skip
    return Lines(texts, each, BLOCKS.of([place]))


def merge(parts: Sequence[Lines]) -> Lines:
    """The one that holds what all of them hold: associative, commutative, each distinct line once a run."""
    texts = pl.concat([part.texts for part in parts] or [pl.DataFrame(schema=TEXTS)])
    first = ("source", "line", "text", "masked")
    texts = (
        texts.sort("source", "line")
        .group_by("run", "key", maintain_order=True)
        .agg(*(pl.first(name) for name in first), pl.sum("n"), pl.max("last"))
        .select(list(TEXTS))
    )
    rows = pl.concat([part.rows for part in parts] or [pl.DataFrame(schema=ROWS)])
    blocks = pl.concat([part.blocks for part in parts] or [BLOCKS.empty()])
    return Lines(texts, rows, blocks)


def blocks(*sides: Lines) -> pl.DataFrame:
    """The blocks of all sides, by which lines are fetched again."""
    return pl.concat([side.blocks for side in sides]).sort("source", "number")
