"""What was seen as text, as JSON and as a layer of the ATT&CK Navigator."""

import json
import textwrap
from collections.abc import Sequence
from datetime import datetime

from logsense.api import Analysis, safe

from logsense_security.seen import Seen

#: Names shown in a row; JSON has all.
NAMES = 4
#: Characters of a line that are shown.
SHOWN = 400


def as_text(found: Sequence[Seen], width: int) -> str:
    """A paragraph a technique, in order of time: what, when, who, how often, and a line that proves it."""
    if not found:
        return "No technique of ATT&CK was seen.\n"
    rows = [f"{len(found)} technique{'s' if len(found) > 1 else ''} of ATT&CK, in order of time:"]
    for one in found:
        tactics = ", ".join(one.technique.tactics)
        rows += ["", *_wrapped(f"{one.technique.id} {one.technique.name} ({tactics})", width, "")]
        who = ", ".join(safe(name) for name in one.who[:NAMES]) or "not named"
        more = f" and {len(one.who) - NAMES} more" if len(one.who) > NAMES else ""
        rows += _wrapped(
            f"{_when(one.first)} to {_when(one.last)} · ×{one.count:,} · {who}{more}", width, "  "
        )
        for sentence in one.sentences[:2]:
            rows += _wrapped(safe(sentence), width, "  ")
        for line in one.evidence[:1]:
            rows += _wrapped(f"{safe(line.source)}:{line.line} {line.text[:SHOWN]}", width, "  > ")
    return "\n".join(rows) + "\n"


def as_json(found: Sequence[Seen], analysis: Analysis) -> str:
    """One object: ``logsense-security/attack/1``."""
    rows = [
        {
            "id": one.technique.id,
            "name": one.technique.name,
            "tactics": list(one.technique.tactics),
            "first": _iso(one.first),
            "last": _iso(one.last),
            "count": one.count,
            "score": round(one.score, 2),
            "services": list(one.services),
            "who": [safe(name) for name in one.who],
            "sentences": list(one.sentences),
            "evidence": [
                {"source": safe(e.source), "line": e.line, "time": _iso(e.time), "text": e.text}
                for e in one.evidence
            ],
        }
        for one in found
    ]
    whole = {
        "schema": "logsense-security/attack/1",
        "start": _iso(analysis.start),
        "end": _iso(analysis.end),
        "techniques": rows,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def as_navigator(found: Sequence[Seen]) -> str:
    """A layer (format 4.5) that the ATT&CK Navigator opens: a technique under each of its tactics."""
    rows = [
        {
            "techniqueID": one.technique.id,
            "tactic": tactic,
            "score": round(min(one.score, 10.0), 1),
            "comment": " ".join(one.sentences[:2]),
            "enabled": True,
            "showSubtechniques": "." in one.technique.id,
            "metadata": [
                {"name": "first", "value": _when(one.first)},
                {"name": "last", "value": _when(one.last)},
                {"name": "count", "value": str(one.count)},
            ],
        }
        for one in found
        for tactic in one.technique.tactics
    ]
    layer = {
        "name": "logsense",
        "versions": {"attack": "17", "navigator": "5.1.0", "layer": "4.5"},
        "domain": "enterprise-attack",
        "description": "Techniques that logs show; scores are decades of evidence, 10 at most.",
        "sorting": 0,
        "hideDisabled": False,
        "techniques": rows,
        "gradient": {"colors": ["#ffe766", "#ff6666"], "minValue": 0, "maxValue": 10},
    }
    return json.dumps(layer, ensure_ascii=False, indent=1) + "\n"


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent + "  ") or [""]


def _when(time: datetime | None) -> str:
    return "unknown" if time is None else f"{time:%Y-%m-%d %H:%M:%S}"


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat() + "Z"
