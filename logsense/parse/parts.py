"""Parts add up: associative and commutative, to the same result in any order and any grouping.

``merge`` adds parts; ``settle`` is done once at the end, when all parts are there: lines at the head of a
block join the record above, keys are numbered off by their details, ids seen once are dropped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from logsense.parse import extract
from logsense.parse.acts import merge_acts, with_usual
from logsense.parse.beside import DETAIL_MARK, LIMIT
from logsense.parse.block import ID_SEED, empty_part
from logsense.parse.numbers import numbers
from logsense.plans import Part, SourcePlan
from logsense.schema import KEYS, MULTI

#: Ids are thinned by their hash until no more than this many rows are left; every record of an id that
#: is kept is kept.
LINK_ROWS = 400_000
_DETAIL_SEED = 22
#: What is kept of a message; templates of longer ones say no more.
MESSAGE_LIMIT = 4000


@dataclass(frozen=True)
class Settled:
    """A whole run, ready to be mined and counted. Records keep their keys; ``multi`` says more of some."""

    records: pl.LazyFrame  # RECORDS, sorted by nothing; ``key`` includes the record's detail
    multi: pl.DataFrame
    keys: pl.DataFrame  # KEYS, sorted by (source, line)
    links: pl.DataFrame
    samples: pl.DataFrame
    blocks: pl.DataFrame
    acts: pl.DataFrame


def merge(parts: Sequence[Part]) -> Part:
    """The part that holds what all of them hold; ``merge([])`` is empty."""
    if not parts:
        return empty_part()
    if len(parts) == 1:
        return _thin(parts[0])
    acts, acts_thinned = merge_acts([part.acts for part in parts], max(part.acts_thinned for part in parts))
    return _thin(
        Part(
            records=pl.concat([part.records for part in parts]),
            multi=pl.concat([part.multi for part in parts]),
            heads=pl.concat([part.heads for part in parts]),
            examples=_once(pl.concat([part.examples for part in parts])),
            links=pl.concat([part.links for part in parts]),
            sampled=pl.concat([part.sampled for part in parts]),
            blocks=pl.concat([part.blocks for part in parts]),
            thinned=max(part.thinned for part in parts),
            acts=acts,
            acts_thinned=acts_thinned,
        )
    )


def _once(examples: pl.DataFrame) -> pl.DataFrame:
    """EXAMPLES with each key once: its first line of all, and how many lines have it."""
    # Found on numbers alone: texts are many bytes each, and are moved only where they stay.
    at = pl.col("source").cast(pl.UInt64) * 2**32 + pl.col("line")
    rows = examples.select("key", "n", at=at).with_row_index("row").sort("at")
    kept = rows.group_by("key", maintain_order=True).agg(pl.sum("n"), pl.first("row"))
    return examples[kept["row"]].with_columns(n=kept["n"])


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


def settle(records: pl.LazyFrame, part: Part, plans: Mapping[int, SourcePlan]) -> Settled:
    """The run as a whole, once all parts are merged.

    Examples are split into fields, heads joined to the records they continue, and a record's first line
    and its detail get one key.
    """
    multi = _with_heads(records, part)
    every = _read(part.examples, plans)
    keys = every.filter(part.examples.sort("source", "line", "key")["starts"])
    told = multi.filter(pl.col("detail").is_not_null())
    if told.height:
        first = records.join(told.lazy().select("source", "line", "detail"), on=["source", "line"]).collect()
        first = first.with_columns(detailed=pl.struct("key", "detail").hash(_DETAIL_SEED)).sort(
            "source", "line"
        )
        keys = pl.concat([_less(keys, first), _detailed_keys(every, first)])
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
        samples=numbers(part.sampled).sort("source", "line", "name", "value"),
        blocks=part.blocks.sort("source", "number"),
        acts=with_usual(part.acts, part.sampled).sort("source", "line", "act"),
    )


def _read(examples: pl.DataFrame, plans: Mapping[int, SourcePlan]) -> pl.DataFrame:
    """KEYS: what the example of each key says. Every key is read once, however many blocks hold it."""
    found = []
    for one in examples.sort("source", "line", "key").partition_by("source", maintain_order=True):
        fields = extract.fields(one["text"], plans[one["source"][0]], one["layout"])
        found.append(one.drop("layout", "text").hstack(fields.drop("joins")))
    keys = pl.concat(found) if found else KEYS.empty().with_columns(beside=pl.lit(None, pl.String))
    return keys.with_columns(service=pl.col("service").fill_null(""), message=_whole()).select(
        list(KEYS.columns)
    )


def _whole() -> pl.Expr:
    """What is mined of a record: its message, and what it says beside it."""
    short = pl.col("message").str.head(MESSAGE_LIMIT - LIMIT)
    return (
        pl.when(pl.col("beside").is_null())
        .then(pl.col("message").str.head(MESSAGE_LIMIT))
        .otherwise(pl.concat_str(short, "beside", ignore_nulls=True))
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


def _less(keys: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """The keys without those records that have a more detailed key."""
    fewer = first.group_by("key").agg(fewer=pl.len().cast(pl.UInt64))
    left = keys.join(fewer, on="key", how="left", maintain_order="left")
    left = left.with_columns(pl.col("n") - pl.col("fewer").fill_null(0)).drop("fewer")
    return left.filter(pl.col("n") > 0)


def _detailed_keys(keys: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """KEYS rows of records whose stack trace says more than their first line."""
    pairs = first.group_by("detailed", maintain_order=True).agg(
        pl.first("key", "detail", "source", "line"), n=pl.len().cast(pl.UInt64)
    )
    words = keys.select(detail="key", told="message", stated=extract.stated_level(keys["message"]))
    return (
        pairs.join(keys.drop("source", "line", "n"), on="key")
        .join(words, on="detail")
        .with_columns(
            key=pl.col("detailed"),
            message=pl.concat_str("message", "told", separator=DETAIL_MARK),
            level=pl.coalesce("level", "stated"),
        )
        .select(list(KEYS.columns))
    )


def _detailed_rows(part: Part, multi: pl.DataFrame) -> Part:
    """Links, samples and acts point to the record's whole key, too."""
    told = multi.filter(pl.col("detail").is_not_null()).select("source", "line", "detail")
    if not told.height:
        return part
    whole = pl.when(pl.col("detail").is_not_null()).then(pl.struct("key", "detail").hash(_DETAIL_SEED))

    def rekeyed(frame: pl.DataFrame) -> pl.DataFrame:
        joined = frame.join(told, on=["source", "line"], how="left")
        return joined.with_columns(key=pl.coalesce(whole, "key")).select(frame.columns)

    return replace(part, links=rekeyed(part.links), sampled=rekeyed(part.sampled), acts=rekeyed(part.acts))


__all__ = ["DETAIL_MARK", "Settled", "merge", "settle"]
