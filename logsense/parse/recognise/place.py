"""Making the clock of a layout from a file's own lines: kind of date, place, fast format, zone, year."""

import re
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

import polars as pl

from logsense.parse import clock
from logsense.plans import Clock

#: Share of the lines whose time must stand at one place for the place to be used.
_DIGITS_OF_SECOND = re.compile(r"\.%[369]f")
_BRACKET = "["  # behind the first of these many a format has its time, whatever stands before
_FIXED = 0.8
_FAST = 3  # formats tried on a text, at most
_GRACE = 86_400  # seconds a file may be written "after" now, by another machine's clock
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
#: Characters that may go on with a time: no format may end before one of these.
_GOES_ON = frozenset("0123456789.,+-:ZzT")
_LEAP = 2024
#: Digits of seconds, ms, µs and ns since 1970 in this century. One digit more is no time any more, so that a
#: number that goes on behind its place is never taken for a shorter one.
_SINCE_2001 = frozenset({10, 13, 16, 19})
_OFFSET = re.compile(r"[+-][0-9]{2}:?[0-9]{2}|Z")
_ZONE = re.compile(r" ?(?:[+-][0-9]{2}:?[0-9]{2}|Z|UTC|GMT)")
_SHAPES = 8  # forms of one time that are looked at
_DIRECTIVES = {"Y": "%Y", "y": "%y", "m": "%m", "d": "%d", "j": "%j", "M": "%M", "S": "%S"}


@dataclass(frozen=True)
class Setting:
    """What is known of a file: zone and year asked for, when it was written, and lines of it in order.

    Examples are one line a key, which collapses digits: how dates move is seen in ``head`` alone.
    """

    tz: str
    year: int | None
    mtime: float
    head: pl.Series

    @property
    def written(self) -> datetime:
        """When the file was last written, as far as that can be believed; else now."""
        now = time.time()
        believed = _OLDEST <= self.mtime <= now + _GRACE
        return datetime.fromtimestamp(self.mtime if believed else now, UTC).replace(tzinfo=None)


def weight_of(examples: pl.DataFrame) -> int:
    """How many lines the examples stand for."""
    return int(examples["n"].sum())


def make_clock(
    pattern: str, kinds: tuple[str, ...], examples: pl.DataFrame, setting: Setting
) -> Clock | None:
    """The clock of a pattern for a file; None where it reads no time in the examples.

    examples: columns text (cleaned), raw (as in the file), n (how many lines look like it). A pattern
    whose kinds are times of day alone gives a clock that reads nothing but is one.
    """
    found = examples.with_columns(time=pl.col("text").str.extract(pattern)).filter(
        pl.col("time").is_not_null()
    )
    if not found.height:
        return None
    if kinds == ("time_only",):
        return Clock(pattern, kinds=kinds, zone=setting.tz)
    texts = found["time"]
    moving = setting.head.str.extract(pattern).drop_nulls()
    moving = moving if len(moving) else texts
    made = Clock(pattern, kinds=_kinds(moving, kinds), zone=setting.tz)
    read = clock.parse(texts, made)
    if read.null_count() == len(read):
        yearless = replace(made, year=_LEAP)
        read = clock.parse(texts, yearless)
        if read.null_count() == len(read):
            return Clock(pattern, kinds=("time_only",), zone=setting.tz) if "time_only" in kinds else None
        moved = clock.parse(moving, yearless).drop_nulls()
        made = _with_year(made, moved if len(moved) else read.drop_nulls(), setting)
        read = clock.parse(texts, made)
    return _placed(made, found.filter(read.is_not_null()), read.drop_nulls())


