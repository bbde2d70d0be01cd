"""Groups of commands that are imported when they are called."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from logsense.clean import safe

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

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

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Names with what they do, and options: click's own would import every command that fits."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=self.known[name][1] if name in self.known else None)
            for name in self.list_commands(ctx)
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest names where there is no such command."""
        name = args[0]
        if name not in self.known and not name.startswith("-") and not ctx.resilient_parsing:
            there = self.list_commands(ctx)
            if name not in there:
                raise click.UsageError(self.no_such(name, there), ctx)
        return super().resolve_command(ctx, args)

    def no_such(self, name: str, there: list[str]) -> str:
        """What is said where there is no command of that name, but these."""
        from difflib import get_close_matches

        said = f"there is no command {safe(name)!r}."
        near = [safe(one) for one in get_close_matches(name, there, n=2)]
        return f"{said} Did you mean {' or '.join(near)}?" if near else said
