"""Where to go to, as it is typed: a time of day, a time from here, a share of the way, an incident."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from logsense.errors import UsageError

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6}))?)?")
_STEP = re.compile(r"([+-])\s*(\d{1,6}(?:\.\d{1,3})?)\s*(ms|s|m|min|h|d)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_SHARE = re.compile(r"(\d{1,3})\s*%|%\s*(\d{1,3})")

HINT = "18:05, 18:05:30, -5m or +30s from here, 50%, #1 for an incident, or 2026-01-02T18:05"


def parse(text: str, here: datetime | None, incidents: Sequence[datetime | None]) -> datetime | float:
    """A moment (naive UTC), or a share of the way (0 to 1); UsageError says what can be typed.

    here: the time of the record under the cursor; a time of day is the one nearest to it. incidents: when
    each of them began.
    """
    words = text.strip()
    share = _SHARE.fullmatch(words)
    if share:
        return min(int(share[1] or share[2]), 100) / 100
    if words.startswith("#"):
        return _incident(words[1:], incidents)
    step, clock = _STEP.fullmatch(words), _CLOCK.fullmatch(words)
    if (step or clock) and here is None:
        msg = "the record under the cursor has no time to go from; type a date, such as 2026-01-02T18:05"
        raise UsageError(msg)
    if step and here is not None:
        by = timedelta(seconds=float(step[2]) * _UNITS[step[3]])
        return here + by if step[1] == "+" else here - by
    if clock and here is not None:
        return _nearest(clock, here)
    try:
        return datetime.fromisoformat(words).replace(tzinfo=None)
    except ValueError as error:
        msg = f"{text!r} is no place to go to; type {HINT}"
        raise UsageError(msg) from error


def _incident(number: str, incidents: Sequence[datetime | None]) -> datetime:
    at = int(number) - 1 if number.isdecimal() and len(number) < 6 else -1
    begun = incidents[at] if 0 <= at < len(incidents) else None
    if begun is None:
        msg = f"there is no incident #{number} with a time; there are {len(incidents)}"
        raise UsageError(msg)
    return begun


def _nearest(clock: re.Match[str], here: datetime) -> datetime:
    """That time of day on the day on which it lies nearest."""
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        msg = f"{clock[0]!r} is no time of day; type {HINT}"
        raise UsageError(msg)
    part = int((clock[4] or "").ljust(6, "0") or 0)
    that = here.replace(hour=hour, minute=minute, second=second, microsecond=part)
    return min((that + timedelta(days=day) for day in (0, -1, 1)), key=lambda moment: abs(moment - here))
