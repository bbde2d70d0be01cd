"""Which plugins are installed, and which of them a run wants; nothing of them is imported.

Plugins are found by the entry points of installed distributions, one group a kind. Nothing found in the
analysed data can enable or configure anything.
"""

import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, entry_points

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from logsense.config import PluginSettings, trusted

KINDS = (
    "formats", "masks", "sources", "metrics", "detectors", "rankers", "reporters", "panels", "commands",
)  # fmt: skip
BUNDLED = "logsense-aiops"
#: The distribution of plugins that are given to a host as objects.
GIVEN = "given"
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
        if canonicalize_name(self.distribution) == BUNDLED and not self.bundled:
            return f"its distribution bears the name of logsense itself, {BUNDLED}; it is not loaded"
        # Not by an import: the package names the pipeline for type checkers, and so would this room.
        ours = str(sys.modules["logsense"].__version__)
        if self.needs and not SpecifierSet(self.needs).contains(ours, prereleases=True):
            return f"it needs {BUNDLED}{self.needs}, this is {ours}; it is not loaded"
        return ""


def find(kind: str) -> list[Found]:
    """The plugins of a kind that are installed, by distribution and name; nothing is imported.

    kind: one of ``KINDS``. Two entries of one name are both returned; the host refuses the second.
    """
    told: dict[int, tuple[str, str, str]] = {}
    rows = {_found(kind, point, told) for point in entry_points(group=f"logsense.{kind}")}
    return sorted(rows, key=lambda f: (not f.bundled, f.distribution, f.name, f.value, f.version))


def _found(kind: str, point: EntryPoint, told: dict[int, tuple[str, str, str]]) -> Found:
    dist = point.dist
    if dist is None:
        return Found(kind, point.name, point.value, "?", "?")
    if id(dist) not in told:  # each of these reads the distribution's file of metadata
        told[id(dist)] = (dist.name, dist.version, _needs(dist))
    return Found(kind, point.name, point.value, *told[id(dist)])


def _needs(dist: Distribution) -> str:
    """The versions of logsense that a distribution requires, as it wrote them."""
    for text in dist.requires or ():
        if "logsense" not in text.lower():
            continue
        try:
            needed = Requirement(text)
        except InvalidRequirement:
            continue  # of a form that installers refuse, too
        if canonicalize_name(needed.name) == BUNDLED and (needed.marker is None or needed.marker.evaluate()):
            return str(needed.specifier)
    return ""


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
        or found.kind in ("panels", "commands")
        or trusted(found.distribution, settings)
    )
