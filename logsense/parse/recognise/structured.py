"""Layouts of structured lines (JSON, logfmt): which names hold which role in this file."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from logsense.parse import beside, clock, extract
from logsense.parse.recognise.formats import Format
from logsense.parse.recognise.place import Setting, make_clock
from logsense.plans import Clock, Layout

#: Share of distinct keys among lines above which a key is made of message, level and service alone.
PROJECT = 0.05
_NAMES = 4  # names kept for a role, at most
_PAIRS = 2
_BIGGEST = 65_536  # a longer line is not looked at: it costs more than it tells
_PAIR = re.compile(r'(?:^|[\s,;|(\[{])([A-Za-z_@][\w.@/-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)')
_TIME_KINDS = (
    "iso",
    "epoch",
    "iso_slash",
    "clf",
    "rfc2822",
    "ctime",
    "day_month_name",
    "month_name_day",
    "compact",
    "syslog",
)
_NUMERIC = {"10": "pino", "20": "pino", "30": "pino", "40": "pino", "50": "pino", "60": "pino"}
_SYSLOG = frozenset("01234567")

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Rows:
    """The examples that parse as JSON or logfmt: their values, whole lines and how many are like them."""

    kind: str
    values: tuple[Values, ...]
    frame: pl.DataFrame  # the rows of the examples, in the order of values

    def has(self, name: str) -> int:
        """In how many of the lines a name has a value."""
        return sum(
            n for n, one in zip(self.frame["n"], self.values, strict=True) if value(one, name) is not None
        )


@cache
def usual() -> Mapping[str, tuple[str, ...]]:
    """The usual names of each role (fields.toml)."""
    data = tomllib.loads(
        files("logsense.parse.recognise").joinpath("fields.toml").read_text(encoding="utf-8")
    )
    return {role: tuple(names) for role, names in data.items()}


def value(row: Values, name: str) -> str | None:
    """The value of a name, as text: a key with dots in it, else an object within an object."""
    got: Any = row.get(name)
    if got is None and "." in name:
        got = row
        for part in name.split("."):
            got = got.get(part) if isinstance(got, dict) else None
    if got is None or got == "":
        return None
    return got if isinstance(got, str) else json.dumps(got)


def json_rows(examples: pl.DataFrame) -> Rows:
    """The examples that are JSON objects, also behind a short prefix."""
    return _rows(examples, "json", _loaded)


def logfmt_rows(examples: pl.DataFrame) -> Rows:
    """The examples most of whose text is ``key=value`` pairs that hold a time, a level or a message."""
    return _rows(examples, "logfmt", _pairs)


def _rows(examples: pl.DataFrame, kind: str, read: Any) -> Rows:
    values, at = [], []
    for number, text in enumerate(examples["text"]):
        got = read(text) if len(text) <= _BIGGEST else None
        if got:
            values.append(got)
            at.append(number)
    return Rows(kind, tuple(values), examples[at])


def _loaded(text: str) -> Values | None:
    text = text.strip(" \t,").removeprefix("[").strip()  # a row of an array spread over lines
    if not text.startswith("{"):
        return None
    try:
        got = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return got if isinstance(got, dict) else None


def _pairs(text: str) -> Values | None:
    found = _PAIR.findall(text)
    if len(found) < _PAIRS or not any(name in _telling() for name, _ in found):
        return None
    covered = sum(len(name) + len(said) + 2 for name, said in found)
    if covered < 0.6 * len(text):
        return None
    return {name: said.strip('"') if said.startswith('"') else said for name, said in reversed(found)}


@cache
def _telling() -> frozenset[str]:
    short = {"t", "ts", "time", "timestamp", "@timestamp", "level", "lvl", "severity", "msg", "message"}
    return frozenset(short)


def fits(rows: Rows, one: Format) -> int:
    """In how many lines a declared format of this kind is found."""
    needed = one.requires
    total = 0
    for n, row in zip(rows.frame["n"], rows.values, strict=True):
        if needed:
            total += n * all(value(row, name) is not None or name in row for name in needed)
        else:
            total += n * any(value(row, name) is not None for names in one.fields.values() for name in names)
    return total


def layout(rows: Rows, one: Format | None, setting: Setting, *, many: bool) -> Layout:
    """The layout of structured lines: the names seen in this file for each role, and the clock.

    one: the declared format, None for the usual names alone. many: the lines have so many distinct keys
    that the key must be made of message, level and service alone.
    """
    declared = one.fields if one else {}
    roles = {
        role: () if declared.get(role) == () else _seen(rows, declared.get(role, ())) or _seen(rows, names)
        for role, names in usual().items()
    }
    kinds = tuple(dict.fromkeys((*(one.clock if one else ()), *_TIME_KINDS)))
    made, name = _clock(rows, roles["time"], kinds, setting)
    roles["time"] = (name,) if name else ()
    vocabulary = _vocabulary(rows, roles["level"], one)
    numeric = any((value(row, key) or "").isdigit() for row in rows.values for key in roles["level"])
    say = one.message if one else ("message",)
    kept = one.keep if one else ()
    extra = {key: _seen(rows, declared.get(key, (key,))) for key in (*say, *kept) if key not in roles}
    taken = set(roles["service"])
    roles["logger"] = tuple(key for key in roles["logger"] if key not in taken)
    digits = [*(roles["level"] if numeric else ()), *(name for key in kept for name in extra.get(key, ()))]
    keep = tuple(one for key in digits for one in _value_patterns(rows.kind, key))
    project: tuple[str, ...] = ()
    if many and (roles["message"] or any(extra.values())):
        wanted = [key for role in ("message", "level", "service") for key in roles[role]]
        wanted += [name for key in say if key not in roles for name in extra[key]]
        patterns = dict.fromkeys(one for key in wanted for one in _value_patterns(rows.kind, key))
        project = tuple(one for one in patterns if rows.frame["text"].str.contains(one).any())
        codes = [name for role in ("status", "exit") for name in _seen(rows, beside.usual()[role])]
        project += beside.projected(rows.kind, codes)
    return Layout(
        name=one.name if one else rows.kind,
        kind=rows.kind,
        clock=made,
        levels=vocabulary,
        fields={**roles, **extra},
        keep=keep,
        project=project,
        say=say,
        joins=one.joins if one else "",
    )


def _seen(rows: Rows, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if rows.has(name)))[:_NAMES]


def _vocabulary(rows: Rows, names: Sequence[str], one: Format | None) -> str:
    """Numbers for levels, where the format does not say how to read them, speak by what they are."""
    said = {value(row, name) for row in rows.values for name in names[:1]} - {None}
    declared = one.levels if one else "words"
    if declared != "words" or not said or not all(str(word).isdigit() for word in said):
        short = all(len(str(word)) == 1 for word in said) and said
        return "letters" if declared == "words" and short and not said & _SYSLOG else declared
    if said <= set(_NUMERIC):
        return "pino"
    if names[0] in {"severityNumber", "SeverityNumber", "severity_number"}:
        return "otel"
    if names[0] in {"PRIORITY", "priority", "syslog_severity"} and said <= _SYSLOG:
        return "syslog"
    return "none"


def _clock(rows: Rows, names: Sequence[str], kinds: tuple[str, ...], setting: Setting) -> tuple[Clock, str]:
    """The clock of the first name most of whose values are times."""
    year = setting.written.year
    for name in names:
        texts = pl.Series([value(row, name) for row in rows.values], dtype=pl.String)
        read = clock.parse(texts, Clock(kinds=kinds, year=year))
        if read.null_count() > len(read) // 2:
            continue
        patterns = _value_patterns(rows.kind, name)
        for pattern in (*patterns, *(f"^.*{one}" for one in patterns)):
            caught = clock.parse(rows.frame["text"].str.extract(pattern), Clock(kinds=kinds, year=year))
            if (caught == read).sum() >= 0.9 * (read.len() - read.null_count()):
                made = make_clock(pattern, kinds, rows.frame, setting)
                if made is not None:
                    return _single(made, texts), name
    return Clock(), ""


def _single(made: Clock, texts: pl.Series) -> Clock:
    """The kinds that are really met, first; the others stay behind for lines to come."""
    tests = [
        pl.any_horizontal([pl.col("text").str.contains(f"^{one}$") for one in clock.grammar().kinds[kind]])
        .sum()
        .alias(kind)
        for kind in made.kinds
        if kind in clock.grammar().kinds
    ]
    met = texts.alias("text").to_frame().select(tests).row(0, named=True)
    return replace(
        made, kinds=tuple(sorted(made.kinds, key=lambda kind: (-met.get(kind, 0), made.kinds.index(kind))))
    )


def _value_patterns(kind: str, name: str) -> tuple[str, str]:
    """Regexes of the value of a name, quoted and bare; the value is their one group."""
    if kind == "logfmt":
        start = rf"(?:^|[\s,;|(\[{{]){_quoted(name)}="
        return rf'{start}"((?:[^"\\]|\\.)*)"', rf'{start}([^\s"]+)'
    parts = name.split(".")
    whole, last = _quoted(name), _quoted(parts[-1])
    start = (f'"{whole}"' if len(parts) == 1 else f'"(?:{whole}|{last})"') + r"\s*:\s*"
    return rf'{start}"((?:[^"\\]|\\.)*)"', rf'{start}([^"\s,\[\]{{}}]+)'


def _quoted(name: str) -> str:
    return re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", name)


def check(rows: Rows) -> bool:
    """Whether the lines are logs: an object with a time, a level or a message under a usual name."""
    return any(rows.has(name) for role in ("time", "level", "message") for name in usual()[role])


__all__ = ["Rows", "check", "extract", "fits", "json_rows", "layout", "logfmt_rows", "usual", "value"]
