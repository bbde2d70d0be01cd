"""What a record says of its own level, as one enumeration. Vocabularies are data (``levels.toml``).

An unknown word is null, never a guess; a level is never read from an HTTP status or a message's words.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import polars as pl

from logsense.schema import LEVELS, Level


@cache
def _file() -> dict[str, dict[str, list[str] | int]]:
    return tomllib.loads(files("logsense.parse").joinpath("levels.toml").read_text(encoding="utf-8"))


def known() -> frozenset[str]:
    """The names of the vocabularies."""
    return frozenset(_file())


@cache
def vocabulary(name: str) -> Mapping[str, str]:
    """Word, letter or number (lower case) to level name; empty for "none" and for unknown names."""
    table = _file().get(name, {})
    out: dict[str, str] = {}
    others = table.get("with", [])
    for other in others if isinstance(others, list) else []:
        out |= vocabulary(other)
    for level in LEVELS:
        words = table.get(level.lower(), [])
        out |= dict.fromkeys(words, level) if isinstance(words, list) else {}
    return out


def read_levels(texts: pl.Series, name: str) -> pl.Series:
    """The level of each text (``schema.Level``); null where the vocabulary does not know it."""
    words = vocabulary(name)
    if not words:
        return pl.Series(texts.name, [None], Level).new_from_index(0, len(texts))
    plain = texts.str.strip_chars(" \t[]<>(){}\"':|*-").str.to_lowercase()
    plain = plain.zip_with(plain != "", texts.str.strip_chars()) if name == "redis" else plain
    modulo = _file()[name].get("modulo")
    if isinstance(modulo, int):
        number = plain.cast(pl.Int64, strict=False)
        plain = (number % modulo).cast(pl.String).zip_with(number.is_not_null(), plain)
    return plain.replace_strict(dict(words), default=None, return_dtype=Level).alias(texts.name)
