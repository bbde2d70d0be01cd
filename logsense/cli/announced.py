"""Commands of plugins, as distributions announce them: found, settled who has which name, and loaded.

The name of an entry point of the group ``logsense.commands`` is the command's; it is read without an import.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from logsense.clean import safe
from logsense.errors import ConfigError, PluginError

if TYPE_CHECKING:
    from logsense.config import PluginSettings
    from logsense.entry_points import Found


@dataclass(frozen=True)
class Added:
    """The commands of plugins by name, and why others are none.

    refused: a sentence for each that no settings would let in. off: for each name that is therefore none, or
    that the settings leave out, a sentence why. wrong: what is wrong in the settings, "" where nothing is;
    else all are left out.
    """

    found: Mapping[str, "Found"] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    off: Mapping[str, str] = field(default_factory=dict)
    wrong: str = ""


def words(one: "Found") -> str:
    """The command and its plugin, for a sentence."""
    return safe(f"the command {one.name} of {one.distribution} {one.version}")


def announced(own: Collection[str], *, no_plugins: bool = False) -> Added:
    """The commands that plugins bring under these settings; own: names that are never a plugin's.

    As for all plugins LOGSENSE_LOAD_PLUGINS and the user's own file count. no_plugins: none is let in.
    """
    from logsense.entry_points import installed

    if not installed().select(group="logsense.commands"):
        return Added()  # the settings are not asked for nothing: the help is quick
    from logsense.config import Settings, barred, chosen, usual_file
    from logsense.entry_points import find

    found = find("commands")
    try:
        settings = Settings.resolve(config=usual_file(), no_plugins=no_plugins or None).plugins
    except ConfigError as error:
        return Added(wrong=str(error))
    first, refused = settled(chosen(found, settings), own)
    off = {one.name: _left_out(one, settings) for one in found if barred(one, settings)} | dict(refused)
    off = {name: said for name, said in off.items() if name not in own and name not in first}
    return Added(first, tuple(said for _, said in refused), off)


def settled(
    found: "Iterable[Found]", own: Collection[str]
) -> "tuple[dict[str, Found], list[tuple[str, str]]]":
    """Which plugin has which name; and the others by name, each with why it cannot have it."""
    first: dict[str, Found] = {}
    refused = []
    for one in found:
        if one.name in own:
            refused.append((one.name, f"{words(one)} is left out: logsense has a command of this name"))
        elif one.refused:
            refused.append((one.name, f"{words(one)} is left out: {safe(one.refused)}"))
        elif one.name in first:
            refused.append((one.name, f"{words(one)} is left out: {words(first[one.name])} comes first"))
        else:
            first[one.name] = one
    return first, refused


def _left_out(one: "Found", settings: "PluginSettings") -> str:
    """That the settings leave it out, where that is said, and what lets it in."""
    from logsense.config import barred
    from logsense.inventory.installed import unwanted

    by = barred(one, settings)
    origin = settings.origins.get(by, "")
    if origin == "flag":
        return f"{words(one)} is not run: --no-plugins leaves out what logsense does not bring itself"
    lets = f"logsense plugins enable commands.{one.name}" if by == "disable" else f"its name in plugins.{by}"
    said = unwanted(one, settings)
    return f"{words(one)} is not run: {safe(f'{said} (plugins.{by}, from {origin}); {lets} lets it run')}"


def load(one: "Found") -> click.Command:
    """The command, imported and checked; PluginError, which names it, for whatever goes wrong."""
    from logsense.host import Host
    from logsense.host.load import imported

    try:
        module = imported(one)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        msg = f"{words(one)} cannot be loaded: {reason(error)}"
        raise PluginError(msg) from error
    host = Host(kinds=("commands",), objects=[("commands", one.name, module)], installed=False)
    things = [loaded.thing for loaded in host.commands()]
    if host.failures:
        msg = f"{words(one)} cannot be loaded: {host.failures[0].reason}"
        raise PluginError(msg)
    for thing in things:
        if isinstance(thing, click.Command) and (thing.name == one.name or len(things) == 1):
            return thing
    msg = f"{words(one)} cannot be loaded: register_commands returns no command of this name"
    raise PluginError(msg)


def reason(error: BaseException) -> str:
    """What was raised, on one line."""
    text = " ".join(str(error).split())[:300]
    return safe(f"{type(error).__name__}: {text}" if text else type(error).__name__)
