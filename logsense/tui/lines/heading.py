"""The row above the lines: how many are in sight, and what hides the others."""

from logsense import report
from logsense.tui.lines.sight import Held, Sight
from logsense.tui.painting import Piece


def heading(sight: Sight | None, preview: Held | None, said: str) -> list[Piece]:
    """The row. preview: a filter that is being typed. said: what there is to say of a search."""
    if sight is None:
        return [("dim", said)]
    records = report.count(sight.book.height, "record")
    pieces: list[Piece] = [("head", records if sight.rows is None else f"{sight.height:,} of {records}")]
    if sight.span:
        start, end = sight.span
        pieces += [("dim", " · "), ("suspect", f"{start:%H:%M:%S} to {end:%H:%M:%S}")]
    for one in sight.held:
        pieces += [("dim", " · "), ("dim" if sight.aside else "kind", f"[{report.one_row(one.says)}]")]
    pieces += [("dim", " (set aside: H)")] if sight.aside and sight.held else []
    if preview is not None:
        shown = f"{len(preview.rows):,} of {sight.height:,} would be shown"
        pieces += [("dim", " · "), ("mark", shown)]
    pieces += [("dim", " · "), ("mark", said)] if said else []
    return pieces
