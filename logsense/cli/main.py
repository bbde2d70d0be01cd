"""The command ``logsense``: finds the command by name, and turns whatever happens into an exit code.

What each of these means, ``logsense help exit-codes`` says.
"""

import gc
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from logsense import __version__
from logsense.clean import safe
from logsense.cli.added import WithAdded
from logsense.cli.before import bundled_only
from logsense.cli.groups import Known
from logsense.cli.options import CONTEXT, plain
from logsense.cli.output import close_quietly, leave, say
from logsense.errors import LogsenseError

#: Name, where the command is, what it does: as strings, so that help and completion import no command.
COMMANDS: Known = {
    "analyze": ("logsense.cli.analyze:analyze", "Say what broke, when, where it began and why."),
    "tui": ("logsense.cli.tui:tui", "Look at it in the terminal: incidents, causes, lines."),
    "diff": ("logsense.cli.diff:diff", "Say what is different in a run, against good ones."),
    "parse": ("logsense.cli.parse:parse", "Turn lines of any format into records, as JSON lines."),
    "templates": ("logsense.cli.templates:templates", "List what the logs say, and how often."),
    "explain": ("logsense.cli.explain:explain", "Say what the score of an incident or template is made of."),
    "evaluate": ("logsense.cli.evaluate:evaluate", "Analyse recorded cases and compare with their truth."),
    "demo": ("logsense.cli.demo:demo", "Run on recorded incidents and compare with what happened."),
    "config": ("logsense.cli.config:config", "Show the settings, and where each comes from."),
    "plugins": ("logsense.cli.plugins:plugins", "List, explain, check and write plugins."),
    "completion": ("logsense.cli.completion:completion", "Print the completion script of a shell."),
    "help": ("logsense.cli.topics:topics", "Explain exit codes, times, settings, addresses, plugins, …"),
}


class Commands(WithAdded):
    """Our commands and those of plugins; what is no command may be a path."""

    def no_such(self, name: str, there: list[str]) -> str:
        """First whether it is a path: a path may read like a command, a command is no path."""
        if Path(name).exists():
            return f"there is no command {safe(name)!r}. To analyze that path: logsense analyze {safe(name)}"
        return super().no_such(name, there)


@click.group(cls=Commands, known=COMMANDS, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="logsense")
@bundled_only
@plain
def logsense(**options: Any) -> None:  # what they say ``split`` reads
    r"""Point it at a directory of logs: it says what broke, when, where it began and why.

    \b
      logsense analyze /var/log/shop       what broke there
      logsense analyze app.log --since -2h
      logsense demo                        see it at work on recorded incidents
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code; never a traceback, save with ``--debug``."""
    if argv is not None:
        return _run(list(argv))
    # The collector of cycles frees little here, yet walks all modules as they load: 1/20 of a short run.
    gc.set_threshold(100_000, 50, 100)
    # NumPy's BLAS has little to do here, yet its threads wait busily as soon as it is loaded: another 1/20.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    code = _run(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is said: Ctrl-C could only spoil the status
    return code


def process() -> NoReturn:
    """The process ``logsense``."""
    leave(main())


def _run(arguments: list[str]) -> int:
    try:
        code = logsense.main(arguments, prog_name="logsense", standalone_mode=False)
        return close_quietly(code if isinstance(code, int) else 0)
    except click.Abort:
        say("logsense: stopped; nothing more is printed")
        return close_quietly(3)
    except click.ClickException as error:
        return _usage(error)
    except SystemExit as exit_:
        # click ends the process itself where the reader of its help has gone: no status of ours.
        broken = isinstance(exit_.__context__, BrokenPipeError)
        return close_quietly(0 if broken or not isinstance(exit_.code, int) else exit_.code)
    except LogsenseError as error:
        if "--debug" in arguments:
            traceback.print_exc()
        say(f"logsense: {error}")
        return close_quietly(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the one place where a defect becomes a line and a status
        return _defect(error, debug="--debug" in arguments)


def _usage(error: click.ClickException) -> int:
    """How it is used, and what was wrong; names from the command line are made harmless."""
    context = getattr(error, "ctx", None)
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and context is not None:
        say(context.get_help())
        return 2
    if context is not None:
        say(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n")
    say(f"Error: {error.format_message()}")
    return 2


def _defect(error: Exception, *, debug: bool) -> int:
    """One line that says where; the traceback where it was asked for."""
    if debug:
        traceback.print_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" in {Path(last[0].filename).name}:{last[0].lineno}" if last else ""
    say(f"logsense: a defect of ours{where}: {type(error).__name__}: {' '.join(str(error).split())[:300]}")
    if not debug:
        say("          run it again with --debug for the traceback, and please report it")
    return close_quietly(70)


if __name__ == "__main__":
    process()
