"""An entry of the inbox as rows: its facts with a picture of the counts, then its sentence."""

from logsense import report
from logsense.analysis import Analysis, Incident, Muted, NearMiss
from logsense.tui.inbox.pictures import banded
from logsense.tui.painting import SIGNS, Piece, wrapped

#: Rows of an entry.
TALL = 3
#: Sentences are read more easily in rows of this many cells.
MEASURE = 130


def rows(entry: Incident | Muted | NearMiss, analysis: Analysis, width: int) -> list[list[Piece]]:
    """Its rows, ``TALL`` at most."""
    if isinstance(entry, NearMiss):
        return _near(entry, width)
    if isinstance(entry, Muted):
        until = f" until {entry.verdict.until}" if entry.verdict.until else ""
        return _incident(entry.incident, analysis, width, f"MUTED {entry.verdict.says}{until}")
    return _incident(entry, analysis, width, "CONFIRMED" if entry.verdict == "real" else "")


def _incident(incident: Incident, analysis: Analysis, width: int, mark: str) -> list[list[Piece]]:
    when = report.moments(analysis.start, analysis.end)
    role = "dim" if mark.startswith("MUTED") else incident.severity
    lead: list[Piece] = [
        (role, f"{SIGNS.get(incident.severity, '·')} {incident.severity.upper():<8} "),
        ("kind", f"{incident.kind:<12} "),
        ("head", f"{when(incident.start)} "),
        *banded(incident, analysis.view, 20 if width < 100 else 40),
        ("", " "),
    ]
    lead += [("good" if mark == "CONFIRMED" else "dim", f"{mark} ")] if mark else []
    room = width - sum(report.cells(text) for _, text in lead)
    sentence = wrapped(incident.summary, min(width, MEASURE), rows=TALL - 1, indent="  ")
    return [[*lead, ("place", services(incident.services, room))], *sentence]


def services(names: tuple[str, ...], room: int) -> str:
    """As many names as there is room for, and how many more there are."""
    said = ""
    for number, name in enumerate(map(report.one_row, names)):
        rest = len(names) - number - 1
        longer = f"{said}, {name}" if said else name
        more = f" +{rest}" if rest else ""
        if report.cells(longer + more) > room:
            return f"{said} +{rest + 1}" if said else report.fit(name, room)
        said = longer
    return said


def _near(near: NearMiss, width: int) -> list[list[Piece]]:
    lead: list[Piece] = [("kind", f"· {report.word(near.kind)}  "), ("place", report.one_row(near.service))]
    lead += [("dim", f"  {report.percent(near.score)}, an incident needs 50%")]
    said = wrapped(near.sentence, min(width, MEASURE), rows=1, indent="  ")
    lacking = (
        wrapped(near.lacking, min(width, MEASURE), rows=1, role="dim", indent="  ") if near.lacking else []
    )
    return [lead, *said, *lacking]
