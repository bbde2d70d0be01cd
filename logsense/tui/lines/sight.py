"""Which records are in sight: all of a run, less what conditions and a span of time leave out."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from logsense.analysis import Book, Rows, Where
from logsense.tui.lines.condition import Condition, quoted


@dataclass(frozen=True)
class Held:
    """A condition, and the records that fulfil it."""

    says: str
    rows: Rows


@dataclass(frozen=True)
class Sight:
    """The records in sight, in order. Every change gives a new one.

    held: conditions that must all be fulfilled. aside: they are set aside for now. span: from when to when.
    """

    book: Book
    held: tuple[Held, ...] = ()
    aside: bool = False
    span: tuple[datetime, datetime] | None = None
    rows: Rows | None = field(default=None, compare=False)

    @property
    def height(self) -> int:
        """How many there are."""
        return self.book.height if self.rows is None else len(self.rows)

    def row(self, index: int) -> int:
        """The record at a place of the list."""
        return index if self.rows is None else int(self.rows[index])

    def index(self, row: int) -> int:
        """The place of a record in the list, or of the nearest after it, or of the last."""
        if self.rows is None:
            return min(row, max(self.height - 1, 0))
        return min(int(np.searchsorted(self.rows, row)), max(self.height - 1, 0))

    def among(self, rows: Rows) -> Rows:
        """Those of these records that are in sight."""
        if self.rows is None:
            return rows
        return np.intersect1d(rows, self.rows, assume_unique=True)

    def zoomed(self, at: datetime, factor: float, whole: tuple[datetime | None, datetime | None]) -> "Sight":
        """So much of the time in sight, around a moment; whole: from when to when the run goes."""
        if whole[0] is None or whole[1] is None:
            return self
        start, end = self.span or (whole[0], whole[1])
        half = (end - start) * factor / 2
        wide = at - half <= whole[0] and at + half > whole[1]
        return self.changed(span=None if wide else (at - half, at + half))

    def changed(
        self,
        *,
        held: tuple[Held, ...] | None = None,
        aside: bool | None = None,
        span: tuple[datetime, datetime] | bool | None = False,
    ) -> "Sight":
        """Another sight of the same records. span: False for the one there is."""
        new = replace(
            self,
            held=self.held if held is None else held,
            aside=self.aside if aside is None else aside,
            span=self.span if isinstance(span, bool) else span,
        )
        rows = None
        for one in () if new.aside else new.held:
            rows = one.rows if rows is None else np.intersect1d(rows, one.rows, assume_unique=True)
        if new.span is not None:
            inside = new.book.select(Where(since=new.span[0], until=new.span[1]))
            rows = inside if rows is None else np.intersect1d(rows, inside, assume_unique=True)
        return replace(new, rows=rows)


def fulfil(book: Book, condition: Condition, stop: Callable[[], bool]) -> Rows:
    """The records that fulfil a condition; reads the files where it has words. UsageError for a wrong one."""
    where = Where(
        services=condition.fields.get("service", ()),
        sources=condition.fields.get("source", ()),
        levels=condition.levels,
        templates=condition.fields.get("template", ()),
        without=condition.fields.get("-template", ()),
    )
    rows = book.select(where)
    away = condition.fields.get("-service", ())
    rows = np.setdiff1d(rows, book.select(Where(services=away)), assume_unique=True) if away else rows
    for word in condition.words:
        rows = np.intersect1d(rows, book.search(f"(?i){quoted(word)}", stop=stop), assume_unique=True)
    for word in condition.without:
        rows = np.setdiff1d(rows, book.search(f"(?i){quoted(word)}", stop=stop), assume_unique=True)
    return rows
