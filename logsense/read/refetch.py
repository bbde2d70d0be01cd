"""Original lines fetched again: the same text as the blocks gave, by the offsets the blocks had."""

from collections import OrderedDict
from collections.abc import Sequence

import polars as pl

from logsense.read.blocks import whole_lines
from logsense.read.repair import Tally, repair
from logsense.read.sources import MIB, Limits, Notes, SourceFile
from logsense.read.streams import Opened
from logsense.read.unpack import Gunzip

#: Blocks kept as lines: evidence lies close together, and a reader of lines goes on to the next.
_KEPT = 4
#: A gz cannot be read from the middle; a copy of its state (some 40 KiB) is kept every so often.
_EVERY = 32 * MIB


class Reader:
    """Fetches lines of sources by number, as cleaned by ``blocks``.

    sources: as found. blocks: a BLOCKS frame of their blocks. Plain files are read from the block on, gz from
    the nearest of the places passed before; other packed files and UTF-16 from their start. Not for use by
    several threads at once.
    """

    def __init__(
        self, sources: Sequence[SourceFile], blocks: pl.DataFrame, *, limits: Limits | None = None
    ) -> None:
        self._sources = {source.number: source for source in sources}
        self._limits = limits or Limits()
        self._index = {
            int(str(key[0])): frame.sort("first_line").select("first_line", "lines", "offset")
            for key, frame in blocks.group_by("source")
        }
        self._kept: OrderedDict[tuple[int, int], list[str]] = OrderedDict()
        self._places: dict[int, list[tuple[int, int, Gunzip]]] = {}

    def lines(self, source: int, first: int, count: int) -> list[str]:
        """``count`` lines from line ``first`` (from 1) on: fewer where the file has fewer.

        Empty for an unknown source, and for a file that is gone or cannot be read any more.
        """
        index = self._index.get(source)
        if index is None or source not in self._sources or count < 1:
            return []
        first = max(first, 1)
        last = first + count
        rows = index.filter((pl.col("first_line") < last) & (pl.col("first_line") + pl.col("lines") > first))
        found: list[str] = []
        for start, lines, offset in rows.iter_rows():
            block = self._block(source, start, lines, offset)
            found += block[max(first - start, 0) : last - start]
        return found

    def _block(self, source: int, start: int, lines: int, offset: int) -> list[str]:
        """The lines of one block, read again or still at hand."""
        key = (source, start)
        if key not in self._kept:
            try:
                self._kept[key] = self._read(self._sources[source], lines, offset)
            except OSError:
                return []  # gone meanwhile: what was worked out from it stands, its text is not to be had
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _read(self, source: SourceFile, lines: int, offset: int) -> list[str]:
        found: list[str] = []
        tally, limit = Tally(), self._limits.line
        with Opened(source, self._limits, Notes()) as opened:
            self._go_to(opened, source, offset)
            for _, raw in whole_lines(opened.stream, MIB, limit, tally):
                found += repair(raw, limit, tally).decode().split("\n")[:-1]
                if len(found) >= lines:
                    break
        return found[:lines]

    def _go_to(self, opened: Opened, source: SourceFile, offset: int) -> None:
        """Skip to an offset; through a gz by way of the nearest place kept, keeping places on the way."""
        if opened.gunzip is None or source.encoding != "utf-8":
            opened.stream.skip_to(offset)
            return
        places = self._places.setdefault(source.number, [])
        for given, taken, gunzip in reversed(places):
            if given <= offset:
                opened.resume(given, taken, gunzip)
                break
        while (here := opened.stream.tell()) < offset:
            opened.stream.skip_to(min(here + _EVERY, offset))
            if opened.stream.tell() == here:
                return  # the file ends before: it has become shorter
            place = opened.place()
            if place is not None and place[0] - (places[-1][0] if places else 0) >= _EVERY:
                places.append(place)
