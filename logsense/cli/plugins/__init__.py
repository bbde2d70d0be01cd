"""``logsense plugins``: a command a file, imported when it is called."""

from collections.abc import Mapping
from importlib import import_module

import click

from logsense.cli.options import CONTEXT

#: Name, where the command is, what it does: as in ``cli/main.py``.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "list": ("logsense.cli.plugins.listing:list_", "List the plugins that are installed."),
    "info": ("logsense.cli.plugins.info:info", "Say what a plugin is, and how it is configured."),
    "new": ("logsense.cli.plugins.new:new", "Write a plugin to begin with."),
    "check": ("logsense.cli.plugins.check:check", "Check that a plugin keeps what its kind promises."),
    "trace": ("logsense.cli.plugins.trace:trace", "Analyze and say which plugin took how long."),
}


class Commands(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """In the order in which they are met."""
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The commands with what they do, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command = getattr(import_module(module), name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings=CONTEXT)
def plugins() -> None:
    """What is installed beside what logsense brings, and how to add to it."""
