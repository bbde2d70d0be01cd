"""Packed bytes → pieces of at most a MiB, however small what is packed: one iterator a format.

All read concatenated members and ignore NUL padding behind them. What cannot be read ends the iteration with
``Damaged``, after everything before the damage was given. gz is read with zlib directly, since the ``gzip``
module gives nothing of a file that is cut. zstd comes from the ``zstandard`` package: the standard library
has it from Python 3.14 only.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import zstandard

from logsense.read.sources import KIB, MIB

#: At most so much comes out in one step.
PIECE = MIB
#: So much is read in one step, and what is fed again around damage.
_STEP, _SMALL = 64 * KIB, 16
#: xz asks for its dictionary up front; `xz -9` needs 65 MiB.
_XZ_MEMORY = 256 * MIB
_ZSTD_WINDOW = 128 * MIB


class Raw(Protocol):
    """Stored bytes, read from the front."""

    def read(self, size: int) -> bytes:
        """The next bytes: fewer than asked for only at the end."""
        ...


class Damaged(Exception):  # noqa: N818 - the state of a file, told in a note
    """Why a packed file ends early; kind as for a note (garbage behind a whole member is no failure)."""

    def __init__(self, reason: str, kind: str = "failed") -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


class Gunzip:
    """gz, or the bare deflate of a zip member. ``copy`` is a place to go on from later."""

    def __init__(self, raw: Raw, *, bare: bool = False) -> None:
        self._raw = raw
        self._bare = bare
        self._inflate = zlib.decompressobj(-15 if bare else 31)
        self._rest = b""
        self._broken: Damaged | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        while True:
            if self._broken:
                raise self._broken
            if self._inflate.eof and not self._next_member():
                raise StopIteration
            data = self._rest or self._raw.read(_STEP)
            piece = self._step(data)
            if piece:
                return piece
            if not data:
                self._broken = Damaged(
                    "cut short in the middle of its packed data; all before the cut was read"
                )

    def state(self, raw: Raw) -> "Gunzip":
        """The same place again, for a reader of the same bytes that stands where this one's does."""
        other = Gunzip(raw, bare=self._bare)
        other._inflate = self._inflate.copy()
        other._rest = self._rest
        other._broken = self._broken
        return other

    def _step(self, data: bytes) -> bytes:
        before = self._inflate.copy()  # some 40 KiB; a failing call gives nothing of what it had unpacked
        try:
            piece = self._inflate.decompress(data, PIECE)
        except zlib.error as error:
            self._broken = Damaged(f"packed data is damaged ({error}); all before the damage was read")
            return _salvage(before, data)
        self._rest = self._inflate.unconsumed_tail
        return piece

    def _next_member(self) -> bool:
        if self._bare:
            return False
        rest = _after(self._inflate.unused_data, self._raw)
        if not rest:
            return False
        if rest[:2] != b"\x1f\x8b":
            raise Damaged("garbage behind the packed data was ignored", "note")
        self._inflate, self._rest = zlib.decompressobj(31), rest
        return True


def _salvage(inflate: "zlib._Decompress", data: bytes, step: int = _SMALL) -> bytes:
    """What can be unpacked before the damage: fed in small steps, the failing one again byte by byte."""
    pieces: list[bytes] = []
    for start in range(0, len(data), step):
        before = inflate.copy()
        part = data[start : start + step]
        try:
            pieces.append(inflate.decompress(part))
        except zlib.error:  # the damage itself, which the caller reports
            if step > 1:
                pieces.append(_salvage(before, part, 1))
            break
    return b"".join(pieces)


def _after(rest: bytes, raw: Raw) -> bytes:
    """What follows a member, without NUL padding; empty at the end of the file."""
    rest = rest.lstrip(b"\0")
    while len(rest) < 6:
        more = raw.read(_STEP)
        if not more:
            break
        rest = (rest + more).lstrip(b"\0")
    return rest


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def bunzip2(raw: Raw) -> Iterator[bytes]:
    """bz2."""
    return _chain(raw, bz2.BZ2Decompressor, b"BZh")


def unxz(raw: Raw) -> Iterator[bytes]:
    """xz, with a bound on the memory it may ask for."""
    return _chain(raw, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY), b"\xfd7zXZ\0")


def _chain(raw: Raw, make: Callable[[], _Decompressor], magic: bytes) -> Iterator[bytes]:
    rest = b""
    while True:
        unpack = make()
        while not unpack.eof:
            if unpack.needs_input:
                rest = rest or raw.read(_STEP)
                if not rest:
                    raise Damaged("cut short in the middle of its packed data; all before the cut was read")
            try:
                piece = unpack.decompress(rest, PIECE)
            except (OSError, EOFError, lzma.LZMAError) as error:
                msg = f"packed data is damaged ({error}); all before the damaged part was read"
                raise Damaged(msg) from error
            rest = b""
            if piece:
                yield piece
        rest = _after(unpack.unused_data, raw)
        if not rest:
            return
        if not rest.startswith(magic):
            msg = "garbage behind the packed data was ignored"
            raise Damaged(msg, "note")


_ZSTD, _ZSTD_CUT = (
    b"\x28\xb5\x2f\xfd",
    "cut short in the middle of its packed data; all before the cut was read",
)


def unzstd(raw: Raw) -> Iterator[bytes]:
    """zstd, block by block (RFC 8878): a block unpacks to 128 KiB at most, so a bomb cannot burst at once."""
    first = True
    while True:
        magic = raw.read(4)
        while magic[:1] == b"\0" and len(magic) == 4:
            magic = magic[1:] + raw.read(1)
        if not magic.strip(b"\0"):
            return
        if magic[1:] == b"\x2a\x4d\x18" and magic[0] & 0xF0 == 0x50:
            _skip(raw, int.from_bytes(_exactly(raw, 4), "little"))
        elif magic == _ZSTD:
            yield from _frame(raw)
        elif first or _ZSTD.startswith(magic):
            raise Damaged(_ZSTD_CUT)
        else:
            msg = "garbage behind the packed data was ignored"
            raise Damaged(msg, "note")
        first = False


def _frame(raw: Raw) -> Iterator[bytes]:
    """The blocks of one frame, each fed alone."""
    described = _exactly(raw, 1)
    flags = described[0]
    single = flags >> 5 & 1
    length = (0 if single else 1) + (0, 1, 2, 4)[flags & 3] + (single, 2, 4, 8)[flags >> 6]
    unpack = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
    feed = _ZSTD + described + _exactly(raw, length)
    last = False
    while not last:
        head = _exactly(raw, 3)
        number = int.from_bytes(head, "little")
        last, repeated, size = bool(number & 1), number >> 1 & 3 == 1, number >> 3
        body = _exactly(raw, 1 if repeated else size)
        check = _exactly(raw, 4) if last and flags >> 2 & 1 else b""
        try:
            piece = unpack.decompress(feed + head + body + check)
        except zstandard.ZstdError as error:
            msg = f"packed data is damaged ({error}); all before the damaged part was read"
            raise Damaged(msg) from error
        feed = b""
        if piece:
            yield piece


def _exactly(raw: Raw, size: int) -> bytes:
    data = raw.read(size)
    if len(data) < size:
        raise Damaged(_ZSTD_CUT)
    return data


def _skip(raw: Raw, size: int) -> None:
    while size > 0:
        step = raw.read(min(size, PIECE))
        if not step:
            raise Damaged(_ZSTD_CUT)
        size -= len(step)
