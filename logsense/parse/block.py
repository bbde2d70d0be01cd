"""The map: a block of whole lines to a Part. Pure in (block, plan); nothing runs per line in Python."""

import polars as pl

from logsense.parse import clock, extract
from logsense.parse.acts import find_acts
from logsense.parse.keys import MAY_HOLD_CODES, codes, key_lines, projected, text_keys
from logsense.parse.numbers import measures
from logsense.parse.recognise.folded import fold
from logsense.parse.verdicts import Verdicts
from logsense.plans import Block, Part, SourcePlan
from logsense.schema import ACTS, BLOCKS, EXAMPLES, HEADS, LINKS, MULTI, RECORDS, SAMPLED

#: Index of the layout of a line that no layout's clock could read.
NONE = 255
#: What is kept of an example; templates of longer lines say no more.
TEXT_LIMIT = 16_000
# Polars hashes with a seed of ours, so that one run agrees with itself on every machine of one version.
_KEY_SEED, _KEEP_SEED, _LAYOUT_SEED, _SAMPLE_SEED, _CODE_SEED = 11, 12, 13, 14, 15
ID_SEED = 21


def map_block(block: Block, plan: SourcePlan) -> Part:
    """Records, keys, ids and numbers of one block."""
    frame, examples, starts = _mapped(block, plan)
    records = frame.select("row", "time", "key") if starts is None else frame.filter(starts)
    multi, heads = _continued(frame, starts, examples, block.source)
    source = pl.lit(block.source, pl.UInt32).alias("source")
    return Part(
        records=records.select(source, pl.col("row").alias("line"), "time", "key"),
        multi=multi,
        heads=heads,
        examples=_kept(examples),
        links=_links(frame, starts, plan),
        sampled=_sampled(frame, starts, plan),
        blocks=BLOCKS.of(
            [
                {
                    "source": block.source,
                    "number": block.number,
                    "first_line": block.first_line,
                    "lines": frame.height,
                    "offset": block.offset,
                }
            ]
        ),
        thinned=plan.thin,
        acts=_acts(frame, examples, starts, plan),
    )


def read_block(block: Block, plan: SourcePlan) -> pl.DataFrame:
    """The lines of a block: row (line number), text, time, layout, key, and whether it starts a record."""
    frame, _, starts = _mapped(block, plan)
    return frame.with_columns(starts=pl.lit(value=True) if starts is None else starts)


def _mapped(block: Block, plan: SourcePlan) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series | None]:
    lines = pl.read_lines(block.data, name="text")["text"]
    lines = fold(lines, plan.opens) if plan.opens else lines
    time, layout = _times(lines, plan)
    key = _told_apart(lines, _keys(block.data, lines, layout, plan), plan)
    frame = pl.DataFrame([lines, time, layout, key]).with_row_index("row", offset=block.first_line)
    examples, plain = _distinct(frame, plan, block.source)
    return frame, examples, _starts(frame, examples, plain=plain)


def _times(lines: pl.Series, plan: SourcePlan) -> tuple[pl.Series, pl.Series]:
    """The time of each line, and the index of the layout whose clock read it."""
    time: pl.Series | None = None
    index = pl.Series("layout", [NONE], pl.UInt8)  # of every line, once it is known that they differ
    for number, layout in enumerate(plan.layouts):
        if not layout.clock.pattern and layout.clock.start < 0:
            continue
        if time is None:
            time = clock.read_times(lines, layout.clock).alias("time")
            if not time.null_count():
                return time, pl.Series("layout", [number], pl.UInt8).new_from_index(0, len(lines))
            hit = time.is_not_null()
            index = index.new_from_index(0, len(lines))
        else:
            where = time.is_null().arg_true()
            if not len(where):
                break
            some = clock.read_times(lines.gather(where), layout.clock)
            time = time.scatter(where.filter(some.is_not_null()), some.drop_nulls())
            hit = time.is_not_null() & (index == NONE)
        index = index.scatter(hit.arg_true(), pl.Series([number], dtype=pl.UInt8)) if hit.any() else index
    if time is None:
        time = pl.Series("time", [None], pl.Datetime("us")).new_from_index(0, len(lines))
        index = index.new_from_index(0, len(lines))
    return time, index


