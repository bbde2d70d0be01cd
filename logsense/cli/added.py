"""The group ``logsense`` with the commands of plugins beside ours.

A command that is called is loaded alone and runs in this process, since it was asked for by name; what it
raises or ends with becomes a line that names its plugin, and one of our exit codes.
"""

from typing import TYPE_CHECKING, Any

import click

from logsense.clean import safe
from logsense.cli.announced import Added, announced, load, reason, words
from logsense.cli.before import without_plugins
from logsense.cli.groups import Named
from logsense.cli.output import say
from logsense.errors import ConfigError, LogsenseError, PluginError, UsageError

if TYPE_CHECKING:
    from logsense.entry_points import Found

#: What a command may end with, as ours do.
CODES = (0, 1, 2, 3, 4, 70)


class WithAdded(Named):
    """Our commands, and those of plugins beside them; a name of ours is never a plugin's."""

    def added(self, ctx: click.Context) -> Added:
        """What plugins bring, looked up once a call."""
        known = ctx.meta.get(__name__)
        if not isinstance(known, Added):
            known = ctx.meta[__name__] = announced(self.known, no_plugins=without_plugins(ctx))
        return known

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Ours, then those of plugins."""
        return [*super().list_commands(ctx), *self.added(ctx).found]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Ours are found without a look at what is installed."""
        if cmd_name in self.known:
            return super().get_command(ctx, cmd_name)
        one = self.added(ctx).found.get(cmd_name)
        if one is None:
            return None
        try:
            return load(one)
        except PluginError:
            if ctx.resilient_parsing:
                return None  # a shell that completes has no place for messages
            raise

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As ever; one that the settings leave out is told so, and why, where it is called."""
        name = args[0]
        if name not in self.known and not ctx.resilient_parsing:
            added = self.added(ctx)
            if added.wrong:
                raise ConfigError(added.wrong)
            if name in added.off:
                raise UsageError(added.off[name])
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Ours with what they do; those of plugins with where they come from."""
        super().format_commands(ctx, formatter)
        added = self.added(ctx)
        if added.found:
            rows = [
                (safe(name), safe(f"from {one.distribution} {one.version}"))
                for name, one in added.found.items()
            ]
            with formatter.section("Commands of plugins"):
                formatter.write_dl(rows)
        wrong = [f"commands of plugins are left out: {added.wrong}"] if added.wrong else []
        for row in (*wrong, *added.refused):
            say(f"logsense: {row}")

    def invoke(self, ctx: click.Context) -> Any:
        """As click does; what a plugin's command raises or ends with becomes one of our exit codes."""
        try:
            return self._told(ctx, super().invoke(ctx))
        except click.exceptions.Exit as exit_:
            raise click.exceptions.Exit(self._told(ctx, exit_.exit_code)) from exit_
        except (click.ClickException, click.Abort, LogsenseError, KeyboardInterrupt, BrokenPipeError):
            raise
        except SystemExit as exit_:
            code = 0 if exit_.code is None else exit_.code
            if self._called(ctx) is None:
                raise
            raise click.exceptions.Exit(self._told(ctx, code)) from exit_
        except Exception as error:
            one = self._called(ctx)
            if one is None:
                raise
            msg = f"{words(one)} failed: {reason(error)}"
            raise PluginError(msg) from error

    def _called(self, ctx: click.Context) -> "Found | None":
        """The plugin's command that runs, None where it is one of ours."""
        name = ctx.invoked_subcommand
        return None if name is None or name in self.known else self.added(ctx).found.get(name)

    def _told(self, ctx: click.Context, code: Any) -> Any:
        """What the command ended with; PluginError where it means nothing to whoever reads exit codes."""
        odd = isinstance(code, str) or (isinstance(code, int) and code not in CODES)
        one = self._called(ctx) if odd else None
        if one is None:
            return code
        what = f"with the exit code {code}" if isinstance(code, int) else f"with: {safe(code)}"
        msg = f"{words(one)} ended {what}; it may end with {', '.join(map(str, CODES))} alone"
        raise PluginError(msg)
