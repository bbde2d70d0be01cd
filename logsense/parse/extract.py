"""Splitting distinct lines into their fields: level, service, logger, host, message.

Runs on the examples of distinct keys, never on every line. A line its layout cannot split keeps what
stands behind its time as message; a broken JSON line is plain text and spoils no other.
"""

from collections.abc import Callable, Sequence

import polars as pl

from logsense.parse import beside, clock, levels
from logsense.plans import Layout, SourcePlan
from logsense.schema import Level

#: Index of a line no layout's clock could read.
NONE = 255
_FORM = {
    "layout": pl.String,
    "level": Level,
    "service": pl.String,
    "logger": pl.String,
    "host": pl.String,
    "message": pl.String,
    "beside": pl.String,
    "joins": pl.Boolean,
}
_ROLES = ("service", "logger", "host")
_DIGITS = 4  # a text with fewer digits is no time
#: What introduces a level a line puts right behind its time.
_BEHIND = (
    r"^[\s\[(<|:,;\-]*(?i:(trace|debug|info|information|notice|warn|warning|err|error|severe|fatal|critical|crit|panic"
    r"|emerg|emergency|alert))[\])>|:,\s\-]"
)
_STATED_FIRST = r"^\s{0,2}([A-Z]{3,8}):\s"
_STATED_FIELD = (
    r'(?:^|[\s,{])"?(?:level|severity|levelname|log_level|loglevel|log\.level)"?\s?[:=]\s?"([A-Za-z]{3,11})"'
)
_PAIR = r'(?:^|[\s,;\[({{|]){name}=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))'
#: Lines of a stack trace that say most: the exception itself, whatever the language.
_TELLING = (
    r"^\s*(?:Caused by: |Wrapped by: |Exception in thread |Uncaught |Unhandled )"
    r"|^\s*(?:[A-Za-z_$][\w$]*[.:]+)*[A-Za-z_$][\w$]*(?:Error|Exception|Failure|Fault|Interrupt|Exit|Warning|Timeout)"
    r"(?:\s*\([^)]*\))?(?::|$)"
    r"|^\s*panic: |^fatal error: |^thread '[^']*'.* panicked at|^\s*goroutine \d+ \[[a-z ,0-9]+\]:$"
    r"|^\s*(?:[A-Z]\w*(?:::[A-Z]\w*)+)(?: \(|:)|^\s*\*\* \([A-Z][\w.]*\) "
    r"|^\s*ORA-\d+: |^\s*--->? [A-Z][\w.]*Exception"
    r"|^\s*(?:ERROR|FATAL|PANIC|DETAIL):\s"
    r"|^\s*SQLSTATE\[|^PHP (?:Fatal|Parse) error:"
)


def fields(lines: pl.Series, plan: SourcePlan, layout: pl.Series) -> pl.DataFrame:
    """Columns layout, level, service, logger, host, message, beside, joins for each line, in order.

    beside: what a structured line says in other fields that must be mined with its message, else null.

    ``layout`` holds the index of the layout whose clock read the line, 255 where none did: such a line
    is still given to a layout whose pattern it fits (no time, or an impossible one), else its name is ""
    and the whole line is the message.
    """
    texts = lines.str.strip_chars_end("\r\n")
    if texts.str.contains("\x1b", literal=True).any() or texts.str.contains("\ufeff", literal=True).any():
        texts = texts.str.replace_all(clock.ANSI, "")
    rest = pl.DataFrame({"row": pl.int_range(len(texts), eager=True), "text": texts, "index": layout})
    done = []
    for number, one in enumerate(plan.layouts):
        if not rest.height:
            break
        got = split(rest["text"], one).with_columns(rest["row"])
        # A line with a time belongs to any layout it fits, its own clock's or one behind it.
        own = rest["index"] <= number
        stray = (rest["index"] == NONE) & got["fits"]
        if stray.any():
            stray &= _complete(one, rest["text"], got)
        fits = (own & got["fits"]) | stray
        done.append(got.filter(fits).drop("fits"))
        rest = rest.filter(~fits)
    for number, one in enumerate(plan.layouts):
        mine = rest.filter(pl.col("index") == number)
        if mine.height:
            done.append(_misfits(mine, one))
    left = rest.filter(pl.col("index") >= len(plan.layouts))
    done.append(_plain(left["text"]).drop("fits").with_columns(left["row"]))
    return pl.concat([one.select("row", *_FORM) for one in done]).sort("row").select(list(_FORM))


