"""Acts: log-ins, probes, raised rights and exports, with the address and the user the line names.

Whether a line speaks of an act is asked once per distinct key; addresses and users, whose digits no key
holds, are read from those lines alone. The words are data (``acts.toml``).
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
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
    gate: str
    pattern: str
    excepted: str


@dataclass(frozen=True)
class _Words:
    gates: Mapping[str, str]
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
            one["gate"],
            "|".join(_regex(_filled(pattern, words)) for pattern in one["patterns"]),
            _regex(one["except"]) if "except" in one else "",
        )
        for one in data["act"]
    )
    gates = {name: _gate(one, words) for name, one in data["gates"].items()}
    users = tuple(_regex(pattern) for pattern in words["user"])
    return _Words(
        gates, acts, _regex(words["address"]), _regex(words["bare"]), users, _regex(words["nobody"])
    )


def _filled(pattern: str, words: dict[str, str]) -> str:
    return pattern.replace("PROBE", words["probe"]).replace("INJECTION", words["injection"])


def _gate(one: str | list[str], words: dict[str, str]) -> str:
    return _bordered(_filled(one, words)) if isinstance(one, str) else "|".join(map(re.escape, one))


def _regex(pattern: str) -> str:
    return f"(?i:{_bordered(pattern)})"


def _bordered(pattern: str) -> str:
    # Borders of words in Unicode cost Rust's regexes their fast automaton wherever a line is not ASCII.
    return pattern.replace(r"\b", r"(?-u:\b)")


def acts_of(texts: pl.Series) -> pl.Series:
    """The act each text speaks of, "" for none: the first of acts.toml that fits.

    A text is tried against an act only if it holds one of the words of its gate, and no act fitted before:
    a dozen large regexes a line would cost more than all that is asked of it else.
    """
    words = _words()
    said = pl.Series([""], dtype=pl.String).new_from_index(0, len(texts))
    # Short alternatives in lower case are found in bulk: half the cost of many needles in either case.
    lower = texts.str.to_lowercase()
    holds = {name: lower.str.contains(pattern) for name, pattern in words.gates.items()}
    for one in words.acts:
        open_ = (holds[one.gate] & (said == "")).arg_true()
        if not len(open_):
            continue
        some = texts.gather(open_)
        fits = some.str.contains(one.pattern)
        if one.excepted:
            fits &= ~some.str.contains(one.excepted)
        said = said.scatter(open_.filter(fits), one.name)
    return said


_SAID = Verdicts(acts_of, pl.String)


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
