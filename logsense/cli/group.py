"""Groups that know their commands by name, and import one when it is called."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from logsense.clean import safe

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Lazy(click.Group):
    """A group whose help and completion import no command.

    own: name, where the command is (``module:name``) and what it does, in the order of the help.
    """

    def __init__(self, *args: Any, own: Mapping[str, tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.own = own

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """In the order in which a newcomer needs them."""
        return list(self.own)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """The command of that name; there are no abbreviations, which would forbid new names for ever."""
        if cmd_name not in self.own:
            return None
        module, name = self.own[cmd_name][0].split(":")
        command = getattr(import_module(module), name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The commands with what they do, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in self.own.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Names with what they do, and options: click's own would import every command that fits."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=self.own[name][1] if name in self.own else None)
            for name in self.list_commands(ctx)
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest names where there is no such command."""
        name = args[0]
        if name not in self.own and not name.startswith("-") and not ctx.resilient_parsing:
            known = self.list_commands(ctx)
            if name not in known:
                raise click.UsageError(self.no_such(name, known), ctx)
        return super().resolve_command(ctx, args)

    def no_such(self, name: str, known: list[str]) -> str:
        """What is said where there is no command of that name."""
        from difflib import get_close_matches

        said = f"there is no command {safe(name)!r}."
        near = [safe(one) for one in get_close_matches(name, known, n=2)]
        return f"{said} Did you mean {' or '.join(near)}?" if near else said
