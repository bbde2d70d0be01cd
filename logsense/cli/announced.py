"""Commands of plugins, as distributions announce them: found, settled who has which name, and loaded.

The name of an entry point of the group ``logsense.commands`` is the command's; it is read without an import.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import click

from logsense.clean import safe
from logsense.errors import PluginError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "logsense.commands"


@dataclass(frozen=True, order=True)
class Added:
    """A command as its distribution announces it; nothing of it has been imported."""

    distribution: str
    name: str
    value: str
    version: str
    kind: ClassVar[str] = "commands"
    bundled: ClassVar[bool] = False

    @property
    def words(self) -> str:
        """The command and its plugin, for a sentence."""
        return safe(f"the command {self.name} of {self.distribution} {self.version}")


def announced() -> list[Added]:
    """The commands of the plugins that the settings let through, first ones first.

    As for all plugins LOGSENSE_LOAD_PLUGINS and the user's own file count; ConfigError where one is wrong.
    """
    from logsense.entry_points import installed

    found = {one for point in installed().select(group=GROUP) if (one := _added(point)) is not None}
    if not found:
        return []  # the settings are not asked for nothing: the help is quick
    from logsense.config import Settings, chosen, usual_file

    return chosen(sorted(found), Settings.resolve(config=usual_file()).plugins)


def _added(point: "EntryPoint") -> Added | None:
    """What an entry announces; None where its distribution's metadata cannot be read, which lists tell."""
    from logsense.entry_points import UNREADABLE

    try:
        name, version = (point.dist.name, point.dist.version) if point.dist else ("", "")
    except UNREADABLE:
        return None
    return Added(name, point.name, point.value, version) if name and version else None


def settled(found: Iterable[Added], own: Collection[str]) -> tuple[dict[str, Added], list[str]]:
    """Which plugin has which name, and a sentence for each that wants a name that is taken."""
    first: dict[str, Added] = {}
    refused = []
    for one in found:
        if one.name in own:
            refused.append(f"{one.words} is left out: logsense has a command of this name")
        elif one.name in first:
            refused.append(f"{one.words} is left out: {first[one.name].words} comes first")
        else:
            first[one.name] = one
    return first, refused


def load(one: Added) -> click.Command:
    """The command, imported and checked; PluginError, which names it, for whatever goes wrong."""
    from importlib.metadata import EntryPoint

    from logsense.host import Host

    try:
        module = EntryPoint(one.name, one.value, GROUP).load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        msg = f"{one.words} cannot be loaded: {reason(error)}"
        raise PluginError(msg) from error
    host = Host(kinds=("commands",), objects=[("commands", one.name, module)], installed=False)
    things = [loaded.thing for loaded in host.commands()]
    if host.failures:
        msg = f"{one.words} cannot be loaded: {host.failures[0].reason}"
        raise PluginError(msg)
    for thing in things:
        if isinstance(thing, click.Command) and (thing.name == one.name or len(things) == 1):
            return thing
    msg = f"{one.words} cannot be loaded: register_commands returns no command of this name"
    raise PluginError(msg)


def reason(error: BaseException) -> str:
    """What was raised, on one line."""
    text = " ".join(str(error).split())[:300]
    return safe(f"{type(error).__name__}: {text}" if text else type(error).__name__)
