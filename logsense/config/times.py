"""Times and zones as they are typed."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from logsense.errors import ConfigError

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?([0-5]\d)?")
AGO = re.compile(r"-\s*(\d{1,9})\s*(ms|s|m|min|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}


def zone(text: str) -> tzinfo:
    """The zone a name (``Europe/Berlin``) or an offset (``+02:00``, ``UTC-5``) means; ConfigError else."""
    offset = _OFFSET.fullmatch(text)
    if offset:
        hours = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if hours <= timedelta(hours=14):
            return timezone(-hours if offset[1] == "-" else hours)
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"tz is {text!r}; it must be a zone such as Europe/Berlin, or an offset such as +02:00"
        raise ConfigError(msg) from error


def is_zone(text: str) -> bool:
    """Whether ``zone`` knows it."""
    try:
        zone(text)
    except ConfigError:
        return False
    return True


def parse_when(text: str, now: datetime, *, key: str = "time", where: tzinfo = UTC) -> datetime:
    """A time as typed, as naive UTC: ISO 8601, ``now``, or an age such as ``-2h``, ``-30m``, ``-1d``.

    Ages count back from ``now`` (naive UTC); a time without a zone is read in ``where``. ConfigError
    names ``key`` for what is neither.
    """
    words = text.strip()
    ago = AGO.fullmatch(words)
    try:
        if ago:
            return now - timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])
        if words == "now":
            return now
        time = datetime.fromisoformat(words)
        time = time.replace(tzinfo=where) if time.tzinfo is None else time
        return time.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        msg = f"{key} is {text!r}; it must be a time such as 2026-01-02T03:04 or an age such as -2h"
        raise ConfigError(msg) from error
