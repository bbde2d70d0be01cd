"""What structured records (JSON, logfmt) say beside their message: an error's text, a status, an exit code.

One message for all requests, or for all failures, tells little; what tells them apart stands in a field of
its own. It joins what is mined (``request completed status=500``, ``request errored ⏎ connection refused``),
never the message that is shown: that is what the logger said. The names of the fields are data, beside.toml.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files

import polars as pl

from logsense.parse.keys import codes
from logsense.schema import LEVELS

#: Between the message of a record and the text that says most of what went wrong.
DETAIL_MARK = " \u23ce "
#: Characters of all that is joined to a message, at most, and of an error's text.
LIMIT, _ERROR_LIMIT = 400, 300
_TROUBLE = LEVELS[LEVELS.index("WARN") :]
_STATUS = r"^\s*([1-5][0-9]{2})\s*$"
_EXIT = r"^\s*((?:[01]?[0-9]?[0-9])|2[0-4][0-9]|25[0-5])\s*$"
#: The first line of a stack trace that names an error; others begin with the frames alone.
_NAMED = r"^(?:[\w$]+[.:/\\]+)*[\w$]*(?:Error|Exception|Failure|Fault|Interrupt|Exit|Timeout)\b|^panic: "

Get = Callable[[str], pl.Series]


@cache
def usual() -> Mapping[str, tuple[str, ...]]:
    """The usual names of each role of a field beside the message (beside.toml)."""
    text = files("logsense.parse").joinpath("beside.toml").read_text(encoding="utf-8")
    return {role: tuple(names) for role, names in tomllib.loads(text).items()}


def told(texts: pl.Series, said: pl.DataFrame, kind: str, reader: Callable[[pl.Series], Get]) -> pl.Series:
    """What is to be joined to the message of each line; null where there is nothing.

    texts: the lines; said: their columns fits, message, level. kind: json or logfmt. reader: makes of lines
    the function that finds the value of a name in each.
    """
    nothing = pl.Series("beside", [None], pl.String).new_from_index(0, len(texts))
    where = (said["fits"] & texts.str.contains(_asked(kind))).arg_true()
    if not len(where):
        return nothing
    some, rows = texts.gather(where), said[where]
    find = reader(some)
    mark = '"{}' if kind == "json" else "{}"

    def values(role: str) -> Iterable[pl.Series]:
        for name in usual()[role]:
            if some.str.contains(mark.format(name.split(".")[0]), literal=True).any():
                yield find(name)

    message = rows["message"]
    status = [
        _code(values("status"), _STATUS, "status", message),
        _code(values("exit"), _EXIT, "exit", message),
    ]
    trouble = rows["level"].cast(pl.String).is_in(_TROUBLE).fill_null(value=False)
    texts_of = [
        *map(_words, values("error")),
        *map(_telling, values("stack")),
        *(_where(_words(one), trouble) for one in values("reason")),
    ]
    error = _first(texts_of, message)
    frame = pl.DataFrame([one.alias(str(n)) for n, one in enumerate((*status, error))])
    joined = frame.select(
        pl.when(pl.any_horizontal(pl.all().is_not_null())).then(
            pl.concat_str(pl.all(), ignore_nulls=True).str.head(LIMIT)
        )
    ).to_series()
    return nothing.scatter(where, joined)


@cache
def _asked(kind: str) -> str:
    """Regex of lines that may hold such a field: a cheap test before any of them is read."""
    roles = ("error", "stack", "reason", "status", "exit")
    parts = sorted({one for role in roles for name in usual()[role] for one in (name, name.split(".")[0])})
    names = "|".join(map(_quoted, parts))
    return rf'"(?:{names})"\s*:' if kind == "json" else rf"(?:{names})="


def _code(values: Iterable[pl.Series], pattern: str, word: str, message: pl.Series) -> pl.Series:
    """`` status=500`` where a field says so and the message does not."""
    none = pl.Series([None], dtype=pl.String).new_from_index(0, len(message))
    found = none
    for one in values:
        found = found.zip_with(found.is_not_null(), one.str.extract(pattern))
    frame = pl.DataFrame({"found": found, "held": "," + codes(message) + ","})
    held = pl.col("held").str.contains("," + pl.col("found") + ",", literal=True)
    return frame.select(pl.when(~held).then(pl.lit(f" {word}=") + pl.col("found"))).to_series()


def _first(values: Iterable[pl.Series], message: pl.Series) -> pl.Series:
    """The first text that each record has behind the mark; none that the message says itself."""
    found = pl.Series([None], dtype=pl.String).new_from_index(0, len(message))
    for one in values:
        found = found.zip_with(found.is_not_null(), one)
    frame = pl.DataFrame({"found": found, "message": message})
    held = pl.col("message").str.contains(pl.col("found"), literal=True).fill_null(value=False)
    return frame.select(pl.when(~held).then(pl.lit(DETAIL_MARK) + pl.col("found"))).to_series()


def _where(texts: pl.Series, wanted: pl.Series) -> pl.Series:
    return texts.set(~wanted, None)


def _words(texts: pl.Series) -> pl.Series:
    """The line of each text that says most, where it says anything: the first, of a traceback the last."""
    traced = texts.str.starts_with("Traceback (").fill_null(value=False)
    line = texts.str.extract(r"^\s*([^\n\r]+)").zip_with(
        ~traced, texts.str.extract(r"(?:^|\n)([^\s][^\n\r]*)\s*$")
    )
    line = line.str.strip_chars()
    # Numbers, objects and lists are no text; so is what says that nothing went wrong.
    said = line.str.contains(r"^[^{\[].*\pL|^\pL") & ~line.str.to_lowercase().is_in(usual()["nothing"])
    return line.set(~said.fill_null(value=False), None).str.head(_ERROR_LIMIT)


def _telling(texts: pl.Series) -> pl.Series:
    """Of a stack trace the line that names an error; null where no such line stands where it should."""
    line = _words(texts)
    return _where(line, line.str.contains(_NAMED).fill_null(value=False))


def projected(kind: str, seen: Iterable[str]) -> tuple[str, ...]:
    """Regexes of what must join a key that is made of parts of the line alone.

    seen: the names of statuses and exit codes in the file. Errors are asked for by all their names: few
    files begin with one. The digits of a code are kept (a group ``keep``).
    """
    roles = ("error", "reason", "stack")
    names = sorted({name.split(".")[0] for role in roles for name in usual()[role]})
    words = "|".join(map(_quoted, names))
    text = r'(?:[^"\\]|\\.){0,200}'
    if kind == "logfmt":
        start = r"(?:^|[\s,;|(\[{])"
        error = rf'{start}(?:{words})=("{text}|[^\s"]+)'
        return (error, *(rf'{start}{_quoted(name)}="?(?<keep>[0-9]{{1,3}})(?-u:\b)' for name in seen))
    within = r'(?:\{[^{}]*?"(?:message|msg|reason|description)"\s*:\s*)?'
    error = rf'"(?:{words})(?:\.\w+)?"\s*:\s*{within}"({text})'
    codes_of = [_either(name) for name in seen]
    return (error, *(rf'"{one}"\s*:\s*"?(?<keep>[0-9]{{1,3}})(?-u:\b)' for one in codes_of))


def _either(name: str) -> str:
    """A name with dots, or its last part, which is what stands in an object within an object."""
    return rf"(?:{_quoted(name)}|{_quoted(name.rsplit('.', maxsplit=1)[-1])})"


def _quoted(name: str) -> str:
    return re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", name)
