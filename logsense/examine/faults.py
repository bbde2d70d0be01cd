"""What failed, told once: one fault of a plugin fails many checks of it alike."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from logsense.examine.outcome import Outcome

#: What differs where the same is said: numbers (but lines of code), and which of the small views it was.
_NUMBERS = re.compile(r"(?<!, line )(?<![\d.])(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[-+]?\d+)?)", re.IGNORECASE)
_VIEW = re.compile(r"^(?:planted\([^)]*\)|calm\(\)|example\(\)): ")


@dataclass(frozen=True)
class Fault:
    """What one check or several say of a thing.

    subject, check, said: of the first that failed. alike: the names of those that failed after it and
    said the same, in the order in which they did.
    """

    subject: str
    check: str
    said: str
    alike: tuple[str, ...] = ()


def faults(outcomes: Iterable[Outcome]) -> tuple[Fault, ...]:
    """The failures among outcomes, those of one subject that say the same as one; in order of the first.

    Same is what differs in numbers alone, or in the small view that was looked at.
    """
    found: dict[tuple[str, str], Fault] = {}
    for one in outcomes:
        if one.status == "failed":
            key = (one.subject, _NUMBERS.sub("0", _VIEW.sub("", one.said)))
            first = found.get(key)
            alike = () if first is None else (*first.alike, one.check)
            told = one if first is None else first
            found[key] = Fault(told.subject, told.check, told.said, alike)
    return tuple(found.values())
