"""Addresses taken apart, and what may stand in them: nothing that a program could take for an option."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import unquote

_SINCE = re.compile(r"-?(\d{1,6})(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_TAIL = re.compile(r"\d{1,9}")
#: As much of a refused text is repeated.
_SHOWN = 80

#: Names as Kubernetes allows them: a label and a subdomain of RFC 1123.
LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
SUBDOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?")
#: Names and ids as docker and podman allow them.
CONTAINER = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}")
#: Names of units as systemd allows them: what is escaped there has a backslash.
UNIT = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9:_.\\@-]{0,254}")
CONTEXT = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9_.:@/-]{0,252}")
_KEY = r"[a-zA-Z0-9](?:[a-zA-Z0-9_./-]{0,315}[a-zA-Z0-9])?"
_VALUE = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9_.-]{0,61}[a-zA-Z0-9])?)?"
SELECTOR = re.compile(rf"{_KEY}(?:=|==|!=){_VALUE}(?:,{_KEY}(?:=|==|!=){_VALUE})*")


@dataclass(frozen=True)
class Address:
    """What stands behind ``://``: parts between slashes, and what was asked for behind ``?``."""

    parts: tuple[str, ...]
    asked: dict[str, str] = field(default_factory=dict)

    def since(self, usual: str | None) -> int | None:
        """Seconds back, of ``?since=2h`` or the keyword; None: all. ValueError where it is no age."""
        text = self.asked.get("since", usual)
        if text is None:
            return None
        found = _SINCE.fullmatch(text)
        if found is None:
            msg = f"since={shown(text)} is no age; it is one such as 30m, 2h or 1d"
            raise ValueError(msg)
        return int(found[1]) * _SECONDS[found[2]]

    def tail(self, usual: int | None) -> int | None:
        """How many last lines of each log, of ``?tail=1000`` or the keyword; None: all."""
        text = self.asked.get("tail")
        if text is None:
            return usual
        if _TAIL.fullmatch(text) is None:
            msg = f"tail={shown(text)} is no number of lines"
            raise ValueError(msg)
        return int(text)


def parse(text: str, *, form: str, options: Collection[str] = ("since", "tail")) -> Address:
    """Take an address apart. form: how it is written, for a message; options: what may stand behind ``?``."""
    path, _, query = text.partition("?")
    asked: dict[str, str] = {}
    for pair in query.split("&") if query else []:
        key, _, value = pair.partition("=")
        if key not in options:
            there = ", ".join(sorted(options))
            msg = f"{shown(key)} cannot be asked for in an address; there are: {there}"
            raise ValueError(msg)
        asked[key] = unquote(value)
    if not path:
        msg = f"the address names nothing; it is written {form}"
        raise ValueError(msg)
    return Address(tuple(path.rstrip("/").split("/")), asked)


def checked(text: str, pattern: re.Pattern[str], what: str) -> str:
    """The text where it is such a name; ValueError, before anything is run, where it is not."""
    if pattern.fullmatch(text) is None:
        msg = f"{shown(text)} is no {what}; nothing was run"
        raise ValueError(msg)
    return text


def shown(text: str) -> str:
    """Foreign text within a message: quoted, and not much of it."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
