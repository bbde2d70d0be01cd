"""``logsense plugins``: a command a file, imported when it is called."""

import click

from logsense.cli.groups import Known, Named
from logsense.cli.options import CONTEXT

COMMANDS: Known = {
    "list": ("logsense.cli.plugins.listing:list_", "List the plugins that are installed."),
}


@click.group(cls=Named, known=COMMANDS, context_settings=CONTEXT)
def plugins() -> None:
    """What is installed beside what logsense brings, and how to add to it."""
