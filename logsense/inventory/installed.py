"""What distributions announce, read from their metadata; nothing of them is imported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution as Metadata
from pathlib import Path

from logsense import entry_points
from logsense.config import PluginSettings, barred, chosen
from logsense.entry_points import UNREADABLE, Found, announced, fits, here, in_order, needs, stated
from logsense.naming import KINDS


@dataclass(frozen=True)
class Entry:
    """One entry point: kind, its name, the module, and why it is not loaded ("" where it is).

    worker: whether it runs in a process of its own. bundled: whether it is one of ours.
    """

    kind: str
    name: str
    module: str
    why_not: str
    worker: bool
    bundled: bool = False


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
        """Whether it comes in our own wheel; a stranger who bears its name does not."""
        return any(entry.bundled for entry in self.entries)


def installed(settings: PluginSettings) -> list[Distribution]:
    """All distributions with an entry point of ours: the core first, then by name.

    settings: decide which of them are loaded, and where they run.
    """
    every = entry_points.installed()
    known: dict[int, tuple[str, str, str, str]] = {}
    homes: dict[tuple[str, str], Metadata | None] = {}
    entries: dict[tuple[str, str], list[Entry]] = {}
    for kind in KINDS:
        points = [(announced(kind, point, known), point) for point in every.select(group=f"logsense.{kind}")]
        found = in_order(one for one, _ in points)
        why = left_out(found, settings)
        for one in found:
            entry = Entry(kind, one.name, one.value, why[one], not here(one, settings), one.bundled)
            entries.setdefault((one.distribution, one.version), []).append(entry)
        homes |= {(one.distribution, one.version): point.dist for one, point in points}
    out = [_distribution(key, homes[key], tuple(own)) for key, own in entries.items()]
    return sorted(out, key=lambda one: (not one.bundled, one.name, one.version))


def left_out(found: Sequence[Found], settings: PluginSettings) -> Mapping[Found, str]:
    """Why each entry of a kind is not loaded, by the rules of the host; "" where it is."""
    wanted = chosen(found, settings)
    first: dict[str, Found] = {}
    for one in wanted:
        first.setdefault(one.name, one)
    return {
        one: unwanted(one, settings)
        or _refused(one)
        or (f"its name is taken by {first[one.name].distribution}" if first[one.name] is not one else "")
        for one in found
    }


def unwanted(one: Found, settings: PluginSettings) -> str:
    """Why the settings leave an entry out; "" where they do not."""
    by = barred(one, settings)
    if by == "load":
        names = ", ".join(settings.load or ())
        return f"not loaded: only {names}" if names else "not loaded: only the bundled ones are"
    return "disabled" if by else ""


def _refused(one: Found) -> str:
    return one.refused.removesuffix("; it is not loaded")


def _distribution(key: tuple[str, str], dist: Metadata | None, entries: tuple[Entry, ...]) -> Distribution:
    home = _metadata(dist)
    return Distribution(
        *key, home.summary, home.home, home.licence, home.asks, home.met, home.folder, entries
    )


@dataclass(frozen=True)
class _Told:
    summary: str
    home: str
    licence: str
    asks: str | None
    met: bool
    folder: str


def _metadata(dist: Metadata | None) -> _Told:
    unknown = _Told("", "", "", None, True, "")
    try:
        return unknown if dist is None else _read(dist)
    except UNREADABLE:  # why its entries are not loaded says so
        return unknown


def _read(dist: Metadata) -> _Told:
    about = dist.metadata
    urls = dict(_pair(text) for text in about.get_all("Project-URL") or ())
    home = urls.get("homepage") or stated(about, "Home-page") or next(iter(urls.values()), "")
    licence = stated(about, "License-Expression") or stated(about, "License")
    asks = needs(dist.requires or ())
    folder = str(Path(str(dist.locate_file(""))))
    return _Told(stated(about, "Summary"), home, licence.split("\n")[0], asks, fits(asks), folder)


def _pair(text: str) -> tuple[str, str]:
    label, _, url = text.partition(",")
    return label.strip().lower(), url.strip()
