"""``logsense completion``: the script that makes a shell complete commands and options."""

from typing import Any

import click
from click.shell_completion import get_completion_class

from logsense.cli.options import CONTEXT, common
from logsense.cli.output import emit
from logsense.errors import UsageError


@click.command(context_settings=CONTEXT)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@common
def completion(shell: str, **options: Any) -> int:
    r"""Print the completion script of a shell.

    \b
      logsense completion bash > ~/.local/share/bash-completion/completions/logsense
      logsense completion zsh  > ~/.zfunc/_logsense
      logsense completion fish > ~/.config/fish/completions/logsense.fish
    """
    del options
    maker = get_completion_class(shell)
    if maker is None:
        msg = f"this version of click has no completion for {shell}"
        raise UsageError(msg)
    # The class needs the variable's name only to write it into the script; bash's own version is not asked.
    script = maker(click.get_current_context().find_root().command, {}, "logsense", "_LOGSENSE_COMPLETE")
    emit([script.source_template % script.source_vars() + "\n"])
    return 0
