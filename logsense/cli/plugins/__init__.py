"""``logsense plugins``: a command a file, imported when it is called."""

import click

from logsense.cli.groups import Known, Named
from logsense.cli.options import CONTEXT

#: Name, where the command is, what it does: as in ``cli/main.py``.
COMMANDS: Known = {
    "list": ("logsense.cli.plugins.listing:list_", "List the plugins that are installed."),
    "info": ("logsense.cli.plugins.info:info", "Say what a plugin is, and how it is configured."),
    "new": ("logsense.cli.plugins.new:new", "Write a plugin to begin with."),
    "check": ("logsense.cli.plugins.check:check", "Check that a plugin keeps what its kind promises."),
    "enable": ("logsense.cli.plugins.switch:enable", "Let a plugin, or one thing of it, run again."),
    "disable": (
        "logsense.cli.plugins.switch:disable",
        "Leave a plugin, or one thing of it, out of all runs.",
    ),
    "trace": ("logsense.cli.plugins.trace:trace", "Analyze, and say which plugin took how long."),
}


@click.group(cls=Named, known=COMMANDS, context_settings=CONTEXT)
def plugins() -> None:
    """What is installed beside what logsense brings, and how to add to it."""
