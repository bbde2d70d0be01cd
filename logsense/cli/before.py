"""``--no-plugins``, which may stand before the command: there it holds for the commands of plugins, too."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def bundled_only(command: F) -> F:
    """``--no-plugins``, of the whole program or of one command."""
    # Eager, so that a help that is asked for behind it knows of it.
    return click.option("--no-plugins", is_flag=True, is_eager=True, show_default=False,
                        help="Only the plugins that logsense brings.")(command)  # fmt: skip


def without_plugins(context: click.Context | None = None) -> bool:
    """Whether it was given before the command; context: of a call, else that of the one that runs."""
    context = context or click.get_current_context(silent=True)
    return context is not None and bool(context.find_root().params.get("no_plugins"))
