"""The document of the contract, ``logsense/diff/1``: one JSON object, or one a line."""

from collections.abc import Iterator
from typing import Any

from logsense.clean import safe
from logsense.diff import Difference, Finding, Side
from logsense.report.lines import dumps

SCHEMA = "logsense/diff/1"


def document(answer: Difference) -> dict[str, Any]:
    """The answer as plain values."""
    return {
        "schema": SCHEMA,
        "run": {
            "good": [_side(side) for side in answer.good],
            "bad": _side(answer.bad),
            "new_lines": answer.new_lines,
            "left_out": answer.left_out,
            "skipped": [{"source": safe(name), "reason": safe(reason)} for name, reason, _ in answer.skipped],
            "notes": [safe(note) for note in answer.notes],
            "stopped": answer.stopped and safe(answer.stopped),
        },
        "findings": [_finding(finding) for finding in answer.findings],
    }


def json(answer: Difference) -> Iterator[str]:
    """One document."""
    yield dumps(document(answer), indent=1)


def ndjson(answer: Difference) -> Iterator[str]:
    """One line a finding, then one with what was compared."""
    whole = document(answer)
    for finding in whole.pop("findings"):
        yield dumps({"schema": SCHEMA, **finding})
    yield dumps(whole)


def _side(side: Side) -> dict[str, Any]:
    return {"path": side.name, "files": side.files, "lines": side.lines, "distinct": side.distinct}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rank": finding.rank,
        "kind": finding.kind,
        "score": round(finding.score, 4),
        "source": safe(finding.source),
        "line": finding.line,
        "end_line": finding.end_line,
        "key_line": finding.key_line,
        "text": safe(finding.text),
        "summary": finding.summary,
        "id": finding.id,
    }
