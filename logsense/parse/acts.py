"""Acts: log-ins, probes, raised rights and exports, with the address and the user the line names.

Whether a line speaks of an act is asked once per distinct key; addresses and users, whose digits no key
holds, are read from those lines alone. The words are data (``acts.toml``).
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl

from logsense.parse.verdicts import Verdicts
from logsense.schema import ACTS

#: Acts are thinned by a hash of their actor until no more than this many rows are left.
ACT_ROWS = 400_000
#: Acts are halved no more often than this, however many a single actor makes.
MOST_THINNED = 20
_SEED = 23


@dataclass(frozen=True)
class _Act:
    name: str
    pattern: str
    excepted: str


@dataclass(frozen=True)
class _Words:
    gate: list[str]
    acts: tuple[_Act, ...]
    address: str
    bare: str
    users: tuple[str, ...]
    nobody: str


@cache
def _words() -> _Words:
    data = tomllib.loads(files("logsense.parse").joinpath("acts.toml").read_text(encoding="utf-8"))
    words = data["words"]
    acts = tuple(
        _Act(
            one["name"],
            "|".join(_regex(_filled(pattern, words)) for pattern in one["patterns"]),
            _regex(one["except"]) if "except" in one else "",
        )
        for one in data["act"]
    )
    users = tuple(_regex(pattern) for pattern in words["user"])
    return _Words(
        words["gate"], acts, _regex(words["address"]), _regex(words["bare"]), users, _regex(words["nobody"])
    )


def _filled(pattern: str, words: dict[str, str]) -> str:
    return pattern.replace("PROBE", words["probe"]).replace("INJECTION", words["injection"])


def _regex(pattern: str) -> str:
    # Borders of words in Unicode cost Rust's regexes their fast automaton wherever a line is not ASCII.
    return "(?i:" + pattern.replace(r"\b", r"(?-u:\b)") + ")"


def act_of(text: pl.Expr) -> pl.Expr:
    """The act a line speaks of, null for none."""
    act = pl.lit(None, pl.String)
    for one in reversed(_words().acts):
        fits = text.str.contains(one.pattern)
        if one.excepted:
            fits = fits & ~text.str.contains(one.excepted)
        act = pl.when(fits).then(pl.lit(one.name)).otherwise(act)
    return act


def _acts(texts: pl.Series) -> pl.Series:
    """The act each text speaks of, "" for none."""
    rows = pl.DataFrame({"text": texts})
    may = texts.str.contains_any(_words().gate, ascii_case_insensitive=True)
    nothing = pl.Series([""], dtype=pl.String).new_from_index(0, len(texts))
    if not may.any():
        return nothing
    said = rows.filter(may).select(act_of(pl.col("text")).fill_null("")).to_series()
    return nothing.scatter(may.arg_true(), said)


_SAID = Verdicts(_acts, pl.String)


def find_acts(
    frame: pl.DataFrame, examples: pl.DataFrame, starts: pl.Series | None, source: int
) -> pl.DataFrame:
    """ACTS of a block.

    frame: its lines (row, text, time, key). examples: key and text of each distinct key. starts: which
    lines start a record, None where all do.
    """
    said = _SAID.of(examples["key"], examples["text"])
    speaking = examples.select("key", act=said).filter(pl.col("act") != "")
    if not speaking.height:
        return ACTS.empty()
    rows = frame if starts is None else frame.filter(starts)
    rows = rows.filter(pl.col("key").is_in(speaking["key"].implode()))
    rows = rows.join(speaking, on="key", how="left", maintain_order="left")
    return rows.select(
        pl.lit(source, pl.UInt32).alias("source"),
        pl.col("row").cast(pl.UInt32).alias("line"),
        "time",
        "key",
        "act",
        address(pl.col("text")).alias("address"),
        user(pl.col("text")).alias("user"),
    )


def address(text: pl.Expr) -> pl.Expr:
    """The address a line names as the one the act came from, null for none."""
    words = _words()
    found = pl.coalesce(text.str.extract(words.address), text.str.extract(words.bare))
    return _own(found.str.to_lowercase())


def user(text: pl.Expr) -> pl.Expr:
    """The user a line names, null for none."""
    words = _words()
    found = [text.str.extract(pattern) for pattern in words.users]
    named = [pl.when(~one.str.contains(words.nobody)).then(one) for one in found]
    return _own(pl.coalesce(named))


def _own(text: pl.Expr) -> pl.Expr:
    # A slice of a line would keep its whole block of lines alive.
    return pl.when(text.is_not_null()).then(pl.concat_str(text, pl.lit("")))


def merge_acts(acts: Sequence[pl.DataFrame], thinned: int) -> tuple[pl.DataFrame, int]:
    """All of these, actors halved by their hash until they fit, and how often they are halved by now.

    thinned: how often the most thinned of them is. Of an actor that is kept, every act is kept; which are
    kept depends on all acts alone, not on the order of merging.
    """
    rows = pl.concat(acts)
    if rows.height <= ACT_ROWS and not thinned:
        return rows, 0
    hashes = rows.select(pl.coalesce("address", "user", pl.lit("")).hash(_SEED)).to_series()
    while True:
        kept = rows.filter(hashes < 2 ** (64 - thinned)) if thinned else rows
        if kept.height <= ACT_ROWS or thinned == MOST_THINNED:
            return kept, thinned
        thinned += 1