def _complete(one: Layout, texts: pl.Series, got: pl.DataFrame) -> pl.Series:
    """Whether lines without a readable time may be records of a layout.

    A text with a time must have something that looks like one; pairs and objects a level or a message: a
    trace holds objects, too.
    """
    if one.kind != "text":
        return got["level"].is_not_null() | (got["message"] != texts)
    if "<time>" not in one.pattern:
        return pl.Series([True]).new_from_index(0, len(texts))
    time = texts.str.extract_groups(one.pattern).struct.field("time")
    return (time.str.count_matches("[0-9]") >= _DIGITS).fill_null(value=False)


def _misfits(mine: pl.DataFrame, one: Layout) -> pl.DataFrame:
    """Lines with a time whose form no layout has: the message is what stands behind the time."""
    texts = mine["text"]
    behind = texts.str.replace(one.clock.pattern, "") if one.clock.pattern and one.kind == "text" else texts
    behind = behind.str.strip_chars_start("])}>\"',;|")
    level = levels.read_levels(behind.str.extract(_BEHIND), "words")
    message = behind.zip_with(level.is_null(), behind.str.replace(_BEHIND, "")).str.strip_chars(" \t:|-")
    out = _plain(message.zip_with(message != "", texts)).drop("fits")
    return out.with_columns(mine["row"], level=level, layout=pl.lit(one.name))


def _plain(texts: pl.Series) -> pl.DataFrame:
    nothing = [pl.lit(None, pl.String).alias(role) for role in _ROLES]
    return pl.DataFrame({"message": texts.fill_null("")}).select(
        "message",
        *nothing,
        beside=pl.lit(None, pl.String),
        layout=pl.lit(""),
        level=pl.lit(None, Level),
        joins=pl.lit(value=False),
        fits=pl.lit(value=False),
    )


def split(texts: pl.Series, one: Layout) -> pl.DataFrame:
    """The fields of lines by one layout; ``fits`` says where its form was found."""
    raw = {"text": _text, "json": _json, "logfmt": _logfmt}[one.kind](texts, one)
    level = levels.read_levels(raw["level"], one.levels)
    out = raw.with_columns(
        level.alias("level"),
        layout=pl.when("fits").then(pl.lit(one.name)).otherwise(pl.lit("")),
        message=pl.when(pl.col("fits") & pl.col("message").is_not_null())
        .then(pl.col("message").str.strip_chars())
        .otherwise(texts),
    )
    said = beside.told(texts, out, one.kind, _READERS[one.kind]) if one.kind in _READERS else None
    out = out.with_columns(pl.lit(None, pl.String).alias("beside") if said is None else said)
    if one.inner:
        out = _inside(out, one.inner)
    joins = pl.col("message").str.contains(one.joins) if one.joins else pl.lit(value=False)
    return out.with_columns(joins=joins & pl.col("fits")).select(*_FORM, "fits")


def _inside(out: pl.DataFrame, inner: Sequence[Layout]) -> pl.DataFrame:
    """The message is a log line itself: the wrapper's fields stand, the rest comes from within."""
    for one in inner:
        got = split(out["message"], one)
        fits = got["fits"] & out["fits"]
        found = [pl.coalesce(pl.col(name), got[name]).alias(name) for name in ("level", *_ROLES, "beside")]
        new = out.with_columns(*found, message=got["message"])
        out = pl.DataFrame([new[name].zip_with(fits, out[name]) for name in out.columns])
        if fits.all():
            break
    return out


def _text(texts: pl.Series, one: Layout) -> pl.DataFrame:
    groups = texts.str.extract_groups(one.pattern).struct.unnest()
    names: dict[str, list[str]] = {}
    for column in groups.columns:  # level and level2 are one role, in two places of the pattern
        names.setdefault(column.rstrip("0123456789"), []).append(column)
    fits = texts.str.contains(one.pattern)

    def role(name: str) -> pl.Expr:
        got = [_none(pl.col(column)) for column in names.get(name, [])]
        return pl.coalesce(got) if got else pl.lit(None, pl.String)

    said = [role(name) for name in one.say]
    message = pl.concat_str(said, separator=" ", ignore_nulls=True) if len(said) > 1 else said[0]
    roles = [role(name).alias(name) for name in ("level", *_ROLES)]
    return groups.select(*roles, message.alias("message"), fits.alias("fits"))


