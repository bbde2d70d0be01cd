"""What really happened in a recorded case, read from its ``truth.json`` and checked."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from logsense.errors import InputError


@dataclass(frozen=True)
class Sign:
    """Lines that state the cause: a glob on the file's name and a pattern; absent where they cease."""

    source: str
    pattern: re.Pattern[str]
    absent: bool


@dataclass(frozen=True)
class Truth:
    """The truth of a case. start and end of the fault in UTC, naive; both None in a clean run.

    services: names that count as where the cause sits, aliases among them.
    """

    kind: str
    title: str
    description: str
    start: datetime | None
    end: datetime | None
    services: tuple[str, ...]
    cause: tuple[Sign, ...]

    @property
    def faulty(self) -> bool:
        """Whether something went wrong at all."""
        return self.start is not None


def read(text: str | bytes) -> Truth:
    """The truth in the text of a ``truth.json``; InputError names the key that is wrong."""
    try:
        loaded = json.loads(text)
    except ValueError as error:
        msg = f"truth.json is not JSON: {error}"
        raise InputError(msg) from error
    return checked(loaded)


def checked(data: object) -> Truth:
    """The truth of values as JSON gives them; InputError names the key that is wrong."""
    if not isinstance(data, Mapping):
        raise _wrong("the whole", "an object", data)
    if "fault" not in data:
        msg = 'truth.json has no "fault"; it must be an object with start and end, or null in a clean run'
        raise InputError(msg)
    fault, start, end = data["fault"], None, None
    if fault is not None:
        if not isinstance(fault, Mapping):
            raise _wrong("fault", "an object with start and end, or null", fault)
        start, end = _moment(fault.get("start"), "fault.start"), _moment(fault.get("end"), "fault.end")
        if end < start:
            raise _wrong("fault.end", "no earlier than fault.start", fault.get("end"))
    return Truth(
        kind=str(data.get("kind") or ("none" if fault is None else "")),
        title=str(data.get("title") or ""),
        description=str(data.get("description") or ""),
        start=start,
        end=end,
        services=_services(data),
        cause=tuple(_sign(entry, f"cause[{n}]") for n, entry in enumerate(_listed(data, "cause"))),
    )


def _services(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Every name that counts, in the order of the truth, each once."""
    aliases = data.get("aliases") or {}
    if not isinstance(aliases, Mapping):
        raise _wrong("aliases", "an object: other names for each service", aliases)
    names: dict[str, None] = {}
    for service in _listed(data, "services"):
        names[str(service)] = None
        others = aliases.get(str(service)) or []
        if not isinstance(others, list):
            raise _wrong(f"aliases.{service}", "a list of names", others)
        names |= dict.fromkeys(map(str, others))
    return tuple(names)


def _listed(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key) or []
    if not isinstance(value, list):
        raise _wrong(key, "a list", value)
    return value


def _sign(entry: object, where: str) -> Sign:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("source"), str):
        raise _wrong(where, "an object with source (a glob) and pattern", entry)
    pattern = entry.get("pattern")
    if not isinstance(pattern, str):
        raise _wrong(f"{where}.pattern", "a regular expression", pattern)
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        msg = f"truth.json: {where}.pattern is no regular expression: {error}"
        raise InputError(msg) from error
    return Sign(entry["source"], compiled, bool(entry.get("absent")))


def _moment(value: object, where: str) -> datetime:
    """A time in UTC without a zone; one that names none means UTC."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise _wrong(where, "a time in ISO 8601", value)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _wrong(key: str, wanted: str, got: object) -> InputError:
    return InputError(f"truth.json: {key} must be {wanted}, not {json.dumps(got, default=str)[:80]}")


__all__ = ["Sign", "Truth", "checked", "read"]
