"""The plan of a file: which layouts read it, where its times stand, how its keys are made, which ids it has.

Made once from the first 2,000 lines, on a few dozen examples of distinct lines, by what lines look like;
the file's name says nothing. Declared formats are asked first, the learned header for what they leave.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from logsense.parse import clock, keys
from logsense.parse.recognise import folded, ids, learn, structured
from logsense.parse.recognise.formats import Format, up_to, verify
from logsense.parse.recognise.place import Setting, make_clock, weight_of
from logsense.plans import Clock, Layout, SourcePlan

_HEAD = 2000
_MOST = 64  # examples looked at
_LAYOUTS = 5
_NEAR = 0.6  # a format that fits this share of what the best fits may win by priority
_LEAST = 0.01  # share of lines below which a further format is not worth its time
_CHANGING = 0.2  # distinct keys a line above which ids are taken to spoil the key
_SHORT = 4000  # characters of a line that are looked at, save for JSON
_ANY = 30  # priority up to which a text format fits lines of any logger
_FEW = 4  # times that tell whether a file says its zone
_SOME = 400  # lines in which ids are looked for, and how dates move
_KEYS_LEFT = 50  # so many keys are no trouble, whatever the lines
_PAYS = 0.25  # distinct keys a line that a projection must save
_HALF = 0.5  # distinct texts a line from which what a layout would keep is no choice of few
_TELLS = 0.9  # where nearly all keys differ the sample cannot tell what a projection saves
_DEPTH = 2  # wrappers within wrappers


@dataclass(frozen=True)
class _Fit:
    """A declared format and the examples (by row number) it fits."""

    one: Format
    rows: frozenset[int]


def plan_source(  # noqa: PLR0913 - what is known of a file, each by its name
    source: int,
    service: str,
    lines: list[str],
    formats: Sequence[Format],
    *,
    tz: str,
    year: int | None,
    mtime: float,
    size: int,
) -> SourcePlan:
    """The plan of one file from its first lines (at most 2,000 are looked at).

    tz: the zone of times that say none; year: of dates without one, None to take it from ``mtime`` (seconds
    since 1970). size: bytes of the file. The same lines give the same plan.
    """
    del size
    raw = pl.Series("raw", lines[:_HEAD], pl.String)
    text = raw.str.replace_all(clock.ANSI, "").str.strip_chars_end("\r\n")
    head = pl.DataFrame({"raw": raw, "text": text}).filter(text.str.strip_chars() != "")
    head, opens = _folded(head)
    if not head.height:
        return SourcePlan(source, service, ())
    key, kind, distinct = _keys(head["text"])
    examples = _examples(head, key)
    some = head["text"].gather_every(-(-head.height // _SOME)).str.head(_SHORT)
    setting = Setting(tz, year, mtime, some)
    layouts = _layouts(
        examples, formats, setting, many=distinct > max(_KEYS_LEFT, structured.PROJECT * head.height), depth=0
    )
    layouts = _thrifty(layouts, head["text"], kind, distinct)
    yearless = any(one.clock.year is not None for one in layouts)
    return SourcePlan(
        source=source,
        service=service,
        layouts=layouts,
        key=kind,
        ids=ids.rules(some),
        zone_how="log" if _zoned(examples, layouts) else "--tz",
        note="" if not yearless or year is not None else "year inferred from the file's own time",
        opens=opens,
    )


def _folded(head: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """The head with objects written over many lines as one line each, and how these open; "" for none."""
    opens = folded.opening(head["text"])
    if not opens:
        return head, ""
    text = folded.fold(head["text"], opens).alias("text")
    whole = pl.DataFrame([text.alias("raw"), text]).filter(text.str.starts_with("{"))
    rows = structured.json_rows(whole.head(_MOST).with_columns(n=1))
    return (whole, opens) if structured.check(rows) else (head, "")


def _thrifty(layouts: tuple[Layout, ...], texts: pl.Series, kind: str, distinct: int) -> tuple[Layout, ...]:
    """The layouts; pairs and objects keep their projection only where it pays.

    Finding the values costs every line about as much as a key of its own would cost every fourth.
    """
    if not layouts or not layouts[0].project or layouts[0].kind == "text":
        return layouts
    folded, _ = keys.projected(texts, layouts[0].project)
    fewer = keys.text_keys(folded, kind).n_unique()
    if distinct - fewer < _PAYS * len(texts) and fewer < _TELLS * len(texts):
        return (replace(layouts[0], project=()), *layouts[1:])
    return layouts


def _keys(texts: pl.Series) -> tuple[pl.Series, str, int]:
    """The keys of the lines, which runs the map should collapse, and how many distinct keys that leaves."""
    digit = keys.text_keys(texts, "digit")
    share = digit.n_unique() / len(texts)
    if share > _CHANGING:
        hexed = keys.text_keys(texts, "hex").n_unique() / len(texts)
        if hexed < 0.8 * share:
            return digit, "hex", int(hexed * len(texts))
    return digit, "digit", int(share * len(texts))


def _examples(head: pl.DataFrame, key: pl.Series) -> pl.DataFrame:
    """Columns text, raw, n, row: a line of each key; of many keys the most frequent and some of the rest."""
    groups = (
        head.with_columns(key=key)
        .group_by("key", maintain_order=True)
        .agg(pl.first("text", "raw"), n=pl.len())
    )
    if groups.height > _MOST:
        order = groups.with_row_index("at").sort("n", "at", descending=[True, False], maintain_order=True)
        often = order.head(_MOST // 2)
        rest = order.tail(-(_MOST // 2)).sort("at")
        step = rest.height / (_MOST // 2)
        some = rest[[int(number * step) for number in range(_MOST // 2)]]
        groups = pl.concat([often, some]).sort("at").drop("at")
    cut = pl.when(pl.col("text").str.starts_with("{")).then("text").otherwise(pl.col("text").str.head(_SHORT))
    return groups.select(cut.alias("text"), "raw", "n").with_row_index("row")


def _layouts(
    examples: pl.DataFrame, formats: Sequence[Format], setting: Setting, *, many: bool, depth: int
) -> tuple[Layout, ...]:
    out, left = _declared(examples, formats, setting, many=many, depth=depth)
    total = weight_of(examples)
    rest = examples.filter(pl.col("row").is_in(list(left)))
    while rest.height and len(out) < _LAYOUTS:
        learned = _learned(rest, total, setting, sure=bool(out))
        if learned is None:
            break
        out.append(learned)
        rest = rest.filter(~pl.col("text").str.contains(learned.pattern))
    timed = [one for one in out if one.clock.pattern or one.clock.kinds]
    return tuple(timed + [one for one in out if one not in timed])


def _learned(rest: pl.DataFrame, total: int, setting: Setting, *, sure: bool) -> Layout | None:
    """What no declared format reads: a learned header. sure: other layouts read the file, be careful."""
    if sure and weight_of(rest) < 0.02 * total:
        return None
    got = learn.learn(rest)
    if got is not None:
        made = make_clock(got.time, got.kinds, rest, setting)
        if made is not None:
            keep = tuple(one for one in got.keep if _repeats(setting.head.str.extract(one).drop_nulls()))
            return Layout("learned", pattern=got.pattern, clock=made, levels=got.levels, keep=keep)
    if sure:
        return None
    pattern = learn.level_first(rest)
    return Layout("level-first", pattern=pattern, levels="words") if pattern else None


def _repeats(kept: pl.Series) -> bool:
    """Whether what would join the keys is a choice of few, so that keys stay fewer than lines."""
    return len(kept) < _FEW or kept.n_unique() <= max(_KEYS_LEFT, _HALF * len(kept))


def _declared(
    examples: pl.DataFrame, formats: Sequence[Format], setting: Setting, *, many: bool, depth: int
) -> tuple[list[Layout], set[int]]:
    """Layouts of declared formats, the one that says most first, and the examples they leave."""
    weight = dict(examples.select("row", "n").iter_rows())
    total = sum(weight.values())
    left = set(weight)
    found = _text_fits(examples, [one for one in formats if one.kind == "text"])
    # Pairs are found in many a line: a text format that says more than "any logger" comes first.
    taken = frozenset(row for fit in found if fit.one.priority > _ANY for row in fit.rows)
    out = _structured(examples, taken, formats, setting, many=many, depth=depth)
    for _, rows in out:
        left -= rows
    found = [fit for fit in found if fit.rows & left]
    layouts = [one for one, _ in out]
    while found and left and len(layouts) < _LAYOUTS:
        score = {fit.one.name: sum(weight[row] for row in fit.rows & left) for fit in found}
        best = max(score.values())
        if best < max(1, _LEAST * total):
            break
        near = [fit for fit in found if score[fit.one.name] >= _NEAR * best]
        fit = max(near, key=lambda fit: (fit.one.priority, score[fit.one.name], fit.one.name))
        found.remove(fit)
        mine = examples.filter(pl.col("row").is_in(list(fit.rows)))
        layout = _text_layout(mine, fit.one, formats, setting, depth=depth)
        if layout is not None:
            layouts.append(layout)
            left -= fit.rows
    return layouts, left


def _text_fits(examples: pl.DataFrame, formats: Sequence[Format]) -> list[_Fit]:
    """Declared text formats with the examples they match. Literals first: a regex costs 0.2 ms to compile."""
    texts = examples["text"].to_list()
    anywhere = "\n".join(texts)  # most formats have a literal that is in none of the texts
    likely = [one for one in formats if all(literal in anywhere for literal in one.literals)]
    likely = [
        one for one in likely if any(all(literal in text for literal in one.literals) for text in texts)
    ]
    try:
        hits = examples.select(pl.col("text").str.contains(one.pattern).alias(one.name) for one in likely)
    except pl.exceptions.ComputeError:  # a bad regex of a stranger's format, told by formats.verify
        likely = [one for one in likely if verify(one) is None]
        hits = examples.select(pl.col("text").str.contains(one.pattern).alias(one.name) for one in likely)
    return [
        _Fit(one, frozenset(examples["row"].filter(hits[one.name]).to_list()))
        for one in likely
        if hits[one.name].any()
    ]


def _text_layout(
    mine: pl.DataFrame, one: Format, formats: Sequence[Format], setting: Setting, *, depth: int
) -> Layout | None:
    """The layout of a text format for the lines it fits; None where its times are none."""
    made: Clock | None = Clock()
    if one.time_pattern:
        made = make_clock(one.time_pattern, one.clock, mine, setting)
        if made is None:
            return None
    inner: tuple[Layout, ...] = ()
    if one.inner and depth < _DEPTH:
        inner = _inner(mine, up_to(one.pattern, "message"), formats, setting, depth)
        if not one.time_pattern:
            made = _inner_clock(mine, one, inner, setting)
    return one.to_layout(made or Clock(), inner)


def _inner(
    mine: pl.DataFrame, pattern: str, formats: Sequence[Format], setting: Setting, depth: int
) -> tuple[Layout, ...]:
    inside = mine.with_columns(pl.col("text").str.extract(pattern).str.strip_chars_end())
    inside = inside.filter(pl.col("text").is_not_null() & (pl.col("text") != ""))
    if not inside.height:
        return ()
    return _layouts(inside, formats, setting, many=False, depth=depth + 1)


def _inner_clock(
    mine: pl.DataFrame, one: Format, inner: tuple[Layout, ...], setting: Setting
) -> Clock | None:
    """The wrapper says no time: the clock is that of the line within, behind the wrapper's prefix."""
    before = up_to(one.pattern, "message").rsplit("(", 1)[0]
    for layout in inner:
        if layout.clock.pattern:
            pattern = layout.clock.pattern
            whole = before + pattern.removeprefix("^") if pattern.startswith("^") else pattern
            made = make_clock(whole, tuple(layout.clock.kinds), mine, setting)
            if made is not None:
                return made
    return None