def _keys(data: bytes, lines: pl.Series, layout: pl.Series, plan: SourcePlan) -> pl.Series:
    """The key of each line: its collapsed text, what must not collapse, and the layout that read it."""
    main = plan.layouts[0] if plan.layouts else None
    if main and main.project:
        folded, kept = projected(lines, main.project)
        key = text_keys(folded, plan.key).hash(_KEY_SEED)
        for number, one in enumerate(kept):
            key = key ^ one.hash(_KEEP_SEED + number)
    else:
        own = text_keys(lines, plan.key) if plan.opens else key_lines(data, plan.key)
        key = own.hash(_KEY_SEED)
    if layout.max() != 0:  # most blocks have one layout, whose lines keep their hash as it is
        key = key ^ (layout.hash(_LAYOUT_SEED) * (layout != 0).cast(pl.UInt64))
    for number, pattern in enumerate(dict.fromkeys(p for one in plan.layouts for p in one.keep)):
        key = key ^ lines.str.extract(pattern).hash(_KEEP_SEED + 100 * (number + 1))
    return key.alias("key")


_CODED = Verdicts(lambda texts: texts.str.contains(MAY_HOLD_CODES), pl.Boolean)


def _told_apart(lines: pl.Series, key: pl.Series, plan: SourcePlan) -> pl.Series:
    """The keys, those with a code (a status, an exit code) told apart by it: a 200 is not a 500.

    Only lines whose key may hold a code are looked at. A projected key holds what its format keeps.
    """
    if plan.layouts and plan.layouts[0].project:
        return key
    first = key.arg_unique()
    holds = _CODED.of(key.gather(first), lines.gather(first))
    if not holds.any():
        return key
    where = key.is_in(key.gather(first).filter(holds).implode()).arg_true()
    code = codes(lines.gather(where)).hash(_CODE_SEED)
    return key.scatter(where, key.gather(where) ^ code)


def _distinct(frame: pl.DataFrame, plan: SourcePlan, source: int) -> tuple[pl.DataFrame, bool]:
    """EXAMPLES of the block with columns starts, blank and telling; and whether every line starts a record.

    A line with a time starts a record. Only where that is not the whole truth (no time, or a format whose
    timed lines may join the record above) is the example split into fields here.
    """
    examples = frame.group_by("key").agg(
        pl.first("layout"),
        line=pl.first("row"),
        text=pl.first("text"),
        n=pl.len().cast(pl.UInt64),
    )
    examples = examples.with_columns(starts=pl.lit(value=True), source=pl.lit(source, pl.UInt32))
    doubtful = (examples["layout"] == NONE) | examples["layout"].is_in(_joining(plan))
    if not doubtful.any():
        return examples.with_columns(blank=~pl.col("starts"), telling=~pl.col("starts")), True
    some = examples.filter(doubtful)
    read = _judged(some, plan)
    examples = pl.concat([examples.filter(~doubtful).with_columns(blank=False, telling=False), read])
    return examples, bool(examples["starts"].all())


def _joining(plan: SourcePlan) -> list[int]:
    return [number for number, layout in enumerate(plan.layouts) if layout.joins]


def _judged(some: pl.DataFrame, plan: SourcePlan) -> pl.DataFrame:
    """The examples with starts, blank and telling read from their fields."""
    fields = extract.fields(some["text"], plan, some["layout"])
    timed = any(one.clock.pattern or one.clock.start >= 0 for one in plan.layouts)
    blank = pl.col("text").str.strip_chars() == ""
    own = (pl.col("layout") != NONE) | (fields["layout"] != "") if plan.layouts else pl.lit(value=True)
    if plan.opens:  # what is left of an object that a block border cuts may say nothing of itself
        own |= pl.col("text").str.starts_with("{")
    loose = ~pl.col("text").str.contains(r"^(?:\s|[}\])]|Caused by:|\.\.\. )")
    some = some.with_columns(
        blank=blank, starts=own & ~blank & ~fields["joins"] & (pl.lit(value=True) if timed else loose)
    )
    return some.with_columns(telling=extract.telling(some["text"]) & ~some["starts"])


def _own(text: pl.Series | pl.Expr) -> pl.Expr:
    """The texts in memory of their own: a slice of a line would keep its whole block of lines alive."""
    expr = pl.lit(text) if isinstance(text, pl.Series) else text
    return pl.when(expr.is_not_null()).then(pl.concat_str(expr, pl.lit("")))


def _kept(examples: pl.DataFrame) -> pl.DataFrame:
    """EXAMPLES of the keys that start a record, or say most of one."""
    wanted = examples.filter(pl.col("starts") | pl.col("telling"))
    text = pl.concat_str(pl.col("text").str.head(TEXT_LIMIT).fill_null(""), pl.lit(""))  # as ``_own``, sooner
    return wanted.with_columns(text=text).select(
        [pl.col(name).cast(dtype) for name, dtype in EXAMPLES.columns.items()]
    )


