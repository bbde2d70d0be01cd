"""What the outputs of a difference share: how it is said in words."""

from logsense.clean import safe
from logsense.diff import Difference, Finding
from logsense.report.text import count, fit

#: Lines of a finding that are quoted unless more is asked for.
QUOTED = 6
NO_GOOD = "no line of a good run was read"


def compared(answer: Difference) -> str:
    """What was compared, in one sentence."""
    good = answer.good
    lines = sum(side.lines for side in good)
    against = count(len(good), "good run") + f" of {count(lines, 'line')}"
    return f"{count(answer.bad.lines, 'line')} against {against}; {count(answer.new_lines, 'new line')}"


def nothing(answer: Difference) -> str:
    """Why there is no finding."""
    if not answer.bad.lines:
        return "nothing was compared: no line of the run in question was read"
    if not sum(side.lines for side in answer.good):
        return f"nothing was compared: {NO_GOOD}"
    if answer.new_lines:
        return f"no difference that matters: {count(answer.new_lines, 'new line')}, none tells of a failure"
    return "no difference: every line is in a good run, or differs in times, ids and order only"


def place(finding: Finding) -> str:
    """``build.log:12-15``."""
    span = f"-{finding.end_line}" if finding.end_line > finding.line else ""
    return f"{safe(finding.source)}:{finding.line}{span}"


def headline(finding: Finding, width: int = 120) -> str:
    """What a finding is called where there is one row for it: the line that says most."""
    return fit(" ".join(safe(finding.text).split()), width) or finding.summary


def quoted(finding: Finding, rows: int = QUOTED) -> list[tuple[int, str]]:
    """The lines that show it best: the one that says most, with those after it, else those before it."""
    lines = list(finding.lines)
    at = next((n for n, (number, _) in enumerate(lines) if number >= finding.key_line), 0)
    start = max(min(at, len(lines) - rows), 0)
    return lines[start : start + rows]
