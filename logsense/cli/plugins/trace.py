"""``logsense plugins trace``: an analysis, and which plugin took how long in it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from logsense.cells import fit
from logsense.cli.failures import ended
from logsense.cli.options import CONTEXT, common, configured, judging, reading, split, usual
from logsense.cli.output import emit, emit_json, width
from logsense.cli.plugins.fate import fates
from logsense.cli.plugins.tables import aligned, folded, needed
from logsense.cli.progress import Meter

if TYPE_CHECKING:
    from logsense.host import Call


@click.command(context_settings=CONTEXT)
@reading
@usual
@judging
@click.option("--sort", type=click.Choice(["time", "order"]), default="time",
              help="The longest calls first, or as they came.")  # fmt: skip
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="Only the first N calls.")
@click.option("--format", "format_", type=click.Choice(["terminal", "json"]), default="terminal",
              help="How to print.")  # fmt: skip
@configured
@common
def trace(paths: tuple[str, ...], sort: str, top: int | None, format_: str, **options: Any) -> int:
    r"""Analyze PATH, and say which plugin was called, what it was given and gave, and how long it took.

    \b
      logsense plugins trace /var/log/shop
      logsense plugins trace app.log --sort order --format json

    Exit: as logsense analyze, but 0 where incidents were found.
    """
    from dataclasses import replace

    from logsense import pipeline

    settings, manner = split(options)
    calls: list[Call] = []
    traced = replace(settings, plugins=replace(settings.plugins, tell=calls.append))
    with Meter(wanted=manner.progress) as meter:
        analysis = pipeline.analyze(paths, traced, progress=meter.show)
    ordered = sorted(calls, key=lambda call: -call.milliseconds) if sort == "time" else calls
    milliseconds = analysis.seconds * 1000
    if format_ == "json":
        emit_json(document(ordered[:top], calls, milliseconds))
    else:
        emit(f"{row}\n" for row in rows(ordered[:top], calls, milliseconds, width()))
        emit(f"{row}\n" for row in fates(analysis, _strangers(calls)))
    code = 0 if analysis.exit_code == 1 else analysis.exit_code
    return ended(code, analysis.plugins_failed, settings.plugins, shown=False)


def _strangers(calls: "Sequence[Call]") -> list[str]:
    """The detectors that are not ours, in order."""
    from logsense.inventory import CORE

    asked = [one for one in calls if one.hook == "detect" and one.distribution != CORE]
    return list(dict.fromkeys(one.plugin for one in asked))


def document(shown: "Sequence[Call]", calls: "Sequence[Call]", milliseconds: float) -> dict[str, Any]:
    """The calls and the sums a plugin as ``logsense/trace/1``; milliseconds: of the whole run."""
    return {
        "schema": "logsense/trace/1",
        "milliseconds": round(milliseconds, 3),
        "calls": [
            {"plugin": one.plugin, "distribution": one.distribution, "version": one.version,
             "hook": one.hook, "given": one.given, "gave": one.gave, "where": one.where,
             "milliseconds": round(one.milliseconds, 3), "peak_mib": round(one.peak, 1) or None}
            for one in shown
        ],
        "plugins": [
            {"plugin": name, "distribution": distribution, "version": version, "calls": number,
             "milliseconds": round(spent, 3),
             "share": round(spent / milliseconds, 4) if milliseconds else None}
            for (name, distribution, version), (number, spent) in sums(calls).items()
        ],
    }  # fmt: skip


def sums(calls: "Sequence[Call]") -> dict[tuple[str, str, str], tuple[int, float]]:
    """Calls and milliseconds a plugin (name, distribution, version), the longest first."""
    out: dict[tuple[str, str, str], tuple[int, float]] = {}
    for one in calls:
        key = (one.plugin, one.distribution, one.version)
        number, spent = out.get(key, (0, 0.0))
        out[key] = (number + 1, spent + one.milliseconds)
    return dict(sorted(out.items(), key=lambda row: (-row[1][1], row[0])))


def rows(shown: "Sequence[Call]", calls: "Sequence[Call]", milliseconds: float, room: int) -> Iterator[str]:
    """For a person, at most ``room`` cells wide."""
    table = [("MS", "PLUGIN", "HOOK", "WHERE", "GIVEN", "GAVE")]
    table += [
        (f"{one.milliseconds:,.1f}", _name(one.plugin, one.distribution), one.hook, one.where, one.given,
         one.gave)
        for one in shown
    ]  # fmt: skip
    yield from aligned(table, room) if needed(table) <= room else folded(table, room)
    yield ""
    totals = [("MS", "PLUGIN", "VERSION", "CALLS", "SHARE")]
    for (name, distribution, version), (number, spent) in sums(calls).items():
        share = f"{spent / milliseconds:.1%}" if milliseconds else "-"
        totals.append((f"{spent:,.1f}", _name(name, distribution), version, f"{number:,}", share))
    yield from aligned(totals, room)
    yield ""
    spent = sum(one.milliseconds for one in calls)
    share = f", {spent / milliseconds:.0%} of it in plugins" if milliseconds else ""
    yield fit(f"{len(calls):,} calls; the run took {milliseconds:,.0f} ms{share}", room)


def _name(name: str, distribution: str) -> str:
    from logsense.inventory import CORE

    return name if distribution == CORE else f"{name} ({distribution})"
