"""Ids in a line that may be followed through other services: what looks like one, or is named as one."""

import re

_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_NAMED = (
    r"(?i:\b(?:[a-z]+[-_.]?)?id|trace|span|request|session|order|block|correlation)[\"']?\s*[=:]\s*[\"']?"
)
#: The likeliest first: what is named an id, then what can be nothing else.
_IDS = (
    re.compile(_NAMED + r"([A-Za-z0-9_-]{4,64})"),
    re.compile(rf"\b({_UUID})\b"),
    re.compile(r"\b([0-9a-f]{16,64})\b"),
    re.compile(r"\b([A-Za-z]+[_-]-?\d{4,24})\b"),
)
#: A line is read this far: ids stand near its beginning, and a hostile line has no end.
_FAR = 4000


def ids(text: str) -> tuple[str, ...]:
    """The ids of a line, likeliest first, each once."""
    found: dict[str, None] = {}
    for pattern in _IDS:
        for match in pattern.finditer(text[:_FAR]):
            if any(c.isdigit() for c in match[1]):
                found.setdefault(match[1])
    return tuple(found)
