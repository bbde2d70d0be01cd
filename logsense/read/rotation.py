"""What a file's name tells: the rotated set it belongs to, its place in it, and the service.

Known are the marks of logrotate (``app.log.1``, ``app.log-20260102.gz``), logback, log4j2 and NLog
(``app.2026-01-02.0.log``, ``app.1.log`` beside ``app.log``), Python's handlers (``app.log.2026-01-02``),
kubelet (``0.log.20260102-030405.gz``), and kept copies (``app.log.old``). Names that container runtimes give
name the container.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

_PACKED = re.compile(r"\.(?:gz|bz2|xz|zst|zstd|z|lz4|zip)$", re.IGNORECASE)
_ENDINGS = re.compile(r"\.(?:logs?|txt|out|err|json|jsonl|ndjson|csv|tsv|stdout|stderr)$", re.IGNORECASE)
_DAY = r"(?:19|20)\d\d(?P<sep>[-_.]?)(?:0[1-9]|1[0-2])(?P=sep)(?:0[1-9]|[12]\d|3[01])"
_HOUR = r"(?:[-_.T]?[0-2]\d(?:[-_.:h]?[0-5]\d){0,2}(?!\d))?"
_STAMP = rf"(?P<date>{_DAY}{_HOUR}(?:-\d{{10}})?)(?:[-_.](?P<index>\d{{1,4}}))?"
_DATED = (
    re.compile(rf"^(?P<base>.+?)[-_.]{_STAMP}(?P<ext>(?:\.[A-Za-z]\w{{0,8}})*)$"),
    re.compile(rf"^{_STAMP}[-_.](?P<base>[A-Za-z].*)(?P<ext>)$"),
)
_NUMBER = re.compile(r"^(?P<base>.*\D)\.(?P<index>\d{1,3})$")
_INNER_NUMBER = re.compile(r"^(?P<base>.+)\.(?P<index>\d{1,3})(?P<ext>\.[A-Za-z]\w{0,8})$")
_KEPT = re.compile(r"^(?P<base>.+?)(?:[-_.](?:old|bak|backup|prev|previous|orig|save)|~)(?P<ext>\.log)?$")
_KUBERNETES = re.compile(r"^[^_]+_[^_]+_(?P<name>.+)-[0-9a-f]{64}$")
_DOCKER = re.compile(r"^(?P<name>[0-9a-f]{12})[0-9a-f]{52}-json$")
#: Says nothing about who wrote it: the folder's name says more.
_NAMELESS = re.compile(r"^(?:\d*|logs?|output|stdout|stderr|current)$", re.IGNORECASE)


@dataclass(frozen=True)
class Marks:
    """Of a name: base (what all files of a set share), and a key that sorts the set oldest first."""

    base: str
    age: tuple[int, str, int, int]


def marks(name: str, beside: Collection[str] = ()) -> Marks:
    """Split a file's name; ``beside``: the names of its folder, which settle what ``app.1.log`` is."""
    name = _PACKED.sub("", name)
    for pattern in _DATED:
        if found := pattern.match(name):
            digits = re.sub(r"\D", "", found["date"])
            return Marks(found["base"] + found["ext"], (0, digits, int(found["index"] or 0), 0))
    if found := _NUMBER.match(name):
        return Marks(found["base"], (1, "", 0, -int(found["index"])))
    if found := _INNER_NUMBER.match(name):
        base = found["base"] + found["ext"]
        if base in beside:
            return Marks(base, (1, "", 0, -int(found["index"])))
    if found := _KEPT.match(name):
        return Marks(found["base"] + (found["ext"] or ""), (1, "", 0, -1))
    return Marks(name, (2, "", 0, 0))


def service(base: str, folders: tuple[str, ...] = ()) -> str:
    """The service a file's base name (or, where that says nothing, its folder) tells."""
    name = base
    while (shorter := _ENDINGS.sub("", name)) != name and shorter:
        name = shorter
    for pattern in (_KUBERNETES, _DOCKER):
        if found := pattern.match(name):
            return found["name"]
    if _NAMELESS.match(name) or _bare_date(name):
        own = [folder for folder in folders if not _NAMELESS.match(folder)]
        if own:
            return own[-1]
    return name.strip(".") or name


def _bare_date(name: str) -> bool:
    return re.fullmatch(_STAMP, name) is not None
