"""Markdown for a comment on a change or a job's summary: a table first, then the lines."""

from collections.abc import Iterator

from logsense.clean import fence
from logsense.clean import markdown as escaped
from logsense.diff import Difference
from logsense.report.differences.words import compared, headline, nothing, place, quoted
from logsense.report.text import count

#: Findings shown with their lines, and lines of each.
SHOWN, QUOTED = 10, 20


def markdown(answer: Difference) -> Iterator[str]:
    """The document, piece by piece."""
    found = len(answer.findings)
    yield f"# {count(found, 'difference') if found else 'No difference'}\n\n"
    yield f"{escaped(answer.bad.name)}: {escaped(compared(answer) if found else nothing(answer))}.\n"
    if answer.stopped:
        yield f"\n**Stopped early**: {escaped(answer.stopped)}.\n"
    if found:
        yield "\n| | kind | where | what |\n| --- | --- | --- | --- |\n"
    for finding in answer.findings:
        what = escaped(headline(finding, 100))
        yield f"| {finding.rank} | {finding.kind} | {escaped(place(finding))} | {what} |\n"
    for finding in answer.findings[:SHOWN]:
        yield f"\n## {finding.rank}. {escaped(place(finding))}\n\n{escaped(finding.summary)}\n\n"
        rows = quoted(finding, QUOTED)
        width = max((len(str(number)) for number, _ in rows), default=1)
        yield "\n".join(fence([f"{number:>{width}}  {text}" for number, text in rows])) + "\n"
    if found > SHOWN:
        yield f"\n… and {count(found - SHOWN, 'more difference')}.\n"
    if answer.cut:
        yield f"\n{count(answer.cut, 'more difference')} left out (--top).\n"
    if answer.left_out > answer.cut:
        yield f"\n{count(answer.left_out - answer.cut, 'difference')} of low score left out.\n"
    if answer.skipped:
        yield "\n## Not read\n\n"
        yield "".join(f"- {escaped(name)}: {escaped(reason)}\n" for name, reason, _ in answer.skipped)
