"""SARIF 2.1.0 (OASIS), the format of GitHub code scanning, Azure DevOps and many viewers.

A result a finding; a rule a kind. ``partialFingerprints`` tell the same finding in another run: they hash
what its line says without times, ids and numbers.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from logsense import __version__
from logsense.clean import safe
from logsense.diff import KINDS, Difference, Finding
from logsense.report.differences.words import headline, quoted
from logsense.report.lines import dumps

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"new": "error", "changed": "error", "more": "warning", "fewer": "note", "missing": "note"}
RULES = {
    "new": "Lines that are in no good run",
    "changed": "A line that reads differently in the good runs",
    "more": "A line that occurs more often than in any good run",
    "fewer": "A line that occurs less often than in any good run",
    "missing": "Lines of all good runs that are gone",
}


def sarif(answer: Difference) -> Iterator[str]:
    """One log with one run."""
    rules = [{"id": kind, "shortDescription": {"text": RULES[kind]}} for kind in KINDS]
    driver = {"name": "logsense diff", "version": __version__, "semanticVersion": __version__, "rules": rules}
    told = [_notification(f"{name}: {reason}", failed=failed) for name, reason, failed in answer.skipped]
    if answer.stopped:
        told.append(_notification(f"stopped early: {answer.stopped}", failed=True))
    failed = any(failed for _, _, failed in answer.skipped) or answer.stopped is not None
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not failed, "toolExecutionNotifications": told}],
        "results": [_result(finding) for finding in answer.findings],
    }
    yield dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _notification(text: str, *, failed: bool) -> dict[str, Any]:
    return {"level": "error" if failed else "note", "message": {"text": safe(text)}}


def _result(finding: Finding) -> dict[str, Any]:
    snippet = "\n".join(safe(text) for _, text in quoted(finding, 40))
    region = {"startLine": finding.line, "endLine": finding.end_line}
    if snippet:
        # mypy takes the values for numbers, as the first ones are.
        region |= {"snippet": {"text": snippet}}  # type: ignore[dict-item]
    where = {"artifactLocation": {"uri": uri(finding.source)}, "region": region}
    return {
        "ruleId": finding.kind,
        "ruleIndex": KINDS.index(finding.kind),
        "level": LEVELS[finding.kind],
        "rank": round(finding.score * 100, 2),
        "message": {"text": f"{headline(finding, 300)}\n{finding.summary}"},
        "locations": [{"physicalLocation": where}],
        "partialFingerprints": {"logsenseLine/v1": finding.id},
    }


def uri(name: str) -> str:
    """A file name as a relative URI reference (RFC 3986): a colon in its first segment would be a scheme."""
    return quote(name, safe="/")
