"""The settings of a run: one frozen object, each value with where it came from.

Flags come before the environment (``LOGSENSE_THREADS``, ``LOGSENSE_TZ``, ``LOGSENSE_COLOR``), that before
the defaults. Nothing is ever read from the directory that is analysed. Imports none of the heavy packages.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from logsense.errors import ConfigError

COLORS = ("auto", "always", "never")
MIB = 1024 * 1024
#: More threads than this gain nothing: the merge between them becomes what is waited for.
MOST_THREADS = 8
_ENVIRONMENT = {
    "threads": "LOGSENSE_THREADS",
    "tz": "LOGSENSE_TZ",
    "color": "LOGSENSE_COLOR",
    "verdicts": "LOGSENSE_VERDICTS",
}
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?([0-5]\d)?")
_AGO = re.compile(r"-\s*(\d{1,9})\s*(ms|s|m|min|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}


def default_threads() -> int:
    """As many as there are cores, at most ``MOST_THREADS``."""
    return max(1, min(os.cpu_count() or 1, MOST_THREADS))


@dataclass(frozen=True, kw_only=True)
class PluginSettings:
    """Which plugins run, how far they may go, and with what keywords.

    load: names of third-party distributions or entries that are loaded; None: all that are installed, ():
    none. disabled: entries (``KIND.NAME``, such as ``detectors.rate``) or distributions that are left out,
    bundled ones too. trusted: distributions that run in this process as the bundled ones do; others run in
    workers. seconds, memory: what a call of a plugin in a worker may take, memory in MiB. strict: a plugin
    that fails fails the run. trace: calls are told of on stderr. keywords: of the things plugins register,
    by ``KIND.NAME`` (``detectors.rate``), with ``origins`` (``detectors.rate.alpha``: file and line).
    tell: called with each call of a plugin as it ends (``logsense.host.Call``); for traces.
    """

    load: tuple[str, ...] | None = None
    disabled: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    seconds: float = 30.0
    memory: int = 2048
    strict: bool = False
    trace: bool = False
    keywords: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)
    tell: Callable[[Any], None] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a run is asked for. ``check`` says whether the values make sense; ``resolve`` gathers them.

    tz: zone of times that name none, an IANA name or an offset (``+02:00``). year: the year of dates
    without one, None: inferred. since, until: as typed (``parse_when`` reads them once the last time of
    the logs is known); since belongs to the window, until does not. include, exclude: globs on names of
    files. threads: blocks worked on at once. block_size: bytes a block. sample_lines: lines that
    numbers are read from, about so many in all; of small files all. max_lines: stop after so many lines,
    None: never.
    baseline: paths of known-good logs, which tell what is usual; they are not judged themselves.
    verdicts: file of what people said of findings. plugins: see ``PluginSettings``.
    quiet: no progress, no notes; verbose: how much more is said. color: one of ``COLORS``. origins: for
    each value that is no default, where it came from ("flag", or the variable's name).
    """

    tz: str = "UTC"
    year: int | None = None
    since: str | None = None
    until: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    baseline: tuple[str, ...] = ()
    verdicts: str | None = None
    threads: int = field(default_factory=default_threads)
    block_size: int = 4 * MIB
    sample_lines: int = 40_000
    max_lines: int | None = None
    quiet: bool = False
    verbose: int = 0
    color: str = "auto"
    plugins: PluginSettings = field(default_factory=PluginSettings)
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def resolve(cls, environ: Mapping[str, str] | None = None, **flags: object) -> "Settings":
        """Settings from flags, the environment (default: the process's own) and defaults, checked.

        A flag that is None was not given; an empty variable counts as unset. ConfigError names what is
        unknown, of the wrong type or out of range.
        """
        known = {one.name for one in fields(cls)} - {"origins"}
        given = {name: value for name, value in flags.items() if value is not None}
        unknown = sorted(set(given) - known)
        if unknown:
            msg = f"unknown setting {unknown[0]!r}; there are: {', '.join(sorted(known))}"
            raise ConfigError(msg)
        values = _from_environment(os.environ if environ is None else environ)
        origins = {name: _ENVIRONMENT[name] for name in values} | dict.fromkeys(given, "flag")
        values |= given
        for name in ("include", "exclude"):
            globs = values.get(name, ())
            # Flags arrive as objects: check() below refuses what is of the wrong type, mypy cannot know.
            values[name] = (globs,) if isinstance(globs, str) else tuple(globs)  # type: ignore[arg-type]
        values["baseline"] = _paths(values.get("baseline", ()))
        return replace(cls(), **values, origins=origins).check()  # type: ignore[arg-type]

    def check(self) -> "Settings":
        """The settings, if each makes sense; ConfigError names the key, its value and its origin else."""
        zone(self.tz)
        for name, least, most in _RANGES:
            value = getattr(self, name)
            if value is None and name in _OPTIONAL:
                continue
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                self._refuse(name, f"must be a whole number from {least} to {most}")
        if self.color not in COLORS:
            self._refuse("color", f"must be one of {', '.join(COLORS)}")
        now = datetime(2000, 1, 1)  # any time does to try a text
        for name in ("since", "until"):
            text = getattr(self, name)
            if text is not None:
                parse_when(text, now, key=name)
        return self

    def window(self, last: datetime | None) -> tuple[datetime | None, datetime | None]:
        """The times of since and until, naive UTC; relative ones count back from ``last``, else from now.

        ConfigError where the window is empty.
        """
        now = last if last is not None else datetime.now(UTC).replace(tzinfo=None)
        where = zone(self.tz)
        since = parse_when(self.since, now, key="since", where=where) if self.since else None
        until = parse_when(self.until, now, key="until", where=where) if self.until else None
        if since is not None and until is not None and since >= until:
            self._refuse("until", f"must come after since ({self.since!r})")
        return since, until

    @property
    def counts_back(self) -> bool:
        """Whether since or until is an age, which means nothing before the last time of the logs is known."""
        return any(
            text and (_AGO.fullmatch(text.strip()) or text.strip() == "now")
            for text in (self.since, self.until)
        )

    def _refuse(self, name: str, why: str) -> None:
        origin = self.origins.get(name)
        msg = f"{name} is {getattr(self, name)!r}{f' (from {origin})' if origin else ''}; it {why}"
        raise ConfigError(msg)


