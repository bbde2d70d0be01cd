"""Places of the screens as ``logsense tui --open`` takes them, for those who point to one."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode


def lines_at(time: datetime | None, services: Sequence[str] = ()) -> str:
    """The place of the lines at a time (naive UTC; None: from the first one), of these services only."""
    spot = f"@{time.isoformat()}" if time is not None else ""
    held = " ".join(_token("service", service) for service in services if service)
    return f"lines/{spot}" + (f"?{urlencode({'filter': held})}" if held else "")


def _token(name: str, value: str) -> str:
    """A condition as it is typed: quotation marks keep blanks, and each other, in one word."""
    parts = value.split('"')
    return f"{name}:" + "'\"'".join(f'"{part}"' for part in parts)
