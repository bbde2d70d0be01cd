"""``journal://UNIT``: what the journal of this machine holds of a unit, its levels kept."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from logsense_kubernetes import address
from logsense_kubernetes.programs import Budget, ProgramError, run
from logsense_kubernetes.records import Record

MIB = 1 << 20
FORM = "journal://UNIT, such as journal://nginx.service?since=2h"
#: Endings of units: a service's is left out of its name.
_SERVICE = ".service"
_LONGEST = 1 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Journal:
    """Brings a unit's part of the journal through journalctl: time, severity, process and message.

    timeout: seconds for all of it, less than ``[plugins] seconds``. limit_mb: at most so many MiB. since: how
    far back, such as "2h". tail: at most so many last lines of each log.
    """

    name = "journal"
    schemes = ("journal",)

    def __init__(
        self, *, timeout: float = 25.0, limit_mb: int = 512, since: str | None = None, tail: int | None = None
    ) -> None:
        self.timeout = timeout
        self.limit_mb = limit_mb
        self.since = since
        self.tail = tail

    def fetch(self, scheme: str, address: str, folder: Path) -> None:  # noqa: ARG002 - there is one scheme
        """Write UNIT.log, a line of syslog (RFC 5424) an entry."""
        asked, unit = _parsed(address)
        since, tail = asked.since(self.since), asked.tail(self.tail)
        # Without --all it gives no message of more than 4096 bytes.
        words = [f"--unit={unit}", "--output=json", "--all", "--no-pager", "--quiet"]
        words += [f"--since=-{since}s"] if since is not None else []
        words += [f"--lines={tail}"] if tail is not None else []
        budget = Budget(self.timeout, self.limit_mb * MIB)
        path = folder / (unit.replace("\\", "_") + ".log")
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            entries = _Entries(unit.removesuffix(_SERVICE), lambda record: file.write(record.line()))
            try:
                run(["journalctl", *words], entries, budget)
            finally:
                entries.close()
        if not entries.met:
            path.unlink()
            if not budget.cut and not entries.lost:
                said = "systemctl list-units --all names those there are; reading may need rights"
                msg = f"the journal holds nothing of {unit} ({said})"
                raise ProgramError(msg)
        told = list(budget.cut)
        if entries.lost and not told:  # where it was cut the last is lost, too
            told.append(f"{entries.lost:,} entries are longer than 1 MiB, or no JSON, and left out")
        if told:
            raise ProgramError("; ".join(told))


def _parsed(text: str) -> tuple[address.Address, str]:
    asked = address.parse(text, form=FORM)
    unit = address.checked("/".join(asked.parts), address.UNIT, f"name of a unit; it is written {FORM}")
    return asked, unit


class _Entries:
    """Takes what journalctl prints, a JSON object a line, and gives records."""

    def __init__(self, service: str, give: Any) -> None:
        self.service, self.give, self.met, self.lost, self._rest = service, give, 0, 0, bytearray()

    def __call__(self, data: bytes) -> None:
        whole, mark, rest = data.rpartition(b"\n")
        if not mark:
            self._rest += data[: max(_LONGEST - len(self._rest), 0)]
            return
        rows, self._rest = (bytes(self._rest) + whole).split(b"\n"), bytearray(rest)
        for row in rows:
            self._take(row)

    def close(self) -> None:
        """The last line, which may lack its end."""
        self._take(bytes(self._rest))
        self._rest.clear()

    def _take(self, row: bytes) -> None:
        try:
            entry = json.loads(row)
        except (ValueError, RecursionError):
            self.lost += bool(row.strip())
            return
        record = _record(entry, self.service) if isinstance(entry, dict) else None
        if record is not None:
            self.met += 1
            self.give(record)


def _record(entry: dict[str, Any], service: str) -> Record | None:
    stamp = entry.get("_SOURCE_REALTIME_TIMESTAMP") or entry.get("__REALTIME_TIMESTAMP")
    text = _text(entry.get("MESSAGE"))
    if not (isinstance(stamp, str) and stamp.isdecimal() and len(stamp) < 18) or text is None:
        return None
    level = str(entry.get("PRIORITY", "6"))
    return Record(
        time=_EPOCH + timedelta(microseconds=int(stamp)),
        service=service,
        severity=int(level) if level in tuple("01234567") else 6,
        message=text,
        host=str(entry.get("_HOSTNAME", "")),
        pid=str(entry.get("_PID", "")),
        logger=str(entry.get("SYSLOG_IDENTIFIER", "")),
    )


def _text(message: object) -> str | None:
    """A message; one that is no UTF-8 comes as a list of bytes, one that is too long as null."""
    if isinstance(message, list):
        try:
            return bytes(message).decode("utf-8", "replace")
        except (ValueError, TypeError):
            return None
    return message if isinstance(message, str) else None