def _paths(given: object) -> tuple[str, ...]:
    """Paths, given as one or as several, as text; ConfigError for what is no path."""
    several: Iterable[object] = (given,)
    if isinstance(given, Iterable) and not isinstance(given, str | bytes):
        several = given
    try:
        # Flags arrive as objects: what is no path fails here, mypy cannot know.
        return tuple(os.fsdecode(path) for path in several)  # type: ignore[arg-type]
    except TypeError as error:
        msg = f"baseline is {given!r}; it must be a path, or several"
        raise ConfigError(msg) from error


_OPTIONAL = ("year", "max_lines")
_RANGES = (
    ("year", 1970, 2100),
    ("threads", 1, 256),
    ("block_size", 4096, 1024 * MIB),
    ("sample_lines", 100, 2**31),
    ("max_lines", 1, 2**63),
    ("verbose", 0, 9),
)


def _from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, variable in _ENVIRONMENT.items():
        text = environ.get(variable, "")
        if not text:
            continue
        if name == "threads":
            if not text.isdecimal():
                msg = f"{variable} is {text!r}; it must be a whole number"
                raise ConfigError(msg)
            found[name] = int(text)
        else:
            found[name] = text
    return found


def zone(text: str) -> tzinfo:
    """The zone a name (``Europe/Berlin``) or an offset (``+02:00``, ``UTC-5``) means; ConfigError else."""
    offset = _OFFSET.fullmatch(text)
    if offset:
        hours = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if hours <= timedelta(hours=14):
            return timezone(-hours if offset[1] == "-" else hours)
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"tz is {text!r}; it must be a zone such as Europe/Berlin, or an offset such as +02:00"
        raise ConfigError(msg) from error


def parse_when(text: str, now: datetime, *, key: str = "time", where: tzinfo = UTC) -> datetime:
    """A time as typed, as naive UTC: ISO 8601, ``now``, or an age such as ``-2h``, ``-30m``, ``-1d``.

    Ages count back from ``now`` (naive UTC); a time without a zone is read in ``where``. ConfigError
    names ``key`` for what is neither.
    """
    words = text.strip()
    ago = _AGO.fullmatch(words)
    try:
        if ago:
            return now - timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])
        if words == "now":
            return now
        time = datetime.fromisoformat(words)
        time = time.replace(tzinfo=where) if time.tzinfo is None else time
        return time.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        msg = f"{key} is {text!r}; it must be a time such as 2026-01-02T03:04 or an age such as -2h"
        raise ConfigError(msg) from error
