"""``logsense attack``: which techniques of MITRE ATT&CK the logs show."""

import shutil
import sys
from typing import Any

import click
from logsense.api import safe

from logsense_security.printed import as_json, as_navigator, as_text


@click.command("attack", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format", "format_", type=click.Choice(["terminal", "json", "navigator"]), default="terminal",
    show_default=True, help="How to print; navigator: a layer for the ATT&CK Navigator.",
)  # fmt: skip
@click.option("--baseline", multiple=True, metavar="PATH", type=click.Path(exists=True),
              help="Known-good logs to compare with; may be repeated.")  # fmt: skip
@click.option("--since", metavar="TIME", help="From then on: 2026-01-02T03:04, or -2h before the end.")
@click.option("--until", metavar="TIME", help="Up to then, without it.")
@click.option("--tz", metavar="ZONE", help="Zone of times that name none.  [default: UTC]")
@click.option("--config", metavar="FILE", type=click.Path(exists=True, dir_okay=False),
              help="Settings; your own file is not read.")  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Exit with 0 where techniques were found, too.")
def attack(paths: tuple[str, ...], format_: str, *, exit_zero: bool, **options: Any) -> int:
    """Say which techniques of MITRE ATT&CK the logs show: when, by whom, how often, with a line of each.

    \b
      logsense attack /var/log
      logsense attack auth.log --format navigator > layer.json

    Exit: 0 none found, 1 some, 2 wrong usage, 3 stopped, 4 some input could not be read.
    """  # noqa: D301 - the mark of click is the sign itself
    import logsense  # here: it loads Polars

    from logsense_security.seen import seen

    given = {name: value for name, value in options.items() if value not in ((), None)}
    analysis = logsense.analyze(list(paths), **given)
    for failure in analysis.plugins_failed:
        _say(f"{failure.plugin} {failure.version} failed ({failure.hook}): {failure.reason}")
    for one in analysis.not_judged:
        _say(f"{one.source} was not judged: {one.reason}")
    if analysis.skipped.height:
        _say(f"{analysis.skipped.height:,} inputs were skipped or not read whole: see logsense parse --check")
    found = seen(analysis)
    if format_ == "json":
        text = as_json(found, analysis)
    elif format_ == "navigator":
        text = as_navigator(found)
    else:
        text = as_text(found, min(max(shutil.get_terminal_size((100, 24)).columns, 40), 240))
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)
    # What ended early or could not be read counts more than what was found.
    codes = [int(bool(found) and not exit_zero), *(c for c in (analysis.exit_code,) if c > 1)]
    return max(codes)


def _say(text: str) -> None:
    click.echo(f"logsense attack: {safe(text)}", err=True)
