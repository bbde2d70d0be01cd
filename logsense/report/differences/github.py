"""Annotations for GitHub Actions: workflow commands on stdout.

Source: GitHub's documents "Workflow commands for GitHub Actions", and the escaping of ``escapeData`` and
``escapeProperty`` in its toolkit. A step shows at most 10 annotations of a level, so the first ones count.
"""

from collections.abc import Iterator

from logsense.clean import safe
from logsense.diff import Difference, Finding
from logsense.report.differences.words import compared, headline, nothing, place, quoted

#: What a runner shows of a step.
SHOWN = 10
LEVELS = {"new": "error", "changed": "error", "more": "warning", "fewer": "notice", "missing": "notice"}


def github(answer: Difference) -> Iterator[str]:
    """One command a finding, the most telling ten, then one notice with what was compared."""
    for finding in answer.findings[:SHOWN]:
        yield _annotation(finding)
    more = len(answer.findings) - SHOWN
    said = compared(answer) if answer.findings else nothing(answer)
    rest = f"; {more:,} more differences are not shown here" if more > 0 else ""
    stopped = f"; stopped early: {safe(answer.stopped)}" if answer.stopped else ""
    yield _command("notice", {"title": "logsense diff"}, said + rest + stopped)
    failed = [(name, reason) for name, reason, failed in answer.skipped if failed]
    for name, reason in failed[:SHOWN]:
        yield _command("warning", {"title": "logsense diff"}, f"{safe(name)} was not read: {safe(reason)}")


def _annotation(finding: Finding) -> str:
    lines = [f"{number}: {safe(text)}" for number, text in quoted(finding)]
    properties = {
        "file": safe(finding.source),
        "line": str(finding.line),
        "endLine": str(finding.end_line),
        "title": headline(finding, 100),
    }
    message = "\n".join([f"{place(finding)}: {finding.summary}", *lines])
    return _command(LEVELS[finding.kind], properties, message)


def _command(name: str, properties: dict[str, str], message: str) -> str:
    given = ",".join(f"{key}={escape_property(value)}" for key, value in properties.items())
    return f"::{name} {given}::{escape_data(message)}\n"


def escape_data(text: str) -> str:
    """The message of a command: percent first, then line ends."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """The value of a property: as the message, and what would end the value."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")