def _kinds(texts: pl.Series, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Day first or month first: what is possible, else what moves faster, else what is usual."""
    if "us" not in kinds and "eu_slash" not in kinds:
        return kinds
    parts = texts.str.extract_groups(
        r"^\s*(?<a>[0-9]{1,2})[/-](?<b>[0-9]{1,2})[/-](?<c>[0-9]{2,4})"
    ).struct.unnest()
    numbers = parts.select(pl.all().cast(pl.Int64, strict=False)).drop_nulls()
    if not numbers.height:
        return kinds
    order = {kind: number for number, kind in enumerate(_order(numbers, texts))}
    rest = tuple(kind for kind in kinds if kind not in order)
    return (*sorted(order, key=order.__getitem__), *rest)


def _order(numbers: pl.DataFrame, texts: pl.Series) -> tuple[str, ...]:
    a, b, c = (set(numbers[name].to_list()) for name in "abc")
    short = max(c) <= 99
    if max(a) > 31:
        return ("short_date",)
    if max(a) > 12:
        return ("short_date", "eu_slash") if short and len(c) >= len(a) and max(c) <= 31 else ("eu_slash",)
    if max(b) > 12:
        return ("us",)
    if len(a) > len(b):
        return ("eu_slash", "us")
    if len(b) > len(a):
        return ("us", "eu_slash")
    return ("eu_slash", "us") if texts.str.contains(r"^\s*[0-9]{1,2}-").all() else ("us", "eu_slash")


def _with_year(made: Clock, read: pl.Series, setting: Setting) -> Clock:
    """The year of the first date, so that the file was not written before it; and whether the year turns."""
    first = read[0]
    if setting.year is not None:
        year = setting.year
    else:
        year = setting.written.year
        day = 28 if (first.month, first.day) == (2, 29) else first.day
        if first.replace(year=year, day=day).timestamp() > setting.written.timestamp() + _GRACE:
            year -= 1
        if read.dt.to_string("%m-%d").eq("02-29").any():
            while not (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)):
                year -= 1
    months = read.dt.month().to_list()
    steps = [after - before for before, after in pairwise(months)]
    # Going back by a month or two is disorder or a file in reverse; by half a year or more, a new year.
    reverse = any(-6 < step < 0 for step in steps) or any(step > 6 for step in steps)
    turn = max(first.month - 1, 1)
    kinds = made.kinds if reverse or turn <= 1 else (*made.kinds, f"{clock.TURN}{turn:02}")
    return replace(made, year=year, kinds=kinds)


def _placed(made: Clock, found: pl.DataFrame, read: pl.Series) -> Clock:
    """The clock with its fixed place and fast formats, both verified against the slow path.

    found: columns raw, time (the text) and n; read: what the slow path makes of the texts.
    """
    forms = _forms(made, found["time"], read)
    rows = list(zip(found["raw"], found["time"], found["n"], forms, strict=True))
    usual: Counter[str] = Counter()
    places: Counter[tuple[int, int]] = Counter()
    for raw, text, n, form in rows:
        if form:
            usual[form] += n
            places[raw.find(text), len(text)] += n
    common = [form for form, _ in usual.most_common(_FAST)]
    formed = replace(made, fast=tuple(dict.fromkeys(one for form in common for one in _wider(form))))
    if not places:
        return formed
    (start, length), weight = places.most_common(1)[0]
    if start >= 0 and weight >= _FIXED * weight_of(found):
        return _fenced(formed, start, length, rows)
    behind = [(raw.partition(_BRACKET)[2], text, n, form) for raw, text, n, form in rows]
    held = Counter({length: 0})
    for raw, text, n, form in behind:
        held[len(text)] += n if form and raw.startswith(text) else 0
    length, weight = held.most_common(1)[0]
    if weight < _FIXED * weight_of(found):
        return formed
    made = _fenced(formed, 0, length, behind)
    return replace(made, after=_BRACKET) if made.start >= 0 else formed


def _fenced(made: Clock, start: int, length: int, rows: list[tuple[str, str, int, str]]) -> Clock:
    """The place with the character behind it, which proves that the time ends there."""
    ends: Counter[str] = Counter()
    forms: Counter[str] = Counter()
    for raw, text, n, form in rows:
        if raw[start : start + length] == text:
            behind = raw[start + length : start + length + 2]
            ends[behind if behind[:1] in _GOES_ON and behind[1:] == " " else behind[:1]] += n
            forms[form] += n
    end = ends.most_common(1)[0][0]
    form = forms.most_common(1)[0][0]
    # A time at a line's end has nothing to fence it.
    if form == "" or end == "" or end in _GOES_ON:
        return made
    if form == clock.EPOCH:
        if length not in _SINCE_2001:
            return made
        return replace(made, start=start, length=length + len(end), fast=(form + end,))
    fenced = form + end.replace("%", "%%")
    fast = tuple(dict.fromkeys((*_wider(fenced), *made.fast)))
    return replace(made, start=start, length=length + len(end), fast=fast)


def _wider(form: str) -> tuple[str, ...]:
    """The format, then those that read more than it: any fraction, any zone.

    A count of digits reads six times as fast as any fraction, a zone as plain text eight times as fast as
    one that may change.
    """
    loose = _DIGITS_OF_SECOND.sub("%.f", form, count=1)
    return tuple(dict.fromkeys((form, loose, _any_zone(form), _any_zone(loose))))


def _any_zone(form: str) -> str:
    """The format with its zone, if it is a number, as a directive."""
    at = form.rfind("%") + 2
    return form[:at] + _OFFSET.sub("%#z", form[at:], count=1)


def _forms(made: Clock, texts: pl.Series, read: pl.Series) -> list[str]:
    """The strptime format of each text, "" where none reads it as the grammar does."""
    shapes = texts.str.replace_all("[0-9]", "0")
    first = pl.DataFrame({"shape": shapes, "text": texts}).unique("shape", keep="first", maintain_order=True)
    known: dict[str, str] = {}
    for shape, text in first.head(_SHAPES).iter_rows():
        known[shape] = fast_format(text, made) or ""
    forms = [known.get(shape, "") for shape in shapes]
    right: dict[str, pl.Series] = {}
    for form in dict.fromkeys(form for form in forms if form):
        got = clock.read_times(
            texts, replace(made, pattern="^(.*)$", kinds=turned(made), fast=(form,), start=-1, after="")
        )
        right[form] = (got == read).fill_null(value=False)
    return [form if form and right[form][number] else "" for number, form in enumerate(forms)]


def turned(made: Clock) -> tuple[str, ...]:
    """The marks among the kinds of a clock, without the kinds."""
    return tuple(kind for kind in made.kinds if kind.startswith(clock.TURN))


def fast_format(text: str, made: Clock) -> str | None:
    """The strptime format that has the form of ``text``; None where there is none."""
    series = pl.Series("text", [text.strip()])
    for pattern in clock.matching(series, made.kinds):
        groups = series.str.extract_groups(pattern).struct.unnest().row(0, named=True)
        if any(groups.values()):
            return clock.EPOCH if groups.get("e") else _form(text, groups)
    return None


def _form(text: str, groups: dict[str, str | None]) -> str | None:
    out, at = "", 0
    for name, value in groups.items():
        if not value:
            continue
        there = text.index(value, at)
        between = text[at:there].replace("%", "%%")
        if name == "f" and between == "." and len(value) not in {3, 6, 9}:
            between, directive = "", "%.f"  # reads any number of digits, and their absence
        else:
            found = _directive(name, value, half=bool(groups.get("p")))
            if found is None:
                return None
            directive = found
        out += between + directive
        at = there + len(value)
    # One blank stands for any number of them, as before a day of one digit.
    return " ".join(part for part in (out + text[at:].replace("%", "%%")).split(" ") if part)


def _directive(name: str, value: str, *, half: bool) -> str | None:
    if name in _DIRECTIVES:
        return _DIRECTIVES[name]
    plain = {
        "H": "%I" if half else "%H",
        "p": "%p" if value.upper() in {"AM", "PM"} else None,
        "a": "%a" if len(value) == 3 else "%A",
        "b": "%b" if len(value) == 3 else "%B",
        "f": f"%{len(value)}f" if len(value) in {3, 6, 9} else None,
        "ms": "%3f" if len(value) == 3 else None,
    }
    if name == "z":  # as plain text, which reads faster than a directive; ``_any_zone`` makes up for others
        return value if _ZONE.fullmatch(value) else None
    return plain.get(name)
