"""``logsense plugins check``: the conformance kit, and all that surrounds it, on one plugin."""

from collections import Counter
from pathlib import Path
from typing import Any

import click

from logsense.cells import one_row
from logsense.cli.options import CONTEXT, choosing, common, split
from logsense.cli.output import emit, emit_json
from logsense.examine import Outcome, examined, of_name, of_project

_WORDS = {"passed": "passed ", "failed": "FAILED ", "skipped": "skipped"}


@click.command(context_settings=CONTEXT)
@click.argument("plugin", metavar="NAME|PATH")
@click.option("--seconds", type=click.FloatRange(min=1), default=60.0, metavar="N",
              help="What one check may take.")  # fmt: skip
@click.option(
    "--format", "format_", type=click.Choice(["terminal", "json"]), default="terminal", help="How to print."
)
@choosing
@common
def check(plugin: str, seconds: float, format_: str, **options: Any) -> int:
    r"""Check that a plugin keeps what its kind promises: the conformance kit, import, names, metadata.

    NAME is an entry (detectors.mix), or a distribution; PATH the folder of a project, which need not be
    installed. Its code runs in processes of its own.

    \b
      logsense plugins check .
      logsense plugins check logsense-mix

    What passed is listed with -v.

    Exit: 0 every check passed, 1 one failed, 2 there is no such plugin.
    """
    settings, manner = split(options)
    place = Path(plugin)
    project = place.is_dir() and (len(place.parts) != 1 or (place / "pyproject.toml").is_file())
    # What reads like a path is one: it is told that there is no such folder, not that nobody is called so.
    if project or len(place.parts) > 1 or place.is_absolute():
        target = of_project(place)
    else:
        target = of_name(plugin, settings.plugins)
    seen: list[Outcome] = []
    for one in examined(target, seconds):
        seen.append(one)
        if format_ == "terminal" and (manner.verbose or one.status != "passed"):
            said = f"  {one_row(one.said)}" if one.said else ""
            emit([f"{_WORDS[one.status]}  {one_row(one.subject)}  {one.check}{said}\n"])
    counts = Counter(one.status for one in seen)
    if format_ == "json":
        emit_json({
            "schema": "logsense/plugin-check/1", "distribution": target.name, "version": target.version,
            "checks": [vars(one) for one in seen],
            "passed": counts["passed"], "failed": counts["failed"], "skipped": counts["skipped"],
        })  # fmt: skip
    else:
        whole = f"{target.name} {target.version}"
        tail = f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped"
        emit([f"\n{one_row(whole)}: {tail}\n"])
    return 1 if counts["failed"] else 0
