"""Which lines are shown for a cause: its own, in place among what all services said at the time.

Called in a worker: the book reads files.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from logsense.analysis import Book, Cause, Line, Rows, Where

#: As much is shown around each line of evidence, to both sides.
AROUND = timedelta(seconds=30)
#: As many records, where it has no time.
RECORDS = 100
#: Stands between rows that do not follow one another.
GAP = np.uint32(0xFFFFFFFF)
#: Levels of errors.
ERRORS = ("ERROR", "FATAL")


@dataclass(frozen=True)
class Wanted:
    """Whose lines. services: only of these; empty: of all."""

    cause: Cause
    services: tuple[str, ...] = ()


@dataclass(frozen=True)
class Around:
    """The records to show, in order of time. own: the evidence; errors: those of level ERROR and above.

    first: the row of the line that proves most, None where no record holds it; it need not be the earliest.
    apart: lines of evidence that are in no record of the run (known-good logs), shown before all others.
    """

    wanted: Wanted
    rows: Rows
    own: Rows
    errors: Rows
    apart: tuple[Line, ...]
    lines: tuple[Line, ...]
    first: int | None = None


def told(cause: Cause) -> tuple[Line, ...]:
    """The evidence as the cause itself holds it."""
    return tuple(
        Line(-1, one.source, one.line, 1, one.time, None, cause.service, cause.template_id, one.text)
        for one in cause.evidence
    )


def around(book: Book, wanted: Wanted) -> Around:
    """What stands around the evidence of a cause."""
    lines = told(wanted.cause)
    places = [book.of(line.source, line.line) for line in lines]
    own = np.array(sorted({row for row in places if row is not None}), dtype=np.uint32)
    shown = np.empty(0, dtype=np.uint32)
    errors = np.empty(0, dtype=np.uint32)
    for line, row in zip(lines, places, strict=True):
        if row is None:
            continue
        where = Where(services=wanted.services)
        if line.time is not None:
            where = Where(line.time - AROUND, line.time + AROUND, services=wanted.services)
        near, bad = book.select(where), book.select(_only(where))
        if line.time is None:
            near, bad = (some[(some + RECORDS >= row) & (some <= row + RECORDS)] for some in (near, bad))
        shown, errors = np.union1d(shown, near), np.union1d(errors, bad)
    shown = np.union1d(shown, own)
    apart = tuple(line for line, row in zip(lines, places, strict=True) if row is None)
    best = next((row for row in places if row is not None), None)
    first = int(np.searchsorted(shown, best)) if best is not None else 0
    rows = _gapped(shown) if not wanted.services else shown
    page = [int(row) for row in shown[max(first - 60, 0) : first + 60]]
    return Around(wanted, rows, own, errors, apart, tuple(book.lines(page)), best)


def _only(where: Where) -> Where:
    return Where(where.since, where.until, where.services, levels=ERRORS)


def _gapped(rows: Rows) -> Rows:
    """The rows with a mark where records between them are left out."""
    if rows.size < 2:
        return rows
    breaks = np.flatnonzero(np.diff(rows.astype(np.int64)) > 1) + 1
    return np.insert(rows, breaks, GAP).astype(np.uint32)
