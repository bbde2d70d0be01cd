"""What plugins register, in words: they are loaded for it, through the host, as a run would load them."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from logsense.analysis import PluginFailure
from logsense.config import PluginSettings, means
from logsense.host import Host, Loaded, find

#: Kinds that register folders, and the keys under which their files name what they declare.
FOLDERS = {"formats": "name", "masks": "mask"}
#: What the docstring of a detector or ranker says under headings of its own.
HEADINGS = ("Finds", "Misses", "Cost", "Source")
_HEADING = re.compile(rf"^\s*({'|'.join(HEADINGS)}|Args):", re.MULTILINE)


@dataclass(frozen=True)
class Thing:
    """One thing a plugin registers.

    entry: kind, name and distribution of the entry point. about: what it is in a sentence. parts: what it
    says of Finds, Misses, Cost and Source. keywords: with defaults, as written in Python. holds: names that
    people meet: of formats, masks or schemes, or its title. given: keywords that the settings give it, as
    written in Python. enabled: whether the settings leave it in.
    """

    name: str
    entry: tuple[str, str, str]
    about: str
    parts: Mapping[str, str] = field(default_factory=dict)
    keywords: Mapping[str, str] = field(default_factory=dict)
    holds: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    enabled: bool = True


def described(
    kinds: Sequence[str], settings: PluginSettings
) -> tuple[list[Thing], tuple[PluginFailure, ...]]:
    """All that plugins of these kinds register, and the plugins that failed at it.

    Entries that the settings leave out are not loaded; of the others also things are told of that are left
    out by their own names. Strangers' code runs in its worker.
    """
    found = [one for kind in kinds for one in find(kind)]
    entries = tuple(name for name in settings.disabled if any(means(name, one) for one in found))
    # A keyword that nothing has is an error of a run; here it would hide what there is.
    lenient = replace(settings, disabled=entries, keywords={})
    with Host(kinds=kinds, plugins=lenient) as host:
        # What formats() and masks() give does not say whose it is.
        loaded = [one for kind in kinds for one in host.loaded(kind)]
        things = [_thing(one, settings) for one in loaded]
        return things, tuple(host.failures)


def _thing(one: Loaded, settings: PluginSettings) -> Thing:
    found = one.found
    full = f"{found.kind}.{one.name}"
    set_ = {name: repr(value) for name, value in settings.keywords.get(full, {}).items()}
    entry = (found.kind, found.name, found.distribution)
    if found.kind in FOLDERS:
        folder = Path(str(one.thing))
        return Thing(found.name, entry, f"files in {folder}", holds=tuple(_declared(folder, found.kind)))
    about, parts = told(one.doc)
    keywords = {name: "" if default is ... else repr(default) for name, default in one.parameters.items()}
    holds = one.schemes or ((one.title,) if one.title else ())
    return Thing(one.name, entry, about, parts, keywords, holds, set_, full not in settings.disabled)


def told(doc: str) -> tuple[str, dict[str, str]]:
    """The first sentence of a docstring, and what stands under its headings, each as one line."""
    pieces = _HEADING.split(_unwrapped(doc))
    first = " ".join(pieces[0].split("\n\n")[0].split())
    end = re.search(r"[.:](?= [A-Z]|$)", first)
    parts = {
        name: " ".join(text.split())
        for name, text in zip(pieces[1::2], pieces[2::2], strict=True)
        if name in HEADINGS
    }
    return first[: end.start() + 1] if end else first, parts


def _unwrapped(doc: str) -> str:
    """The docstring with each heading at the start of a line: they follow one another within lines, too."""
    return re.sub(rf"(?<=[.)]) (?=(?:{'|'.join(HEADINGS)}):)", "\n", re.sub(r"\n(?! *\n)", "\n", doc))


def _declared(folder: Path, kind: str) -> Iterable[str]:
    """The names of what the files of a folder declare; files that cannot be read are a run's to blame."""
    for file in sorted(folder.glob("*.toml")):
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        value = content.get(FOLDERS[kind], [])
        rows = [{"name": value}] if isinstance(value, str) else value
        if isinstance(rows, list):
            yield from (str(row["name"]) for row in rows if isinstance(row, dict) and "name" in row)
