"""How many things a configuration holds, as its messages say when it is read again."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl

from logsense.api import View, safe
from logsense_detectors.jobs import time_of

#: Decades that a count which fell speaks for what has been missing since: chosen, not fitted.
FELL = 5.0
#: The kinds of change that may alter what is due.
MADE = ("config", "deploy")
#: Templates longer than this (characters) are not read, nor numbers of more digits.
LONGEST, DIGITS = 400, 9
#: What stands for a placeholder: a number, anything else; what a placeholder is; the noun on either side.
_NUMBER, _OTHER = "([0-9]+)", "(.+?)"
_PLACE = r"<[a-z_]+>"
_BEHIND, _BEFORE = r"^ ([a-z][a-z_-]*s)\b", r"\b([A-Za-z][a-z_-]*s)(?:=|: ?)$"


@dataclass(frozen=True)
class Reload:
    """A change of configuration: when (µs), whose, of which template, its kind; counts: how many of what."""

    time: int
    service: str
    template: str | None
    kind: str
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Turn:
    """A count of things that is no longer what it was: at which change, of what, how many now and before.

    same: at how many changes before it had always been the same.
    """

    at: Reload
    noun: str
    now: int
    before: int
    same: int


def reloads(view: View) -> list[Reload]:
    """The changes of configuration and the deploys of a run, by time."""
    changes = view.changes
    if not changes.height:
        return []
    made = changes.filter(pl.col("kind").is_in(list(MADE))).sort("time", "service", "template", "line")
    words = dict(view.templates.select("template", "text").iter_rows())
    rows = made.select(pl.col("time").dt.epoch("us"), "service", "template", "kind", "text")
    return [
        Reload(time, service, template, kind, _read(words.get(template, ""), text or ""))
        for time, service, template, kind, text in rows.iter_rows()
    ]


def turns(told: Iterable[Reload]) -> list[Turn]:
    """Where a count differs from what it was at all changes before, in the order of the changes."""
    known: dict[tuple[str, str | None, str], list[int]] = {}
    found = []
    for one in told:
        for noun, now in one.counts:
            before = known.setdefault((one.service, one.template, noun), [])
            # What is another number each time (a generation, a size) is no count that is kept.
            if before and len(set(before)) == 1 and now != before[0]:
                found.append(Turn(one, noun, now, before[0], len(before)))
            before.append(now)
    return found


def fallen(told: list[Reload], since: int, until: int) -> Turn | None:
    """The first change from since to until (µs) from which on less is held than before, up to until."""
    low = None
    for one in turns(told):
        if since < one.at.time <= until and one.now < one.before:
            later = [
                n
                for other in told
                if one.at.time < other.time <= until and (other.service, other.template) == _whose(one)
                for noun, n in other.counts
                if noun == one.noun
            ]
            if all(n < one.before for n in later) and (low is None or one.at.time < low.at.time):
                low = one
    return low


def changed(last: Reload, turn: Turn | None) -> str:
    """What was changed, for a sentence."""
    with_what = f" with {turn.now:,} {turn.noun}, {turn.before:,} before" if turn else ""
    what = "was deployed" if last.kind == "deploy" else "reloaded its configuration"
    return f"{safe(last.service)} {what} {moment(last.time)}{with_what}"


def moment(microseconds: int) -> str:
    """A time for a sentence: 10 Mar 01:15."""
    time = time_of(microseconds)
    return f"{time.day} {time:%b %H:%M}"


def _whose(turn: Turn) -> tuple[str, str | None]:
    return turn.at.service, turn.at.template


@cache
def _measures() -> frozenset[str]:
    text = files("logsense_detectors").joinpath("reloads.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text)["measures"])


def _read(template: str, line: str) -> tuple[tuple[str, int], ...]:
    """The counts in a line of this template; none where it does not fit.

    The line is matched by Polars, whose regexes take linear time whatever a line holds.
    """
    places, literal = re.findall(_PLACE, template), re.split(_PLACE, template)
    if "<num>" not in places or len(template) > LONGEST:
        return ()
    kinds = [_NUMBER if place == "<num>" else _OTHER for place in places]
    parts = [pl.escape_regex(text) for text in literal]
    pattern = parts[0] + "".join(kind + part for kind, part in zip(kinds, parts[1:], strict=True)) + r"\s*$"
    groups = pl.Series([line]).str.extract_groups(pattern).struct.unnest().row(0)
    counts = []
    for i, value in enumerate(groups):
        noun = _noun(literal[i], literal[i + 1]) if kinds[i] == _NUMBER else None
        if noun is not None and value is not None and len(value) <= DIGITS:
            counts.append((noun, int(value)))
    return tuple(counts)


def _noun(before: str, behind: str) -> str | None:
    """What a number counts, by the text on both sides of it: a plural; None for a measure or nothing."""
    said = re.search(_BEHIND, behind) or re.search(_BEFORE, before)
    return None if said is None or said[1].lower() in _measures() else said[1]
