"""Rows of records: time, level, service, text, with what was searched for marked."""

import json
import re
from collections.abc import Callable
from datetime import datetime

import polars as pl

from logsense import report
from logsense.analysis import Analysis, Line
from logsense.tui.painting import Piece, hue

#: A sign and a word of a level; the roles of those that worry.
LEVELS = {
    None: ("", "     "), "TRACE": ("dim", "trace"), "DEBUG": ("dim", "debug"), "INFO": ("dim", "info "),
    "NOTICE": ("dim", "note "), "WARN": ("major", "WARN "), "ERROR": ("critical", "ERROR"),
    "FATAL": ("critical", "FATAL"),
}  # fmt: skip
#: Characters of a line that are drawn at most: the rest is a matter of the record's own page.
MOST = 2000
#: Names under which objects hold their message, and names of what has a column of its own.
MESSAGES = ("message", "msg", "event", "log", "text")
_SAID = re.compile(
    r"@?time(?:stamp)?|ts|t|level|lvl|severity|service|name|app|pid|v|hostname|version", re.IGNORECASE
)
#: A time, or a bracket around one, that stands before the message; it has a column of its own.
_STAMP = re.compile(
    r"\s*\[?(?:[A-Z][a-z]{2} +\d{1,2}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}/[A-Z][a-z]{2}/\d{4})?[T: ]{0,2}"
    r"\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z| ?[-+]\d{2}:?\d{2}| UTC)?\]?\s*"
)


def clock(analysis: Analysis, width: int) -> Callable[[datetime | None], str]:
    """How the moments of a run are written in a column: without what all share, as exact as there is room."""
    start, end = analysis.start, analysis.end
    one_day = bool(start and end and start.date() == end.date())
    form = "%H:%M:%S" if one_day else "%m-%d %H:%M:%S"
    exact = width >= 100 or one_day
    size = len(datetime(2000, 1, 1).strftime(form)) + (4 if exact else 0)

    def write(moment: datetime | None) -> str:
        if moment is None:
            return " " * size
        return moment.strftime(form) + (f".{moment.microsecond // 1000:03}" if exact else "")

    return write


def row(
    line: Line, width: int, when: Callable[[datetime | None], str], *, raw: bool = False, find: str = ""
) -> list[Piece]:
    """One record as pieces. raw: with the time that stands in its line. find: a pattern that is marked."""
    text = report.one_row(line.text[:MOST] if raw else short(line.text))
    role, level = LEVELS[line.level]
    room = 10 if width < 100 else 16
    name = report.fit(report.one_row(line.service), room)
    pieces: list[Piece] = [
        ("dim", when(line.time) + " "),
        (role, level + " "),
        (hue(line.service), name + " " * (room - report.cells(name) + 1)),
    ]
    pieces += marked(text, find, role if role == "critical" else "")
    return [*pieces, ("dim", f" ⏎{line.lines}")] if line.lines > 1 else pieces


def short(text: str) -> str:
    """What a line says, less the time before it; of an object first its message, then its other fields."""
    if text.startswith("{"):
        try:
            fields = json.loads(text)
        except ValueError:
            return text[:MOST]
        if isinstance(fields, dict):
            return _fields(fields)[:MOST]
    stamp = _STAMP.match(text[:MOST])
    return text[stamp.end() : MOST] if stamp else text[:MOST]


def _fields(fields: dict[str, object]) -> str:
    message = next((str(fields[name]) for name in MESSAGES if fields.get(name)), "")
    rest = (
        f"{name}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in fields.items()
        if name not in MESSAGES and not _SAID.fullmatch(name)
    )
    return " ".join((*([message] if message else []), *rest))


def marked(text: str, find: str, role: str = "") -> list[Piece]:
    """The text with what the pattern finds in it marked; found by Rust's regex, as the search itself."""
    if not find:
        return [(role, text)]
    hits = pl.Series([text]).str.extract_all(find)[0].to_list()
    pieces: list[Piece] = []
    rest = text
    for hit in hits:
        if not hit:
            continue
        before, _, rest = rest.partition(hit)
        pieces += [(role, before), ("found", hit)]
    return [*pieces, (role, rest)]
