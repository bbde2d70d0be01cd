"""What followed from the cause, and which changes were seen before: each with the line it leads to."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from logsense import report
from logsense.analysis import Analysis, Change, Incident, Symptom
from logsense.schema import TIME
from logsense.tui.incident import series
from logsense.tui.painting import Piece, hue


@dataclass(frozen=True)
class Entry:
    """A row of the list. place: file and line that Enter leads to, empty for none; text: what is copied."""

    pieces: tuple[Piece, ...]
    place: str = ""
    text: str = ""


def entries(analysis: Analysis, incident: Incident) -> list[Entry]:
    """Symptoms, then the changes before the beginning, the last one first: it is asked for first."""
    out = [_heading("FOLLOWS", "likely symptoms" if incident.symptoms else "nothing else was seen")]
    places = _places(analysis, incident)
    out += [_symptom(symptom, places) for symptom in incident.symptoms]
    start = incident.start
    seen = [change for change in analysis.changes if start is None or change.time <= start]
    said = "the last one first" if seen else "none seen in these logs"
    out += [Entry(()), _heading("CHANGES BEFORE", said)]
    when = report.moments(analysis.start, analysis.end)
    for change in reversed(seen):
        ago = f" {report.between(change.time, start)} before" if start else ""
        out.append(_change(change, f"{when(change.time)}{ago}"))
    return out


def _heading(name: str, said: str) -> Entry:
    return Entry((("label", name), ("dim", f"  {said}")))


def _symptom(symptom: Symptom, places: Mapping[tuple[str, str | None], str]) -> Entry:
    pieces: tuple[Piece, ...] = (
        ("kind", f" {report.word(symptom.kind):<8} "),
        (hue(symptom.service), report.fit(report.one_row(symptom.service), 24)),
        ("head", f" ×{symptom.count:,}" if symptom.count else ""),
        ("", f"  {report.one_row(symptom.template)}"),
    )
    return Entry(pieces, places.get((symptom.service, symptom.template_id), ""), symptom.template)


def _places(analysis: Analysis, incident: Incident) -> dict[tuple[str, str | None], str]:
    """Where the first line of each symptom within the incident stands."""
    pairs = [(symptom.service, symptom.template_id) for symptom in incident.symptoms]
    start = pl.lit(incident.start, TIME)
    # A bucket may begin before the incident does: then its last line is inside.
    inside = (pl.col("first") >= start).fill_null(value=True)
    names = dict(analysis.sources.select("source", "path").iter_rows())
    rows = (
        series.of(analysis.view.counts, pairs)
        .filter((pl.col("last") >= start).fill_null(value=True))
        .sort("bucket", "source", "line")
        .select(
            "service",
            "template",
            pl.when(inside).then("source").otherwise("last_source"),
            pl.when(inside).then("line").otherwise("last_line"),
        )
    )
    found: dict[tuple[str, str | None], str] = {}
    for service, template, source, line in rows.unique(["service", "template"], keep="first").iter_rows():
        found[service, template] = f"{names[source]}:{line}" if source in names else ""
    for service, template, source, line in rows.unique("service", keep="first").iter_rows():
        del template
        found[service, None] = f"{names[source]}:{line}" if source in names else ""
    return found


def _change(change: Change, when: str) -> Entry:
    line = change.evidence
    pieces: tuple[Piece, ...] = (
        ("", f" {when}  "),
        ("kind", report.one_row(change.kind)),
        ("dim", " of "),
        (hue(change.service), report.one_row(change.service)),
        ("dim", f"  {report.one_row(line.text)}"),
    )
    return Entry(pieces, f"{line.source}:{line.line}", f"{line.source}:{line.line}  {line.text}")
