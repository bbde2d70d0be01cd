"""``logsense plugins``: a command a file, imported when it is called."""

from collections.abc import Mapping

import click

from logsense.cli.group import Lazy
from logsense.cli.options import CONTEXT

#: Name, where the command is, what it does: as in ``cli/main.py``.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "list": ("logsense.cli.plugins.listing:list_", "List the plugins that are installed."),
}


@click.group(cls=Lazy, own=COMMANDS, context_settings=CONTEXT)
def plugins() -> None:
    """What is installed beside what logsense brings, and how to add to it."""
