"""``logsense plugins new``: a package to begin with, offline."""

import shlex
from pathlib import Path
from typing import Any

import click

from logsense.cli.options import CONTEXT, common
from logsense.cli.output import emit
from logsense.scaffold import KINDS, plan, slug_of, write


@click.command(context_settings=CONTEXT)
@click.argument("name")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="What the plugin brings.")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default=Path(), metavar="DIR",
              help="Folder in which the package's folder is made.")  # fmt: skip
@common
def new(name: str, kind: str, into: Path, **options: Any) -> int:
    r"""Write a plugin to begin with: code, tests that run the kit, README, licence and CI.

    NAME has letters, digits and hyphens; the package is called logsense-NAME.

    \b
      logsense plugins new late-orders --kind detector
      logsense plugins new shop-audit --kind format --into ~/src
    """
    planned = plan(kind, name, _taken(kind))
    folder = write(planned, into)
    if options.get("quiet"):
        return 0
    where = shlex.quote(str(folder))
    rows = [
        f"written: {folder}, a {planned.words()['kind']} that works as it stands",
        "",
        f"  cd {where}",
        "  python -m pip install -e '.[test]'",
        f"  $EDITOR {planned.package}/__init__.py",
        "  python -m pytest",
        "  logsense plugins check .",
        "",
        "The licence is MIT: put your name into LICENSE, or another licence.",
    ]
    emit(f"{row}\n" for row in rows)
    return 0


def _taken(kind: str) -> dict[str, str]:
    """Names of this kind that are others', and whose: installed entries, things that come with logsense."""
    from logsense.config import PluginSettings
    from logsense.inventory import installed
    from logsense.inventory.describe import FOLDERS, described

    kinds = KINDS[kind]
    whose = {
        entry.name: f"{kinds}.{entry.name} of {one.name} {one.version}"
        for one in installed(PluginSettings())
        for entry in one.entries
        if entry.kind == kinds
    }
    if kinds == "commands":
        from logsense.cli.main import COMMANDS

        whose |= {name: f"a command of logsense, logsense {name}" for name in COMMANDS}
    for thing in described([kinds], PluginSettings(load=()))[0]:
        for name in thing.holds if kinds in FOLDERS else (thing.name,):
            whose.setdefault(name, f"{kinds}.{name}, which comes with logsense")
    return {slug_of(name): words for name, words in whose.items()}
