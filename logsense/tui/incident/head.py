"""What broke, how bad it is, when, where: the rows at the top of the page."""

from logsense import report
from logsense.analysis import Analysis, Incident
from logsense.tui.painting import SIGNS, Piece, width_of, wrapped

#: Rows that the head takes at most where it is narrow.
FEW = 3


def head(incident: Incident, analysis: Analysis, width: int) -> list[list[Piece]]:
    """The rows. Where there is little room, the services lose before the times do."""
    role = incident.severity
    when = report.moments(analysis.start, analysis.end)
    lead: list[Piece] = [
        (role, f"{SIGNS.get(role, '·')} {role.upper()}  "),
        ("kind", f"{report.one_row(incident.kind)}  "),
        ("head", report.percent(incident.score)),
        ("", "  " + report.span(incident, analysis.end, when)),
    ]
    room = width - width_of(lead) - 2
    services = report.one_row(", ".join(incident.services)) or "no service named"
    lead.append(("place", "  " + report.fit(services, room) if room > 0 else ""))
    why = f"{incident.severity}: {incident.why_severity}"
    narrow = width < 100
    said = wrapped(incident.summary, width, rows=FEW - 1 if narrow else FEW, role="head")
    reason = wrapped(why, width, rows=1, role="dim") if incident.why_severity else []
    rows = [lead, *said, *reason]
    return rows[:FEW] if narrow else rows
