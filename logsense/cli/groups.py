"""Groups of commands that are imported when they are called."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

#: Name, where the command is (``module:name``), what it does.
Known = Mapping[str, tuple[str, str]]


class Named(click.Group):
    """A group that knows its commands by name and imports one when it is called.

    There are no abbreviations: they would forbid new names for ever.
    """

    def __init__(self, *arguments: Any, known: Known, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.known = known

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """In the order in which a newcomer needs them."""
        return list(self.known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """The command of that name."""
        if cmd_name not in self.known:
            return None
        module, name = self.known[cmd_name][0].split(":")
        command = getattr(import_module(module), name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The commands with what they do, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in self.known.items()])
