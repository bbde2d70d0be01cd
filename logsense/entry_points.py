"""Which plugins are installed, which of them may be loaded, and where they run; nothing of them is imported.

Plugins are found by the entry points of installed distributions, one group a kind. Nothing found in the
analysed data can enable or configure anything. The host loads by these rules, and a list of what is installed
tells by them: it needs neither Polars nor the host for that.
"""

import contextlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import (
    Distribution,
    EntryPoint,
    EntryPoints,
    PackageMetadata,
    distributions,
    entry_points,
)
from typing import TYPE_CHECKING, cast

from logsense.naming import canonical, is_distribution

if TYPE_CHECKING:  # our help looks commands up by these rules, and is to be quick
    from logsense.config import PluginSettings

BUNDLED = "logsense-aiops"
#: The distribution of plugins that are given to a host as objects.
GIVEN = "given"
#: Kinds that run in this process whoever brings them: they draw on its screen, or are its commands.
HERE = ("panels", "commands")
#: How the packages of our own wheel begin that hold plugins.
OURS = "logsense_"
#: What reading the files of a distribution may raise: they are missing, no UTF-8, of no form that is known.
UNREADABLE = (OSError, ValueError, TypeError, AttributeError, LookupError)


@dataclass(frozen=True)
class Found:
    """A plugin as its distribution announces it; nothing of it has been imported.

    needs: the versions of logsense its distribution asks for (``>=1.2,<2``), "" for any. unread: why what the
    distribution says of itself could not be read, "" where it could.
    """

    kind: str
    name: str
    value: str
    distribution: str
    version: str
    needs: str = ""
    unread: str = ""

    @property
    def bundled(self) -> bool:
        """Whether it comes in our own wheel."""
        return self.distribution == BUNDLED and self.value.startswith(OURS)

    @property
    def package(self) -> str:
        """The package that its entry point names."""
        return self.value.partition(":")[0].partition(".")[0].strip()

    @property
    def refused(self) -> str:
        """Why it may not be loaded whatever the settings say; "" where it may."""
        if self.unread:
            return f"the metadata of its distribution cannot be read ({self.unread}); it is not loaded"
        if canonical(self.distribution) == BUNDLED and not self.bundled:
            return f"its distribution bears the name of logsense itself, {BUNDLED}; it is not loaded"
        if not fits(self.needs):
            ours = sys.modules["logsense"].__version__
            return f"it needs {BUNDLED}{self.needs}, this is {ours}; it is not loaded"
        return ""


def installed() -> EntryPoints:
    """The entry points of all distributions; one whose list of them cannot be read costs its own alone."""
    try:
        return cast("EntryPoints", entry_points())  # of 3.11 something else, from which one selects as well
    except UNREADABLE:
        pass
    first: dict[str, EntryPoints] = {}  # of two of one name the first on the path counts, as there
    for at, dist in enumerate(distributions()):
        try:
            name = canonical(stated(dist.metadata, "Name"))
        except UNREADABLE:
            name = f"?{at}"  # no distribution is called so: each that cannot say its name counts
        with contextlib.suppress(*UNREADABLE):
            first.setdefault(name, dist.entry_points)
    return EntryPoints(point for points in first.values() for point in points)


def find(kind: str) -> list[Found]:
    """The plugins of a kind that are installed, by distribution and name; nothing is imported.

    kind: one of ``naming.KINDS``. Two entries of one name are both returned; the host refuses the second.
    """
    return find_all((kind,))[kind]


def find_all(kinds: Iterable[str]) -> dict[str, list[Found]]:
    """As ``find``, of several kinds: the files of all distributions are read once, not once a kind."""
    told: dict[int, tuple[str, str, str, str]] = {}
    found: dict[str, list[Found]] = {}
    points = installed()
    for kind in kinds:
        found[kind] = in_order(announced(kind, one, told) for one in points.select(group=f"logsense.{kind}"))
    return found


def in_order(found: Iterable[Found]) -> list[Found]:
    """Each once: ours first, then by distribution and name; of two of one name the first may be loaded."""
    return sorted(set(found), key=lambda f: (not f.bundled, f.distribution, f.name, f.value, f.version))


def announced(kind: str, point: EntryPoint, told: dict[int, tuple[str, str, str, str]]) -> Found:
    """An entry point as what it announces. told: what is known of distributions already, by their ``id``."""
    dist = point.dist
    if dist is None:
        return Found(kind, point.name, point.value, "?", "?")
    if id(dist) not in told:  # each of these reads the distribution's file of metadata
        told[id(dist)] = _told(dist)
    return Found(kind, point.name, point.value, *told[id(dist)])


def _told(dist: Distribution) -> tuple[str, str, str, str]:
    """Name, version, what it needs of a distribution, and why that could not be read."""
    try:
        about = dist.metadata
        name, version = stated(about, "Name"), stated(about, "Version")
        needed = needs(dist.requires or ()) or ""
    except UNREADABLE as error:
        return "?", "?", "", " ".join(str(error).split())
    unread = "" if name and version else f"it lacks a {'version' if name else 'name'}"
    return name or "?", version or "?", needed, unread


def stated(about: PackageMetadata, key: str) -> str:
    """What the metadata of a distribution state under a key, the first time; "" where they do not.

    ``dist.name`` and ``about[key]`` give None then, warn of that from Python 3.12 on, and are to raise.
    """
    return next(iter(about.get_all(key) or ()), "")


def needs(requires: Iterable[str]) -> str | None:
    """The versions of logsense that requirements ask for; "" where any will do, None where none names it."""
    for text in requires:
        if "logsense" not in text.lower():
            continue
        from packaging.requirements import InvalidRequirement, Requirement

        try:
            needed = Requirement(text)
        except InvalidRequirement:
            continue  # of a form that installers refuse, too
        asked = needed.marker is None or needed.marker.evaluate({"extra": ""})
        if canonical(needed.name) == BUNDLED and asked:
            # Lower bound first: a set has no order of its own.
            return ",".join(sorted(map(str, needed.specifier), key=lambda one: (one[0] == "<", one)))
    return None


def fits(versions: str | None) -> bool:
    """Whether this version of logsense is one of ``versions``, as ``needs`` gives them."""
    if not versions:
        return True
    from packaging.specifiers import SpecifierSet

    # Not by an import: the package names the pipeline for type checkers, and so would this module.
    ours = str(sys.modules["logsense"].__version__)
    return SpecifierSet(versions).contains(ours, prereleases=True)


def off(kind: str, name: str, settings: "PluginSettings") -> bool:
    """Whether a thing that a plugin registers is disabled by its own name."""
    return f"{kind}.{name}" in settings.disabled


def here(found: Found, settings: "PluginSettings") -> bool:
    """Whether it runs in this process: bundled, given as an object, trusted, or of a kind that draws here.

    Widgets of the screens and commands of click live in the process that shows them.
    """
    return (
        found.bundled
        or found.distribution == GIVEN
        or found.kind in HERE
        or any(is_distribution(name, found.distribution) for name in settings.trusted)
    )
