"""A configuration file: TOML, read as data, every key of it checked before anything is done with it."""

import datetime as dt
import math
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from logsense.clean import safe
from logsense.config.keys import BY_PATH, ENABLED, KEYWORDS, TABLES, Key
from logsense.config.lines import line_of, lines
from logsense.config.place import shown
from logsense.config.problems import Problem
from logsense.errors import ConfigError

#: Bytes of a file at most: nobody writes as much, and reading TOML takes more than linear time.
MOST = 1024 * 1024
#: Parts of a key at most: 10,000 of them take a second to read.
DEEPEST = 1000


@dataclass(frozen=True)
class Given:
    """What a file says. values: by the path of the key (``run.tz``); keywords: by ``KIND.NAME``.

    disabled: things that are left out by ``enabled = false``. origins: file and line of each of these, by the
    same names. problems: what is wrong; of that nothing is among the others.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    keywords: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    disabled: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read(path: Path) -> Given:
    """What a file says, and all that is wrong in it; ConfigError for what cannot be read, or is no TOML."""
    name = shown(path)
    try:
        with path.open("rb") as file:
            data = file.read(MOST + 1)
    except FileNotFoundError as error:
        msg = f"there is no configuration file {name}; nothing was done"
        raise ConfigError(msg) from error
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        why = getattr(error, "strerror", None) or error
        msg = f"the configuration {name} could not be read: {why}; --config /dev/null does without it"
        raise ConfigError(msg) from error
    return parsed(data, name, path.parent)


def parsed(data: bytes, name: str, folder: Path) -> Given:
    """What the bytes of a file say. name: for messages; folder: what names of files in it are relative to."""
    text = _text(data, name)
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: no TOML, or a number of 5,000 digits
        why = "it is nested too deeply" if isinstance(error, RecursionError) else error
        msg = f"{name} is no TOML: {why}; nothing was done"
        raise ConfigError(msg) from error
    reading = _Reading(name, folder, lines(text))
    for table, inside in content.items():
        reading.table(table, inside)
    return Given(
        reading.values, reading.keywords, tuple(reading.disabled), reading.origins, tuple(reading.problems)
    )


def _text(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        msg = f"{name} is no TOML: byte {error.start} is no UTF-8; nothing was done"
        raise ConfigError(msg) from error
    if len(data) > MOST or any(row.count(".") > DEEPEST for row in text.split("\n")):
        msg = (
            f"{name} is no configuration: it is larger than {MOST:,} bytes, or has a key of {DEEPEST:,} parts"
        )
        raise ConfigError(msg)
    return text


@dataclass
class _Reading:
    """What was understood of a file so far, and what is wrong with the rest."""

    name: str
    folder: Path
    lines: Mapping[tuple[str, ...], int]
    values: dict[str, object] = field(default_factory=dict)
    keywords: dict[str, Mapping[str, object]] = field(default_factory=dict)
    disabled: list[str] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def table(self, table: str, inside: object) -> None:
        """One table of the file."""
        known = (*TABLES, *KEYWORDS)
        if table not in known:
            # A key that lost its table is meant as the one in a table.
            wanted = [key.path for key in BY_PATH.values() if key.name == table]
            self.wrong((table,), "there is no such table", table, wanted or known, sure=bool(wanted))
        elif not isinstance(inside, dict):
            self.wrong(
                (table,),
                f"must be a table: [{table}]" if table in TABLES else f"must be tables: [{table}.NAME]",
            )
        elif table in KEYWORDS:
            for name, keywords in inside.items():
                self.thing(table, name, keywords)
        else:
            for key, value in inside.items():
                self.key(table, key, value)

    def key(self, table: str, name: str, value: object) -> None:
        """One key of ours."""
        path = f"{table}.{name}"
        key = BY_PATH.get(path)
        if key is None:
            mine = [one.name for one in BY_PATH.values() if one.table == table]
            self.wrong((table, name), "there is no such key", name, mine)
        elif not key.fits(value):
            self.wrong((table, name), f"is {_brief(value)}; it must be {key.allowed}")
        else:
            self.values[path] = self._meant(key, value)
            self.origins[path] = self.at((table, name))

    def thing(self, kind: str, name: str, keywords: object) -> None:
        """The keywords of one thing of a plugin; whether it has them only the host can know."""
        path = (kind, name)
        if not isinstance(keywords, dict):
            self.wrong(path, f"must be a table: [{kind}.{name}]")
            return
        whole = f"{kind}.{name}"
        self.origins[whole] = self.at(path)
        enabled = keywords.get(ENABLED, True)
        if not isinstance(enabled, bool):
            self.wrong((*path, ENABLED), f"is {_brief(enabled)}; it must be true or false")
        elif not enabled:
            self.disabled.append(whole)
            self.origins[f"{whole}.{ENABLED}"] = self.at((*path, ENABLED))
        given = {key: value for key, value in keywords.items() if key != ENABLED}
        for key, value in given.items():
            self.origins[f"{whole}.{key}"] = self.at((*path, key))
            if any(_odd(value)):
                allowed = "text, finite numbers, true, false, and lists and tables of them"
                self.wrong((*path, key), f"holds a time or a number without end; it may hold {allowed}")
        kept = {key: value for key, value in given.items() if not any(_odd(value))}
        if kept:
            self.keywords[whole] = kept

    def at(self, path: tuple[str, ...]) -> str:
        """File and line of a key."""
        return f"{self.name}:{line_of(self.lines, path)}"

    def wrong(
        self, path: tuple[str, ...], why: str, given: str = "", known: object = (), *, sure: bool = False
    ) -> None:
        """One thing that is wrong; given: a name that is none of ``known``."""
        names = [str(one) for one in known] if isinstance(known, list | tuple) else []
        near = names if sure else get_close_matches(given, names, n=1)
        hint = (
            f"; did you mean {' or '.join(near)}?"
            if near
            else f"; there are: {', '.join(names)}"
            if names
            else ""
        )
        self.problems.append(Problem(f"{safe('.'.join(path))}: {why}{hint}", self.at(path)))

    def _meant(self, key: Key, value: object) -> object:
        """Names of files are relative to the file's own folder: the directory one is in means nothing."""
        if key.kind == "file" and isinstance(value, str):
            home = os.path.expanduser(value)  # noqa: PTH111 - Path raises where there is no such home
            return str(self.folder / home)
        return tuple(value) if isinstance(value, list) else value


def _odd(value: object) -> Iterator[bool]:
    """Of every value in it whether it is none that a keyword may hold."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _odd(one)
    else:
        yield isinstance(value, dt.date | dt.time) or (isinstance(value, float) and not math.isfinite(value))


def _brief(value: object) -> str:
    said = "true" if value is True else "false" if value is False else repr(value)
    return safe(said if len(said) <= 60 else f"{said[:57]}...")
