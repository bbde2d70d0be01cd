"""Words and pictures of every report: durations, moments, sparklines, rows that fit a width of cells."""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise

from logsense.clean import safe

BARS = "▁▂▃▄▅▆▇█"
NONE = "·"
#: Signs of ours and what stands for them where the stream cannot carry them; one cell each, so that
#: a page laid out for one fits the other.
_PLAIN = str.maketrans(BARS + "·…→×│─▲■◆○≥–µ⏎", "_,:-=+*#" + ".~>x|-^#*o>-u/")
_UNITS = ((86_400_000_000, "d", 3_600_000_000, "h"), (3_600_000_000, "h", 60_000_000, "min"),
          (60_000_000, "min", 1_000_000, "s"))  # fmt: skip


def plain(text: str) -> str:
    r"""Text in ASCII alone: signs of ours become similar ones, all else of no ASCII a ``\x`` escape."""
    return text.translate(_PLAIN).encode("ascii", "backslashreplace").decode("ascii")


def cells(text: str) -> int:
    """How many cells of a terminal the text takes: two for wide East Asian signs, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(_cell(character) for character in text)


def _cell(character: str) -> int:
    if character < "\u0300":
        return 1
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    # An emoji selector makes the sign before it two cells wide: counting it as one keeps rows inside.
    return 0 if unicodedata.category(character) in ("Mn", "Me") and character != "\ufe0f" else 1


def _cut(text: str, width: int) -> int:
    """How many characters of the text fit the width."""
    if text.isascii():
        return min(len(text), max(width, 0))
    used = 0
    for index, character in enumerate(text):
        used += _cell(character)
        if used > width:
            return index
    return len(text)


def one_row(text: str) -> str:
    """Foreign text as one harmless row: controls escaped, tabs as blanks."""
    return safe(text.replace("\t", " ")).strip()


def fit(text: str, width: int) -> str:
    """The text, cut to the width in cells with an ellipsis where it is longer."""
    if cells(text) <= width:
        return text
    return text[: _cut(text, width - 1)] + "…" if width > 0 else ""


def wrap(text: str, width: int, *, rows: int = 0, first: int = 0) -> list[str]:
    """Foreign text in rows of at most ``width`` cells, broken at blanks where there are any.

    rows: the most rows to give (0: all); the last one then ends with an ellipsis. first: cells of the
    first row that are taken already. Every row is harmless by itself: a break never puts what a CI
    runner takes for a command at the start of a row.
    """
    rest, out = one_row(text), list[str]()
    width = max(width, 8)
    room = max(width - first, 8)
    while rest and cells(rest) > room and (not rows or len(out) < rows - 1):
        end = _cut(rest, room)
        blank = rest.rfind(" ", room // 2, end + 1)
        end = blank if blank > 0 else max(end, 1)
        out.append(rest[:end].rstrip())
        rest, room = rest[end:].lstrip(), width
    out.append(rest)
    return [row if safe(row) == row else fit(safe(row), width) for row in (fit(row, width) for row in out)]


def duration(us: int) -> str:
    """A span of microseconds in words of at most two units: ``0.4 s``, ``1 min 25 s``, ``2 h 05 min``."""
    if us < 0:
        return "-" + duration(-us)
    if us < 1_000_000:
        return f"{us / 1000:.0f} ms" if us >= 1000 else f"{us} µs"
    if us < 10_000_000:
        return f"{us / 1e6:.1f}".removesuffix(".0") + " s"
    for size, name, below, part in _UNITS:
        if us >= size:
            whole, rest = divmod(us // below, size // below)
            return f"{whole} {name} {rest:02d} {part}" if rest else f"{whole} {name}"
    return f"{us // 1_000_000} s"


def between(start: datetime, end: datetime) -> str:
    """How long it is from one moment to another, in words."""
    span = end - start
    return duration((span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds)


def moments(start: datetime | None, end: datetime | None) -> Callable[[datetime | None], str]:
    """How to write the moments of a run: without what they all share (the day, the year)."""
    pattern = "%Y-%m-%d %H:%M:%S"
    if start and end and start.date() == end.date():
        pattern = "%H:%M:%S"
    elif start and end and start.year == end.year:
        pattern = "%m-%d %H:%M:%S"
    return lambda moment: moment.strftime(pattern) if moment else "?"


def resample(values: Sequence[int], width: int) -> list[int]:
    """The values in at most ``width`` columns; a column is the sum of those it stands for."""
    size = len(values)
    if size <= width:
        return list(values)
    edges = [column * size // width for column in range(width + 1)]
    return [sum(values[left:right]) for left, right in pairwise(edges)]


def sparkline(values: Sequence[int], width: int) -> str:
    """Counts as a row of bars, each against the largest; a dot where there is none."""
    columns = resample(values, max(width, 1))
    top = max(columns, default=0)
    return "".join(NONE if n <= 0 else BARS[min((n * len(BARS) - 1) // top, len(BARS) - 1)] for n in columns)


def column_of(index: int, size: int, width: int) -> int:
    """The column in which ``sparkline`` shows the value of that index."""
    if size <= width:
        return min(max(index, 0), max(size - 1, 0))
    return min(max(((index + 1) * width - 1) // size, 0), width - 1)


def count(n: int, noun: str) -> str:
    """``1 file``, ``2 files``, ``12,345 lines``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
