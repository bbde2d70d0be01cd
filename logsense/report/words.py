"""The words that every report and the screens use alike: for kinds of findings, for scores, for spans."""

import math
from collections.abc import Callable
from datetime import datetime

from logsense.analysis import Incident
from logsense.report.text import between

#: What a finding is called where it is seen at a glance.
WORDS = {
    "new": "NEW",
    "vanished": "GONE",
    "silence": "SILENT",
    "rate up": "MORE",
    "rate down": "FEWER",
    "severity": "WORSE",
    "value": "VALUE",
    "sequence": "ORDER",
    "gap": "GAP",
    "forecast": "AHEAD",
    "security": "SECURITY",
    "change": "CHANGED",
    "mix": "MIX",
}


def word(kind: str) -> str:
    """The word for the kind of a finding; an unknown one in capitals."""
    return WORDS.get(kind, kind.upper())


def percent(score: float) -> str:
    """A score of 0 to 1, rounded down: nothing short of certain reads as 100 %."""
    return f"{math.floor(score * 100 + 1e-9)}%"


def span(incident: Incident, last: datetime | None, when: Callable[[datetime | None], str]) -> str:
    """From when to when an incident goes, and how long. last: the end of the logs."""
    end = incident.end or last
    if incident.start is None:
        return "(when is not known: no times)"
    start = when(incident.start)
    if incident.ongoing or incident.end is None:
        so_far = f", {between(incident.start, end)} so far" if end else ""
        return f"{start} → still going{so_far}"
    return f"{start} → {when(incident.end)}  ({between(incident.start, incident.end)})"
