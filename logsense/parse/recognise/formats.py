"""Declared formats: TOML files, one a format, and what is worked out of their patterns.

A file's run-time part comes first; the samples (``[[sample]]``, ``[[near_miss]]``) behind it are read by
tests alone, so that a run does not pay for them. ``docs/formats.md`` describes the keys.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from logsense.errors import ConfigError
from logsense.parse import levels
from logsense.parse.clock import grammar
from logsense.plans import Clock, Layout

KINDS = ("text", "json", "logfmt")
_STRINGS = {"name", "about", "kind", "pattern", "levels", "joins", "fold"}
_LISTS = {"clock", "keep", "message", "project", "requires"}
_TABLES = {"values", "fields"}
_KEYS = _STRINGS | _LISTS | _TABLES | {"priority", "inner"}
_TYPES: tuple[tuple[set[str], type, str], ...] = (
    (_STRINGS, str, "a text"),
    (_TABLES, dict, "a table"),
    ({"priority"}, int, "a whole number"),
    ({"inner"}, bool, "true or false"),
)


@dataclass(frozen=True)
class Format:
    """A declared format as its file says; ``to_layout`` makes it usable for a file."""

    name: str
    about: str = ""
    kind: str = "text"
    priority: int = 50
    pattern: str = ""
    clock: tuple[str, ...] = ()
    levels: str = "words"
    keep: tuple[str, ...] = ()
    message: tuple[str, ...] = ("message",)
    project: tuple[str, ...] = ()
    fold: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    joins: str = ""
    inner: bool = False
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    requires: tuple[str, ...] = ()

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """Texts that stand in every line of the format: a cheap test before any regex is compiled."""
        return literals(self.pattern)

    def to_layout(self, clock: Clock, inner: tuple[Layout, ...] = ()) -> Layout:
        """The format as a layout for one file, whose clock brings place, zone and year."""
        return Layout(
            name=self.name,
            kind=self.kind,
            pattern=self.pattern,
            clock=clock,
            levels=self.levels,
            fields=self.fields,
            keep=() if self.fold else self._up_to(self.keep),
            project=(self.fold,) if self.fold else self._up_to(self.project),
            say=self.message,
            inner=inner,
            joins=self.joins,
        )

    def _up_to(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(up_to(self.pattern, one) for one in names) if self.kind == "text" else ()

    @cached_property
    def time_pattern(self) -> str:
        """The pattern up to its group ``time``, with that group alone; "" where there is none."""
        return up_to(self.pattern, "time") if self.clock and "<time>" in self.pattern else ""


def load(folders: Iterable[Path]) -> tuple[list[Format], list[ConfigError]]:
    """All formats of the folders, sorted by name, and what is wrong with the files left out."""
    found: dict[str, Format] = {}
    problems: list[ConfigError] = []
    for path in (path for folder in folders for path in sorted(Path(folder).glob("*.toml"))):
        try:
            one = read(path)
        except ConfigError as problem:
            problems.append(problem)
            continue
        if one.name in found:
            msg = f"{path}: name: another format is called {one.name!r}; names must differ"
            problems.append(ConfigError(msg))
            continue
        found[one.name] = one
    return [found[name] for name in sorted(found)], problems


def read(path: Path) -> Format:
    """One format from its file, without its samples; ConfigError names file and key."""
    try:
        head = path.read_text(encoding="utf-8").split("\n[[", 1)[0]
        data = tomllib.loads(head)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        msg = f"{path}: cannot be read as TOML: {problem}"
        raise ConfigError(msg) from problem
    return _checked(path, data)


def _checked(path: Path, data: dict[str, Any]) -> Format:
    for key, value in data.items():
        wrong = _wrong(key, value)
        if wrong:
            msg = f"{path}: {key}: {wrong}"
            raise ConfigError(msg)
    if not data.get("name"):
        msg = f"{path}: name: is missing"
        raise ConfigError(msg)
    if data.get("kind", "text") == "text" and not data.get("pattern"):
        msg = f"{path}: pattern: is missing"
        raise ConfigError(msg)
    made: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in data.items()}
    made["fields"] = {role: tuple(names) for role, names in data.get("fields", {}).items()}
    return Format(**made)


def _wrong(key: str, value: object) -> str:
    """What is wrong with a value, in words; "" where nothing is."""
    if key not in _KEYS:
        return f"unknown key; known are {', '.join(sorted(_KEYS))}"
    if key in _LISTS and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        return "must be a list of texts"
    for keys, kind, words in _TYPES:
        if key in keys and not isinstance(value, kind):
            return f"must be {words}"
    known = {"kind": KINDS, "levels": levels.known(), "clock": grammar().kinds}.get(key)
    if known is not None:
        for one in value if isinstance(value, list) else [value]:
            if one not in known:
                return f"unknown {one!r}; known are {', '.join(sorted(known))}"
    if (
        key == "fields"
        and isinstance(value, dict)
        and not all(isinstance(one, list) for one in value.values())
    ):
        return "each role takes a list of names"
    return ""


def verify(one: Format, path: str = "") -> ConfigError | None:
    """What is wrong with the regexes of a format: each is compiled, which ``load`` leaves for later."""
    wanted = {"pattern": one.pattern, "joins": one.joins, "clock": one.time_pattern, "fold": one.fold}
    wanted |= {f"keep {name}": up_to(one.pattern, name) for name in one.keep if one.kind == "text"}
    wanted |= {f"project {name}": up_to(one.pattern, name) for name in one.project if one.kind == "text"}
    for key, pattern in wanted.items():
        try:
            pl.Series([""]).str.contains(pattern)
        except pl.exceptions.ComputeError as problem:
            return ConfigError(f"{path or one.name}: {key}: bad regex: {problem}")
        if key.startswith(("keep", "project")) and not pattern:
            return ConfigError(f"{path or one.name}: {key}: the pattern has no such group")
    return None


def samples(path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The samples of a file (tables as written) and the lines that must not match."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return data.get("sample", []), [one["line"] for one in data.get("near_miss", [])]


# -- reading regexes -------------------------------------------------------------------------------------
#: A class, in which a "]" that comes first is one of its characters; classes may hold classes, two deep.
_INNER = r"\[\^?\]?(?:\\.|[^\[\]\\])*\]"
_CLASS = rf"\[\^?\]?(?:\\.|{_INNER}|[^\[\]\\])*\]"
#: Found as one regex, not character by character: each run asks some hundred patterns for their literals.
_TOKEN = re.compile(
    rf"\\[xupP]\{{[^}}]*\}}|\\.|{_CLASS}|\(\?P?<[^>]*>|\(\?[^:)]*[:)]|\{{[^}}]*\}}|.", re.DOTALL
)


def tokens(pattern: str) -> list[str]:
    """The pattern in pieces: groups' openings, classes, escapes, quantifiers and single characters."""
    return _TOKEN.findall(pattern)