def _none(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.strip_chars() != "").then(text)


def _json(texts: pl.Series, one: Layout) -> pl.DataFrame:
    """json_path_match, a field at a time: a broken, deep or odd line gives null and never an error."""
    body = _body(texts)
    fits = body.str.starts_with("{") & body.str.json_path_match("$").is_not_null()
    return _structured(texts, fits, one, lambda name: _json_field(body, name))


def _body(texts: pl.Series) -> pl.Series:
    """The objects: the rows of an array spread over lines end with a comma and may begin behind a bracket."""
    return texts.str.strip_chars_start(" \t[,").str.strip_chars_end(" \t,").str.replace(r"\}\s*\]$", "}")


def _json_field(body: pl.Series, name: str) -> pl.Series:
    key = name.replace("\\", "\\\\").replace("'", "\\'")
    got = body.str.json_path_match(f"$['{key}']")
    if "." in name and got.null_count():
        nested = "".join(f"['{part}']" for part in key.split("."))
        got = got.zip_with(got.is_not_null(), body.str.json_path_match("$" + nested))
    return got


def _logfmt(texts: pl.Series, one: Layout) -> pl.DataFrame:
    fits = texts.str.count_matches(r"(?:^|\s)[A-Za-z_][\w.@/-]*=") >= 2
    return _structured(texts, fits, one, lambda name: pair(texts, name))


def pair(texts: pl.Series, name: str) -> pl.Series:
    """The value of ``name=`` in each text, quoted or not."""
    pattern = _PAIR.format(name=name.replace(".", r"\."))
    quoted = texts.str.extract(pattern, 1).str.replace_all(r"\\(.)", "$1")
    return quoted.zip_with(quoted.is_not_null(), texts.str.extract(pattern, 2))


def _of_json(texts: pl.Series) -> beside.Get:
    body = _body(texts)
    return lambda name: _json_field(body, name)


def _of_logfmt(texts: pl.Series) -> beside.Get:
    return lambda name: pair(texts, name)


_READERS = {"json": _of_json, "logfmt": _of_logfmt}


def _structured(
    texts: pl.Series, fits: pl.Series, one: Layout, get: Callable[[str], pl.Series]
) -> pl.DataFrame:
    def role(names: Sequence[str]) -> pl.Series:
        out = pl.Series([None], dtype=pl.String).new_from_index(0, len(texts))
        for name in names:
            if not out.null_count():
                break
            got = get(name)
            out = out.zip_with(out.is_not_null(), got.set(got == "", None))
        return out

    columns = {name: role(one.fields.get(name, ())) for name in ("level", *_ROLES)}
    said = [role(one.fields.get(name, (name,))) for name in one.say]
    frame = pl.DataFrame(
        {**columns, **{f"say{number}": some for number, some in enumerate(said)}, "fits": fits}
    )
    words = [pl.col(f"say{number}") for number in range(len(said))]
    message = pl.concat_str(words, separator=" ", ignore_nulls=True) if len(words) > 1 else words[0]
    return frame.select("level", *_ROLES, _none(message).alias("message"), "fits")


def stated_level(texts: pl.Series) -> pl.Series:
    """The level a continuation line states for its record: ``INFO: text``, ``"level": "info"``; else null.

    For records whose first line has none (java.util.logging on two lines, JSON spread over lines).
    """
    said = texts.str.extract(_STATED_FIRST)
    said = said.zip_with(said.is_not_null(), texts.str.extract(_STATED_FIELD))
    return levels.read_levels(said, "words")


def telling(messages: pl.Series) -> pl.Series:
    """Which continuation lines say most (Boolean).

    Exceptions, causes and panics of the usual languages, and lines that state their record's level.
    """
    return messages.str.contains(_TELLING).fill_null(value=False) | stated_level(messages).is_not_null()
