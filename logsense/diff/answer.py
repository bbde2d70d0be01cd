"""Found → Finding: the lines fetched, and one sentence with numbers for each."""

import hashlib
import math
from collections.abc import Callable, Mapping

import polars as pl

from logsense.clean import safe
from logsense.diff.compare import kept
from logsense.diff.found import Compared, Found
from logsense.diff.masks import cleaned, masked
from logsense.diff.result import Difference, Finding

#: Lines of a finding that the answer holds; all of them stand in the log.
HELD = 200
#: A quoted line in a sentence: as much of it as this.
QUOTED = 80

Fetch = Callable[[int, int, int], list[str]]


def answer(compared: Compared, fetch: Fetch, names: Mapping[int, str], *, whole: bool) -> Difference:
    """The findings with their lines and sentences, as a Difference that knows of no runs yet.

    fetch(source, first line, count) gives original lines. whole: those of low score are kept, too.
    """
    chosen = compared.found if whole else kept(compared.found)
    findings = tuple(_finding(rank, one, fetch, names, compared.runs) for rank, one in enumerate(chosen, 1))
    return Difference(findings, len(compared.found) - len(chosen), (), compared.new)


def _finding(rank: int, one: Found, fetch: Fetch, names: Mapping[int, str], runs: int) -> Finding:
    first = one.line if one.key_line < one.line + HELD else one.key_line
    raw = fetch(one.source, first, min(one.end_line - first + 1, HELD))
    held = pl.DataFrame({"line": raw}, schema={"line": pl.String})
    held = held.select(text=cleaned(pl.col("line"))).with_columns(masked=masked(pl.col("text")))
    texts = held["text"].to_list()
    lines = tuple((first + n, text) for n, text in enumerate(texts) if text)
    at = one.key_line - first
    text, alike = (held["text"][at].strip(), held["masked"][at]) if at < held.height else ("", "")
    return Finding(
        rank=rank,
        kind=one.kind,
        score=_unit(one.score),
        source=names[one.source],
        line=one.line,
        end_line=one.end_line,
        key_line=one.key_line,
        text=text,
        summary=_sentence(one, names, runs),
        id=hashlib.sha256(f"{one.kind} {alike}".encode()).hexdigest()[:12],
        lines=lines,
    )


def _unit(score: float) -> float:
    """A score as a number from 0 to 1; the order stays."""
    return 1 - math.exp(-score / 3)


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _sentence(one: Found, names: Mapping[int, str], runs: int) -> str:
    """What was found, with its numbers."""
    none = "in no good run" if runs != 1 else "not in the good run"
    every = "every good run" if runs != 1 else "the good run"
    most = "in any good run" if runs != 1 else "in the good run"
    lines = _count(one.new, "new line")
    told = "with" if one.new == one.errors else f"{one.errors:,} of them with"
    said = {
        "end": "a step ended badly here, and the log says no more: no new line stands above it",
        "above": f"{lines}, {none}, right above the end of the step; no word tells of a failure",
        "far": f"{lines}, {none}; no word tells of a failure",
        "more": f"{_count(one.times, 'time')} in this run, at most {_count(one.usual, 'time')} {most}",
        "fewer": f"{_count(one.times, 'time')} in this run, at least {_count(one.usual, 'time')} in {every}",
        "missing": f"{_count(one.new, 'line')} of {every}, gone in this one",
        "words": f"{lines}, {none}, {told} words of failure",
    }[one.how]
    if one.how == "words" and one.times > 1:
        said += f"; its main line {_count(one.times, 'time')} in this run"
    if one.near is not None:
        like = fit(safe(one.near.text.strip()), QUOTED)
        said += f"; reads '{like}' in {names[one.near.source]}:{one.near.line}"
    return said


def fit(text: str, most: int) -> str:
    """The text, cut with an ellipsis where it is longer."""
    return text if len(text) <= most else text[: most - 1] + "…"
