"""Views in which the texts of logs want to be obeyed: escapes, markup, broken patterns."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import polars as pl

from logsense.schema import View
from logsense.testing.cases import hash_of, planted

_HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "a|b & ~c",
    "<script>alert(1)</script>",
    "%s %d {} {0} {evil}",
    "'; DROP TABLE x; --",
    "\u202ereversed",
    "(unclosed [regex",
    "\\",
    "",
    "日本語 エラー",
    "::error::x",
    "a" * 5000,
)


def hostile(*, services: bool = False, kind: str = "new") -> View:
    """`planted` in which every template, and every service, is an escape, markup or a broken pattern."""
    base = planted(kind)
    ids = base.templates["template"].sort()
    words = pl.col("template").replace_strict(_odd(ids), return_dtype=pl.String)
    view = replace(base, templates=base.templates.with_columns(words.alias("text"), words.alias("example")))
    if not services:
        return view
    odd = _odd(ids)
    changed: dict[str, Any] = {}
    for name in ("counts", "values", "steps", "attempts"):
        frame: pl.DataFrame = getattr(view, name)
        pairs = [
            pair for pair in (("template", "service"), ("next_template", "next_service")) if pair[0] in frame
        ]
        changed[name] = frame.with_columns(
            pl.col(said).replace_strict(odd, default=pl.col(whose), return_dtype=pl.String).alias(whose)
            for said, whose in pairs
        )
    return replace(view, **changed)


def _odd(names: Iterable[str]) -> dict[str, str]:
    return {name: _HOSTILE[i % len(_HOSTILE)] + str(i) for i, name in enumerate(names)}


def tainted(view: View, *, services: bool = False) -> View:
    """The view with such words behind every template, actor and name that was typed, and every service.

    Behind them, since what goes by the words of a message is to find the same.
    """
    columns = dict.fromkeys(("attempts", "deeds"), ("actor", "name")) | {"templates": ("text", "example")}
    if services:
        named = ("counts", "values", "steps", "attempts", "deeds", "series", "changes")
        columns |= {name: (*columns.get(name, ()), "service", "next_service") for name in named}
    changed: dict[str, Any] = {}
    for frame_name, places in columns.items():
        frame: pl.DataFrame = getattr(view, frame_name)
        there = [one for one in places if one in frame]
        changed[frame_name] = frame.with_columns(_behind(frame[one]) for one in there)
    return replace(view, **changed)


def _behind(texts: pl.Series) -> pl.Series:
    # An escape in each: where a single message is found, chance must not choose it a harmless word.
    return texts.map_elements(lambda text: f"{text} \x1b[31m{_word(text)}", return_dtype=pl.String)


def _word(text: str) -> str:
    """The same word behind the same text, wherever it stands."""
    return _HOSTILE[hash_of(text) % len(_HOSTILE)]
