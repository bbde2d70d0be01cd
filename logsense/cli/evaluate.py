"""``logsense evaluate``: how well recorded cases are understood."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from logsense.cli.failures import ended
from logsense.cli.options import CONTEXT, common, configured, split
from logsense.cli.output import emit, width

if TYPE_CHECKING:
    from logsense.analysis import Analysis, PluginFailure
    from logsense.evaluate import Result


@click.command(context_settings=CONTEXT)
@click.argument("directory", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "format_", type=click.Choice(["terminal", "json", "ndjson", "markdown"]),
              default="terminal", help="How to print.")  # fmt: skip
@configured
@common
def evaluate(directory: Path, format_: str, **options: Any) -> int:
    r"""Analyse the recorded cases in DIR and compare each with what really happened.

    A case is a folder, .tar or .tar.gz with logs/ and truth.json; the truth is read when its run is over.

    \b
      logsense evaluate sample_logs
      logsense evaluate cases --format json | jq .figures

    Exit: 0 done, whatever the figures say, 2 wrong usage or no cases, 3 stopped by Ctrl-C.
    """
    from logsense import evaluate as room
    from logsense import pipeline
    from logsense.errors import UsageError

    settings, _ = split(options)
    cases = room.find(directory)
    if not cases:
        msg = f"{directory} holds no case: neither folders nor .tar.gz with logs/ and truth.json"
        raise UsageError(msg)
    results: list[Result] = []
    failed: list[PluginFailure] = []

    def analyzed(logs: "Path") -> "Analysis":
        analysis = pipeline.analyze([str(logs)], settings)
        failed.extend(analysis.plugins_failed)
        return analysis

    def running() -> "Iterator[Result]":
        for result in room.evaluate(cases, analyzed):
            results.append(result)
            yield result

    _PRINTED[format_](running(), results)
    code = 3 if any(result.stopped for result in results) else 0
    return ended(code, failed, settings.plugins, shown=False)


def _terminal(running: "Iterator[Result]", results: "list[Result]") -> None:
    """A row a case as it is done, then the figures."""
    from logsense import report

    room = width()
    going = emit([report.evaluation_head()])
    for result in running:
        going = going and emit([report.evaluation_row(result, room)])
        if not going:
            return
    emit([report.evaluation_total(results)])


def _json(running: "Iterator[Result]", results: "list[Result]") -> None:
    from logsense import report

    for _ in running:
        pass
    emit([report.dumps(report.evaluation(results), indent=1)])


def _ndjson(running: "Iterator[Result]", results: "list[Result]") -> None:
    """A line a case as it is done, then one with the figures."""
    from logsense import report

    for result in running:
        case = {"schema": report.EVALUATION, **report.evaluation_case(result)}
        if not emit([report.dumps(case)]):
            return
    whole = report.evaluation(results)
    emit([report.dumps({"schema": whole["schema"], "figures": whole["figures"]})])


def _markdown(running: "Iterator[Result]", results: "list[Result]") -> None:
    from logsense import report

    for _ in running:
        pass
    emit(report.evaluation_markdown(results))


_PRINTED: "dict[str, Callable[[Iterator[Result], list[Result]], None]]" = {
    "terminal": _terminal,
    "json": _json,
    "ndjson": _ndjson,
    "markdown": _markdown,
}
