"""All settings of a run in one frozen object, each value with where it came from.

An option comes before the environment (``LOGSENSE_THREADS``, ``LOGSENSE_TZ``, …), that before a file that
was named, that before the defaults.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from logsense.config import file
from logsense.config.keys import BY_PATH, ENABLED, KEYS, Key
from logsense.config.parts import PluginSettings, Screens, Thresholds
from logsense.config.problems import Problem, refuse
from logsense.config.times import AGO, parse_when, zone
from logsense.errors import ConfigError

MIB = 1024 * 1024
#: More threads than this gain nothing: the merge between them becomes what is waited for.
MOST_THREADS = 8
COLORS = BY_PATH["run.color"].choices
#: What says when to use colour before a file is asked.
_COLOURING = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE")
#: Those that may be none.
_OPTIONAL = ("year", "max_lines", "load")
#: As an empty LOGSENSE_LOAD_PLUGINS, which some tools cannot set; never the name of a package.
NONE = "none"
#: Options that stand for a key of another name.
_SHORT = ("no_plugins", "strict_plugins")


def default_threads() -> int:
    """As many as there are cores, at most ``MOST_THREADS``."""
    return max(1, min(os.cpu_count() or 1, MOST_THREADS))


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
    verdicts: file of what people said of findings. plugins, thresholds, screens: see their
    classes.
    quiet: no progress, no notes; verbose: how much more is said. color: one of ``COLORS``. origins: for
    each value that is no default, where it came from: "flag", the variable's name, or file and line; those
    of plugins are in ``plugins.origins``.
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
    thresholds: Thresholds = field(default_factory=Thresholds)
    screens: Screens = field(default_factory=Screens)
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def resolve(cls, environ: Mapping[str, str] | None = None, **flags: object) -> "Settings":
        """Settings from flags, the environment (default: the process's own), a file and defaults, checked.

        A flag that is None was not given; an empty variable counts as unset, save that a
        LOGSENSE_LOAD_PLUGINS that is empty, or ``none``, loads no plugins of others. Flags are the fields of
        this class, ``no_plugins``, ``strict_plugins`` and ``config``: a file in TOML (docs/config.md), which
        must exist. Without it none is read, so that what a program gets does not depend on whose home it runs
        in; what commands read is ``usual_file()``. ConfigError names all that is unknown, of the wrong type
        or out of range, a row each.
        """
        settings, problems = cls.tried(environ, **flags)
        refuse(problems)
        return settings

    @classmethod
    def tried(
        cls, environ: Mapping[str, str] | None = None, **flags: object
    ) -> tuple["Settings", tuple[Problem, ...]]:
        """As ``resolve``, with what is wrong beside it instead of raised: what can be had without that.

        ConfigError still where there is nothing to be had: a flag that is none, a file that cannot be read.
        """
        environ = os.environ if environ is None else environ
        known = {one.name for one in fields(cls)} - {"origins"} | {*_SHORT, "config"}
        given = {name: value for name, value in flags.items() if value is not None}
        unknown = sorted(set(given) - known)
        if unknown:
            msg = f"unknown setting {unknown[0]!r}; there are: {', '.join(sorted(known))}"
            raise ConfigError(msg)
        said = file.read(Path(_path(given.pop("config")))) if "config" in given else file.Given()
        values, origins, problems = _layered(said, environ)
        short = {name: given.pop(name) for name in _SHORT if name in given}
        # All of a file was checked by its keys, which mypy cannot know.
        run: dict[str, object] = _of("run", values) | {
            "plugins": _plugins(said, values, origins, short),
            "thresholds": Thresholds(**_of("thresholds", values)),  # type: ignore[arg-type]
            # As above.
            "screens": Screens(**_of("tui", values)),  # type: ignore[arg-type]
        }
        ours = {path: key for path, key in BY_PATH.items() if path in origins and key.table != "plugins"}
        where = {key.target if key.table == "run" else path: origins[path] for path, key in ours.items()}
        run |= given
        for name in ("include", "exclude"):
            globs = run.get(name, ())
            # Flags arrive as objects: check() below refuses what is of the wrong type, mypy cannot know.
            run[name] = (globs,) if isinstance(globs, str) else tuple(globs)  # type: ignore[arg-type]
        run |= {name: _path(run[name]) for name in ("verdicts",) if run.get(name) is not None}
        run["baseline"] = _paths(run.get("baseline", ()))
        where |= dict.fromkeys(given, "flag")
        settings = replace(cls(), **run, origins=where)  # type: ignore[arg-type] # each was checked by its key
        return settings, (*said.problems, *problems, *settings.problems())

    def check(self) -> "Settings":
        """The settings, if each makes sense; ConfigError names each key that does not, value and origin."""
        refuse(self.problems())
        return self

    def problems(self) -> Iterator[Problem]:
        """What makes no sense."""
        odd = [name for name, kind in _KINDS.items() if not isinstance(getattr(self, name), kind)]
        for name in odd:
            yield self._wrong(name, f"must be a {_KINDS[name].__name__}")
        for key in KEYS:
            if _PARTS[key.table] in odd:
                continue
            value, origin = value_of(self, key)
            if value is None and (key.kind == "file" or key.target in _OPTIONAL):
                continue
            if not key.fits(value):
                yield _wrong(
                    key.target if key.table == "run" else key.path, value, origin, f"must be {key.allowed}"
                )
        now = datetime(2000, 1, 1)  # any time does to try a text
        for name in ("since", "until"):
            text = getattr(self, name)
            try:
                if text is not None:
                    parse_when(text, now, key=name)
            except ConfigError as error:
                yield Problem(str(error))

    def window(self, last: datetime | None) -> tuple[datetime | None, datetime | None]:
        """The times of since and until, naive UTC; relative ones count back from ``last``, else from now.

        ConfigError where the window is empty.
        """
        now = last if last is not None else datetime.now(UTC).replace(tzinfo=None)
        where = zone(self.tz)
        since = parse_when(self.since, now, key="since", where=where) if self.since else None
        until = parse_when(self.until, now, key="until", where=where) if self.until else None
        if since is not None and until is not None and since >= until:
            refuse([self._wrong("until", f"must come after since ({self.since!r})")])
        return since, until

    @property
    def counts_back(self) -> bool:
        """Whether since or until is an age, which means nothing before the last time of the logs is known."""
        return any(
            text and (AGO.fullmatch(text.strip()) or text.strip() == "now")
            for text in (self.since, self.until)
        )

    def _wrong(self, name: str, why: str) -> Problem:
        return _wrong(name, getattr(self, name), self.origins.get(name), why)


def _wrong(name: str, value: object, origin: str | None, why: str) -> Problem:
    """What is wrong with a value that is of no file: what a file says has been held against its keys."""
    return Problem(f"{name} is {value!r}{f' (from {origin})' if origin else ''}; it {why}")


def value_of(settings: Settings, key: Key) -> tuple[object, str | None]:
    """The value of a key in the settings, and where it is from; None for a default."""
    part = _PARTS[key.table]
    holder = getattr(settings, part) if part else settings
    if key.table == "plugins":
        return getattr(holder, key.target), settings.plugins.origins.get(key.name)
    return getattr(holder, key.target), settings.origins.get(key.path if part else key.target)


def _path(given: object) -> str:
    """The name of a file as text; ConfigError for what is none."""
    if isinstance(given, str | os.PathLike):
        return os.fsdecode(given)
    msg = f"{given!r} is no name of a file"
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


_KINDS = {"plugins": PluginSettings, "thresholds": Thresholds, "screens": Screens}
#: Where the values of a table are in the settings.
_PARTS = {"run": "", "plugins": "plugins", "thresholds": "thresholds", "tui": "screens"}


def _of(table: str, values: Mapping[str, object]) -> dict[str, object]:
    """The values of a table by their fields."""
    return {key.target: values[key.path] for key in KEYS if key.table == table and key.path in values}


def _layered(
    said: file.Given, environ: Mapping[str, str]
) -> tuple[dict[str, object], dict[str, str], list[Problem]]:
    """The values that a file or the environment gives, where each is from, and what is none."""
    problems = []
    values, origins = dict(said.values), {path: said.origins[path] for path in said.values}
    if any(environ.get(name) for name in _COLOURING):
        values.pop("run.color", None)  # these are of the environment, which comes before a file
        origins.pop("run.color", None)
    for key in KEYS:
        text = environ.get(key.variable) if key.variable else None
        if text is None or (not text and key.path != "plugins.load"):
            continue
        try:
            values[key.path], origins[key.path] = _typed(key, text), key.variable
        except ConfigError as error:
            problems.append(Problem(str(error)))
    return values, origins, problems


def _typed(key: Key, text: str) -> object:
    """The value that the text of a variable means."""
    if key.kind == "texts":
        if key.path == "plugins.load" and text.strip().lower() == NONE:
            return ()
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if key.kind == "true or false":
        return text.strip().lower() not in ("0", "false", "no", "off")
    if key.kind == "whole number":
        if not text.isdecimal():
            msg = f"{key.variable} is {text!r}; it must be {key.allowed}"
            raise ConfigError(msg)
        return int(text)
    return text


def _plugins(
    said: file.Given, values: Mapping[str, object], origins: Mapping[str, str], short: Mapping[str, object]
) -> PluginSettings:
    """What is said of plugins, with the keywords of what they bring."""
    own = _of("plugins", values)
    where = {
        path.partition(".")[2]: origin for path, origin in origins.items() if path.startswith("plugins.")
    }
    where |= {name: origin for name, origin in said.origins.items() if name not in BY_PATH}
    if said.disabled:
        disabled = own.get("disabled", ())
        own["disabled"] = (*disabled, *said.disabled) if isinstance(disabled, tuple) else said.disabled
        where.setdefault("disable", where[f"{said.disabled[0]}.{ENABLED}"])
    if short.get("no_plugins"):
        own["load"], where["load"] = (), "flag"
    if short.get("strict_plugins"):
        own["strict"], where["strict"] = True, "flag"
    # Each was checked by its key, which mypy cannot know.
    return PluginSettings(**own, keywords=said.keywords, origins=where)  # type: ignore[arg-type]
