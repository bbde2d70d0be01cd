"""What lines say by their words alone: how strongly each tells of a failure. The words are ``words.toml``."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl


@dataclass(frozen=True)
class WordClass:
    """A class of lines: its strength (softened where the line is also a warning), what fits, what unfits."""

    name: str
    strength: float
    softened: float
    pattern: str
    unless: str


@dataclass(frozen=True)
class Words:
    """The reviewed words: classes in the order in which they are tried, and the patterns beside them."""

    classes: tuple[WordClass, ...]
    ignore: str
    closing: str
    verdict: str
    verdict_strength: float
    terse_strength: float
    terse_words: int
    heading: str


def _any(patterns: list[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


@cache
def words() -> Words:
    """``words.toml``, read once."""
    data: dict[str, Any] = tomllib.loads((files("logsense.diff") / "words.toml").read_text(encoding="utf-8"))
    classes = []
    closing: list[str] = []
    for one in data["class"]:
        patterns = [pattern for family in one["family"] for pattern in family["patterns"]]
        closing += [p for family in one["family"] if family.get("closing") for p in family["patterns"]]
        strength = float(one["strength"])
        softened = float(one.get("softened", strength))
        classes.append(
            WordClass(one["name"], strength, softened, _any(patterns), _any(one.get("unless", [])))
        )
    return Words(
        classes=tuple(classes),
        ignore=_any(data["ignore"]),
        closing=_any(closing),
        verdict=_any(data["verdict"]["patterns"]),
        verdict_strength=float(data["verdict"]["strength"]),
        terse_strength=float(data["terse"]["strength"]),
        terse_words=int(data["terse"]["words"]),
        heading=_any(data["heading"]["patterns"]),
    )


#: Strength of a line of no class at all.
PLAIN = 0.1


def strengths(texts: pl.Series) -> pl.DataFrame:
    """A row a text: kind (name of its class, "" for none), strength, and Boolean marks.

    Marks: blank, closing (ends a step badly), heading (begins an account), indented, stack. Texts are cleaned
    ones; call it with distinct texts.
    """
    rules = words()
    frame = pl.DataFrame({"text": texts.cast(pl.String)})
    frame = frame.with_columns(said=pl.col("text").str.replace_all(rules.ignore, " "))
    said = pl.col("said")
    by_name = {one.name: one for one in rules.classes}
    warning = said.str.contains(by_name["warning"].pattern)
    kind, strength = pl.lit(""), pl.lit(PLAIN)
    for one in reversed(rules.classes):
        # Help, exits and commands are known by their whole text, names of files included.
        where = pl.col("text") if one.name in ("footer", "exit", "benign") else said
        fits = where.str.contains(one.pattern)
        if one.unless:
            fits = fits & ~said.str.contains(one.unless)
        value = pl.when(warning).then(one.softened).otherwise(one.strength)
        kind = pl.when(fits).then(pl.lit(one.name)).otherwise(kind)
        strength = pl.when(fits).then(value).otherwise(strength)
    frame = frame.with_columns(kind=kind, strength=strength)
    strong = pl.col("kind") == "strong"
    verdict = said.str.contains(rules.verdict) & pl.col("kind").is_in(["strong", "medium", "warning"])
    terse = strong & (said.str.count_matches(r"[A-Za-z]{2,}") < rules.terse_words)
    weighed = pl.when(terse).then(pl.min_horizontal("strength", pl.lit(rules.terse_strength)))
    return frame.select(
        "kind",
        strength=pl.when(verdict)
        .then(pl.lit(rules.verdict_strength))
        .otherwise(weighed.otherwise("strength")),
        blank=pl.col("text") == "",
        closing=pl.col("text").str.contains(rules.closing),
        heading=pl.col("text").str.contains(rules.heading),
        indented=pl.col("text").str.contains(r"^\s"),
        stack=pl.col("kind") == "stack",
    )
