"""Options that commands share, declared once; what they mean is said once, in their help."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from logsense.cli.address import PathOrAddress
from logsense.cli.before import bundled_only, without_plugins
from logsense.cli.output import say

if TYPE_CHECKING:
    from logsense.config import Settings

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100, "show_default": True}

F = TypeVar("F", bound=Callable[..., Any])

#: Notes on stderr unless more is asked for.
REMARKS = 10

#: Of the options below, those that say how to talk and are no settings of a run.
_MANNERS = ("debug", "no_progress")
#: Flags of click are never None: so they say that they were not given.
_UNSAID: Mapping[str, object] = {
    "quiet": False, "verbose": 0, "no_plugins": False, "strict_plugins": False,
}  # fmt: skip


class Manner(NamedTuple):
    """How a command talks: quiet, how verbose, in which colours, with progress or without."""

    quiet: bool
    verbose: int
    color: str
    progress: bool


def plain(command: F) -> F:
    r"""The command with click's mark of lines to be kept as they are where its docstring has ``\b``."""
    command.__doc__ = (command.__doc__ or "").replace("\\b\n", "\b\n")
    return command


def common(command: F) -> F:
    """``-q -v --color --threads --debug``: on every command."""
    command = plain(command)
    for option in reversed(
        (
            click.option("-q", "--quiet", is_flag=True, help="No progress, no notes.", show_default=False),
            click.option("-v", "--verbose", count=True, help="Show more; -vv shows what scores are made of.",
                         show_default=False),
            click.option("--color", type=click.Choice(["auto", "always", "never"]), default=None,
                         help="When to use colour (NO_COLOR and FORCE_COLOR count too).  [default: auto]"),
            click.option("--threads", type=click.IntRange(min=1), default=None, metavar="N",
                         help="Threads to work with.  [default: the number of cores, at most 8]"),
            click.option("--debug", is_flag=True, help="Show the traceback of a defect.", show_default=False),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def reading(command: F) -> F:
    """The paths, and which files and lines of them count."""
    for option in reversed(
        (
            click.argument("paths", nargs=-1, required=True, metavar="PATH...",
                           type=PathOrAddress(exists=True, allow_dash=True)),
            click.option("--since", metavar="TIME",
                         help="From then on: 2026-01-02T03:04, or -2h before the end."),
            click.option("--until", metavar="TIME", help="Up to then, without it."),
            click.option("--tz", metavar="ZONE", help="Zone of times that name none.  [default: UTC]"),
            click.option("--year", type=int, metavar="YYYY",
                         help="Year of dates that have none.  [default: inferred]"),
            click.option("--include", multiple=True, metavar="GLOB",
                         help="Only files whose name fits; may be repeated."),
            click.option("--exclude", multiple=True, metavar="GLOB",
                         help="No files whose name fits; may be repeated."),
            click.option("--no-progress", is_flag=True, help="No progress on stderr.", show_default=False),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def usual(command: F) -> F:
    """What is known to be good."""
    return click.option(
        "--baseline", multiple=True, metavar="PATH", type=PathOrAddress(exists=True),
        help="Known-good logs (other days, another run) to compare with; may be repeated.",
    )(command)  # fmt: skip


def judging(command: F) -> F:
    """What people said of findings before."""
    return click.option(
        "--verdicts", metavar="FILE", type=click.Path(dir_okay=False),
        help="What was said of findings before (real, noise, expected): see logsense help verdicts.",
    )(command)  # fmt: skip


def choosing(command: F) -> F:
    """``--config --no-plugins``: on every command that tells of plugins."""
    return click.option("--config", metavar="FILE", type=click.Path(dir_okay=False),
                        help="Settings, instead of your own file: see logsense help config.")(
        bundled_only(command)
    )  # fmt: skip


def configured(command: F) -> F:
    """``--config --no-plugins --strict-plugins``: on every command that loads plugins."""
    return choosing(
        click.option("--strict-plugins", is_flag=True, show_default=False,
                     help="A plugin that fails makes the command end with status 4.")(command)
    )  # fmt: skip


def remark(rows: Sequence[str], manner: Manner) -> None:
    """Say on stderr what was odd about the input, unless it shall be quiet; a few rows, all with ``-v``."""
    if manner.quiet:
        return
    shown = rows if manner.verbose else rows[:REMARKS]
    for row in shown:
        say(f"logsense: {row}")
    if len(rows) > len(shown):
        say(f"logsense: … and {len(rows) - len(shown):,} more such notes (-v shows all)")


def split(options: dict[str, Any]) -> tuple["Settings", Manner]:
    """The settings of the run and the manner of the command, from its options; ConfigError where wrong."""
    from logsense.config import Settings, usual_file
    from logsense.inventory.wrong import in_vain, refuse_all

    given = {
        name: value
        for name, value in options.items()
        if name not in _MANNERS and value not in ((), None) and (name, value) not in _UNSAID.items()
    }
    if without_plugins():
        given["no_plugins"] = True
    given["config"] = usual_file(given.get("config"))
    settings, problems = Settings.tried(**given)
    if problems:
        refuse_all(settings.plugins, problems)
    for one in () if settings.quiet else in_vain(settings.plugins):
        say(f"logsense: {one} (it is passed over)")
    progress = not (settings.quiet or options.get("no_progress"))
    return settings, Manner(settings.quiet, settings.verbose, settings.color, progress)
