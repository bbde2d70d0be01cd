"""What followed from the cause, and which changes were seen before: each with the line it leads to."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from logsense import report
from logsense.analysis import Analysis, Change, Incident, Symptom
from logsense.tui.incident import series
from logsense.tui.painting import Piece, hue


@dataclass(frozen=True)
class Entry:
    """A row of the list. place: where Enter leads, empty for a heading; text: what is copied."""

    pieces: tuple[Piece, ...]
    place: str = ""
    text: str = ""


def entries(analysis: Analysis, incident: Incident) -> list[Entry]:
    """Symptoms, then the changes before the beginning, the last one first: it is asked for first."""
    out = [_heading("FOLLOWS", "likely symptoms" if incident.symptoms else "nothing else was seen")]
    out += [_symptom(symptom, analysis, incident) for symptom in incident.symptoms]
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


def _symptom(symptom: Symptom, analysis: Analysis, incident: Incident) -> Entry:
    pieces: tuple[Piece, ...] = (
        ("kind", f" {report.word(symptom.kind):<8} "),
        (hue(symptom.service), report.fit(report.one_row(symptom.service), 24)),
        ("head", f" ×{symptom.count:,}" if symptom.count else ""),
        ("", f"  {report.one_row(symptom.template)}"),
    )
    return Entry(pieces, _first(symptom, analysis, incident.start), symptom.template)


def _first(symptom: Symptom, analysis: Analysis, start: datetime | None) -> str:
    """The place of its first line within the incident."""
    rows = series.of(analysis.view.counts, [(symptom.service, symptom.template_id)])
    since = rows if start is None else rows.filter(pl.col("last") >= start)
    if since.is_empty():
        return ""
    row = since.sort("bucket").row(0, named=True)
    # A bucket may begin before the incident does: then its last line is inside.
    whole = start is None or row["first"] is None or row["first"] >= start
    source, line = (row["source"], row["line"]) if whole else (row["last_source"], row["last_line"])
    paths = analysis.sources.filter(pl.col("source") == source)["path"]
    return f"lines/{paths[0]}:{line}" if len(paths) else ""


def _change(change: Change, when: str) -> Entry:
    line = change.evidence
    pieces: tuple[Piece, ...] = (
        ("", f" {when}  "),
        ("kind", report.one_row(change.kind)),
        ("dim", " of "),
        (hue(change.service), report.one_row(change.service)),
        ("dim", f"  {report.one_row(line.text)}"),
    )
    return Entry(pieces, f"lines/{line.source}:{line.line}", f"{line.source}:{line.line}  {line.text}")
