"""``logsense demo``: recorded incidents, analysed; afterwards compared with what really happened."""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from logsense.cli.failures import ended
from logsense.cli.judgement import Judgement, judge
from logsense.cli.options import CONTEXT, common, configured, split
from logsense.cli.output import emit, width
from logsense.errors import InputError, UsageError

if TYPE_CHECKING:
    from logsense.analysis import PluginFailure

#: Cells of a row of prose at most.
WIDEST = 98


@click.command(context_settings=CONTEXT)
@click.argument("sample", required=False)
@click.option("--format", "format_", default="terminal", metavar="NAME", help="How to print the reports.")
@configured
@common
def demo(sample: str | None, format_: str, **options: Any) -> int:
    """Run on recorded incidents and compare with what happened.

    The samples were recorded from real processes; nothing in their logs says what was done to them. The
    truth beside them is read only when the analysis is done.

    Exit: 0 what was planted was found (and nothing where nothing was), 1 it was not.
    """
    from logsense import pipeline
    from logsense.cli.reporting import Report

    settings, manner = split(options)
    report = Report(format_, settings.plugins)
    judgements = []
    failed: list[PluginFailure] = []
    for folder in _samples(sample):
        logs = folder / "logs"
        analysis = pipeline.analyze([str(logs)], settings)
        if format_ == "terminal":
            emit([f"── sample {folder.name} {'─' * max(60 - len(folder.name), 3)}\n"])
        report.show(analysis, manner)
        failed += analysis.plugins_failed
        judgement = judge(analysis, _truth(folder))
        judgements.append(judgement)
        if format_ == "terminal":
            emit(["\n", _said(judgement, folder, min(width(), WIDEST)), "\n"])
    code = 0 if all(judgement.right for judgement in judgements) else 1
    return ended(code, (*failed, *report.host.failures), settings.plugins)


def samples_folder() -> Path | None:
    """Where the samples are: in the installed package, or beside it in a checkout; None where neither."""
    package = Path(str(files("logsense")))
    for folder in (package / "samples", package.parent / "sample_logs"):
        if folder.is_dir():
            return folder
    return None


def _samples(name: str | None) -> list[Path]:
    """The folders to run on; UsageError for a name that is none, InputError where there are none at all."""
    folder = samples_folder()
    found = sorted(path.parent for path in folder.glob("*/truth.json")) if folder else []
    if not found:
        msg = "no samples are installed: there is neither logsense/samples nor sample_logs beside the package"
        raise InputError(msg)
    if name is None:
        return found
    chosen = [path for path in found if path.name == name]
    if not chosen:
        msg = f"there is no sample {name!r}; there are: {', '.join(path.name for path in found)}"
        raise UsageError(msg)
    return chosen


def _truth(folder: Path) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return loaded


def _said(judgement: Judgement, folder: Path, room: int) -> str:
    """What really happened, and what of it was found."""
    from logsense import report

    rows = [f"WHAT REALLY HAPPENED in {folder.name}"]
    rows += ["  " + row for row in report.wrap(f"{judgement.title}. {judgement.description}", room - 2)]
    mark = "FOUND" if judgement.right else "MISSED"
    rows += [
        f"  {mark}: {row}" if number == 0 else f"         {row}" for number, row in enumerate(judgement.said)
    ]
    return "\n".join(rows) + "\n"