def _structured(
    examples: pl.DataFrame,
    taken: frozenset[int],
    formats: Sequence[Format],
    setting: Setting,
    *,
    many: bool,
    depth: int,
) -> list[tuple[Layout, set[int]]]:
    """Layouts of the lines that are JSON or logfmt."""
    out = []
    free = examples.filter(~pl.col("row").is_in(list(taken))) if taken else examples
    for rows in (structured.json_rows(examples), structured.logfmt_rows(free)):
        if not rows.values or not structured.check(rows):
            continue
        if weight_of(rows.frame) < 0.02 * weight_of(examples):
            continue
        known = [(structured.fits(rows, one), one) for one in formats if one.kind == rows.kind]
        most = max((score for score, _ in known), default=0)
        near = [
            (one.priority, len(one.requires), one.name, one)
            for score, one in known
            if score >= 0.8 * most and score
        ]
        one = max(near)[-1] if near else None
        layout = structured.layout(rows, one, setting, many=many)
        if rows.kind == "logfmt" and not layout.clock.pattern:
            continue  # pairs without a time: the learned header may find one
        if one is not None and one.inner and depth < _DEPTH and layout.fields["message"]:
            layout = replace(layout, inner=_json_inner(rows, layout, formats, setting, depth))
        out.append((layout, set(rows.frame["row"].to_list())))
    return out


def _json_inner(
    rows: structured.Rows, layout: Layout, formats: Sequence[Format], setting: Setting, depth: int
) -> tuple[Layout, ...]:
    name = layout.fields["message"][0]
    said = pl.Series([structured.value(row, name) for row in rows.values], dtype=pl.String)
    inside = rows.frame.with_columns(said.str.strip_chars_end().alias("text"), said.alias("raw"))
    inside = inside.filter(pl.col("text").is_not_null() & (pl.col("text") != ""))
    return _layouts(inside, formats, setting, many=False, depth=depth + 1) if inside.height else ()


def _zoned(examples: pl.DataFrame, layouts: tuple[Layout, ...]) -> bool:
    """Whether the lines say their zone, so that the one assumed does not matter."""
    for layout in layouts[:1]:
        texts = examples["text"].str.extract(layout.clock.pattern).drop_nulls().head(_FEW)
        if not len(texts):
            return False
        return clock.says_zone(texts, layout.clock)
    return False
