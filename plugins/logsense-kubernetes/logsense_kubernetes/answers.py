"""Parts of answers of other programs, which may be of any form: what is not as it should be is empty."""

from collections.abc import Mapping
from typing import Any


def mapping(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The object under a key; an empty one where there is none."""
    found = holder.get(key)
    return found if isinstance(found, dict) else {}


def items(holder: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects in a list under a key."""
    found = holder.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def text(holder: Mapping[str, Any], key: str) -> str:
    """The text under a key, "" where there is none."""
    found = holder.get(key)
    return found if isinstance(found, str) else ""


def number(holder: Mapping[str, Any], key: str, usual: int = 0) -> int:
    """The whole number under a key."""
    found = holder.get(key)
    return found if isinstance(found, int) else usual