def _starts(frame: pl.DataFrame, examples: pl.DataFrame, *, plain: bool) -> pl.Series | None:
    """Which lines start a record; None where all do."""
    if plain:
        return None
    others = examples.filter(~pl.col("starts"))["key"]
    return ~frame["key"].is_in(others.implode())


def _continued(
    frame: pl.DataFrame, starts: pl.Series | None, examples: pl.DataFrame, source: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """MULTI and HEADS: records of several lines, and lines that continue the block before."""
    if starts is None:
        return MULTI.empty(), HEADS.empty()
    which = examples.select("key", "blank", "telling")
    record = pl.when(starts).then(pl.col("row")).forward_fill().alias("line")
    rest = (
        frame.select("row", "key", record)
        .filter(~starts)
        .join(which, on="key", how="left", maintain_order="left")
        .filter(~pl.col("blank"))
        .with_columns(detail=pl.when("telling").then("key"))
    )
    grouped = rest.group_by("line").agg(
        pl.min("row").alias("first"), pl.max("row").alias("last"), pl.col("detail").drop_nulls().last()
    )
    grouped = grouped.with_columns(source=pl.lit(source, pl.UInt32))
    multi = grouped.filter(pl.col("line").is_not_null()).select(list(MULTI.columns))
    heads = grouped.filter(pl.col("line").is_null()).select(list(HEADS.columns))
    return multi, heads


def _links(frame: pl.DataFrame, starts: pl.Series | None, plan: SourcePlan) -> pl.DataFrame:
    """LINKS: ids in lines that start a record."""
    found = []
    for rule in plan.ids:
        ids = frame["text"].str.extract(rule.pattern)
        where = ids.is_not_null() if starts is None else ids.is_not_null() & starts
        if plan.thin:  # before anything is built of them: a long run keeps one id in hundreds
            where &= (ids.hash(ID_SEED) < 2 ** (64 - plan.thin)).fill_null(value=False)
        found.append(
            frame.filter(where).select(
                id=_own(ids.filter(where).alias("id")),
                kind=pl.lit(rule.kind),
                source=pl.lit(plan.source, pl.UInt32),
                line=pl.col("row"),
                time=pl.col("time"),
                key=pl.col("key"),
            )
        )
    return pl.concat(found) if found else LINKS.empty()


def _acts(
    frame: pl.DataFrame, examples: pl.DataFrame, starts: pl.Series | None, plan: SourcePlan
) -> pl.DataFrame:
    """ACTS, where the run is to be judged."""
    if plan.sample <= 0:
        return ACTS.empty()
    folded = bool(plan.layouts and plan.layouts[0].project)
    return find_acts(frame, examples, starts, plan.source, folded=folded)


def _sampled(frame: pl.DataFrame, starts: pl.Series | None, plan: SourcePlan) -> pl.DataFrame:
    """SAMPLED: a share of the lines, chosen by a hash of the line so that blocks do not matter."""
    if plan.sample <= 0:
        return SAMPLED.empty()
    chosen = frame if starts is None else frame.filter(starts)
    if plan.sample < 1:
        limit = int(plan.sample * 2**64)
        chosen = chosen.filter(chosen["text"].hash(_SAMPLE_SEED) < limit)
    if not (plan.layouts and plan.layouts[0].project):  # such a key leaves out parts that may hold a number
        chosen = chosen.filter(_measures(chosen))
    return chosen.select(
        pl.lit(plan.source, pl.UInt32).alias("source"),
        pl.col("row").cast(pl.UInt32).alias("line"),
        "time",
        "key",
        _own(pl.col("text").str.head(TEXT_LIMIT)).alias("text"),
    )


_MEASURED = Verdicts(measures, pl.Boolean)


def _measures(chosen: pl.DataFrame) -> pl.Series | pl.Expr:
    """Which lines may hold a number that measures something; all, where they are too varied to be asked."""
    first = chosen["key"].arg_unique()
    if len(first) > chosen.height // 4:
        return pl.lit(value=True)
    keys = chosen["key"].gather(first)
    said = _MEASURED.of(keys, chosen["text"].gather(first))
    return chosen["key"].is_in(keys.filter(said).implode())


def empty_part() -> Part:
    """The part of no block at all: what merging nothing gives."""
    frames = [one.empty() for one in (RECORDS, MULTI, HEADS, EXAMPLES, LINKS, SAMPLED, BLOCKS)]
    records, multi, heads, examples, links, sampled, blocks = frames
    return Part(records, multi, heads, examples, links, sampled, blocks)
