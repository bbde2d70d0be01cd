"""Checks of commands: help in a blink, errors in a sentence, the exit codes of all commands."""

from typing import Any

import click
from click.testing import CliRunner, Result

from logsense.testing.alone import HEAVY, module_told
from logsense.testing.classes import QUICK
from logsense.testing.promise import dear, need, table

#: Cells of a usual terminal.
WIDTH = 80
USAGE = 2


def _run(command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), terminal_width=WIDTH)


def named(command: Any) -> None:
    """The name is lower case, of letters, digits and hyphens."""
    name = command.name or ""
    need(name and name == name.lower() and name.replace("-", "").isalnum(), f"name is {name!r}")


def help_works(command: Any) -> None:
    """--help prints how to call it, and ends with 0."""
    result = _run(command, "--help")
    need(result.exit_code == 0, f"--help ends with {result.exit_code}: {result.exception!r}")
    need("Usage:" in result.output, "--help shows no usage")


def described(command: Any) -> None:
    """It says in a sentence what it does: that is what stands beside its name in the list of commands."""
    text = command.get_short_help_str(limit=300).strip()
    need(len(text) > 10, f"its help is {text!r}")


def options_described(command: Any) -> None:
    """Every option has a help text."""
    bare = [
        one.name
        for one in command.params
        if isinstance(one, click.Option) and not one.help and not one.hidden
    ]
    need(not bare, f"no help for {', '.join(map(str, bare))}")


def help_printable(command: Any) -> None:
    """Its help has no control character in it."""
    odd = [line for line in _run(command, "--help").output.split("\n") if not line.isprintable()]
    need(not odd, f"{odd[:1]}")


def unknown_option(command: Any) -> None:
    """An unknown option is an error of usage: exit code 2, a sentence, no traceback."""
    result = _run(command, "--no-such-option-anywhere")
    need(result.exit_code == USAGE, f"it ends with {result.exit_code}, not {USAGE}: {result.exception!r}")
    need("Traceback" not in result.output, "a traceback is shown")


def asks_nothing(command: Any) -> None:
    """No option asks at the terminal: it must work in scripts."""
    asking = [one.name for one in command.params if getattr(one, "prompt", None)]
    need(not asking, f"{', '.join(map(str, asking))}: take an option, ask nobody")


def no_option_taken(command: Any) -> None:
    """--help is help and nothing else, and --version is the version of logsense."""
    taken = [
        word
        for one in command.params
        for word in (*one.opts, *one.secondary_opts)
        if word in ("--help", "--version") and not getattr(one, "is_eager", False)
    ]
    need(not taken, f"{', '.join(taken)} means something else to everybody")


def _module(command: Any) -> str:
    callback = getattr(command, "callback", None)
    inner = getattr(callback, "__wrapped__", callback)
    return str(getattr(inner, "__module__", type(command).__module__))


@dear
def light_import(command: Any) -> None:
    """Importing its module loads no heavy package: that happens inside the call."""
    brought = sorted(set(HEAVY) & set(module_told(_module(command)).brought))
    need(not brought, f"import inside the call that needs it: {', '.join(brought)}")


@dear
def quick_import(command: Any) -> None:
    """Importing its module costs no more CPU than importing logsense.api, half a second at least."""
    cost = module_told(_module(command))
    limit = max(QUICK, cost.api)
    need(cost.spent <= limit, f"the import took {cost.spent:.1f} s of CPU, more than {limit:.1f} s")


CHECKS = table(
    named,
    help_works,
    described,
    options_described,
    help_printable,
    unknown_option,
    asks_nothing,
    no_option_taken,
    light_import,
    quick_import,
)
