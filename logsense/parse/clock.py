"""Reading times: the only thing done for every line. Grammars and names are data (``times.toml``).

Two paths that agree. Fast: a slice at a fixed place and one strptime format, 0.05 µs a line. Slow: on the
*distinct* texts that no fast format read, regexes with named groups and whole-number arithmetic in µs, so
that second 60 is the next minute, hour 24 the next day, 31 February nothing, and any number of digits a
fraction.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import polars as pl

from logsense.plans import Clock

#: A kind ``turn:MM`` beside the others: dates without a year and before this month belong to the year
#: after ``Clock.year`` (the file runs over New Year).
TURN = "turn:"
#: The pseudo-format of ``Clock.fast`` for numbers of seconds, ms, µs or ns since 1970; what follows it there
#: is what stands behind the number.
EPOCH = "epoch"
_SECONDS = 10  # digits of a time in seconds, from 2001 to 2286
#: Times outside are taken for something else: an id, a counter, a clock that was never set.
FIRST, LAST = 631_152_000_000_000, 4_102_444_800_000_000  # 1990 and 2100, µs since 1970
_UTC = frozenset({"UTC", "Etc/UTC", "GMT", "Z", "+00:00", "+0000", ""})
_ESCAPE = "\x1b"
#: Colour and cursor codes (ECMA-48 CSI) and the byte order mark, which may stand within and before a time.
ANSI = r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][0-9A-Za-z]|\x{feff}"
_DAY = 86_400_000_000
_WRITTEN = re.compile(r"Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}")
# TAI64 labels count from 1970 TAI, ten seconds ahead of UTC by the convention of the tools that write them.
_TAI_BASE, _TAI_AHEAD = 0x4000000000000000, 10


@dataclass(frozen=True)
class Grammar:
    """times.toml, with the parts filled in: kinds in the order they are looked for, names in lower case."""

    order: tuple[str, ...]
    kinds: Mapping[str, tuple[str, ...]]
    months: Mapping[str, int]
    zones: Mapping[str, int]  # minutes east of UTC


@cache
def grammar() -> Grammar:
    """The grammar of times, read once."""
    data = tomllib.loads(files("logsense.parse").joinpath("times.toml").read_text(encoding="utf-8"))
    months = {name: int(number) for number, names in data["months"].items() for name in names}
    parts = dict(data["parts"])
    # Any word will do here, the table decides: a hundred names in two cases cost 1 ms to compile.
    parts["MON"] = r"[A-Za-z\x{e0}-\x{ff}]{3,10}"
    parts["ZONES"] = "|".join(sorted(data["zones"], key=lambda name: (-len(name), name)))
    kinds = {kind: tuple(_filled(one, parts) for one in some) for kind, some in data["kinds"].items()}
    zones = {name: round(hours * 60) for name, hours in data["zones"].items()}
    return Grammar(tuple(data["order"]), kinds, months, zones)


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    for _ in range(3):  # parts hold parts, two deep
        for name, text in parts.items():
            pattern = pattern.replace("{" + name + "}", text)
    return pattern


def read_times(lines: pl.Series, clock: Clock) -> pl.Series:
    """The time of each line as ``Datetime("us")`` in UTC; null where none is found or it is impossible.

    A zone in the line is honoured, else ``clock.zone`` counts. Dates without a year take ``clock.year``.
    A time of day without a date gives null.
    """
    kinds = [kind for kind in clock.kinds if not kind.startswith(TURN)]
    if not len(lines) or kinds == ["time_only"] or not (kinds or clock.fast):
        return _nulls(lines)
    if clock.start < 0:
        out = _nulls(lines)
    else:
        # A split at a literal costs a third of the regex that would find the same place.
        behind = lines.str.splitn(clock.after, 2).struct.field("field_1") if clock.after else lines
        out = _fast(behind.str.slice(clock.start, clock.length).alias(lines.name), clock)
    if not clock.pattern or not out.null_count():
        return out
    whole = out.null_count() == len(out)
    where = out.is_null().arg_true()
    rest = lines if whole else lines.gather(where)
    texts = rest.str.extract(clock.pattern)
    unread = texts.is_null().arg_true()
    unread = unread.filter(rest.gather(unread).str.contains(_ESCAPE, literal=True))
    if len(unread):
        plain = rest.gather(unread).str.replace_all(ANSI, "")
        texts = texts.scatter(unread, plain.str.extract(clock.pattern))
    if texts.null_count() == len(texts):
        return out
    read = _texts(texts, clock)
    return read.alias(lines.name) if whole else out.scatter(where, read)


def _texts(texts: pl.Series, clock: Clock) -> pl.Series:
    """Times of texts, each distinct one read once: by the fast formats, the rest by the grammar."""
    if clock.fast and clock.fast[0].startswith(EPOCH):  # numbers are read faster than they are told apart
        times = _fast(texts, clock)
        if times.null_count() == texts.null_count():
            return times
    distinct = texts.drop_nulls().unique(maintain_order=True)
    times = _fast(distinct, clock)
    slow = times.is_null().arg_true()
    if len(slow):
        times = times.scatter(slow, parse(distinct.gather(slow), clock))
    if len(distinct) == len(texts):
        return times
    known = pl.DataFrame({"text": distinct, "time": times})
    return pl.DataFrame({"text": texts}).join(known, on="text", how="left", maintain_order="left")["time"]


def _nulls(texts: pl.Series) -> pl.Series:
    return pl.Series(texts.name, [None], pl.Datetime("us")).new_from_index(0, len(texts))


def _fast(texts: pl.Series, clock: Clock) -> pl.Series:
    out: pl.Series | None = None
    for form in clock.fast:
        if out is None or out.null_count() == len(out):
            out = _formatted(texts, form, clock)
            continue
        where = out.is_null().arg_true()
        if not len(where):
            break
        out = out.scatter(where, _formatted(texts.gather(where), form, clock))
    return _nulls(texts) if out is None else out


def _formatted(texts: pl.Series, form: str, clock: Clock) -> pl.Series:
    """Times read with one strptime format; a format without a year gets ``clock.year`` put before it."""
    if form.startswith(EPOCH):
        return _in_range(_epoch_series(texts.str.strip_suffix(form[len(EPOCH) :])))
    if "%Y" in form or "%y" in form:
        times = texts.str.to_datetime(form, time_unit="us", strict=False)
    elif clock.year is None:
        return _nulls(texts)
    else:
        times = _dated(texts, form, clock.year, turn_of(clock))
    if isinstance(times.dtype, pl.Datetime) and times.dtype.time_zone:
        return _in_range(times.dt.convert_time_zone("UTC").dt.replace_time_zone(None))
    minutes = _written_zone(form)
    if minutes is None:
        return _in_range(_to_utc(times, clock.zone))
    return _in_range(times.dt.offset_by(f"{-minutes}m") if minutes else times)


def _dated(texts: pl.Series, form: str, year: int, turn: int) -> pl.Series:
    def read(some: pl.Series, year: int) -> pl.Series:
        return (f"{year} " + some).str.to_datetime("%Y " + form, time_unit="us", strict=False)

    times = read(texts, year)
    if turn > 1:
        late = (times.dt.month() < turn).fill_null(value=True).arg_true()
        if len(late):
            next_year = read(texts.gather(late), year + 1)
            times = times.scatter(late, next_year.set(next_year.dt.month() >= turn, None))
    return times


def turn_of(clock: Clock) -> int:
    """The month before which dates without a year belong to the year after ``clock.year``; 0 for none."""
    return next((int(kind[len(TURN) :]) for kind in clock.kinds if kind.startswith(TURN)), 0)


def _written_zone(form: str) -> int | None:
    """Minutes east of UTC of a zone that stands in a format as plain text: a constant one reads 3x faster."""
    found = _WRITTEN.search(form[form.rfind("%") + 2 :])
    return None if found is None else offset_minutes(found[0])


def _to_utc(times: pl.Series, zone: str) -> pl.Series:
    """Wall times of a zone in UTC. The hour a clock skips is read as if it had not been skipped."""
    if zone in _UTC:
        return times
    minutes = offset_minutes(zone)
    if minutes is not None:
        return times.dt.offset_by(f"{-minutes}m")
    there = times.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    out = there.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    skipped = (out.is_null() & times.is_not_null()).arg_true()
    if len(skipped):
        before = times.gather(skipped).dt.offset_by("-3h")
        there = before.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        utc = there.dt.convert_time_zone("UTC").dt.replace_time_zone(None).dt.offset_by("3h")
        out = out.scatter(skipped, utc)
    return out


def offset_minutes(zone: str) -> int | None:
    """Minutes east of UTC of an offset (``+02:00``, ``-0330``, ``Z``) or a zone's short name, else None."""
    text = zone.strip().upper()
    if text in _UTC:
        return 0
    if text in grammar().zones:
        return grammar().zones[text]
    digits = text[1:].replace(":", "")
    if text[0] in "+-" and digits.isascii() and digits.isdigit() and len(digits) in {2, 4}:
        minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
        return -minutes if text[0] == "-" else minutes
    return None


