r"""Numbers in lines that measure something, with what they are of, in base units.

Three forms are read: a name with a sign (``took_ms=12``, ``"size": 2048``), a word before (``in 12 ms``,
``load 4.9``, ``done 14 thumbs``), and a unit with a word behind (``733 bytes sent``). A number that goes on
(a date, an address, a version, ``5b1f``) is none; nor is what names an id, a port, a code (numbers.toml).
``12 of 20`` and ``12/20`` are two numbers: the limit has the name with " limit" behind.
"""

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

from logsense.schema import SAMPLES, TIME

_PLAIN = r"-?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
_SIGN = r"""\\?["']?\s?[:=]\s?\\?["']?"""
_NAME = r"\b[A-Za-z_][A-Za-z0-9_.-]{0,40}"
_LONG = r"(?:[0-9]+h)?(?:[0-9]+m)?"  # the larger parts of 1h2m3.5s
#: What is left of a word that only began as a number.
_TAIL = r"(?:[.:/_-]?[A-Za-z0-9_])*"
LIMIT = " limit"


@cache
def _words() -> dict[str, dict[str, float] | list[str]]:
    text = files("logsense.parse").joinpath("numbers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _list(name: str) -> list[str]:
    words = _words()[name]
    return list(words)


@cache
def _units() -> dict[str, tuple[str, float]]:
    """Base unit and factor of each word for a unit."""
    tables = {base: _words()[base] for base in ("s", "bytes", "percent")}
    return {
        word: (base, factor)
        for base, table in tables.items()
        if isinstance(table, dict)
        for word, factor in table.items()
    }


@cache
def _patterns() -> tuple[str, str]:
    """Regex that finds the numbers of a line, and one that takes what it found to pieces."""
    words = "|".join(sorted((word for word in _units() if word != "%"), key=lambda word: (-len(word), word)))
    unit = rf"\s?(?:%|(?i:{words})\b(?:/(?:s|sec|second)\b)?)"
    states = "|".join(_list("states"))
    noun, of = rf"\s(?:(?i:{states})|[a-z][a-z_-]{{1,18}}s)\b", rf"\s?(?:/|of|out of)\s?{_PLAIN}"
    ends = r"""(?:[\s,;.)\]}"'\\]|$)"""
    value = rf"{_LONG}{_PLAIN}"
    signed = (
        rf"{_NAME}{_SIGN}{value}(?:{of})?(?:{unit}(?:{of}(?:{unit})?)?(?:\s(?i:{states})\b{ends})?)?{_TAIL}"
    )
    spaced = rf"{_NAME}\s{value}(?:{unit})?(?:{of}(?:{unit})?)?{_TAIL}(?:{noun}{ends})?"
    loose = rf"""(?:^|[\s,;(\[{{"'|]){_PLAIN}{unit}(?:\s\([^)]{{0,24}}\))?{noun}{ends}"""
    pieces = (
        rf"^(?:(?P<name>{_NAME})(?P<sign>{_SIGN}|\s))?(?P<long>{_LONG})(?P<value>{_PLAIN})(?P<unit>{unit})?"
        rf"(?P<of>{of})?(?P<unit2>{unit})?(?P<tail>{_TAIL})(?:\s\([^)]{{0,24}}\))?(?P<noun>{noun})?\W*$"
    )
    return rf"{signed}|{spaced}|{loose}", pieces


def numbers(frame: pl.DataFrame) -> pl.DataFrame:
    """SAMPLES from a frame of lines: columns source, line, time, key and ``text``.

    name is in lower case, its words parted by ``_``; value is in seconds, bytes or percent (a second,
    where the unit ends in ``/s``) where a unit is known.
    """
    find, pieces = _patterns()
    found = (
        frame.with_columns(pl.col("text").str.extract_all(find))
        .filter(pl.col("text").list.len() > 0)
        .explode("text", empty_as_null=False, keep_nulls=False)
    )
    if not found.height:
        return SAMPLES.empty()
    groups = pl.col("text").str.strip_chars_start(" \t,;([{\"'|").str.extract_groups(pieces)
    read = found.with_columns(groups.alias("piece")).unnest("piece")
    read = read.with_columns(unit=pl.coalesce("unit", "unit2"))
    read = read.filter(pl.col("value").is_not_null() & (pl.col("tail").fill_null("") == ""))
    named = _named(read).filter(pl.col("measured")).with_columns(_number(pl.col("value")).alias("value"))
    main = named.with_columns(value=_whole(named) * pl.col("factor"))
    limits = named.filter(pl.col("of").is_not_null()).with_columns(
        name=pl.col("name") + LIMIT,
        value=_number(pl.col("of").str.extract(rf"({_PLAIN})$"))
        * _factor_of(pl.col("unit2"), pl.col("factor")),
    )
    out = pl.concat([main.select(list(SAMPLES.columns)), limits.select(list(SAMPLES.columns))])
    return out.filter(pl.col("value").is_finite())


def measures(texts: pl.Series) -> pl.Series:
    """Which texts hold a number that measures something (Boolean)."""
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    frame = pl.DataFrame({"text": texts}).select(
        "text", line=row, source=pl.lit(0, pl.UInt32), time=pl.lit(None, TIME), key=pl.lit(0, pl.UInt64)
    )
    found = numbers(frame)["line"].unique()
    return frame["line"].is_in(found.implode())


def _factor_of(unit: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
    """The factor of a unit as it is written; ``otherwise`` where there is none."""
    factors = {word: factor for word, (_, factor) in _units().items()}
    said = unit.str.strip_chars().str.to_lowercase()
    return said.replace_strict(factors, default=None, return_dtype=pl.Float64).fill_null(otherwise)


def _number(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)


def _whole(read: pl.DataFrame) -> pl.Expr:
    """The value, with the hours and minutes before it where its unit is the second."""
    if not (read["long"] != "").any():
        return pl.col("value")
    hours = _number(pl.col("long").str.extract(r"([0-9]+)h")).fill_null(0.0)
    minutes = _number(pl.col("long").str.extract(r"([0-9]+)m")).fill_null(0.0)
    return pl.col("value") + hours * 3600.0 + minutes * 60.0


def _named(read: pl.DataFrame) -> pl.DataFrame:
    """The numbers with name, unit (null where unknown), factor, and whether they measure anything.

    Each distinct way of saying is judged once.
    """
    by = ["name", "sign", "unit", "noun"]
    parts = [pl.col(name).fill_null("").str.strip_chars(" \t") for name in by]
    read = read.with_columns(*parts)
    read = read.with_columns(
        pl.col("sign").str.contains(r"[:=]").alias("stated"),
        (pl.col("sign") == ":").alias("bare"),
        (pl.col("long") != "").alias("clock"),
    ).drop("sign")
    ways = ["name", "unit", "noun", "stated", "bare", "clock"]
    judged = _judged(read.select(ways).unique().rename({"name": "word", "unit": "said"}))
    return read.rename({"name": "word", "unit": "said"}).join(
        judged, on=["word", "said", "noun", "stated", "bare", "clock"], how="left"
    )


def _judged(ways: pl.DataFrame) -> pl.DataFrame:
    units = _units()
    word = pl.col("word").str.replace_all(r"([a-z0-9])([A-Z])", "${1}_$2").str.to_lowercase()
    said, noun = pl.col("said").str.to_lowercase(), pl.col("noun").str.to_lowercase()
    ways = ways.with_columns(w=word, rate=said.str.contains("/"), stem=said.str.replace(r"/.*$", ""), n=noun)
    ending = pl.col("w").str.extract(r"(?:^|_)([a-z]{2,})$").fill_null("")
    key = pl.when(pl.col("stem") != "").then("stem").when(pl.col("stated")).then(ending).otherwise(pl.lit(""))
    base = key.replace_strict({k: u for k, (u, _) in units.items()}, default=None, return_dtype=pl.String)
    factor = key.replace_strict({k: f for k, (_, f) in units.items()}, default=1.0, return_dtype=pl.Float64)
    ways = ways.with_columns(base=base, factor=factor)
    known, state = pl.col("base").is_not_null(), pl.col("n").is_in(_list("states"))
    idle = pl.col("w").is_in(_list("connectors")) | (pl.col("w") == "")
    plural = pl.col("n").str.contains(r"^[a-z]{3,}s$") & ~pl.col("n").is_in(list(units))
    label = rf"(?:^|[_.-])(?:{'|'.join(_list('identifiers'))})$"
    identity = pl.col("w").str.contains(label)
    # A sign after a bare dotted word: a host and its port, a file and its line.
    place = pl.col("bare") & pl.col("w").str.contains(r"\.") & ~known
    short = (pl.col("w").str.len_chars() == 1) & ~known
    vague = (idle | (pl.col("w") == "time")) & ~known
    stated = pl.col("stated") & ~identity & ~place & ~short & ~vague
    gauge = pl.col("w").is_in(_list("gauges"))
    loose = ~pl.col("stated") & ((~identity & (known | state | gauge)) | plural) & ~short
    from_behind = ~pl.col("stated") & (
        state | (idle & (pl.col("n") != "") & ~known) | (~gauge & plural & ~known)
    )
    name = pl.when(from_behind).then("n").when(pl.col("w") == "").then("n").otherwise("w")
    unit = pl.when(pl.col("rate") & known).then(pl.col("base") + "/s").otherwise("base")
    fits = (
        pl.when(pl.col("clock"))
        .then(pl.col("base") == "s")
        .otherwise(pl.lit(value=True))
        .fill_null(value=False)
    )
    return ways.select(
        "word", "said", "noun", "stated", "bare", "clock",
        name=name, unit=unit, factor="factor",
        measured=(stated | loose) & (name != "") & fits,
    )  # fmt: skip
