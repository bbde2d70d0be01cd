"""What a command says of plugins that failed, and what it then ends with: one place for all commands."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from logsense.clean import safe
from logsense.cli.output import say

if TYPE_CHECKING:
    from logsense.analysis import PluginFailure
    from logsense.config import PluginSettings


def ended(
    code: int, failures: "Iterable[PluginFailure]", settings: "PluginSettings", *, shown: bool = True
) -> int:
    """The exit code of a run whose plugins failed like this: 4 at least where that is an error.

    shown: whether the report on stdout names them already; else they are named on stderr.
    """
    failed = list(dict.fromkeys(failures))
    if not failed:
        return code
    if not shown:
        from logsense.host import sentence

        for one in failed:
            say(f"logsense: {safe(sentence(one))}")
    if not settings.strict:
        return code
    names = ", ".join(dict.fromkeys(f"{one.plugin} {one.version} ({one.hook})" for one in failed))
    say(f"logsense: plugins failed, and --strict-plugins makes that an error: {safe(names)}")
    return max(code, 4)
