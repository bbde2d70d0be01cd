"""``logsense diff``: what is different in a run in question, against runs known to be good."""

import sys
from dataclasses import replace
from typing import Any

import click

from logsense.cli.failures import ended
from logsense.cli.options import CONTEXT, common, configured, split
from logsense.cli.progress import Meter

FORMATS = ("terminal", "json", "ndjson", "markdown", "github", "junit", "sarif")


@click.command(context_settings=CONTEXT)
@click.argument("paths", nargs=-1, required=True, metavar="GOOD... BAD", type=click.Path(allow_dash=True))
@click.option("--format", "format_", type=click.Choice(FORMATS), default="terminal", help="How to print.")
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="Only the N most telling differences.")
@click.option("--all", "whole", is_flag=True, show_default=False, help="Differences of low score, too.")
@click.option("--include", multiple=True, metavar="GLOB", help="Only files whose name fits; may be repeated.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="No files whose name fits; may be repeated.")
@click.option("--no-progress", is_flag=True, help="No progress on stderr.", show_default=False)
@click.option(
    "--exit-zero", is_flag=True, show_default=False, help="Exit 0 also where differences were found."
)
@configured
@common
def diff(
    paths: tuple[str, ...], format_: str, top: int | None, *, whole: bool, exit_zero: bool, **options: Any
) -> int:
    r"""Say what is different in a run, and why it probably failed, against runs known to be good.

    The last path is the run in question, those before it are good. Each is a file, a directory, a pattern, or
    - for stdin; packed logs are read as they are. Times, durations, ids and order are no differences.

    \b
      logsense diff good.log bad.log
      logsense diff monday/ tuesday/ wednesday/
      logsense diff good-*.log.gz bad.log --format github

    Exit: 0 no difference, 1 differences found, 2 wrong usage, 3 stopped early, 4 some input unreadable.
    """
    from logsense import differ
    from logsense.cli.output import colored, emit, width
    from logsense.report import differences

    settings, manner = split(options)
    with Meter(wanted=manner.progress) as meter:
        found = differ.difference(paths[:-1], paths[-1], settings, whole=whole, progress=meter.show)
    code = found.exit_code
    if top is not None and len(found.findings) > top:
        cut = len(found.findings) - top
        found = replace(found, findings=found.findings[:top], left_out=found.left_out + cut, cut=cut)
    color = colored(manner.color, sys.stdout)
    emit(differences.write(found, format_, width=width(), color=color, verbose=manner.verbose))
    code = 0 if exit_zero and code == 1 else code
    return ended(code, found.plugins_failed, settings.plugins, shown=False)
