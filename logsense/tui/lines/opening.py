"""One record whole: where it stands, what it is counted as, and all of its lines."""

import polars as pl

from logsense import report
from logsense.analysis import Analysis, Book, Line
from logsense.tui.painting import Piece, wrapped

#: Lines of a record that are laid out.
MOST = 500


def opened(book: Book, line: Line, analysis: Analysis, width: int) -> list[list[Piece]]:
    """Its rows."""
    head = f"{line.source}:{line.line}"
    facts = [report.count(line.lines, "line")] if line.lines > 1 else []
    facts += [f"{line.time} UTC" if line.time else "no time", line.level or "no level", line.service]
    rows: list[list[Piece]] = [
        [("place", report.one_row(head)), ("dim", "  " + report.one_row(" · ".join(facts)))]
    ]
    found = analysis.templates.filter(pl.col("template") == line.template) if line.template else None
    if found is not None and found.height:
        template = found.row(0, named=True)
        said = f"template {line.template} ×{template['count']:,}: {template['text']}"
        rows += wrapped(said, width, rows=3, role="dim")
    rows.append([])
    whole = book.whole(line.row)
    for text in whole[:MOST]:
        rows += wrapped(text, width) if text.strip() else [[]]
    if len(whole) > MOST or line.lines > len(whole):
        rows.append([("dim", f"… {max(line.lines, len(whole)) - MOST:,} more lines: v opens the file")])
    return rows
