"""``logsense templates``: what the logs say, and how often."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from logsense.cli.failures import ended
from logsense.cli.options import CONTEXT, common, configured, reading, remark, split
from logsense.cli.output import colored, emit, width
from logsense.cli.progress import Meter

if TYPE_CHECKING:
    from logsense.analysis import Analysis

#: Templates printed for a person unless more is asked for.
LISTED = 50
_LEVEL_STYLES = {"FATAL": "1;31", "ERROR": "31", "WARN": "33"}


@click.command(context_settings=CONTEXT)
@reading
@click.option("--format", "format_", type=click.Choice(["terminal", "json", "ndjson"]), default="terminal",
              help="How to print.")  # fmt: skip
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="Only the N most frequent.")
@configured
@common
def templates(paths: tuple[str, ...], format_: str, top: int | None, **options: Any) -> int:
    r"""List what the logs say, and how often: messages with their variable parts as <num>, <ip> and so on.

    \b
      logsense templates /var/log/shop --format json | jq '.templates[:10]'

    Exit: 0 done, 2 wrong usage, 3 stopped early, 4 some input unreadable.
    """
    from logsense import listing

    settings, manner = split(options)
    with Meter(wanted=manner.progress) as meter:
        analysis = listing.templates(paths, settings, progress=meter.show)
    if format_ == "terminal":
        most = top or (analysis.templates.height if manner.verbose else LISTED)
        rest = "without --top they are shown, too" if top else "-v or --top N shows them"
        emit(_rows(analysis, most, rest, color=colored(manner.color, sys.stdout)))
    else:
        emit(_documents(analysis, top, lines=format_ == "ndjson"))
    remark(_odd(analysis), manner)
    return ended(max(analysis.exit_code, 0), analysis.plugins_failed, settings.plugins, shown=False)


def _odd(analysis: "Analysis") -> list[str]:
    """What was odd about the input, in words."""
    sources = analysis.sources
    said = [
        f"{source}: {reason}" for source, reason in analysis.skipped.select("source", "reason").iter_rows()
    ]
    noted = sources.drop_nulls("note").select("path", "note")
    said += [f"{path}: {note}" for path, note in noted.iter_rows()]
    said += [] if sources.height else ["no logs were found in what was given"]
    stopped = [f"stopped early: {analysis.stopped}"] if analysis.stopped else []
    return [*stopped, *said, *analysis.notes]


def _documents(analysis: "Analysis", top: int | None, *, lines: bool) -> Iterator[str]:
    """One object with all, or one a template."""
    from logsense import report

    whole = report.templates(analysis)
    whole["templates"] = whole["templates"][:top]
    if not lines:
        yield report.dumps(whole, indent=1)
        return
    for template in whole["templates"]:
        yield report.dumps({"schema": whole["schema"], **template})


def _rows(analysis: "Analysis", most: int, rest: str, *, color: bool) -> Iterator[str]:
    """A row a template: how often, the highest level, the id, the text; longer text goes on below.

    rest: what shows those that are left out.
    """
    from logsense import report

    room = width()
    listed = report.templates(analysis)["templates"]
    yield f"{'count':>10}  {'level':<6}  {'id':<12}  template\n"
    for template in listed[:most]:
        level = template["level"] or ""
        shown = f"{level:<6}"
        if color and level in _LEVEL_STYLES:
            shown = f"\x1b[{_LEVEL_STYLES[level]}m{shown}\x1b[0m"
        head = f"{template['count']:>10,}  {shown}  {template['id']:<12}  "
        text = report.wrap(template["template"], room - 34, rows=3)
        yield head + ("\n" + " " * 34).join(text) + "\n"
    if len(listed) > most:
        yield f"… and {len(listed) - most:,} more: {rest}\n"
