"""What stands above the incidents: how reading goes on, file by file; that nothing was found, and in what."""

from logsense import report
from logsense.analysis import Analysis
from logsense.tui.painting import Piece
from logsense.tui.session import Session
from logsense.tui.strip import account


def head(session: Session, width: int, rows: int) -> list[list[Piece]]:
    """Its rows, at most so many; none where the incidents speak for themselves."""
    analysis = session.analysis
    if session.failed and analysis is None:
        return [[("critical", "✘ nothing could be read")], [("", report.one_row(session.failed))]]
    if analysis is None:
        return _reading(session, width, rows)
    if analysis.partial and session.reading:
        return _reading(session, width, 3)
    if analysis.incidents:
        return []
    return _nothing(analysis)


def _nothing(analysis: Analysis) -> list[list[Piece]]:
    """That nothing was found, how much was read, and what follows."""
    files = report.count(analysis.sources.height, "file")
    read: list[Piece] = [("dim", f"read: {files}, {account(analysis)}, {analysis.seconds:.1f} s")]
    if not analysis.sources.height:
        return [[("major", "NOTHING READ"), ("", "  no logs were found in what was given (f says why)")]]
    if not analysis.view.quiet:
        why = "there is too little here to tell what is normal"
        return [[("major", "NOT JUDGED"), ("", f"  {why}")], read]
    normal = (
        "the known-good logs"
        if analysis.view.how.startswith("known-good")
        else "the quiet time of these logs"
    )
    muted = (
        f" ({report.count(len(analysis.muted), 'incident')} muted: v shows them)" if analysis.muted else ""
    )
    found: list[Piece] = [("good", "✔ NOTHING FOUND"), ("", f"  that stands out from {normal}{muted}")]
    close: list[list[Piece]] = [[], [("label", "closest to an alarm")]] if analysis.near_misses else []
    return [found, read, *close]


def _reading(session: Session, width: int, rows: int) -> list[list[Piece]]:
    """A bar for all, then files: those at work and those that failed first."""
    step = session.progress
    if step is None:
        found = report.count(len(session.files), "file") if session.files else "files"
        return [[("dim", f"looking at {found}…")]]
    if step.fetching:
        return [[("dim", f"fetching {report.one_row(step.source)}…")]]
    share = min(step.done / step.total, 1.0) if step.total else 1.0
    bar = max(min(width - 40, 60), 10)
    full = int(share * bar)
    done = sum(one.finished for one in session.steps.values())
    read = sum(not file.skipped for file in session.files)
    text = f" {share:4.0%}  {done} of {report.count(read, 'file')} · s stops"
    out: list[list[Piece]] = [[("mark", "█" * full), ("dim", "░" * (bar - full)), ("", text)]]
    names = sorted(
        session.steps, key=lambda name: (session.steps[name].finished, not session.steps[name].note, name)
    )
    for name in names[: rows - 1]:
        one = session.steps[name]
        sign: Piece = ("critical", "✘") if one.failed else ("major", "⚠") if one.note else ("good", "✔")
        sign = sign if one.finished or one.failed else ("mark", "…")
        far = "" if one.finished else f" {one.own / max(one.size, 1):.0%}"
        note = f"  {report.one_row(one.note)}" if one.note else ""
        out.append([sign, ("", f" {report.one_row(name)}"), ("dim", far + note)])
    return out