def _in_range(times: pl.Series) -> pl.Series:
    us = times.to_physical()
    first, last = us.min(), us.max()
    if not (isinstance(first, int) and isinstance(last, int)) or (first >= FIRST and last < LAST):
        return times  # as nearly always: two looks cost less than a mask
    odd = (us < FIRST) | (us >= LAST)
    return times.set(odd.fill_null(value=False), None)


def _epoch_series(texts: pl.Series) -> pl.Series:
    lengths = texts.str.len_bytes()
    if lengths.min() == lengths.max() == _SECONDS:  # by far the most: only multiplied
        seconds = texts.cast(pl.Int64, strict=False)
        if seconds.null_count() == texts.null_count():
            return (seconds * 1_000_000).cast(pl.Datetime("us"))
    pattern = grammar().kinds["epoch"][0]
    if texts.str.contains("[.,]").any():
        groups = texts.str.extract_groups(f"^{pattern}$").struct.unnest()
        return groups.select(_epoch(pl.col("e"), pl.col("f")).cast(pl.Datetime("us"))).to_series()
    number = pl.DataFrame({"e": texts}).select(_epoch(pl.col("e"), pl.lit(None, pl.String)))
    return number.to_series().cast(pl.Datetime("us"))


def _epoch(whole: pl.Expr, fraction: pl.Expr) -> pl.Expr:
    """µs since 1970 of a number whose unit follows from how many digits it has."""
    value = whole.cast(pl.Int64, strict=False)
    digits = whole.str.len_bytes()
    micro = _micro(fraction).fill_null(0)
    return (
        pl.when(digits <= 11)
        .then(value * 1_000_000 + micro)
        .when(digits <= 14)
        .then(value * 1_000 + micro // 1_000)
        .when(digits <= 17)
        .then(value)
        .otherwise(value // 1_000)
    )


def _micro(fraction: pl.Expr) -> pl.Expr:
    return fraction.str.slice(0, 6).str.pad_end(6, "0").cast(pl.Int64, strict=False)


def parse(texts: pl.Series, clock: Clock) -> pl.Series:
    """The slow path: times of distinct texts by the grammars of ``clock.kinds``, in their order."""
    text = texts.str.strip_chars().alias("text")
    us = pl.Series("us", [None], pl.Int64).new_from_index(0, len(texts))
    for pattern in matching(text, clock.kinds):
        if not us.null_count():
            break
        us = us.zip_with(us.is_not_null(), _read(text.str.extract_groups(pattern).struct.unnest(), clock))
    return _in_range(us.cast(pl.Datetime("us"))).alias(texts.name)


def says_zone(texts: pl.Series, clock: Clock) -> bool:
    """Whether these times name their zone, or count from a moment in UTC."""
    text = texts.str.strip_chars().alias("text")
    for pattern in matching(text, clock.kinds):
        groups = text.str.extract_groups(pattern).struct.unnest()
        zone = [groups[name].is_not_null().all() for name in ("z", "e", "tai") if name in groups.columns]
        if any(zone):
            return True
    return False


def matching(text: pl.Series, kinds: Sequence[str]) -> list[str]:
    """The anchored regexes of some kinds that match any of the texts, in order; all tried in one go."""
    known = [one for kind in kinds if kind != "time_only" for one in grammar().kinds.get(kind, ())]
    anchored = [f"^(?:{one})$" for one in known]
    if len(anchored) <= 1:
        return anchored
    tests = [pl.col("text").str.contains(one).any().alias(str(number)) for number, one in enumerate(anchored)]
    hit = text.alias("text").to_frame().select(tests).row(0) if tests else ()
    return [one for one, found in zip(anchored, hit, strict=True) if found]


def _read(groups: pl.DataFrame, clock: Clock) -> pl.Series:
    """µs since 1970 in UTC from the groups of one regex."""
    given = frozenset(groups.columns)
    us = groups.select(_instant(given, clock.year, turn_of(clock)).alias("us"))["us"]
    if given & {"e", "tai"} or clock.zone in _UTC:
        return us
    here = _to_utc(us.cast(pl.Datetime("us")), clock.zone).to_physical()
    return here if "z" not in given else here.zip_with(groups["z"].is_null(), us)


@lru_cache(maxsize=256)
def _instant(given: frozenset[str], assumed: int | None, turn: int) -> pl.Expr:
    """µs since 1970, without the zone of the run; null where impossible. Columns are a pattern's groups."""
    if "e" in given:
        return _epoch(pl.col("e"), pl.col("f"))
    if "tai" in given:
        seconds = pl.col("tai").str.slice(0, 16).str.to_integer(base=16, strict=False, dtype=pl.Int64)
        nano = pl.col("tai").str.slice(16, 8).str.to_integer(base=16, strict=False, dtype=pl.Int64)
        return (seconds - _TAI_BASE - _TAI_AHEAD) * 1_000_000 + nano.fill_null(0) // 1_000

    def number(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Int64, strict=False) if name in given else pl.lit(None, pl.Int64)

    month = _month(given)
    year = _year(given, month, assumed, turn)
    day = number("j") if "j" in given else number("d")
    base, valid = _days(year, month if "j" not in given else pl.lit(1, pl.Int64), day, julian="j" in given)
    hour, minute, second = number("H"), number("M").fill_null(0), number("S").fill_null(0)
    if "p" in given:
        half = pl.col("p").str.slice(0, 1).str.to_lowercase()
        hour = pl.when(half == "p").then(hour % 12 + 12).when(half == "a").then(hour % 12).otherwise(hour)
    part = _micro(pl.col("f")).fill_null(0) if "f" in given else pl.lit(0, pl.Int64)
    if "ms" in given:
        part = part + number("ms").fill_null(0) * 1_000
    midnight = (hour == 24) & (minute == 0) & (second == 0) & (part == 0)
    valid &= ((hour <= 23) | midnight) & (minute <= 59) & (second <= 60)
    us = base * _DAY + ((hour * 60 + minute) * 60 + second) * 1_000_000 + part
    if "z" in given:
        us = us - _zone(pl.col("z")).fill_null(0) * 60_000_000
    return pl.when(valid).then(us)


def _month(given: frozenset[str]) -> pl.Expr:
    if "b" in given:
        return (
            pl.col("b")
            .str.to_lowercase()
            .replace_strict(dict(grammar().months), default=None, return_dtype=pl.Int64)
        )
    return pl.col("m").cast(pl.Int64, strict=False) if "m" in given else pl.lit(None, pl.Int64)


def _year(given: frozenset[str], month: pl.Expr, assumed: int | None, turn: int) -> pl.Expr:
    said = [pl.col("Y").cast(pl.Int64, strict=False)] if "Y" in given else []
    if "y" in given:  # two digits: 70 and above are of the last century (POSIX)
        short = pl.col("y").cast(pl.Int64, strict=False)
        said.append(pl.when(short >= 70).then(short + 1900).otherwise(short + 2000))
    if said:
        return pl.coalesce(said)
    year = pl.lit(assumed, pl.Int64)
    return pl.when(month < turn).then(year + 1).otherwise(year) if turn else year


def _days(year: pl.Expr, month: pl.Expr, day: pl.Expr, *, julian: bool) -> tuple[pl.Expr, pl.Expr]:
    """Days since 1970 of a date of the Gregorian calendar, and whether there is such a date."""
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    shifted = pl.when(month > 2).then(year).otherwise(year - 1)
    moved = (month + 9) % 12
    days = shifted * 365 + shifted // 4 - shifted // 100 + shifted // 400 + (moved * 153 + 2) // 5
    february = pl.when(leap).then(29).otherwise(28)
    short = month.is_in([4, 6, 9, 11])
    length = pl.when(month == 2).then(february).when(short).then(30).otherwise(31)
    if julian:
        length = pl.when(leap).then(366).otherwise(365)
    valid = (day >= 1) & (day <= length) & (month >= 1) & (month <= 12)
    return days + day - 719_469, valid


def _zone(text: pl.Expr) -> pl.Expr:
    """Minutes east of UTC of a zone as written."""
    word = text.str.strip_chars().str.to_uppercase()
    names = {**grammar().zones, "Z": 0}
    digits = word.str.replace_all(r"[^0-9]", "")
    minutes = digits.str.slice(0, 2).cast(pl.Int64, strict=False) * 60 + digits.str.slice(2, 2).cast(
        pl.Int64, strict=False
    ).fill_null(0)
    named = word.replace_strict(names, default=None, return_dtype=pl.Int64)
    return pl.coalesce(named, pl.when(word.str.starts_with("-")).then(-minutes).otherwise(minutes))
