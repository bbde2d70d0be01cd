"""What is to be checked: a distribution as it is installed, or a project as its pyproject describes it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution as Metadata
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from logsense.clean import safe
from logsense.config import PluginSettings
from logsense.errors import InputError, UsageError
from logsense.inventory import KINDS, installed
from logsense.inventory.named import named, unknown


@dataclass(frozen=True)
class Target:
    """A distribution and those of its entries that are checked.

    entries: kind, name, module. path: folders that are looked into first when it is imported. readme: its
    text; licence: an expression, a name or a file.
    """

    name: str
    version: str
    summary: str
    licence: str
    readme: str
    requires: tuple[str, ...]
    entries: tuple[tuple[str, str, str], ...]
    path: tuple[str, ...] = ()


def of_name(name: str, settings: PluginSettings) -> Target:
    """The installed plugin of that name; UsageError, with the nearest one, where there is none."""
    found = installed(settings)
    entries = named(found, name)
    if not entries:
        raise unknown(found, name)
    one = entries[0][0]
    about = distribution(one.name).metadata
    chosen = tuple((e.kind, e.name, e.module) for whose, e in entries if whose.name == one.name)
    return Target(
        one.name, one.version, one.summary, _licence(distribution(one.name)) or one.licence,
        str(about.get_payload() if hasattr(about, "get_payload") else "") or "",
        tuple(distribution(one.name).requires or ()), chosen,
    )  # fmt: skip


def _licence(dist: Metadata) -> str:
    marks = dist.metadata.get_all("Classifier") or ()
    return next((mark for mark in marks if mark.startswith("License ::")), "")


def of_project(folder: Path) -> Target:
    """The project in a folder; it need not be installed. UsageError, InputError where there is none in it."""
    file = folder / "pyproject.toml"
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        msg = (
            f"{safe(str(folder))} has no pyproject.toml; name the folder of a project, or an installed plugin"
        )
        raise UsageError(msg) from error
    except (OSError, ValueError, RecursionError) as error:
        msg = f"{safe(str(file))} cannot be read: {safe(str(error))}"
        raise InputError(msg) from error
    project = _table(told, "project")
    groups = _table(project, "entry-points")
    entries = [
        (kind, str(name), str(module))
        for kind in KINDS
        for name, module in _table(groups, f"logsense.{kind}").items()
    ]
    if not entries:
        msg = (
            f'{safe(str(file))} announces no plugin; it needs a table [project.entry-points."logsense.KIND"]'
        )
        raise UsageError(msg)
    needs = project.get("dependencies", [])
    return Target(
        str(project.get("name", "?")),
        str(project.get("version", "?")),
        str(project.get("description", "")),
        _told_licence(project),
        _readme(project, folder),
        tuple(str(one) for one in needs) if isinstance(needs, list) else (),
        tuple(entries),
        _path(told, folder),
    )


def _table(within: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = within.get(key, {})
    return value if isinstance(value, dict) else {}


def _told_licence(project: Mapping[str, Any]) -> str:
    value = project.get("license", "")
    if isinstance(value, dict):
        value = value.get("text") or value.get("file") or ""
    marks = [mark for mark in project.get("classifiers", []) if str(mark).startswith("License ::")]
    return str(value or next(iter(marks), ""))


def _readme(project: Mapping[str, Any], folder: Path) -> str:
    value = project.get("readme", "")
    if isinstance(value, dict):
        value = value.get("file") or value.get("text") or ""
    try:
        return (folder / str(value)).read_text(encoding="utf-8", errors="replace") if value else ""
    except OSError:
        return ""


def _path(told: Mapping[str, Any], folder: Path) -> tuple[str, ...]:
    """Where the packages of a project lie: beside its pyproject, in src/, or where its build says."""
    wheel = told
    for key in ("tool", "hatch", "build", "targets", "wheel"):
        wheel = _table(wheel, key)
    packages = wheel.get("packages", [])
    said = [folder / str(one) for one in packages] if isinstance(packages, list) else []
    places = [*(place.parent for place in said), folder / "src", folder]
    return tuple(dict.fromkeys(str(place.resolve()) for place in places if place.is_dir()))
