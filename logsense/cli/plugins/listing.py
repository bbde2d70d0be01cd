"""``logsense plugins list``: what is installed, without importing any of it."""

from typing import Any

import click

from logsense.cli.options import CONTEXT, common
from logsense.cli.output import emit


@click.command("list", context_settings=CONTEXT)
@click.option(
    "--format", "format_", type=click.Choice(["terminal", "json"]), default="terminal", help="How to print."
)
@common
def list_(format_: str, **options: Any) -> int:
    """List the plugins that are installed, by kind, with what they come from; imports none of them."""
    del options
    from logsense import report
    from logsense.host import KINDS, find

    found = [one for kind in KINDS for one in find(kind)]
    if format_ == "json":
        rows = [
            {"kind": one.kind, "name": one.name, "module": one.value, "distribution": one.distribution,
             "version": one.version, "bundled": one.bundled}
            for one in found
        ]  # fmt: skip
        emit([report.dumps({"schema": "logsense/plugins/1", "plugins": rows}, indent=1)])
        return 0
    table = [["KIND", "NAME", "FROM", "VERSION", "MODULE"]]
    for one in found:
        cells = (one.kind, one.name, one.distribution, one.version, one.value)
        table.append([report.one_row(cell) for cell in cells])
    widths = [max(report.cells(row[column]) for row in table) for column in range(5)]
    for row in table:
        padded = (cell + " " * (room - report.cells(cell)) for cell, room in zip(row, widths, strict=True))
        emit(["  ".join(padded).rstrip() + "\n"])
    return 0
