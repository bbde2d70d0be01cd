"""Records of our own: what a cluster, a runtime or the journal tells, as lines of syslog (RFC 5424)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

#: Severities of syslog, as their names.
SEVERITIES = {"FATAL": 2, "ERROR": 3, "WARN": 4, "NOTICE": 5, "INFO": 6, "DEBUG": 7}
#: The facility "system daemons": 3, times 8.
_DAEMON = 24
_FRACTION = re.compile(r"\.(\d+)")
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, order=True)
class Record:
    """One thing that was told: when (UTC), of which service, how bad (a syslog severity), on which host."""

    time: datetime
    service: str
    severity: int
    message: str
    host: str = ""
    pid: str = ""
    logger: str = ""

    def line(self) -> str:
        """As a line of RFC 5424, its message on as many lines as it has."""
        time = self.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        words = (_word(word) for word in (self.host, self.service, self.pid, self.logger))
        return f"<{_DAEMON + self.severity}>1 {time} {' '.join(words)} - {self.message}\n"


def _word(text: str) -> str:
    return _BLANK.sub("_", text.strip()) or "-"


def when(text: object) -> datetime | None:
    """A time as JSON of Kubernetes and docker writes it; None for none (docker says year 1)."""
    if not isinstance(text, str):
        return None
    try:
        # Nanoseconds are more than Python knows.
        time = datetime.fromisoformat(_FRACTION.sub(lambda found: f".{found[1][:6]:0<6}", text))
    except ValueError:
        return None
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time
    return time if time.year > 1 else None


def write(records: Iterable[Record], path: Path) -> None:
    """Write records in order of time; no file where there are none."""
    lines = [record.line() for record in sorted(records)]
    if lines:
        path.write_text("".join(lines), encoding="utf-8", errors="replace")
