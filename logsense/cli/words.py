"""The command line of a call, to be said again: for the command that is copied and for --web."""

from collections.abc import Sequence

import click

from logsense.cli.before import without_plugins


def words(context: click.Context, *, without: Sequence[str] = ()) -> list[str]:
    """The words of the command line that this call was made of, less those options; paths come last.

    Only what was given there: defaults and the environment are the same the next time.
    """
    options: list[str] = []
    arguments: list[str] = []
    for parameter in context.command.get_params(context):
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        if name in without or source is not click.core.ParameterSource.COMMANDLINE:
            continue
        value = context.params[name]
        values = list(value) if isinstance(value, tuple) else [value]
        if isinstance(parameter, click.Argument):
            arguments += map(str, values)
        elif isinstance(parameter, click.Option):
            flag = max(parameter.opts, key=len)
            for one in [True] * value if parameter.count else values:
                options += [flag] if parameter.is_flag or parameter.count else [f"{flag}={one}"]
    if without_plugins(context) and "--no-plugins" not in options:
        options.append("--no-plugins")  # given before the command, which takes it as well
    guard = ["--"] if any(one.startswith("-") and one != "-" for one in arguments) else []
    return [*options, *guard, *arguments]
