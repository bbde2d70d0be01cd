"""``logsense plugins info``: what a plugin is, what it registers and how that is configured."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from logsense.cells import fit, one_row, wrap
from logsense.clean import safe
from logsense.cli.failures import ended
from logsense.cli.options import CONTEXT, common, configured, remark, split
from logsense.cli.output import emit, emit_json, width
from logsense.inventory import CORE, KINDS, Distribution, Entry, installed
from logsense.inventory.named import named, unknown

if TYPE_CHECKING:
    from logsense.inventory.describe import Thing

#: Cells of the labels before what is said.
_LABEL = 10


@click.command(context_settings=CONTEXT)
@click.argument("name")
@click.option(
    "--format", "format_", type=click.Choice(["terminal", "json"]), default="terminal", help="How to print."
)
@configured
@common
def info(name: str, format_: str, **options: Any) -> int:
    r"""Say what a plugin is: where it comes from, what it registers, its keywords.

    NAME is a distribution, an entry, or a thing that a plugin registers. It is loaded as for a run.

    \b
      logsense plugins info logsense-mix
      logsense plugins info detectors.rate
    """
    from logsense.inventory.describe import described

    settings, manner = split(options)
    found = installed(settings.plugins)
    entries = named(found, name)
    things, failures = described(_kinds(name, entries), settings.plugins)
    if entries:
        mine = {(entry.kind, entry.name, one.name) for one, entry in entries}
        things = [thing for thing in things if thing.entry in mine]
    else:
        known = {f"{thing.entry[0]}.{thing.name}": thing for thing in things}
        things = [thing for full, thing in known.items() if name in (full, thing.name)]
        if not things:
            raise unknown(found, name, known)
        mine = {thing.entry for thing in things}
        entries = [(one, e) for one in found for e in one.entries if (e.kind, e.name, one.name) in mine]
    if format_ == "json":
        emit_json(_document(entries, things))
    else:
        emit(f"{row}\n" for row in _rows(entries, things, width()))
    ours = {one.name for one, _ in entries}
    failed = [one for one in failures if any(one.plugin.endswith(f"({safe(name)})") for name in ours)]
    remark([f"{one.plugin} {one.version}: {one.reason}" for one in failed], manner)
    return ended(0, failed, settings.plugins)


def _kinds(name: str, entries: Sequence[tuple[Distribution, Entry]]) -> list[str]:
    """The kinds that have to be loaded: those of the entries; for a thing, its own or all."""
    if entries:
        return list(dict.fromkeys(entry.kind for _, entry in entries))
    kind = name.partition(".")[0]
    return [kind] if kind in KINDS else list(KINDS)


def _document(entries: Sequence[tuple[Distribution, Entry]], things: "Sequence[Thing]") -> dict[str, Any]:
    homes = list({one.name: one for one, _ in entries}.values())
    return {
        "schema": "logsense/plugin/1",
        "distributions": [
            {"name": one.name, "version": one.version, "summary": one.summary or None,
             "home": one.home or None, "licence": one.licence or None, "requires": one.asks,
             "requirement_met": one.met, "folder": one.folder, "bundled": one.bundled}
            for one in homes
        ],
        "entries": [
            {"kind": entry.kind, "name": entry.name, "distribution": one.name, "module": entry.module,
             "enabled": not entry.why_not, "reason": entry.why_not or None,
             "runs": "worker" if entry.worker else "here"}
            for one, entry in entries
        ],
        "things": [
            {"name": f"{thing.entry[0]}.{thing.name}", "entry": thing.entry[1],
             "distribution": thing.entry[2],
             "about": thing.about, **{key.lower(): text for key, text in thing.parts.items()},
             "keywords": dict(thing.keywords), "given": dict(thing.given), "holds": list(thing.holds),
             "enabled": thing.enabled}
            for thing in things
        ],
    }  # fmt: skip


def _rows(
    entries: Sequence[tuple[Distribution, Entry]], things: "Sequence[Thing]", room: int
) -> Iterator[str]:
    for one in {home.name: home for home, _ in entries}.values():
        yield fit(one_row(f"{one.name} {one.version}"), room)
        asks = "comes with logsense" if one.bundled else f"{CORE} {one.asks or '(any)'}"
        for label, text in (
            ("what", one.summary), ("home", one.home), ("licence", one.licence), ("requires", asks),
            ("installed", one.folder),
        ):  # fmt: skip
            yield from _labelled(label, text, room, 2)
        for _, entry in (row for row in entries if row[0].name == one.name):
            state = entry.why_not or ("enabled, runs in a worker" if entry.worker else "enabled, runs here")
            yield ""
            yield fit(one_row(f"{entry.kind}.{entry.name}  {entry.module}  {state}"), room)
            own = [t for t in things if t.entry == (entry.kind, entry.name, one.name)]
            for thing in own:
                yield from _told(thing, room)


def _told(thing: "Thing", room: int) -> Iterator[str]:
    full = f"{thing.entry[0]}.{thing.name}"
    yield from wrap_in(f"{full}: {thing.about}" if thing.about else full, room, 2)
    for label, text in thing.parts.items():
        yield from _labelled(label, text, room, 4)
    yield from _labelled("holds", ", ".join(thing.holds), room, 4)
    words = ", ".join(f"{name} = {value}" if value else name for name, value in thing.keywords.items())
    yield from _labelled("keywords", words, room, 4)
    given = ", ".join(f"{name} = {value}" for name, value in thing.given.items())
    yield from _labelled("settings", given, room, 4)
    if not thing.enabled:
        yield from _labelled("disabled", "it is left out of all runs", room, 4)


def wrap_in(text: str, room: int, by: int) -> Iterator[str]:
    """Rows of a text, moved in."""
    yield from (" " * by + row for row in wrap(text, room - by))


def _labelled(label: str, text: str, room: int, by: int) -> Iterator[str]:
    """A label and its text, in as many rows as it needs; nothing where there is no text."""
    if not text.strip():
        return
    for number, row in enumerate(wrap(text, room - by - _LABEL - 1)):
        yield f"{' ' * by}{(label if not number else ''):<{_LABEL}} {row}".rstrip()
