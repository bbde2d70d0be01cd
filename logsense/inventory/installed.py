"""What distributions announce, read from their metadata; nothing of them is imported."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution as Metadata
from importlib.metadata import EntryPoint, PackageMetadata, entry_points
from pathlib import Path

from logsense import __version__
from logsense.config import PluginSettings, trusted

#: The kinds of plugins, as in ``logsense.host``, whose import would load Polars; a test compares the two.
KINDS = (
    "formats", "masks", "sources", "metrics", "detectors", "rankers", "reporters", "panels", "commands",
)  # fmt: skip
#: The distribution that brings the core, and the bundled plugins.
CORE = "logsense-aiops"
#: Kinds that are loaded in this process whoever brings them: they draw on its screen, or are its commands.
HERE = ("panels", "commands")


@dataclass(frozen=True)
class Entry:
    """One entry point: kind, its name, the module, and why it is not loaded ("" where it is).

    worker: whether it runs in a process of its own.
    """

    kind: str
    name: str
    module: str
    why_not: str
    worker: bool


@dataclass(frozen=True)
class Distribution:
    """What one distribution says of itself, as written there: foreign text, not made safe.

    asks: its requirement on the core, such as ``>=0.1,<1``; "" where it asks for any, None where it does not
    require the core at all. met: whether this version meets it. folder: where it is installed.
    """

    name: str
    version: str
    summary: str
    home: str
    licence: str
    asks: str | None
    met: bool
    folder: str
    entries: tuple[Entry, ...]

    @property
    def bundled(self) -> bool:
        """Whether it comes in our own wheel."""
        return self.name == CORE


def installed(settings: PluginSettings) -> list[Distribution]:
    """All distributions with an entry point of ours: the core first, then by name.

    settings: decide which of them are loaded, and where they run.
    """
    found = _points()
    told = {key: _metadata(points[0][1].dist) for key, points in found.items()}
    order = sorted(found, key=lambda key: (key[0] != CORE, key))
    taken: dict[tuple[str, str], str] = {}
    out = []
    for key in order:
        home = told[key]
        points = sorted(found[key], key=lambda row: (KINDS.index(row[0]), row[1].name, row[1].value))
        entries = tuple(_entry(kind, point, home, settings, taken) for kind, point in points)
        out.append(
            Distribution(
                *key, home.summary, home.home, home.licence, home.asks, home.met, home.folder, entries
            )
        )
    return out


def _points() -> dict[tuple[str, str], list[tuple[str, EntryPoint]]]:
    """Entry points of our groups, by name and version of their distribution."""
    found: dict[tuple[str, str], dict[tuple[str, str, str], tuple[str, EntryPoint]]] = {}
    every = entry_points()
    for kind in KINDS:
        for point in every.select(group=f"logsense.{kind}"):
            key = (point.dist.name, point.dist.version) if point.dist else ("?", "?")
            found.setdefault(key, {})[kind, point.name, point.value] = (kind, point)
    return {key: list(points.values()) for key, points in found.items()}


@dataclass(frozen=True)
class _Told:
    name: str
    summary: str
    home: str
    licence: str
    asks: str | None
    met: bool
    folder: str


def _metadata(dist: Metadata | None) -> _Told:
    if dist is None:
        return _Told("?", "", "", "", None, True, "")
    about = dist.metadata
    urls = dict(_pair(text) for text in about.get_all("Project-URL") or ())
    home = urls.get("homepage") or _first(about, "Home-page") or next(iter(urls.values()), "")
    licence = _first(about, "License-Expression") or _first(about, "License")
    asks, met = (None, True) if dist.name == CORE else asked(dist.requires or ())
    folder = str(Path(str(dist.locate_file(""))))
    return _Told(dist.name, _first(about, "Summary"), home, licence.split("\n")[0], asks, met, folder)


def _first(about: PackageMetadata, key: str) -> str:
    return next(iter(about.get_all(key) or ()), "")


def _pair(text: str) -> tuple[str, str]:
    label, _, url = text.partition(",")
    return label.strip().lower(), url.strip()


def asked(requires: Iterable[str]) -> tuple[str | None, bool]:
    """What requirements ask of the core, None where they do not name it; and whether this version fits."""
    # Versions have an order and rules of their own (PEP 440); packaging is the reference for both.
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    for text in requires:
        try:
            one = Requirement(text)
        except InvalidRequirement:
            continue  # what pip let through but cannot be read says nothing of us
        if canonicalize_name(one.name) == CORE and (one.marker is None or one.marker.evaluate({"extra": ""})):
            met = one.specifier.contains(__version__, prereleases=True)
            # As written, lower bound first: a set has no order of its own.
            return ",".join(sorted(map(str, one.specifier), key=lambda s: (s[0] == "<", s))), met
    return None, True


def _entry(
    kind: str,
    point: EntryPoint,
    whose: _Told,
    settings: PluginSettings,
    taken: dict[tuple[str, str], str],
) -> Entry:
    bundled = whose.name == CORE
    why_not = _left_out(kind, point.name, whose, settings)
    if not why_not:
        # The host loads the first of a name: those of ours, then by distribution.
        other = taken.setdefault((kind, point.name), whose.name)
        if other != whose.name:
            why_not = f"its name is taken by {other}"
    worker = not bundled and kind not in HERE and not trusted(whose.name, settings)
    return Entry(kind, point.name, point.value, why_not, worker)


def _left_out(kind: str, name: str, whose: _Told, settings: PluginSettings) -> str:
    """Why an entry is not loaded; "" where nothing speaks against it."""
    if not {f"{kind}.{name}", whose.name}.isdisjoint(settings.disabled):
        return "disabled"
    if whose.name == CORE:
        return ""
    if settings.load is not None and {name, whose.name}.isdisjoint(settings.load):
        return _limited(settings.load)
    if not whose.met:
        return f"it needs {CORE} {whose.asks}, this is {__version__}"
    return ""


def _limited(load: Sequence[str]) -> str:
    return f"not loaded: only {', '.join(load)}" if load else "not loaded: only the bundled ones are"
