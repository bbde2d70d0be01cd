"""Masks that plugins declare: TOML files, read, checked by their own samples, and made ready for columns.

No samples, no mask: each brings texts with what must come out, and near misses that must stay as they are.
Both are checked when the file is read, so that what a mask does is what its author saw it do (those of our
own, which tests hold, are not checked again at each run). What is wrong is named with file, mask and key, and
that mask is left out. ``docs/masks.md`` describes the keys.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from logsense.clean import name as clean_name
from logsense.clean import safe
from logsense.errors import ConfigError
from logsense.mine.marks import CHAR, FREE, MANY
from logsense.mine.masks.apply import prepared
from logsense.mine.masks.patterns import Mask
from logsense.mine.text import named
from logsense.mine.words import CAUSE

#: Bytes of a file, masks of a run and characters of a pattern or sample at most.
LARGEST, MOST, LONGEST = 1024 * 1024, 1000, 4096
_KEYS = {"name", "about", "pattern", "placeholder", "to", "samples", "near_misses"}
_PLACEHOLDER = re.compile(r"<([a-z]{2,16})>")


@cache
def _cause() -> re.Pattern[str]:
    """Words that state a cause; compiled where masks are verified alone, which takes 3 ms."""
    return re.compile(rf"(?<!\w)(?:{CAUSE})(?!\w)")


@dataclass(frozen=True)
class Masks:
    """Masks of plugins in their order. kinds: the name of each private character that is theirs."""

    masks: tuple[Mask, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Declared:
    """One mask as its table says, checked but for its samples."""

    where: str
    name: str
    pattern: str
    placeholder: str
    to: str
    samples: tuple[tuple[str, str], ...]
    near_misses: tuple[str, ...]

    def mask(self, char: str) -> Mask:
        """The mask whose placeholder is this private character."""
        # Asking for the pattern first is cheaper than to replace by it, and changes nothing.
        return Mask(self.pattern, self.to.replace(f"<{self.placeholder}>", char), self.pattern)


def declared(folders: Iterable[Path], held: Collection[Path] = ()) -> tuple[Masks, list[ConfigError]]:
    """The masks of all TOML files of the folders, in their order, and what is wrong with the rest.

    held: those of the folders whose samples are known to come out, as tests hold ours.
    """
    known: dict[str, _Declared] = {}
    problems: list[ConfigError] = []
    for folder, path in ((one, path) for one in folders for path in sorted(Path(one).glob("*.toml"))):
        found, wrong = read(path, held=folder in held)
        problems += wrong
        for one in found:
            if one.name in known or len(known) == MOST:
                why = "another mask is called so" if one.name in known else f"there are {MOST} masks already"
                problems.append(_problem(one.where, "name", why))
            else:
                known[one.name] = one
    names = sorted({one.placeholder for one in known.values()} - set(CHAR))
    chars = dict(CHAR) | {name: chr(ord(FREE) + place) for place, name in enumerate(names[:MANY])}
    for one in [one for one in known.values() if one.placeholder not in chars]:
        problems.append(_problem(one.where, "placeholder", f"there are {MANY} other ones already"))
        del known[one.name]
    masks = tuple(one.mask(chars[one.placeholder]) for one in known.values())
    return Masks(masks, {chars[name]: name for name in names if name in chars}), problems


def read(path: Path, *, held: bool = False) -> tuple[list[_Declared], list[ConfigError]]:
    """The masks of one file whose samples come out as they say, and what is wrong with the others.

    held: that they do is known, and not looked at.
    """
    where = clean_name(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            return [], [ConfigError(f"{where}: is larger than {LARGEST:,} bytes; none of its masks is used")]
        content = tomllib.loads(data.decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # ValueError: no UTF-8, no TOML, huge numbers
        return [], [
            ConfigError(f"{where}: cannot be read as TOML: {safe(str(error))}; none of its masks is used")
        ]
    tables = content.pop("mask", [])
    problems = [_problem(where, key, "unknown key; a mask begins with [[mask]]") for key in content]
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        return [], [*problems, _problem(where, "mask", "must be tables, each begun by [[mask]]")]
    found = []
    for number, table in enumerate(tables, 1):
        try:
            one = _read(f"{where}: mask {number}", table)
            if not held:
                _verify(one)
        except ConfigError as problem:
            problems.append(problem)
            continue
        found.append(one)
    return found, problems


def _read(at: str, table: Mapping[str, Any]) -> _Declared:
    at = f"{at} ({safe(str(table['name']))})" if isinstance(table.get("name"), str) else at
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise _problem(at, unknown[0], f"unknown key; known are {', '.join(sorted(_KEYS))}")
    for key in ("name", "pattern", "placeholder", "about", "to"):
        value = table.get(key, "" if key in ("about", "to") else None)
        if not isinstance(value, str) or (not value and key not in ("about", "to")) or len(value) > LONGEST:
            raise _problem(at, key, f"must be a text of at most {LONGEST:,} characters")
    holder = _PLACEHOLDER.fullmatch(table["placeholder"])
    if holder is None or holder[1] == "unparsed":
        raise _problem(at, "placeholder", "must be small letters between < and >, such as <pod>")
    to = table.get("to") or table["placeholder"]
    if set(_PLACEHOLDER.findall(to)) != {holder[1]}:
        raise _problem(at, "to", f"must hold {table['placeholder']}, and no other placeholder")
    pairs = _pairs(table.get("samples"))
    if not pairs:
        raise _problem(at, "samples", "must be a list of { text = …, masked = … }, one at least")
    misses = _texts(table.get("near_misses"))
    if not misses:
        raise _problem(at, "near_misses", "must be a list of texts that stay as they are, one at least")
    return _Declared(at, table["name"], table["pattern"], holder[1], to, pairs, misses)


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    """Samples, each a text and what must come out; none where they are anything else."""
    tables = value if isinstance(value, list) else []
    if not all(isinstance(one, dict) and set(one) == {"text", "masked"} for one in tables):
        return ()
    texts = _texts([one[key] for one in tables for key in ("text", "masked")])
    return tuple(zip(texts[::2], texts[1::2], strict=True))


def _texts(value: object) -> tuple[str, ...]:
    """A list of short texts; none where it is anything else."""
    several = value if isinstance(value, list) else []
    return tuple(several) if all(isinstance(t, str) and len(t) <= LONGEST for t in several) else ()


def _verify(one: _Declared) -> None:
    """ConfigError where the pattern is none, or does something else than its samples say."""
    char = CHAR.get(one.placeholder, FREE)
    masks = Masks((one.mask(char),), {char: one.placeholder})
    texts = [*(text for text, _ in one.samples), *one.near_misses]
    try:
        empty = pl.Series([""]).str.contains(one.pattern)[0]
        done = [named(text, masks.kinds) for text in prepared(pl.Series(texts), masks.masks)]
    except pl.exceptions.ComputeError as problem:
        raise _problem(one.where, "pattern", f"bad regex: {safe(str(problem).splitlines()[-1])}") from problem
    if empty:
        raise _problem(one.where, "pattern", "must not match where nothing stands")
    wanted = [*(masked for _, masked in one.samples), *one.near_misses]
    for text, want, got in zip(texts, wanted, done, strict=True):
        key = "samples" if want != text else "near_misses"
        if got != want:
            raise _problem(one.where, key, f"{safe(text)!r} becomes {safe(got)!r}, not {safe(want)!r}")
        lost = Counter(_cause().findall(text)) - Counter(_cause().findall(got))
        if lost:
            raise _problem(one.where, "pattern", f"hides {safe(min(lost))!r}, a word that states a cause")


def _problem(where: str, key: str, why: str) -> ConfigError:
    return ConfigError(f"{where}: {safe(key)}: {why}; it is left out")
