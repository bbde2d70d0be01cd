"""Numbers in lines: those with a name (``took_ms=12``) or a unit (``in 12 ms``), in base units.

An identifier is no gauge: names that say an id, a port, a version are left out (numbers.toml).
"""

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

from logsense.schema import SAMPLES

_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_UNIT = r"%|[a-zA-Zµ]{1,12}"
_NAMED = rf"""[A-Za-z_][A-Za-z0-9_.-]{{0,40}}["']?\s?[:=]\s?["']?{_NUMBER}\s?(?:{_UNIT})?"""
_MEASURED = rf"[A-Za-z]+\s{_NUMBER}\s?(?:%|[a-zA-Zµ]{{1,12}})"
_FIND = rf"(?:^|[^A-Za-z0-9_.])({_NAMED}|{_MEASURED})"
_SPLIT = (
    rf"""(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)["']?\s?[:=]?\s?["']?(?P<value>{_NUMBER})\s?(?P<unit>{_UNIT})?$"""
)


@cache
def _words() -> dict[str, dict[str, float] | list[str]]:
    text = files("logsense.parse").joinpath("numbers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _factor(unit: pl.Expr, name: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """(base unit, factor) from the stated unit, else from the ending of the name (``took_ms``)."""
    words = _words()
    table: list[tuple[str, str, float]] = []
    for base in ("s", "bytes", "percent"):
        units = words[base]
        if isinstance(units, dict):
            table += [(word, base, factor) for word, factor in units.items()]
    stated = unit.fill_null("").str.to_lowercase()
    ending = name.str.extract(r"_([a-z]+)$").fill_null("")
    known = [word for word, _, _ in table]
    word = pl.when(stated.is_in(known)).then(stated).otherwise(ending)
    base_of = {word: base for word, base, _ in table}
    factor_of = {word: factor for word, _, factor in table}
    return (
        word.replace_strict(base_of, default=None, return_dtype=pl.String),
        word.replace_strict(factor_of, default=1.0, return_dtype=pl.Float64),
    )


def numbers(frame: pl.DataFrame) -> pl.DataFrame:
    """SAMPLES from a frame of lines: columns source, line, time, key and ``text``.

    name is as written, in lower case; value is in seconds, bytes or percent where a unit is known.
    """
    unnamed = _words()["identifiers"]
    found = (
        frame.with_columns(pl.col("text").str.extract_all(_FIND))
        .filter(pl.col("text").list.len() > 0)
        .explode("text", empty_as_null=False, keep_nulls=False)
    )
    if not found.height:
        return SAMPLES.empty()
    groups = pl.col("text").str.strip_chars_start(" \t,;|([{\"'<").str.extract_groups(_SPLIT)
    found = found.with_columns(groups.alias("g")).unnest("g").filter(pl.col("value").is_not_null())
    name = pl.col("name").str.to_lowercase()
    found = found.with_columns(name=name, value=pl.col("value").cast(pl.Float64, strict=False))
    if isinstance(unnamed, list):
        found = found.filter(~pl.col("name").str.contains(rf"(?:^|[_.-])(?:{'|'.join(unnamed)})$"))
    unit, factor = _factor(pl.col("unit"), pl.col("name"))
    found = found.with_columns(unit=unit, value=pl.col("value") * factor)
    return found.filter(pl.col("value").is_finite()).select(list(SAMPLES.columns))
