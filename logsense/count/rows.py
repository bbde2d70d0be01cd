"""Records to COUNTS and TEMPLATES: one pass over the records, everything after it on reduced rows."""

from dataclasses import dataclass

import polars as pl

from logsense.count.axis import PARTS, Axis
from logsense.errors import FrameError
from logsense.schema import COUNTS, TEMPLATES, TIME

_LINE = 2**32  # a line number is packed into the low half of 64 bits, the µs within a grain into the high


@dataclass(frozen=True)
class Names:
    """Who says what: from a key (and its source) to service and template.

    keys: key, pair, said (the service a field names, else null), template. pair numbers the distinct
    (said, template): records are grouped by it, since keys may be as many as lines. sources: source, service.
    """

    keys: pl.DataFrame
    sources: pl.DataFrame

    def put(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame (with columns key and source) with service and template beside its columns."""
        said = self.keys.select("key", "said", "template")
        return self._served(frame.join(said, on="key", how="inner", maintain_order="left"))

    def unpair(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame (with columns pair and source) with service and template instead of pair."""
        pairs = self.keys.select("pair", "said", "template").unique()
        return self._served(frame.join(pairs, on="pair", how="inner", maintain_order="left").drop("pair"))

    def _served(self, frame: pl.DataFrame) -> pl.DataFrame:
        own = self.sources.rename({"service": "own"})
        joined = frame.join(own, on="source", how="left", maintain_order="left")
        return joined.with_columns(service=pl.coalesce("said", "own", pl.lit(""))).drop("said", "own")


def find_names(keys: pl.DataFrame, mined: pl.DataFrame, sources: pl.DataFrame) -> Names:
    """Names from KEYS, MINED and SOURCES."""
    said = pl.when(pl.col("service") != "").then("service").alias("said")
    table = keys.select("key", said).unique("key").join(mined, on="key").sort("said", "template", "key")
    pair = pl.struct("said", "template").rle_id().cast(pl.UInt32).alias("pair")
    return Names(
        keys=table.select("key", pair, "said", "template"),
        sources=sources.select("source", "service").unique("source"),
    )


def reduce_records(records: pl.LazyFrame, names: Names, axis: Axis, lines: pl.DataFrame) -> pl.DataFrame:
    """A row a (cell, source, pair): n, and where and when the first and the last record of it stand.

    cell counts grains of the axis; -1 for times off the axis, null without a time. ``lines`` (source,
    lines, ahead) is used where nothing has a time: cells are then equal parts of each source, so that
    sources lie side by side, ahead the first of them. Streams over the records; raises FrameError where a
    record has no template.
    """
    pairs = names.keys.lazy().select("key", "pair")
    frame = records.select("source", "line", "time", "key").join(pairs, on="key", how="left")
    line = pl.col("line").cast(pl.UInt64)
    if axis.start is None:
        frame = frame.join(lines.lazy(), on="source", how="left")
        cell = (line - 1) * PARTS // pl.col("lines") + pl.col("ahead")
        packed = line
    else:
        cell = axis.cell(pl.col("time"), axis.grain)
        within = (pl.col("time").dt.epoch("us") - axis.origin) % axis.grain
        packed = pl.when(cell >= 0).then(within.cast(pl.UInt64) * _LINE + line).otherwise(line)
    rows = (
        frame.select("source", "pair", cell=cell.cast(pl.Int32), packed=packed)
        .group_by("cell", "source", "pair")
        .agg(n=pl.len(), low=pl.min("packed"), high=pl.max("packed"))
        .collect(engine="streaming")
    )
    lost = rows.filter(pl.col("pair").is_null())
    if lost.height:
        msg = f"count: {lost['n'].sum()} records have a key that is not in MINED; each key needs a template"
        raise FrameError(msg)
    return _unpacked(names.unpair(rows), axis)


def _unpacked(rows: pl.DataFrame, axis: Axis) -> pl.DataFrame:
    """The rows with line, last_line, first and last instead of the packed numbers."""
    start = axis.origin + pl.col("cell").cast(pl.Int64) * axis.grain

    def time(packed: str) -> pl.Expr:
        if axis.start is None:
            return pl.lit(None, TIME)
        since = start + (pl.col(packed) // _LINE).cast(pl.Int64)
        return pl.when(pl.col("cell") >= 0).then(since).cast(TIME)

    return rows.with_columns(
        line=(pl.col("low") % _LINE).cast(pl.UInt32),
        last_line=(pl.col("high") % _LINE).cast(pl.UInt32),
        first=time("low"),
        last=time("high"),
    ).drop("low", "high")


def judged(rows: pl.DataFrame, axis: Axis, is_known: pl.Expr) -> pl.DataFrame:
    """The reduced rows of what is judged, those without a place on the axis among them."""
    low, high = (end * (axis.width // axis.grain) for end in axis.within)
    on = pl.col("cell").is_between(low, high - 1) | (pl.col("cell") == -1) | pl.col("cell").is_null()
    return rows.filter(on & ~is_known)


def counts(rows: pl.DataFrame, axis: Axis) -> pl.DataFrame:
    """COUNTS of the reduced rows on the axis, in order of bucket, service and template."""
    group = ["bucket", "service", "template"]
    each = axis.width // axis.grain
    rows = rows.filter(pl.col("cell") >= 0).with_columns(bucket=pl.col("cell") // each)
    firsts = (
        rows.sort("first", "source", "line")
        .group_by(group, maintain_order=True)
        .agg(pl.col("n").sum().cast(pl.UInt32), pl.first("source", "line", "first"))
    )
    lasts = (
        rows.sort("last", "source", "last_line")
        .group_by(group, maintain_order=True)
        .agg(pl.last("source").alias("last_source"), pl.last("last_line", "last"))
    )
    return firsts.join(lasts, on=group).select(list(COUNTS.columns)).sort(group)


def templates(rows: pl.DataFrame, mined: pl.DataFrame, keys: pl.DataFrame, names: Names) -> pl.DataFrame:
    """TEMPLATES of all records, with a time or without, most frequent first.

    ``mined`` holds template, text and shapes. A template no record has is left out. first and last are
    those on the axis: a stray clock does not make a message old.
    """
    total = int(rows["n"].sum())
    seen = rows.group_by("template").agg(
        pl.col("n").sum().cast(pl.UInt64).alias("count"),
        pl.col("service").unique().sort().alias("services"),
        pl.min("first"),
        pl.max("last"),
    )
    told = keys.join(names.keys.select("key", "template"), on="key").sort("source", "line", "key")
    rank = pl.col("level").to_physical()
    examples = told.group_by("template", maintain_order=True).agg(
        pl.col("level").sort_by(rank, nulls_last=False).last(),
        pl.first("source", "line"),
        pl.first("message").alias("example"),
    )
    frame = (
        mined.select("template", "text", "shapes")
        .join(seen, on="template")
        .join(examples, on="template", how="left")
        .with_columns(share=pl.col("count") / max(total, 1))
    )
    return frame.select(list(TEMPLATES.columns)).sort("count", "template", descending=[True, False])
