"""Acts: log-ins, probes, raised rights and exports, with the address and the user the line names.

Whether a line speaks of an act is asked once per distinct key; addresses, users and sizes, whose digits no
key holds, are read from those lines alone. What the keys of access logs leave out (queries, names of
programs) is asked of each of their lines. The words are data (``acts.toml``).
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any

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
class _Beside:
    name: str
    holds: str
    pattern: str


@dataclass(frozen=True)
class _Words:
    gates: Mapping[str, str]
    acts: tuple[_Act, ...]
    beside: tuple[_Beside, ...]
    folded: str
    client: str
    address: str
    bare: str
    users: tuple[str, ...]
    sizes: tuple[str, ...]
    nobody: str


@cache
def _words() -> _Words:
    data = tomllib.loads(files("logsense.parse").joinpath("acts.toml").read_text(encoding="utf-8"))
    words = data["words"]
    acts = tuple(
        _Act(
            one["name"],
            one["gate"],
            _either(one["patterns"], words),
            _regex(one["except"]) if "except" in one else "",
        )
        for one in data["act"]
    )
    beside = tuple(
        _Beside(one["name"], _bordered(_filled(one["holds"], words)), _either(one["patterns"], words))
        for one in data["beside"]
    )
    gates = {name: _gate(one, words) for name, one in data["gates"].items()}
    one = {name: _regex(words[name]) for name in ("folded", "client", "address", "bare", "nobody")}
    several = {name: tuple(map(_regex, words[name])) for name in ("user", "size")}
    return _Words(gates, acts, beside, **one, users=several["user"], sizes=several["size"])


def _either(patterns: Sequence[str], words: dict[str, Any]) -> str:
    return "|".join(_regex(_filled(pattern, words)) for pattern in patterns)


def _filled(pattern: str, words: dict[str, Any]) -> str:
    tools = f"(?:{'|'.join(map(re.escape, words['tools']))})"
    pattern = pattern.replace("TOOL", tools)
    return pattern.replace("PROBE", words["probe"]).replace("INJECTION", words["injection"])


def _gate(one: str | list[str], words: dict[str, Any]) -> str:
    return _bordered(_filled(one, words)) if isinstance(one, str) else "|".join(map(re.escape, one))


def _regex(pattern: str) -> str:
    return f"(?i:{_bordered(pattern)})"


def _bordered(pattern: str) -> str:
    # Borders of words in Unicode cost Rust's regexes their fast automaton wherever a line is not ASCII.
    return pattern.replace(r"\b", r"(?-u:\b)")


def acts_of(texts: pl.Series, *, folded: bool = False) -> pl.Series:
    """The act each text speaks of, "" for none: the first of acts.toml that fits.

    A text is tried against an act only if it holds one of the words of its gate, and no act fitted before:
    a dozen large regexes a line would cost more than all that is asked of it else. folded: the texts are
    lines of access logs, each of which stands for all lines of its key. What a visitor wrote into a query
    would be said of all of them: what fits must fit without it, too.
    """
    words = _words()
    said = pl.Series([""], dtype=pl.String).new_from_index(0, len(texts))
    # Short alternatives in lower case are found in bulk: half the cost of many needles in either case.
    lower = texts.str.to_lowercase()
    holds = {name: lower.str.contains(pattern) for name, pattern in words.gates.items()}
    for one in words.acts:
        open_ = (holds[one.gate] & (said == "")).arg_true()
        if len(open_):
            hits = open_.filter(texts.gather(open_).str.contains(one.pattern))
            said = said.scatter(hits.filter(_speaks(texts.gather(hits), one, folded=folded)), one.name)
    return said


def _speaks(hits: pl.Series, one: _Act, *, folded: bool) -> pl.Series:
    """Which of the texts that fit an act speak of it: not what is excepted, nor what a query alone says."""
    said = hits.str.replace_all(_words().folded, "") if folded else hits
    fits = said.str.contains(one.pattern)
    return fits & ~said.str.contains(one.excepted) if one.excepted else fits


def _beside(texts: pl.Series) -> pl.Series:
    """Which of the acts beside each text speaks of: a bit for each, the first one lowest."""
    said = pl.Series([0], dtype=pl.UInt8).new_from_index(0, len(texts))
    for number, one in enumerate(_words().beside):
        open_ = texts.str.contains(one.holds).arg_true()
        if len(open_):
            hit = open_.filter(texts.gather(open_).str.contains(one.pattern))
            said = said.scatter(hit, said.gather(hit) | (1 << number))
    return said


_SAID = Verdicts(acts_of, pl.String)
_SAID_FOLDED = Verdicts(partial(acts_of, folded=True), pl.String)
_SAID_BESIDE = Verdicts(_beside, pl.UInt8)


def find_acts(
    frame: pl.DataFrame,
    examples: pl.DataFrame,
    starts: pl.Series | None,
    source: int,
    *,
    folded: bool = False,
) -> pl.DataFrame:
    """ACTS of a block.

    frame: its lines (row, text, time, key). examples: key and text of each distinct key. starts: which
    lines start a record, None where all do. folded: whether keys leave out queries and agents, so that
    lines of one key may differ in what they speak of.
    """
    said = (_SAID_FOLDED if folded else _SAID).of(examples["key"], examples["text"])
    speaking = examples.select("key", act=said).filter(pl.col("act") != "")
    found = [_of_keys(frame, speaking)] if speaking.height else []
    if folded:
        found += _of_lines(frame, _beside(frame["text"]))
    else:
        bits = examples.select("key", bits=_SAID_BESIDE.of(examples["key"], examples["text"]))
        some = frame.filter(pl.col("key").is_in(bits.filter(pl.col("bits") > 0)["key"].implode()))
        if some.height:
            found += _of_lines(some, some.join(bits, on="key", how="left", maintain_order="left")["bits"])
    if not found:
        return ACTS.empty()
    rows = pl.concat(found).unique(["row", "act"], keep="first", maintain_order=True)
    if starts is not None:
        first = frame["row"].filter(starts).implode()
        rows = rows.filter(pl.col("row").is_in(first))
    return rows.select(
        pl.lit(source, pl.UInt32).alias("source"),
        pl.col("row").cast(pl.UInt32).alias("line"),
        "time",
        "key",
        "act",
        address(pl.col("text")).alias("address"),
        user(pl.col("text")).alias("user"),
        pl.when(pl.col("act") == "injected").then(_size(pl.col("text"))).alias("size"),
    )


def _of_keys(frame: pl.DataFrame, speaking: pl.DataFrame) -> pl.DataFrame:
    """The lines of these keys, each with the act of its key."""
    rows = frame.filter(pl.col("key").is_in(speaking["key"].implode()))
    rows = rows.join(speaking, on="key", how="left", maintain_order="left")
    return rows.select("row", "text", "time", "key", "act")


def _of_lines(frame: pl.DataFrame, bits: pl.Series) -> list[pl.DataFrame]:
    """The lines that speak of an act beside, as ``_beside`` has found."""
    found = []
    for number, one in enumerate(_words().beside):
        hit = (bits & (1 << number)) > 0
        if hit.any():
            rows = frame.filter(hit)
            found.append(rows.select("row", "text", "time", "key", pl.lit(one.name).alias("act")))
    return found


def address(text: pl.Expr) -> pl.Expr:
    """The address a line names as the one the act came from, null for none."""
    words = _words()
    found = pl.coalesce(*(text.str.extract(one) for one in (words.client, words.address, words.bare)))
    return _own(found.str.to_lowercase())


def user(text: pl.Expr) -> pl.Expr:
    """The user a line names, null for none."""
    words = _words()
    found = [text.str.extract(pattern) for pattern in words.users]
    named = [pl.when(~one.str.contains(words.nobody)).then(one) for one in found]
    return _own(pl.coalesce(named))


def _size(text: pl.Expr) -> pl.Expr:
    """How many bytes the answer has that an access log tells of, null where it does not say."""
    found = pl.coalesce(*(text.str.extract(pattern) for pattern in _words().sizes))
    return found.cast(pl.Float64, strict=False)


def _own(text: pl.Expr) -> pl.Expr:
    # A slice of a line would keep its whole block of lines alive.
    return pl.when(text.is_not_null()).then(pl.concat_str(text, pl.lit("")))


def with_usual(acts: pl.DataFrame, sampled: pl.DataFrame) -> pl.DataFrame:
    """ACTS, and beside what is injected what others ask of the same pages, for the sizes of their answers.

    Of SAMPLED lines, which are the same whatever the blocks: act "asked", of nobody (address "").
    """
    injected = acts.filter(pl.col("act") == "injected")
    if not injected.height:
        return acts
    pages = sampled.join(injected.select("key").unique(), on="key", how="semi")
    pages = pages.join(injected, on=["source", "line"], how="anti").with_columns(
        act=pl.lit("asked"), address=pl.lit(""), user=pl.lit(None, pl.String), size=_size(pl.col("text"))
    )
    return pl.concat([acts, pages.filter(pl.col("size").is_not_null()).select(acts.columns)])


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
