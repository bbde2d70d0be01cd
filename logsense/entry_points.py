"""Which plugins are installed, which of them may be loaded, and where they run; nothing of them is imported.

Plugins are found by the entry points of installed distributions, one group a kind. Nothing found in the
analysed data can enable or configure anything. The host loads by these rules, and a list of what is installed
tells by them: it needs neither Polars nor the host for that.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from logsense.config import PluginSettings, canonical, is_distribution

BUNDLED = "logsense-aiops"
#: The distribution of plugins that are given to a host as objects.
GIVEN = "given"
#: Kinds that run in this process whoever brings them: they draw on its screen, or are its commands.
HERE = ("panels", "commands")
#: How the packages of our own wheel begin that hold plugins.
OURS = "logsense_"


@dataclass(frozen=True)
class Found:
    """A plugin as its distribution announces it; nothing of it has been imported.

    needs: the versions of logsense its distribution asks for (``>=1.2,<2``), "" for any.
    """

    kind: str
    name: str
    value: str
    distribution: str
    version: str
    needs: str = ""

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
        if canonical(self.distribution) == BUNDLED and not self.bundled:
            return f"its distribution bears the name of logsense itself, {BUNDLED}; it is not loaded"
        if not fits(self.needs):
            ours = sys.modules["logsense"].__version__
            return f"it needs {BUNDLED}{self.needs}, this is {ours}; it is not loaded"
        return ""


def find(kind: str) -> list[Found]:
    """The plugins of a kind that are installed, by distribution and name; nothing is imported.

    kind: one of ``config.KINDS``. Two entries of one name are both returned; the host refuses the second.
    """
    return find_all((kind,))[kind]


def find_all(kinds: Iterable[str]) -> dict[str, list[Found]]:
    """As ``find``, of several kinds: the files of all distributions are read once, not once a kind."""
    told: dict[int, tuple[str, str, str]] = {}
    found: dict[str, list[Found]] = {}
    points = entry_points()
    for kind in kinds:
        found[kind] = in_order(announced(kind, one, told) for one in points.select(group=f"logsense.{kind}"))
    return found


def in_order(found: Iterable[Found]) -> list[Found]:
    """Each once: ours first, then by distribution and name; of two of one name the first may be loaded."""
    return sorted(set(found), key=lambda f: (not f.bundled, f.distribution, f.name, f.value, f.version))


def announced(kind: str, point: EntryPoint, told: dict[int, tuple[str, str, str]]) -> Found:
    """An entry point as what it announces. told: what is known of distributions already, by their ``id``."""
    dist = point.dist
    if dist is None:
        return Found(kind, point.name, point.value, "?", "?")
    if id(dist) not in told:  # each of these reads the distribution's file of metadata
        told[id(dist)] = (dist.name, dist.version, needs(dist.requires or ()) or "")
    return Found(kind, point.name, point.value, *told[id(dist)])


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


def off(kind: str, name: str, settings: PluginSettings) -> bool:
    """Whether a thing that a plugin registers is disabled by its own name."""
    return f"{kind}.{name}" in settings.disabled


def here(found: Found, settings: PluginSettings) -> bool:
    """Whether it runs in this process: bundled, given as an object, trusted, or of a kind that draws here.

    Widgets of the screens and commands of click live in the process that shows them.
    """
    return (
        found.bundled
        or found.distribution == GIVEN
        or found.kind in HERE
        or any(is_distribution(name, found.distribution) for name in settings.trusted)
    )
