"""``logsense plugins enable`` and ``disable``: what is left out of all runs, kept in the file of settings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from logsense.cli.before import without_plugins
from logsense.cli.options import CONTEXT, common
from logsense.cli.output import emit, say
from logsense.errors import ConfigError, OutputError, UsageError
from logsense.inventory import CORE
from logsense.inventory.named import Names
from logsense.naming import is_distribution

_HEAD = "# Settings of logsense: see logsense help config, and logsense config show --origin.\n"
_CONFIG = click.option(
    "--config", metavar="FILE", type=click.Path(dir_okay=False), help="Change this file, not your own."
)


@click.command(context_settings=CONTEXT)
@click.argument("name")
@_CONFIG
@common
def disable(name: str, config: str | None, **options: Any) -> int:
    r"""Leave a plugin out of all runs: a package, one of its entries, or one thing of it.

    \b
      logsense plugins disable logsense-security
      logsense plugins disable detectors.rate

    What logsense brings can be left out, too. It is written to your file of settings, remarks stay.
    """
    del options
    if is_distribution(name, CORE):
        msg = f"{name} is logsense itself; one of its entries or things can be left out: detectors.rate"
        raise UsageError(msg)
    file, shown = _file(config)
    names = _names(file)
    if why := names.wrong(name):
        raise UsageError(why)
    name = names.known(name)
    done = _change(file, shown, lambda document: _left_out(document, name))
    emit(
        [f"{name} is left out from now on: {shown}\n" if done else f"{name} was left out already: {shown}\n"]
    )
    return 0


@click.command(context_settings=CONTEXT)
@click.argument("name")
@_CONFIG
@common
def enable(name: str, config: str | None, **options: Any) -> int:
    """Let a plugin, or one thing of it, run again that was left out."""
    from logsense.config import Settings, there

    del options
    file, shown = _file(config)
    done = there(file) and _change(file, shown, lambda document: _let_in(document, name))
    # What has been uninstalled can still be taken off the list.
    if not done and (why := _names(file).wrong(name)):
        raise UsageError(why)
    emit([f"{name} runs again: {shown}\n" if done else f"{name} was not left out: {shown}\n"])
    load = Settings.resolve(config=file).plugins.load if there(file) else None
    if load is not None:
        say(f"logsense: of other packages only these are loaded: {', '.join(load) or 'none'} (plugins.load)")
    return 0


def _names(file: Path) -> Names:
    """What there is to be named. What a plugin may take that is asked for it, the file limits."""
    from logsense.config import Settings, there

    read = file if there(file) else None
    return Names(Settings.resolve(config=read, no_plugins=without_plugins() or None).plugins)


def _file(named: str | None) -> tuple[Path, str]:
    """The file of settings, and as people know it."""
    from logsense.config.place import place, shown

    file, _ = place(named)
    if file is None:
        msg = "there is no home for a file of settings: name one with --config or LOGSENSE_CONFIG"
        raise ConfigError(msg)
    return file, shown(file)


def _change(file: Path, shown: str, change: Callable[[Any], bool]) -> bool:
    """Let ``change`` work on the file's content, and write it where it says that it did something.

    What is wrong in the file is said before, and nothing that would be wrong is written.
    """
    # tomlkit (MIT, maintained by the Poetry project) keeps remarks and order; tomllib cannot write at all.
    import tomlkit

    from logsense.config import refuse
    from logsense.config.file import parsed, read
    from logsense.store import atomic_write, locked

    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{shown} could not be written: {error.strerror}"
        raise OutputError(msg) from error
    with locked(file):
        if file.exists():
            refuse(read(file).problems)
        document = tomlkit.parse(file.read_text(encoding="utf-8") if file.exists() else _HEAD)
        if not change(document):
            return False
        data = tomlkit.dumps(document).encode()
        refuse(parsed(data, shown, file.parent).problems)
        atomic_write(file, data)
    return True


def _left_out(document: Any, name: str) -> bool:
    """Put the name on the list, unless it is left out already."""
    kind, _, thing = name.partition(".")
    if document.get(kind, {}).get(thing, {}).get("enabled") is False:
        return False
    plugins = document.setdefault("plugins", {})
    names = plugins.setdefault("disable", [])
    if any(is_distribution(one, name) for one in names):
        return False
    names.append(name)
    return True


def _let_in(document: Any, name: str) -> bool:
    """Take the name off the list, and off the thing's own table."""
    kind, _, thing = name.partition(".")
    names = document.get("plugins", {}).get("disable", [])
    own = document.get(kind, {}).get(thing, {}) if thing else {}
    meant = [one for one in names if is_distribution(one, name)]
    was = bool(meant) or own.get("enabled") is False
    for one in meant:
        names.remove(one)
    own.pop("enabled", None)
    return was
