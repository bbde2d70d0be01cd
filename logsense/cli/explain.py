"""``logsense explain``: what the score of an incident or a template is made of."""

import sys
from typing import Any

import click

from logsense.cli.failures import ended
from logsense.cli.options import CONTEXT, common, configured, reading, split
from logsense.cli.output import colored, emit, width
from logsense.cli.progress import Meter


@click.command(context_settings=CONTEXT)
@click.argument("wanted", metavar="ID")
@reading
@click.option("--format", "format_", type=click.Choice(["terminal", "json", "ndjson", "markdown"]),
              default="terminal", help="How to print.")  # fmt: skip
@configured
@common
def explain(wanted: str, paths: tuple[str, ...], format_: str, **options: Any) -> int:
    r"""Say what the score of an incident or a template is made of, or why a template is no trouble.

    ID is that of an incident or a template, as analyze -v and templates print it; four digits are enough
    where no other begins with them. PATH and its options are those of analyze.

    \b
      logsense templates /var/log/shop
      logsense explain 9f1c2b7a3d5e /var/log/shop

    Exit: 0 done, 2 wrong usage or no such ID, 3 stopped early, 4 some input unreadable.
    """
    from logsense import pipeline, report

    settings, manner = split(options)
    with Meter(wanted=manner.progress) as meter:
        analysis = pipeline.analyze(paths, settings, progress=meter.show)
    document = report.explanation(analysis, wanted)
    if format_ == "terminal":
        emit(report.explanation_rows(document, width(), color=colored(manner.color, sys.stdout)))
    elif format_ == "markdown":
        emit(report.explanation_markdown(document))
    else:
        emit([report.dumps(document, indent=1 if format_ == "json" else None)])
    # That incidents were found is no news to one who asks about them.
    code = 0 if analysis.exit_code == 1 else analysis.exit_code
    return ended(code, analysis.plugins_failed, settings.plugins, shown=False)
