"""JUnit XML, as Jenkins, GitLab and most CI systems read it: a test case a finding.

Source: the schema of the Jenkins xUnit plugin (junit-10.xsd) for elements and attributes; GitLab reads
``classname``, ``name``, ``file`` and the text of ``failure``. Jenkins keeps one ``failure`` a case.
"""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from logsense.clean import safe
from logsense.diff import Difference, Finding
from logsense.report.differences.words import compared, headline, nothing, place, quoted

#: What XML 1.0 cannot hold in any form; other controls are escaped by ``clean`` already.
_IMPOSSIBLE = re.compile("[\ufffe\uffff]")
QUOTED = 40


def junit(answer: Difference) -> Iterator[str]:
    """One suite: what was found are its failures; without any one case that passed."""
    failed = [(name, reason) for name, reason, failed in answer.skipped if failed]
    errors = len(failed) + bool(answer.stopped)
    count = {
        "tests": str(max(len(answer.findings) + errors, 1)),
        "failures": str(len(answer.findings)),
        "errors": str(errors),
    }
    time = {"time": f"{answer.seconds:.3f}"}
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites{_attributes(count | time)}>\n"
    suite = {"name": "logsense diff", **count, "skipped": "0", **time}
    yield f" <testsuite{_attributes(suite)}>\n"
    for finding in answer.findings:
        yield from _case(finding)
    for name, reason in failed:
        yield from _error(f"{name} can be read", reason)
    if answer.stopped:
        yield from _error("all is read", answer.stopped)
    if not answer.findings and not errors:
        yield f"  <testcase{_attributes({'classname': 'logsense.diff', 'name': nothing(answer)})}/>\n"
    yield f"  <system-out>{_text(compared(answer))}</system-out>\n"
    yield " </testsuite>\n</testsuites>\n"


def _case(finding: Finding) -> Iterator[str]:
    attributes = {
        "classname": f"logsense.diff.{finding.kind}",
        "name": headline(finding),
        "file": safe(finding.source),
        "line": str(finding.line),
    }
    yield f"  <testcase{_attributes(attributes)}>\n"
    failure = {"message": finding.summary, "type": finding.kind}
    lines = [f"{number}: {safe(text)}" for number, text in quoted(finding, QUOTED)]
    yield f"   <failure{_attributes(failure)}>{_text(chr(10).join([place(finding), *lines]))}</failure>\n"
    yield "  </testcase>\n"


def _error(name: str, message: str) -> Iterator[str]:
    yield f"  <testcase{_attributes({'classname': 'logsense.diff.input', 'name': safe(name)})}>\n"
    yield f"   <error{_attributes({'message': safe(message), 'type': 'input'})}/>\n"
    yield "  </testcase>\n"


def _attributes(values: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(_possible(value))}" for name, value in values.items())


def _text(text: str) -> str:
    return escape(_possible(text))


def _possible(text: str) -> str:
    return _IMPOSSIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
