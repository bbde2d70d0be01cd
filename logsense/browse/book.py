"""Pages of records, and the ways to find them."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.analysis import Line, Parameter, Rows, Where
from logsense.browse import search as searching
from logsense.browse.index import NEVER, Index
from logsense.browse.values import spread
from logsense.plans import Block

#: Lines of a file that are read at once, and how many such pieces are kept: some 10 MB of common logs.
PIECE, PIECES = 256, 256
#: Seconds between two words on how far a search is.
TELL = 0.2
#: Lines of a record that are shown at most.
MOST_LINES = 10_000
_EPOCH = datetime(1970, 1, 1)
_LINE, _LOW = np.uint64(32), np.uint64(2**32 - 1)


@dataclass(frozen=True)
class Files:
    """The ways to the lines of a source.

    lines(source, first, count): some of them. blocks(source): all. params(source, texts, template text): for
    each record (all of its lines as one text) the values at the placeholders. path(source): a plain file in
    which they stand at their numbers.
    """

    lines: Callable[[int, int, int], list[str]]
    blocks: Callable[[int], Iterable[Block]]
    params: Callable[[int, Sequence[str], str], pl.Series]
    path: Callable[[int], Path]


class Records:
    """The book of a run: see ``analysis.Book``.

    names: printed name of each source. texts: text of each template by id.
    """

    def __init__(
        self, index: Index, names: Mapping[int, str], texts: Mapping[str, str], files: Files
    ) -> None:
        self.index = index
        self.names = names
        self.texts = texts
        self._numbers = {name: number for number, name in names.items()}
        self._files = files
        self._pieces: OrderedDict[tuple[int, int], list[str]] = OrderedDict()
        self._lock = threading.Lock()
        self._said = index.kinds.rows()
        self._bare = index.untimed

    @property
    def height(self) -> int:
        """How many records there are."""
        return self.index.height

    # -- what stands in them --------------------------------------------------------------------------
    def lines(self, rows: Sequence[int]) -> list[Line]:
        """These records, in the order asked for."""
        return [self._line(int(row)) for row in rows]

    def whole(self, row: int) -> list[str]:
        """All lines of a record, at most ``MOST_LINES``."""
        source, line = self._place(row)
        return self._texts(source, line, min(self._length(row), MOST_LINES))

    def file(self, source: str) -> Path | None:
        """A file in which the lines of that source stand at their numbers."""
        number = self._numbers.get(source)
        return None if number is None else self._files.path(number)

    def _line(self, row: int) -> Line:
        source, line = self._place(row)
        level, service, template = self._said[int(self.index.kind[row])]
        text = self._texts(source, line, 1)
        return Line(
            row=row,
            source=self.names[source],
            line=line,
            lines=self._length(row),
            time=self._time(row),
            level=level,
            service=service,
            template=template,
            text=text[0] if text else "",
        )

    def _place(self, row: int) -> tuple[int, int]:
        place = int(self.index.place[row])
        return place >> 32, place & 0xFFFFFFFF

    def _time(self, row: int) -> datetime | None:
        time = int(self.index.time[row])
        at = int(np.searchsorted(self._bare, row))
        if time == NEVER or (at < len(self._bare) and int(self._bare[at]) == row):
            return None
        return _EPOCH + timedelta(microseconds=time)

    def _length(self, row: int) -> int:
        place = self.index.place[row]
        at = int(np.searchsorted(self.index.long_place, place))
        if at == len(self.index.long_place) or self.index.long_place[at] != place:
            return 1
        return int(self.index.long_last[at]) - int(place & _LOW) + 1

    def _texts(self, source: int, line: int, count: int) -> list[str]:
        """Lines of a file, out of the pieces that are kept."""
        first, last = (line - 1) // PIECE, (line + count - 2) // PIECE
        out: list[str] = []
        for number in range(first, last + 1):
            out += self._piece(source, number)
        begin = line - 1 - first * PIECE
        return out[begin : begin + count]

    def _piece(self, source: int, number: int) -> list[str]:
        key = source, number
        with self._lock:  # the reader is for one thread at a time
            if key in self._pieces:
                self._pieces.move_to_end(key)
                return self._pieces[key]
            piece = self._files.lines(source, number * PIECE + 1, PIECE)
            self._pieces[key] = piece
            if len(self._pieces) > PIECES:
                self._pieces.popitem(last=False)
            return piece

    # -- which of them ---------------------------------------------------------------------------------
    def select(self, where: Where) -> Rows:
        """The records that are meant."""
        low, high = self._span(where.since, where.until)
        said = self.index.kinds.with_row_index("kind")
        for column, values in (
            ("level", where.levels), ("service", where.services), ("template", where.templates),
        ):  # fmt: skip
            said = said.filter(pl.col(column).is_in(list(values))) if values else said
        if where.without:
            said = said.filter(~pl.col("template").is_in(list(where.without)).fill_null(value=False))
        rows = self._of_kinds(said["kind"].to_numpy(), low, high)
        if where.sources:
            numbers = [self._numbers[name] for name in where.sources if name in self._numbers]
            source = self.index.place[rows] >> _LINE
            rows = rows[np.isin(source, np.array(numbers, np.uint64))]
        return rows

    def _of_kinds(self, kinds: NDArray[np.uint32], low: int, high: int) -> Rows:
        if len(kinds) == self.index.kinds.height:
            return np.arange(low, high, dtype=np.uint32)
        wanted = np.zeros(self.index.kinds.height, np.bool_)
        wanted[kinds] = True
        return (np.flatnonzero(wanted[self.index.kind[low:high]]) + low).astype(np.uint32)

    def marked(self, anomalies: pl.DataFrame) -> Rows:
        """The records of the service and template of an anomaly, between its start and its end."""
        said = self.index.kinds.with_row_index("kind")
        spans = anomalies.filter(pl.col("template").is_not_null()).select(
            "service", "template", "start", "end"
        )
        spans = spans.unique().join(said, on=["service", "template"])
        found: list[Rows] = [np.empty(0, np.uint32)]
        for (_, kind), part in spans.group_by("service", "kind"):
            every = self._of_kinds(np.array([kind], np.uint32), 0, self.height)
            times = self.index.time[every]
            for start, end in part.select("start", "end").iter_rows():
                first = np.searchsorted(times, _us(start), side="left")
                last = np.searchsorted(times, _us(end), side="right")
                found.append(every[first:last])
        return np.unique(np.concatenate(found))

    def pauses(self, rows: Rows | None, least: float) -> Rows:
        """The records before which nothing came for ``least`` times the usual gap; of these, None: of all.

        The usual gap is the median of those that are none of 0: many records share a moment.
        """
        times = self.index.time if rows is None else self.index.time[rows]
        gaps = np.diff(times)
        some = gaps[gaps > 0]
        if not len(some):
            return np.empty(0, np.uint32)
        at = np.flatnonzero(gaps >= least * float(np.median(some))) + 1
        return at.astype(np.uint32) if rows is None else rows[at]

    def search(
        self,
        pattern: str,
        *,
        literal: bool = False,
        stop: Callable[[], bool] = lambda: False,
        found: Callable[[Rows, float], None] = lambda rows, share: None,  # noqa: ARG005 - told to nobody
    ) -> Rows:
        """The records with a line in which the pattern is found; see ``analysis.Book``."""
        pattern = searching.checked(pattern, literal=literal)
        rows: list[Rows] = [np.empty(0, np.uint32)]
        done, told = 0, time.monotonic()
        for source in sorted(self.names):
            low, high = self._ranks(source)
            order = self.index.order[low:high]
            starts = self.index.starts(low, high)
            for block, lines in searching.hits(self._files.blocks(source), pattern, literal=literal):
                rows.append(np.asarray(order[searching.holders(starts, lines)]))
                through = int(np.searchsorted(starts, block.first_line))
                if time.monotonic() - told > TELL:  # not each time: all found so far is put together for it
                    found(np.unique(np.concatenate(rows)), (done + through) / max(self.height, 1))
                    told = time.monotonic()
                if stop():
                    return np.unique(np.concatenate(rows))
            done += high - low
        self.index.rest()
        return np.unique(np.concatenate(rows))

    def values(self, template: str, *, most: int = 2000) -> tuple[Parameter, ...]:
        """What stood at the placeholders of a template, in records spread evenly over the run."""
        rows = self.select(Where(templates=(template,)))
        text = self.texts.get(template)
        if text is None or not len(rows):
            return ()
        taken = rows[np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(np.int64))]
        sources = (self.index.place[taken] >> _LINE).astype(np.int64)
        found = []
        for source in np.unique(sources).tolist():
            own = ["\n".join(self.whole(int(row))) for row in taken[sources == source]]
            found.append(self._files.params(source, own, text))
        return spread(pl.concat(found), text)

    # -- where they are ---------------------------------------------------------------------------------
    def at(self, time: datetime) -> int:
        """The first record at that time or after it."""
        return int(np.searchsorted(self.index.time, _us(time), side="left"))

    def of(self, source: str, line: int) -> int | None:
        """The record that holds this line of that source."""
        number = self._numbers.get(source)
        if number is None:
            return None
        low, high = self._ranks(number)
        at = self._rank((number << 32) + line + 1) - 1
        if not low <= at < high:
            return None
        row = int(self.index.order[at])
        begins = self._place(row)[1]
        return row if begins <= line < begins + self._length(row) else None

    def _ranks(self, source: int) -> tuple[int, int]:
        """The part of ``order`` that holds the records of a source."""
        return self._rank(source << 32), self._rank((source + 1) << 32)

    def _rank(self, place: int) -> int:
        """How many records lie before that place; a search of halves, since ``place[order]`` is not kept."""
        low, high = 0, self.height
        while low < high:
            middle = (low + high) // 2
            if int(self.index.place[self.index.order[middle]]) < place:
                low = middle + 1
            else:
                high = middle
        return low

    def _span(self, since: datetime | None, until: datetime | None) -> tuple[int, int]:
        low = self.at(since) if since is not None else 0
        return low, max(self.at(until), low) if until is not None else self.height


def _us(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(microseconds=1)
