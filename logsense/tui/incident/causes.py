"""The causes, most likely first."""

from logsense import report
from logsense.analysis import Cause
from logsense.tui.painting import Piece, width_of, wrapped

#: Cells of the words for kinds.
WORD = 8


def sentence(cause: Cause) -> str:
    """What it says, less the service that is named beside it."""
    return cause.summary.removeprefix(f"{cause.service}: ")


def item(cause: Cause, width: int, tall: int) -> list[list[Piece]]:
    """One cause in so many rows: what changed and where, then the sentence with its numbers."""
    lead: list[Piece] = [
        ("head", f"{cause.rank:>2} "),
        ("kind", f"{report.word(cause.kind):<{WORD}} "),
        ("place", report.fit(report.one_row(cause.service), max(width // 4, 12))),
        ("dim", f" {report.percent(cause.score)}{' predicted' if cause.predicted else ''} "),
    ]
    if tall == 1:
        room = max(width - width_of(lead), 8)
        return [[*lead, ("", report.fit(report.one_row(sentence(cause)), room))]]
    return [lead, *wrapped(sentence(cause), width, rows=tall - 1, indent="   ")]
