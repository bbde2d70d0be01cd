"""``logsense plugins list``: what is installed, without importing any of it."""

from collections.abc import Iterator
from typing import Any

import click

from logsense.cells import cells, fit, one_row
from logsense.cli.options import CONTEXT, choosing, common, split
from logsense.cli.output import emit, emit_json, width
from logsense.inventory import CORE, Distribution, installed
from logsense.naming import is_distribution

#: Cells that the kind of an entry takes.
_KIND = 10


@click.command("list", context_settings=CONTEXT)
@click.option(
    "--format", "format_", type=click.Choice(["terminal", "json"]), default="terminal", help="How to print."
)
@choosing
@common
def list_(format_: str, **options: Any) -> int:
    """List the plugins that are installed, by what brings them, and whether they are loaded; imports none."""
    settings, _ = split(options)
    found = installed(settings.plugins)
    if format_ == "json":
        emit_json(document(found))
    else:
        emit(f"{row}\n" for row in rows(found, width(), settings.plugins.disabled))
    return 0


def document(found: list[Distribution]) -> dict[str, Any]:
    """The list as ``logsense/plugins/1``: entries in ``plugins``, what brings them in ``distributions``."""
    entries = [
        {"kind": entry.kind, "name": entry.name, "module": entry.module, "distribution": one.name,
         "version": one.version, "bundled": one.bundled, "enabled": not entry.why_not,
         "reason": entry.why_not or None, "runs": "worker" if entry.worker else "here"}
        for one in found for entry in one.entries
    ]  # fmt: skip
    brought = [
        {"name": one.name, "version": one.version, "summary": one.summary or None, "home": one.home or None,
         "licence": one.licence or None, "requires": one.asks, "requirement_met": one.met,
         "folder": one.folder, "bundled": one.bundled}
        for one in found
    ]  # fmt: skip
    order = {kind: number for number, kind in enumerate(dict.fromkeys(row["kind"] for row in entries))}
    entries.sort(key=lambda row: order[row["kind"]])
    return {"schema": "logsense/plugins/1", "plugins": entries, "distributions": brought}


def rows(found: list[Distribution], room: int, disabled: tuple[str, ...] = ()) -> Iterator[str]:
    """For a person, at most ``room`` cells wide: a paragraph a distribution, a row an entry."""
    every = [entry for one in found for entry in one.entries]
    name = min(max((cells(one_row(entry.name)) for entry in every), default=0), 24)
    module = min(max((cells(one_row(entry.module)) for entry in every), default=0), max(room // 3, 16))
    for number, one in enumerate(found):
        if number:
            yield ""
        yield fit(one_row(f"{one.name} {one.version}  {said(one)}"), room)
        if one.summary and not one.bundled:
            yield fit(f"  {one_row(one.summary)}", room)
        for entry in one.entries:
            state = entry.why_not or ("enabled, in a worker" if entry.worker else "enabled")
            parts = (_padded(entry.kind, _KIND), _padded(entry.name, name), _padded(entry.module, module))
            yield fit("  ".join(("", *parts, one_row(state))).rstrip(), room)
    apart = [what for what in disabled if not _names_an_entry(what, found)]
    if apart:
        yield ""
        yield fit(f"disabled, of what these register: {', '.join(map(one_row, apart))}", room)


def said(one: Distribution) -> str:
    """What a distribution asks of the core, in words."""
    if one.bundled:
        return "comes with logsense"
    if one.asks is None:
        return f"does not say which {CORE} it needs"
    asks = f"asks for {CORE} {one.asks}" if one.asks else f"asks for any {CORE}"
    return asks if one.met else f"{asks}: not this one"


def _padded(text: str, room: int) -> str:
    row = fit(one_row(text), room)
    return row + " " * (room - cells(row))


def _names_an_entry(what: str, found: list[Distribution]) -> bool:
    return any(
        what == f"{entry.kind}.{entry.name}" or is_distribution(what, one.name)
        for one in found
        for entry in one.entries
    )
