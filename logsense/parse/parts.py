"""Parts add up: associative and commutative, to the same result in any order and any grouping.

``merge`` adds parts; ``settle`` is done once at the end, when all parts are there: lines at the head of a
block join the record above, keys are numbered off by their details, ids seen once are dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from logsense.parse.block import ID_SEED, empty_part
from logsense.schema import KEYS, MULTI, Part

#: Ids are thinned by their hash until no more than this many rows are left; every record of an id that
#: is kept is kept.
LINK_ROWS = 400_000
_DETAIL_SEED = 22
#: Between the message of a record and the line of its stack trace that says most.
DETAIL_MARK = " \u23ce "


@dataclass(frozen=True)
class Settled:
    """A whole run, ready to be mined and counted. Records keep their keys; ``multi`` says more of some."""

    records: pl.LazyFrame  # RECORDS, sorted by nothing; ``key`` includes the record's detail
    multi: pl.DataFrame
    keys: pl.DataFrame  # KEYS, sorted by (source, line)
    links: pl.DataFrame
    samples: pl.DataFrame
    blocks: pl.DataFrame


def merge(parts: Sequence[Part]) -> Part:
    """The part that holds what all of them hold; ``merge([])`` is empty."""
    if not parts:
        return empty_part()
    if len(parts) == 1:
        return _thin(parts[0])
    keys = pl.concat([part.keys for part in parts]).sort("source", "line", "key")
    keys = keys.group_by("key", maintain_order=True).agg(pl.all().exclude("n").first(), pl.col("n").sum())
    return _thin(
        Part(
            records=pl.concat([part.records for part in parts]),
            multi=pl.concat([part.multi for part in parts]),
            heads=pl.concat([part.heads for part in parts]),
            keys=keys.select(list(KEYS.columns)),
            links=pl.concat([part.links for part in parts]),
            samples=pl.concat([part.samples for part in parts]),
            blocks=pl.concat([part.blocks for part in parts]),
            thinned=max(part.thinned for part in parts),
        )
    )


def _thin(part: Part) -> Part:
    """Halve the ids until they fit. The number of halvings depends on all ids alone, not on the order."""
    links, thinned = part.links, part.thinned
    if links.height <= LINK_ROWS and not thinned:
        return part
    hashes = links["id"].hash(ID_SEED)
    while True:
        kept = hashes < 2 ** (64 - thinned) if thinned else pl.Series([True]).new_from_index(0, links.height)
        if int(kept.sum()) <= LINK_ROWS:
            return replace(part, links=links.filter(kept), thinned=thinned)
        thinned += 1


def settle(records: pl.LazyFrame, part: Part) -> Settled:
    """Join the heads to the records they continue, and make one key of a record's first line and detail."""
    multi = _with_heads(records, part)
    keys = part.keys
    told = multi.filter(pl.col("detail").is_not_null())
    if told.height:
        first = records.join(told.lazy().select("source", "line", "detail"), on=["source", "line"]).collect()
        first = first.with_columns(detailed=pl.struct("key", "detail").hash(_DETAIL_SEED)).sort(
            "source", "line"
        )
        keys = pl.concat([keys, _detailed_keys(keys, first)])
        records = (
            records.join(first.lazy().select("source", "line", "detailed"), on=["source", "line"], how="left")
            .with_columns(key=pl.coalesce("detailed", "key"))
            .drop("detailed")
        )
    part = _detailed_rows(part, multi)
    twice = pl.len().over("id") > 1
    return Settled(
        records=records,
        multi=multi.sort("source", "line"),
        keys=keys.sort("source", "line", "key"),
        links=part.links.filter(twice).sort("id", "time", "source", "line", nulls_last=True),
        samples=part.samples.sort("source", "line", "name", "value"),
        blocks=part.blocks.sort("source", "number"),
    )


def _with_heads(records: pl.LazyFrame, part: Part) -> pl.DataFrame:
    """MULTI with the lines at the heads of blocks added to the record each of them continues."""
    if not part.heads.height:
        return part.multi
    heads = part.heads.sort("source", "first")
    starts = records.filter(pl.col("source").is_in(heads["source"].unique().implode())).select(
        "source", "line"
    )
    above = heads.join_asof(
        starts.sort("source", "line").collect(),
        left_on="first",
        right_on="line",
        by="source",
        strategy="backward",
        check_sortedness=False,
    ).filter(pl.col("line").is_not_null())
    both = pl.concat([part.multi, above.select(list(MULTI.columns))]).sort("source", "line", "last")
    return both.group_by("source", "line", maintain_order=True).agg(
        pl.max("last"), pl.col("detail").drop_nulls().last()
    )


def _detailed_keys(keys: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """KEYS rows of records whose stack trace says more than their first line."""
    pairs = first.group_by("detailed", maintain_order=True).agg(
        pl.first("key", "detail", "source", "line"), n=pl.len().cast(pl.UInt64)
    )
    words = keys.select(detail="key", told="message")
    return (
        pairs.join(keys.drop("source", "line", "n"), on="key")
        .join(words, on="detail")
        .with_columns(key=pl.col("detailed"), message=pl.concat_str("message", "told", separator=DETAIL_MARK))
        .select(list(KEYS.columns))
    )


def _detailed_rows(part: Part, multi: pl.DataFrame) -> Part:
    """Links and samples point to the record's whole key, too."""
    told = multi.filter(pl.col("detail").is_not_null()).select("source", "line", "detail")
    if not told.height:
        return part
    whole = pl.when(pl.col("detail").is_not_null()).then(pl.struct("key", "detail").hash(_DETAIL_SEED))

    def rekeyed(frame: pl.DataFrame) -> pl.DataFrame:
        joined = frame.join(told, on=["source", "line"], how="left")
        return joined.with_columns(key=pl.coalesce(whole, "key")).select(frame.columns)

    return replace(part, links=rekeyed(part.links), samples=rekeyed(part.samples))


__all__ = ["DETAIL_MARK", "Settled", "merge", "settle"]
