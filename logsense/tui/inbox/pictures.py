"""Small pictures of counts over time, as pieces."""

from logsense import report
from logsense.analysis import Incident
from logsense.schema import View
from logsense.tui.painting import Piece


def banded(incident: Incident, view: View, width: int) -> list[Piece]:
    """What the first cause did over the run: dim within its usual band, loud beyond it."""
    timeline = incident.timeline
    if timeline is None or not timeline.cause:
        return [("dim", "no times".ljust(width))]
    values = list(timeline.cause)
    quiet = [values[bucket] for bucket in view.quiet if 0 <= bucket < len(values)]
    top = max(quiet, default=0)
    bars = report.sparkline(values, width)
    columns = report.resample(values, width)
    scale = max(len(values) / max(len(columns), 1), 1.0)
    pieces: list[Piece] = []
    for bar, value in zip(bars, columns, strict=True):
        role = "usual" if value <= top * scale else "hot"
        if pieces and pieces[-1][0] == role:
            pieces[-1] = (role, pieces[-1][1] + bar)
        else:
            pieces.append((role, bar))
    return [*pieces, ("", " " * (width - len(bars)))]
