"""Whole records for people and scripts: every field of every record, a block at a time.

The analysis never needs this: it counts keys. ``logsense parse`` does, and pays for it: here the header
of every line is split, not only that of distinct ones.
"""

from collections.abc import Iterable, Iterator

import polars as pl

from logsense.parse import extract
from logsense.parse.block import read_block
from logsense.parse.recognise.folded import FOLDED
from logsense.plans import Block, SourcePlan
from logsense.schema import Level

#: The columns of a frame of whole records; ``message`` holds all lines of the record.
COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "source": pl.UInt32,
    "line": pl.UInt32,
    "lines": pl.UInt32,
    "time": pl.Datetime("us"),
    "level": Level,
    "service": pl.String,
    "logger": pl.String,
    "host": pl.String,
    "message": pl.String,
    "format": pl.String,
}

#: And what is mined of a record where that is more than its message, else null; ``mine.explain`` reads it.
TOLD = "told"

#: Lines of a record whose text is kept; ``lines`` counts all of them.
MOST_LINES = 10_000


def records(blocks: Iterable[Block], plan: SourcePlan) -> Iterator[pl.DataFrame]:
    """The records of one file, in order: frames of ``COLUMNS`` and ``TOLD``; one cut by blocks is whole."""
    held: pl.DataFrame | None = None
    for block in blocks:
        head, frame = _of_block(block, plan)
        if held is not None:
            held = _lengthened(held, head)
            if not frame.height:
                continue
            frame = pl.concat([held, frame])
        if frame.height:
            held = frame.tail(1)
            yield _counted(frame.head(frame.height - 1))
    if held is not None:
        yield _counted(held)


def _of_block(block: Block, plan: SourcePlan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(lines that continue the block before, records): both with ``rest``, the continuation lines."""
    lines = read_block(block, plan)
    own = lines.filter("starts")
    fields = extract.fields(own["text"], plan, own["layout"])
    record = pl.when("starts").then(pl.col("row")).forward_fill().alias("line")
    more = lines.select("row", "text", "starts", record).filter(~pl.col("starts"))
    more = more.with_columns(extract.stated_level(more["text"]).alias("stated"))
    shown = pl.col("text") != FOLDED if plan.opens else pl.lit(value=True)  # the message says the rest
    rest = more.group_by("line", maintain_order=True).agg(
        rest=pl.col("text").filter(shown).head(MOST_LINES),
        stated=pl.col("stated").drop_nulls().first(),
        last=pl.col("row").filter(pl.col("text").str.strip_chars() != "").max(),
    )
    frame = (
        own.select("time", source=pl.lit(block.source, pl.UInt32), line=pl.col("row"))
        .hstack(fields.select("level", "service", "logger", "host", "message", "beside", format="layout"))
        .join(rest.filter(pl.col("line").is_not_null()), on="line", how="left", maintain_order="left")
        .with_columns(pl.col("rest").fill_null([]), level=pl.coalesce("level", "stated"))
        .drop("stated")
    )
    return rest.filter(pl.col("line").is_null()), frame


def _lengthened(held: pl.DataFrame, head: pl.DataFrame) -> pl.DataFrame:
    if not head.height:
        return held
    # Joined as plain texts: a list as a literal reserves its length once more for each of its items.
    rest = pl.concat([held["rest"].explode(empty_as_null=False), head["rest"].explode(empty_as_null=False)])
    last = pl.lit(head["last"][0], pl.UInt32)
    return held.with_columns(rest.head(MOST_LINES).implode().alias("rest"), last=pl.coalesce(last, "last"))


def _counted(frame: pl.DataFrame) -> pl.DataFrame:
    """Blank lines at the end of a record are not part of it; of a very long one the first lines are text."""
    frame = frame.with_columns(used=(pl.col("last") - pl.col("line")).fill_null(0).cast(pl.UInt32))
    rest = pl.col("rest").list.head(pl.col("used"))
    some = (pl.col("used") > 0) & (rest.list.len() > 0)
    tail = pl.when(some).then(pl.lit("\n") + rest.list.join("\n")).otherwise(pl.lit(""))
    return frame.with_columns(
        lines=pl.col("used") + 1,
        message=pl.col("message") + tail,
        **{TOLD: pl.col("message") + pl.col("beside") + tail},
    ).select([*(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items()), TOLD])