def _opens(token: str) -> bool:
    return token[0] == "(" and not token.endswith(")")


@cache
def up_to(pattern: str, name: str) -> str:
    """The pattern up to the end of the group ``name``, which is its only group; "" where there is none.

    What follows it literally is kept as far as needed, so that a lazy group ends where it did.
    """
    out: list[str] = []
    depth, inside, opened = 0, -1, 0
    pieces = tokens(pattern)
    for number, token in enumerate(pieces):
        if token in {f"(?<{name}>", f"(?P<{name}>"}:
            inside, opened = depth, number
            out.append("(")
            depth += 1
        elif _opens(token):
            out.append("(?:" if token == "(" or token.endswith(">") else token)
            depth += 1
        elif token == ")":
            depth -= 1
            out.append(token)
            if depth == inside:
                return "".join(out) + _literals_behind(pieces, opened, number + 1) + ")" * depth
        else:
            out.append(token)
    return ""


def _literals_behind(pieces: list[str], start: int, at: int) -> str:
    """What must follow the group in pieces[start:at]: one literal character, all of them if it is lazy."""
    lazy = any(one == "?" and before[0] in "*+}?" for before, one in pairwise(pieces[start:at]))
    out = ""
    while at < len(pieces) and (lazy or not out):
        token = pieces[at]
        plain = len(token) == 1 and token not in "()[]{}.*+?|^$"
        following = pieces[at + 1][0] if at + 1 < len(pieces) else ""
        if not (plain or token[0] == "\\") or (following and following in "?*+{"):
            break
        out += token
        at += 1
    return out


@cache
def cheap(pattern: str) -> str:
    r"""The pattern with ``\s \S \w \d \b`` of ASCII alone: Unicode tables cost most of a compilation."""
    inside = {r"\s": r" \t", r"\w": "0-9A-Za-z_", r"\d": "0-9"}
    alone = {r"\s": r"[ \t]", r"\S": r"[^ \t]", r"\w": "[0-9A-Za-z_]", r"\d": "[0-9]", r"\b": r"(?-u:\b)"}
    out = []
    for token in tokens(pattern):
        if token[0] == "[":
            for short, long in inside.items():
                token = token.replace(short, long)  # noqa: PLW2901 - the same token, spelled out
        out.append(alone.get(token, token))
    return "".join(out)


@cache
def nameless(pattern: str) -> str:
    """The pattern with all its groups made non-capturing."""
    return "".join(
        "(?:" if token == "(" or token.startswith(("(?<", "(?P<")) else token for token in tokens(pattern)
    )


def literals(pattern: str) -> tuple[str, ...]:
    """Runs of characters every match must hold: those outside groups that no quantifier makes optional."""
    if not pattern or pattern.startswith("(?"):
        return ()
    runs, run, depth = [], "", 0
    pieces = tokens(pattern)
    for token, after in zip(pieces, [*pieces[1:], ""], strict=True):
        if token == "|" and not depth:
            return ()
        literal = token if len(token) == 1 and token not in "()[]{}.*+?|^$" else ""
        if token[0] == "\\" and len(token) == 2:
            literal = {"t": "\t"}.get(token[1], token[1] if not token[1].isalnum() else "")
        if depth or not literal or after[:1] in ("?", "*", "{"):
            runs.append(run)
            run = ""
        else:
            run += literal
        depth += _opens(token) - (token == ")")
    return tuple(dict.fromkeys(one for one in [*runs, run] if one.strip()))
