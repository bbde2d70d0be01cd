"""From a name as typed to all the names a package needs, checked."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType

from logsense import __version__
from logsense.clean import safe
from logsense.errors import UsageError

#: What can be written, and the kind of plugins (the group of entry points) it belongs to.
KINDS: Mapping[str, str] = {
    "detector": "detectors",
    "ranker": "rankers",
    "format": "formats",
    "source": "sources",
    "reporter": "reporters",
    "panel": "panels",
    "mask": "masks",
    "metrics": "metrics",
    "command": "commands",
}
#: Longer names make rows of tables that nobody can read.
LONGEST = 40
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Plan:
    """What is to be written: the kind, and the name with its words joined by hyphens (``late-orders``)."""

    kind: str
    name: str

    @property
    def distribution(self) -> str:
        """The name it is published under."""
        return f"logsense-{self.name}"

    @property
    def package(self) -> str:
        """The name it is imported by."""
        return self.distribution.replace("-", "_")

    @property
    def module(self) -> str:
        """The name as one word of Python."""
        return self.name.replace("-", "_")

    def words(self) -> dict[str, str]:
        """What stands for the placeholders of templates."""
        parts = self.name.split("-")
        words = " ".join(parts)
        return {
            "kind": {"metrics": "reader of metrics"}.get(self.kind, self.kind),
            "kinds": KINDS[self.kind],
            "entry": self.name,
            "distribution": self.distribution,
            "package": self.package,
            "module": self.module,
            "cls": "".join(part.capitalize() for part in parts),
            "words": words,
            "title": words[:1].upper() + words[1:],
        }


def plan(kind: str, name: str, taken: Mapping[str, str] = MappingProxyType({})) -> Plan:
    """The plan of a plugin; UsageError for a name that cannot be published or imported, or is taken.

    name: as people type it: ``logsense-`` before it may be left out, underscores and dots count as hyphens
    (as package indexes see them, PEP 503). taken: names that are others' already, and whose.
    """
    slug = slug_of(name).removeprefix("logsense-")
    if not _NAME.fullmatch(slug) or len(slug) > LONGEST:
        near = re.sub(r"[^a-z0-9]+", "-", slug).strip("-0123456789")[:LONGEST].strip("-")
        hint = f"; such as {near}" if _NAME.fullmatch(near) else ""
        msg = (
            f"{safe(name)!r} is no name for a plugin: one has letters, digits and hyphens, begins with"
            f" a letter and is at most {LONGEST} long{hint}"
        )
        raise UsageError(msg)
    made = Plan(kind, slug)
    if slug in ("aiops", "logsense") or find_spec(made.package) is not None:
        msg = f"the name {made.distribution} is taken: {made.package} is installed here; choose another"
        raise UsageError(msg)
    if whose := taken.get(slug) or _package(made.module):
        near = "" if slug.endswith(f"-{kind}") else f", such as {slug[: LONGEST - 1 - len(kind)]}-{kind}"
        msg = f"the name {slug} is taken: it is that of {safe(whose)}; choose another{near}"
        raise UsageError(msg)
    return made


def slug_of(name: str) -> str:
    """A name as package indexes see it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _package(module: str) -> str:
    """What Python knows by this name, in words; "" where it is nothing."""
    if module in sys.stdlib_module_names:
        return "a module of Python itself"
    try:
        there = find_spec(module)
    except (ImportError, ValueError):  # something that is half installed
        there = None
    # A folder without code, such as any in the directory one is in, is found as well; it is nobody's.
    return f"the package {module}, which is installed here" if there and there.origin else ""


def requirement() -> str:
    """What a plugin written today asks for: this version or a later one, up to the next major version."""
    major, minor = __version__.split(".")[:2]
    return f"logsense-aiops>={major}.{minor},<{int(major) + 1}"
