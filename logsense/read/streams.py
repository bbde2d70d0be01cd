"""A source as one stream of bytes: unpacked, UTF-16 and UTF-32 as UTF-8; with what was odd told in notes.

``tell`` counts bytes of that stream (as unpacked and decoded, before any repair), and that is what the offset
of a block means: to read a block again, open the source and ``skip_to`` its offset. A plain file seeks.
"""

import codecs
import os
import stat
from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self

from logsense.read.sources import MIB, Limits, Notes, SourceFile
from logsense.read.unpack import Damaged, Gunzip, bunzip2, unxz, unzstd

_STEP = MIB


class Stream(Protocol):
    """Bytes from the front; what was read too far can be given back."""

    def read(self, size: int) -> bytes:
        """The next bytes: fewer than asked for only at the end."""
        ...

    def unread(self, rest: bytes) -> None:
        """Give back the last bytes read."""
        ...

    def tell(self) -> int:
        """How many bytes lie before the next one."""
        ...

    def skip_to(self, offset: int) -> None:
        """Go forward to an offset."""
        ...


class Segment:
    """A part of a file, as stored. Reads by position, so nothing is shared; the file may shrink under it."""

    def __init__(self, handle: int, start: int, length: int) -> None:
        self._handle = handle
        self._start = start
        self._length = length
        self._place = 0

    def read(self, size: int) -> bytes:
        """The next bytes: fewer than asked for only at the end, or where the file has become shorter."""
        size = min(size, self._length - self._place)
        if size <= 0:
            return b""
        data = os.pread(self._handle, size, self._start + self._place)
        self._place += len(data)
        while data and len(data) < size:  # the system may give less, and at most 2 GiB at once
            more = os.pread(self._handle, size - len(data), self._start + self._place)
            if not more:
                break
            self._place += len(more)
            data += more
        return data

    def unread(self, rest: bytes) -> None:
        """Step back."""
        self._place -= len(rest)

    def tell(self) -> int:
        """Bytes before the next one."""
        return self._place

    def skip_to(self, offset: int) -> None:
        """Seek."""
        self._place = offset

    def missing(self) -> int:
        """How many bytes less than it should have the file has now."""
        return max(0, self._start + self._length - os.fstat(self._handle).st_size)

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)


class Pieces:
    """A stream over an iterator of pieces."""

    def __init__(self, pieces: Iterator[bytes], place: int = 0) -> None:
        self._pieces = pieces
        self._pending = b""
        self._place = place

    def read(self, size: int) -> bytes:
        """The next bytes: fewer than asked for only at the end."""
        parts, have = [self._pending], len(self._pending)
        while have < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            parts.append(piece)
            have += len(piece)
        data = b"".join(parts)
        self._pending = data[size:]
        self._place += min(size, have)
        return data[:size] if have > size else data

    def unread(self, rest: bytes) -> None:
        """Keep it for the next read."""
        self._pending = rest + self._pending
        self._place -= len(rest)

    def tell(self) -> int:
        """Bytes before the next one."""
        return self._place

    def ahead(self) -> int:
        """How many bytes the pieces have given, those not yet read among them."""
        return self._place + len(self._pending)

    def skip_to(self, offset: int) -> None:
        """Read up to it."""
        while self._place < offset and self.read(min(_STEP, offset - self._place)):
            pass


class Opened:
    """An open source: ``stream`` to read from, ``segment`` the file below it. A context that closes."""

    def __init__(self, source: SourceFile, limits: Limits, notes: Notes) -> None:
        handle, now = _open(source.path)
        self.segment = Segment(handle, source.start, source.length)
        self._source, self._limits, self._notes = source, limits, notes
        if source.inode not in ((0, 0), (now.st_dev, now.st_ino)):
            notes.add(source.number, "was rotated or replaced after it was found; its new content was read")
        self.gunzip: Gunzip | None = None
        self.stream: Stream = self.segment
        self.from_start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.segment.close()

    def from_start(self) -> None:
        """(Re)build the stream from the first byte."""
        self.segment.skip_to(0)
        self.gunzip = None
        if self._source.codec:
            self.stream = Pieces(self.guarded(self._unpack()))
        elif self._limits.total is not None:
            self.stream = Pieces(self.guarded(iter(lambda: self.segment.read(_STEP), b"")))
        else:
            self.stream = self.segment
        if self._source.encoding != "utf-8":
            self.stream = Pieces(_decoded(self.stream, self._source.encoding))

    def place(self) -> tuple[int, int, Gunzip] | None:
        """Where a gz stream stands: bytes given, bytes taken, the state; for ``resume``."""
        if self.gunzip is None or not isinstance(self.stream, Pieces):
            return None
        return self.stream.ahead(), self.segment.tell(), self.gunzip.state(self.segment)

    def resume(self, given: int, taken: int, gunzip: Gunzip) -> None:
        """Go on from a place, also one of another opening of the same file."""
        self.segment.skip_to(taken)
        self.gunzip = gunzip.state(self.segment)
        self.stream = Pieces(self.guarded(self.gunzip, given), given)

    def _unpack(self) -> Iterator[bytes]:
        codec = self._source.codec
        if codec in ("gz", "deflate"):
            self.gunzip = Gunzip(self.segment, bare=codec == "deflate")
            return self.gunzip
        return {"bz2": bunzip2, "xz": unxz, "zst": unzstd}[codec](self.segment)

    def guarded(self, pieces: Iterator[bytes], given: int = 0) -> Iterator[bytes]:
        """The pieces, until a limit or damage ends them with a note."""
        limits, number = self._limits, self._source.number
        weak = self._source.codec in ("gz", "deflate")
        ratio = limits.ratio if weak else limits.ratio_strong
        try:
            for piece in pieces:
                given += len(piece)
                if limits.total is not None and given > limits.total:
                    yield piece[: len(piece) - (given - limits.total)]
                    self._notes.add(number, f"read to the limit of {limits.total:,} bytes only", "limit")
                    return
                if given > limits.bomb and given > ratio * max(1, self.segment.tell()) and self._source.codec:
                    text = f"unpacks to over {ratio} times its size: stopped after {given // MIB:,} MiB"
                    self._notes.add(number, text, "limit")
                    return
                yield piece
        except Damaged as damage:
            self._notes.add(number, damage.reason, damage.kind)


def _open(path: str) -> tuple[int, os.stat_result]:
    """Open a regular file for reading; OSError for anything else. Never blocks, follows a rename."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    now = os.fstat(handle)
    if not stat.S_ISREG(now.st_mode):
        os.close(handle)
        raise OSError(0, "is no regular file any more")
    return handle, now


def _decoded(stream: Stream, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("backslashreplace")
    while data := stream.read(_STEP):
        text = decoder.decode(data)
        if text:
            yield text.encode()
    yield decoder.decode(b"", final=True).encode()
