"""Lines made comparable: without colours, CI prefixes and progress, their changing parts masked."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl

#: Characters of a line that are compared; what lies behind them is no difference.
COMPARED = 4_000
#: What stands for a masked part.
MASK = "#"


@dataclass(frozen=True)
class Masks:
    """The patterns of ``masks.toml``: escapes, prefixes, and (pattern, with) of each mask in order."""

    escapes: str
    prefixes: tuple[tuple[str, str], ...]
    masks: tuple[tuple[str, str], ...]


@cache
def masks() -> Masks:
    """The reviewed patterns, read once."""
    data = tomllib.loads((files("logsense.diff") / "masks.toml").read_text(encoding="utf-8"))
    return Masks(
        escapes=data["escapes"],
        prefixes=tuple((one["pattern"], one.get("with", "")) for one in data["prefix"]),
        masks=tuple((one["pattern"], one.get("with", MASK)) for one in data["mask"]),
    )


def cleaned(line: pl.Expr) -> pl.Expr:
    """The text of lines as a person reads them: no colours, of a progress bar its last state, no prefix."""
    rules = masks()
    text = line.str.head(COMPARED).str.replace_all(rules.escapes, "")
    # What a terminal would show last: the part behind the last carriage return that is not blank.
    text = text.str.replace(r"\r\s*$", "").str.replace(r"^.*\r", "")
    for pattern, kept in rules.prefixes:
        text = text.str.replace(pattern, kept)
    return text.str.strip_chars_end()


def masked(text: pl.Expr) -> pl.Expr:
    """Cleaned texts with all that differs between two runs of the same masked: equal texts are alike."""
    for pattern, stands in masks().masks:
        text = text.str.replace_all(pattern, stands)
    return text.str.strip_chars_end()


def plain_words(text: pl.Expr) -> pl.Expr:
    """The words of masked texts that are words: what holds a digit, a mask or a sign inside is a name."""
    words = text.str.replace_all(r"\S*[^\sA-Za-z,.:;!?()\x27\x22-]\S*", " ")
    words = words.str.replace_all(r"\S*[A-Za-z][.:-]+[A-Za-z]\S*", " ")
    return words.str.replace_all(r"\s+", " ").str.strip_chars()
