"""Original lines fetched again: the same text as the blocks gave, by the offsets the blocks had."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from logsense.read.blocks import whole_lines
from logsense.read.repair import Tally, repair
from logsense.read.sources import MIB, Limits, Notes, SourceFile
from logsense.read.streams import Opened
from logsense.read.unpack import Gunzip
from logsense.store import Scratch

#: A gz cannot be read from the middle; a copy of its state (some 40 KiB) is kept every so often.
_EVERY = 4 * MIB
_LF = 10


class Reader:
    """Fetches lines of sources by number, as cleaned by ``blocks``.

    sources: as found. blocks: a BLOCKS frame of their blocks. spool: where files that can only be read from
    their start (bz2, xz, zst, UTF-16) are unpacked to when lines of theirs are first asked for; without it
    they are read from the start each time. Plain files are read from the block on, gz from the nearest of the
    places passed before. Not for several threads at once.
    """

    def __init__(
        self,
        sources: Sequence[SourceFile],
        blocks: pl.DataFrame,
        *,
        spool: Scratch | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._sources = {source.number: source for source in sources}
        self._spool = spool
        self._limits = limits or Limits()
        self._index = {
            int(str(key[0])): frame.sort("first_line").select("first_line", "offset")
            for key, frame in blocks.group_by("source")
        }
        self._places: dict[int, list[tuple[int, int, Gunzip]]] = {}

    @property
    def sources(self) -> list[SourceFile]:
        """The sources as they are read now: what had to be unpacked for a line is read from there."""
        return list(self._sources.values())

    def lines(self, source: int, first: int, count: int) -> list[str]:
        """``count`` lines from line ``first`` (from 1) on: fewer where the file has fewer.

        Empty for an unknown source, and for a file that is gone or cannot be read any more.
        """
        index = self._index.get(source)
        if index is None or source not in self._sources or count < 1 or not index.height:
            return []
        first = max(first, 1)
        row = max(int(index["first_line"].search_sorted(first, side="right")) - 1, 0)
        start, offset = index.row(row)
        try:
            return self._read(self._at_hand(source), offset, first - start, count)
        except OSError:
            return []  # gone meanwhile: what was worked out from it stands, its text is not to be had

    def _at_hand(self, number: int) -> SourceFile:
        """The source, or what it unpacks to where only that can be read from the middle."""
        source = self._sources[number]
        if self._spool is None or (source.codec in ("", "gz", "deflate") and source.encoding == "utf-8"):
            return source
        target = self._spool.path(source.name)
        with Opened(source, self._limits, Notes()) as opened, target.open("wb") as file:
            while data := opened.stream.read(MIB):
                file.write(data)
            length = file.tell()
        plain = replace(
            source, path=str(target), start=0, length=length, codec="", encoding="utf-8", inode=(0, 0)
        )
        self._sources[number] = plain
        return plain

    def _read(self, source: SourceFile, offset: int, skip: int, count: int) -> list[str]:
        """``count`` lines, ``skip`` lines behind an offset. Only what is given is cleaned."""
        found: list[str] = []
        tally, limit = Tally(), self._limits.line
        with Opened(source, self._limits, Notes()) as opened:
            self._go_to(opened, source, offset)
            for _, data in whole_lines(opened.stream, MIB, limit, tally):
                raw = data if data.endswith(b"\n") else data + b"\n"
                ends = np.flatnonzero(np.frombuffer(raw, np.uint8) == _LF) + 1
                if skip < len(ends):
                    begin = int(ends[skip - 1]) if skip else 0
                    end = int(ends[min(skip + count - len(found), len(ends)) - 1])
                    found += repair(raw[begin:end], limit, tally).decode().split("\n")[:-1]
                skip = max(skip - len(ends), 0)
                if len(found) >= count:
                    break
        return found

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
