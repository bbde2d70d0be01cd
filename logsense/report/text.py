"""Words and pictures of every report: durations, moments, sparklines. Rows that fit: see ``cells``."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise

from logsense.cells import BARS, cells, fit, one_row, plain, wrap

__all__ = [
    "BARS", "between", "cells", "column_of", "count", "duration", "fit", "moments", "one_row", "plain",
    "resample", "sparkline", "wrap",
]  # fmt: skip

NONE = "·"
_UNITS = ((86_400_000_000, "d", 3_600_000_000, "h"), (3_600_000_000, "h", 60_000_000, "min"),
          (60_000_000, "min", 1_000_000, "s"))  # fmt: skip


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
