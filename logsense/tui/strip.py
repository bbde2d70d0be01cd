"""The honesty strip: what was read, adding up, the clock, what counts as normal, what failed."""

from collections.abc import Sequence

from logsense import report
from logsense.analysis import Analysis, PluginFailure
from logsense.tui.painting import Piece
from logsense.tui.session import Session

#: Less than this many cells say nothing.
LEAST = 12


def honesty(session: Session, width: int) -> list[Piece]:
    """One row; what matters less is cut or left out where it is narrow."""
    analysis = session.analysis
    if session.failed and analysis is None:
        return [("critical", report.fit(f"✘ {report.one_row(session.failed)}", width))]
    if analysis is None:
        return [("dim", "nothing is known yet")]
    pieces: list[Piece] = []
    left = width
    for role, text in _parts(analysis, session.panels.failures if session.panels else ()):
        gap = 3 if pieces else 0
        if left - gap < LEAST and report.cells(text) > left - gap:
            break
        pieces += [("dim", " · ")] if pieces else []
        pieces.append((role, report.fit(text, left - gap)))
        left -= gap + report.cells(text)
    return pieces


def _parts(analysis: Analysis, panels: Sequence[PluginFailure]) -> list[Piece]:
    """What there is to say, the most important first."""
    parts: list[Piece] = []
    lost = (*analysis.plugins_failed, *panels)
    failed = sorted({f"{one.plugin} {one.version}".removesuffix(" ?") for one in lost})
    if analysis.stopped:
        parts.append(("critical", f"✘ stopped early: {report.one_row(analysis.stopped)}"))
    if failed:
        names = ", ".join(failed)
        parts.append(("critical", f"✘ {report.count(len(failed), 'plugin')} failed: {report.one_row(names)}"))
    unread = int(analysis.skipped["failed"].sum()) if analysis.skipped.height else 0
    parts += [("critical", f"✘ {unread:,} unread")] if unread else []
    muted = len(analysis.muted)
    parts += [("mark", f"{muted:,} muted (v)")] if muted else []
    parts += [("mark", analysis.partial)] if analysis.partial else []
    parts.append(("dim", account(analysis)))
    parts.append(("dim", f"times {analysis.tz}"))
    parts.append(("dim", f"normal: {report.one_row(analysis.view.how)}"))
    return parts


def account(analysis: Analysis) -> str:
    """The lines, adding up."""
    sources = analysis.sources
    total, records, none, skipped = (
        int(sources[name].sum()) for name in ("lines", "in_records", "without_event", "skipped_lines")
    )
    parts = [f"{records:,} in records"]
    parts += [f"{none:,} without event"] if none else []
    parts += [f"{skipped:,} skipped"] if skipped else []
    return f"{report.count(total, 'line')} = {' + '.join(parts)}"
