"""``logsense config``: the settings a command would have, and where each comes from."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from logsense.cli.before import without_plugins
from logsense.cli.options import CONTEXT, common, configured, split
from logsense.cli.output import emit, say
from logsense.errors import UsageError

if TYPE_CHECKING:
    from logsense.config import Row, Settings

SCHEMA = "logsense/config/1"


@click.group(context_settings=CONTEXT)
def config() -> None:
    """Show the settings, where each comes from, and which file they are read from."""


@config.command(context_settings=CONTEXT)
@click.option("--origin", is_flag=True, show_default=False, help="Say beside each value where it is from.")
@click.option("--format", "format_", type=click.Choice(["terminal", "json"]), default="terminal",
              help="How to print.")  # fmt: skip
@configured
@common
def show(format_: str, *, origin: bool, **options: Any) -> int:
    r"""Print all settings, and where each is from.

    They are those that a command would have with these options, as TOML that is a file of its own.

    \b
      logsense config show --origin
      logsense config show --config team.toml --format json

    An option comes before the environment, that before the file, that before the default.
    """
    from logsense import report
    from logsense.inventory.named import as_known

    settings, _ = split(options)
    settings = replace(settings, plugins=as_known(settings.plugins))
    if format_ == "json":
        rows = [
            {"key": ".".join(row.path), "value": row.value, "origin": row.origin} for row in _rows(settings)
        ]
        file = _place(options["config"])[0]
        emit([report.dumps({"schema": SCHEMA, "file": file and str(file), "settings": rows}, indent=1)])
        return 0
    emit(_toml(list(_rows(settings)), origin=origin))
    return 0


@config.command(context_settings=CONTEXT)
@configured
@common
def path(**options: Any) -> int:
    """Print which file is read, be it there or not."""
    from logsense.clean import name
    from logsense.config import there

    file, _ = _place(options["config"])
    if file is None:
        say("logsense: there is no home for a file of settings; LOGSENSE_CONFIG can name one")
        return 0
    emit([f"{name(str(file))}\n"])
    if not there(file):
        say("logsense: it does not exist; without it the defaults count")
    return 0


@config.command(context_settings=CONTEXT)
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@common
def check(file: Path | None, **options: Any) -> int:
    """Say all that is wrong in a file of settings.

    Its keys and values are checked, that what it names of plugins is installed, and that these take the
    keywords it gives. Without FILE your own one is meant.

    Exit: 0 all is as it should be, 2 not.
    """
    from logsense.clean import name
    from logsense.config import Settings
    from logsense.inventory.wrong import refuse_all

    del options
    file = file or _place(None)[0]
    if file is None:
        msg = "there is no home for a file of settings; name one: logsense config check FILE"
        raise UsageError(msg)
    settings, problems = Settings.tried({}, config=file, no_plugins=without_plugins() or None)
    refuse_all(settings.plugins, problems)
    said = sum(row.origin != "default" for row in _rows(settings))
    emit([f"{name(str(file))}: {said} {'value' if said == 1 else 'values'}, all as they should be\n"])
    return 0


def _rows(settings: "Settings") -> "Iterator[Row]":
    from logsense.config import effective

    return effective(settings)


def _place(named: str | None) -> tuple[Path | None, bool]:
    from logsense.config import place

    return place(named)


def _toml(rows: "list[Row]", *, origin: bool) -> Iterator[str]:
    """The rows as TOML, a table after the other; what is not set as a remark."""
    # tomlkit (MIT) knows how each value is written; tomllib only reads.
    import tomlkit

    from logsense.clean import safe

    shown: tuple[str, ...] = ()
    for row in rows:
        *table, key = row.path
        if tuple(table) != shown:
            yield ("\n" if shown else "") + safe(f"[{tomlkit.key(table).as_string()}]") + "\n"
            shown = tuple(table)
        name = tomlkit.key(key).as_string()
        value = list(row.value) if isinstance(row.value, tuple) else row.value
        said = f"# {name} is not set" if value is None else f"{name} = {tomlkit.item(value).as_string()}"
        yield safe(f"{said:<40}  # {row.origin}" if origin else said).rstrip() + "\n"
