"""``logsense analyze``: what broke, when, where it began and why."""

from dataclasses import replace
from typing import Any

import click

from logsense.cli.options import CONTEXT, common, configured, judging, reading, split, usual
from logsense.cli.progress import Meter


@click.command(context_settings=CONTEXT)
@reading
@usual
@judging
@click.option("--format", "format_", default="terminal", metavar="NAME",
              help="terminal, json, ndjson, markdown, or what a plugin brings.")  # fmt: skip
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="Only the N most important incidents.")
@click.option("--exit-zero", is_flag=True, show_default=False, help="Exit 0 also where incidents were found.")
@click.option("--explain", is_flag=True, show_default=False, help="Show what each score is made of.")
@click.option(
    "--redact",
    "redacted",
    is_flag=True,
    show_default=False,
    help="Put placeholders for secrets and personal data.",
)
@configured
@common
def analyze(
    paths: tuple[str, ...],
    format_: str,
    top: int | None,
    *,
    exit_zero: bool,
    explain: bool,
    redacted: bool,
    **options: Any,
) -> int:
    r"""Say what broke in these logs, when, where it began and why.

    PATH is a file, a directory, - for stdin, or an address such as k8s://shop where a plugin brings it (see
    docs/sources.md); packed and rotated logs are read as they are.

    \b
      logsense analyze /var/log/shop
      logsense analyze logs.tar.gz --since -2h --format json
      logsense analyze today/ --baseline yesterday/
      kubectl logs deploy/shop | logsense analyze -

    Exit: 0 nothing found, 1 incidents found, 2 wrong usage, 3 stopped early, 4 some input unreadable.
    """
    from logsense import pipeline
    from logsense.cli.reporting import Report

    settings, manner = split(options)
    report = Report(format_, settings.plugins)
    with Meter(wanted=manner.progress) as meter:
        analysis = pipeline.analyze(paths, settings, progress=meter.show)
    code = analysis.exit_code
    if top is not None and len(analysis.incidents) > top:
        note = f"the {top} most important of {len(analysis.incidents)} incidents are shown (--top)"
        analysis = replace(analysis, incidents=analysis.incidents[:top], notes=(*analysis.notes, note))
    if redacted:
        from logsense import redact

        analysis, _ = redact.analysis(analysis)
    report.show(analysis, manner, explain=explain)
    return report.ended(0 if exit_zero and code == 1 else code, analysis, settings.plugins)
