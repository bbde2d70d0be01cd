"""What a person means by the name of a plugin, at the prompt and in the settings."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from logsense.clean import safe
from logsense.config import PluginSettings, Problem
from logsense.errors import UsageError
from logsense.inventory.installed import Distribution, Entry, installed
from logsense.naming import KINDS, canonical, is_distribution

#: Lists of the settings that name plugins, by the keys of a file, and the fields they set.
LISTS = {"load": "load", "disable": "disabled", "trust": "trusted", "order": "order"}
#: Kinds of things that can be left out by a name of their own.
_CLASSES = tuple(kind for kind in KINDS if kind not in ("formats", "masks"))


def named(found: Sequence[Distribution], name: str) -> list[tuple[Distribution, Entry]]:
    """The entries a name stands for: all of a distribution, ``detectors.mix``, or all called ``mix``."""
    plain = canonical(name)
    whole = [(one, entry) for one in found if canonical(one.name) == plain for entry in one.entries]
    every = [(one, entry) for one in found for entry in one.entries]
    return (
        whole
        or [(one, entry) for one, entry in every if f"{entry.kind}.{entry.name}" == name]
        or [(one, entry) for one, entry in every if entry.name == name]
    )


def unknown(found: Sequence[Distribution], name: str, things: Iterable[str] = ()) -> UsageError:
    """The error for a name that stands for nothing, with the nearest right one.

    things: names such as ``detectors.rate`` that count beside entries and distributions.
    """
    return UsageError(_none(name, [*_distributions(found), *_entries(found), *things]))


class Names:
    """What settings may call plugins by: distributions, entries, and things such as ``detectors.rate``.

    What an entry is called is known from metadata; plugins are asked, strangers in a worker, only where a
    name is none of these, and each kind once. settings: those that they leave out are not asked.
    """

    def __init__(self, settings: PluginSettings) -> None:
        self.settings = settings
        self.found = installed(PluginSettings())
        self._unasked = {entry.kind for one in installed(settings) for entry in one.entries if entry.why_not}
        self._things: dict[str, list[str]] = {}

    def wrong(self, name: str, key: str = "disable") -> str:
        """Why a name may not stand in a list of the settings, with the right one; "" where it may.

        key: of the list: ``load``, ``trust``, ``order`` or ``disable``; the last names things as well.
        """
        if any(is_distribution(name, one.name) for one in self.found):
            return ""
        if key == "trust":
            return self._no_trust(name)
        entries = [*_distributions(self.found), *_entries(self.found)]
        short = {entry.name for one in self.found for entry in one.entries}
        if name in entries or (key == "load" and name in short):
            return ""
        if key != "disable":
            return _none(name, entries)
        kind = name.partition(".")[0]
        things = [one for each in ((kind,) if kind in _CLASSES else _CLASSES) for one in self.things(each)]
        # One whose plugin is not asked cannot be told from one that nothing has.
        return "" if name in things or kind in self._unasked else _none(name, [*entries, *things])

    def known(self, name: str) -> str:
        """A name as what bears it is called: distributions may be spelt in several ways."""
        return next((one.name for one in self.found if is_distribution(name, one.name)), name)

    def things(self, kind: str) -> list[str]:
        """What plugins of a kind register, as ``detectors.rate``; those that are loaded are asked."""
        if kind not in self._things:
            from logsense.inventory.describe import described  # loads Polars, and plugins

            self._things[kind] = [f"{kind}.{thing.name}" for thing in described([kind], self.settings)[0]]
        return self._things[kind]

    def _no_trust(self, name: str) -> str:
        whose = [one.name for one, _ in named(self.found, name)]
        if whose:
            return f"distributions are trusted, not single entries: {safe(name)} is of {safe(whose[0])}"
        return _none(name, _distributions(self.found))


def misnamed(settings: PluginSettings, asked: PluginSettings) -> Iterator[Problem]:
    """The names in the settings that nothing has that is installed; asked: as ``Names`` takes them."""
    names, origins = Names(asked), settings.origins
    for key, field in LISTS.items():
        for name in getattr(settings, field) or ():
            own = origins.get(f"{name}.enabled", "") if key == "disable" else ""
            if why := names.wrong(name, key):
                yield Problem(why, own or origins.get(key, ""))
    for name in settings.keywords:
        if why := names.wrong(name):
            yield Problem(why, origins.get(name, ""))


def as_known(settings: PluginSettings) -> PluginSettings:
    """The settings, each distribution in their lists spelt as it calls itself; others stay as written."""
    if not any(getattr(settings, field) for field in LISTS.values()):
        return settings
    known = Names(settings).known
    return replace(
        settings,
        load=None if settings.load is None else tuple(map(known, settings.load)),
        disabled=tuple(map(known, settings.disabled)),
        trusted=tuple(map(known, settings.trusted)),
        order=tuple(map(known, settings.order)),
    )


def _distributions(found: Iterable[Distribution]) -> list[str]:
    return list(dict.fromkeys(one.name for one in found))


def _entries(found: Iterable[Distribution]) -> list[str]:
    return list(dict.fromkeys(f"{entry.kind}.{entry.name}" for one in found for entry in one.entries))


def _none(name: str, names: Iterable[str]) -> str:
    """That nothing is called so, with the nearest of the names; ``rate`` alone is what many will type."""
    known = sorted(set(names))
    short: dict[str, list[str]] = {}
    for one in known:
        short.setdefault(one.partition(".")[2] or one, []).append(one)
    near = short.get(name) or get_close_matches(name, [*known, *short], n=1)
    meant = short.get(near[0], near) if near else []
    hint = f"did you mean {' or '.join(meant)}?" if meant else "logsense plugins list shows what there is"
    return f"nothing that is installed is called {safe(name)!r}; {safe(hint)}"
