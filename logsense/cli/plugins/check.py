"""``logsense plugins check``: the conformance kit, and all that surrounds it, on one plugin."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import click

from logsense.cells import cells, one_row, wrap
from logsense.cli.options import CONTEXT, choosing, common, split
from logsense.cli.output import emit, emit_json, width
from logsense.examine import Fault, Outcome, examined, faults, of_name, of_project

#: So many names are no trouble to read where nobody asked for more.
FEW = 5
_WORDS = {"passed": "passed ", "failed": "FAILED ", "skipped": "skipped"}
_INDENT = " " * (len(_WORDS["passed"]) + 2)


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

    Checks that fail alike are told once. What passed is listed with -v, and all that failed alike.

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
    for _, outcomes in groupby(examined(target, seconds), attrgetter("subject")):
        rows = _rows(outcomes, seen, manner.verbose)
        for row in rows:
            if format_ == "terminal":
                emit([row])
    told = faults(seen)
    counts = Counter(one.status for one in seen)
    if format_ == "json":
        emit_json({
            "schema": "logsense/plugin-check/1", "distribution": target.name, "version": target.version,
            "checks": [vars(one) for one in seen], "faults": [vars(one) for one in told],
            "passed": counts["passed"], "failed": counts["failed"], "skipped": counts["skipped"],
        })  # fmt: skip
    else:
        whole = f"{target.name} {target.version}"
        fewer = f" ({len(told)} fault{'s'[: len(told) != 1]})" if len(told) < counts["failed"] else ""
        tail = f"{counts['passed']} passed, {counts['failed']} failed{fewer}, {counts['skipped']} skipped"
        emit([f"\n{one_row(whole)}: {tail}\n"])
    return 1 if counts["failed"] else 0


def _rows(outcomes: Iterable[Outcome], seen: list[Outcome], verbose: int) -> Iterator[str]:
    """What is printed of a subject as its outcomes come, which are put to those that were seen.

    A fault is told where it shows first, and at the end of the subject how many other checks say the same.
    """
    mine: list[Outcome] = []
    for one in outcomes:
        known = len(faults(mine))
        mine.append(one)
        seen.append(one)
        if one.status == "failed" and len(faults(mine)) == known:
            continue
        if verbose or one.status != "passed":
            yield _row(one)
    for fault in faults(mine):
        if fault.alike:
            yield _alike(fault, verbose)


def _row(one: Outcome) -> str:
    begin, said = f"{_WORDS[one.status]}  {one_row(one.subject)}  {one.check}", one_row(one.said)
    if cells(begin) + cells(said) + 2 <= width():
        return f"{begin}  {said}".rstrip() + "\n"
    # What one cannot read in a row stands below, in rows that fit.
    below = wrap(said, width() - len(_INDENT))
    return "".join(f"{row}\n" for row in (begin, *(_INDENT + row for row in below)))


def _alike(fault: Fault, verbose: int) -> str:
    names = f": {', '.join(fault.alike)}" if verbose or len(fault.alike) <= FEW else "; -v names them"
    more = f"{len(fault.alike)} more fail like {fault.check}{names}"
    return "".join(f"{_INDENT}{row}\n" for row in wrap(more, width() - len(_INDENT)))
