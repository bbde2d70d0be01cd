"""A source's bytes → blocks of whole, clean lines; its first and last lines alone."""

import dataclasses
from collections.abc import Iterator

import numpy as np
import polars as pl

from logsense.plans import Block
from logsense.read.repair import PADDING, Tally, repair
from logsense.read.sources import KIB, MIB, Limits, Notes, SourceFile
from logsense.read.streams import Opened, Stream

#: Bytes a block: large enough that a block's fixed cost vanishes, small enough for the cache of a core.
SIZE = 8 * MIB
_LF = 10


def blocks(
    source: SourceFile, *, size: int = SIZE, limits: Limits | None = None, notes: Notes
) -> Iterator[Block]:
    """Blocks of about ``size`` bytes, of whole lines split at the line feed alone.

    Each is valid UTF-8 and ends with a line feed; ``repair`` says what is done to lines that are not clean.
    ``offset`` counts bytes as unpacked and decoded but not repaired, so it stays right for repaired blocks.
    Reads to the size the file had when it was found. Never raises for what is in a file, nor for what happens
    to it meanwhile: what was read stands, and ``notes`` say what was odd, with kind "failed" or "limit" where
    something is missing. The lines do not depend on ``size``.
    """
    limits = limits or Limits()
    try:
        opened = Opened(source, limits, notes)
    except OSError as error:
        what = "vanished before it was read" if isinstance(error, FileNotFoundError) else error.strerror
        notes.add(source.number, f"could not be read: {what}", "failed")
        return
    with opened:
        yield from _blocks(opened, source, size, limits, notes)


def _blocks(opened: Opened, source: SourceFile, size: int, limits: Limits, notes: Notes) -> Iterator[Block]:
    tally, line, number = Tally(), 1, 0
    try:
        for offset, raw in whole_lines(opened.stream, size, limits.line, tally):
            data = repair(raw, limits.line, tally)
            yield Block(source.number, number, line, offset, data)
            line += _count(data)
            number += 1
        if source.encoding != "utf-8":
            notes.add(source.number, f"decoded from {source.encoding.upper()}")
        if missing := opened.segment.missing():
            notes.add(
                source.number, f"shrank while it was read: {missing:,} bytes less than when it was found"
            )
    except OSError as error:
        notes.add(source.number, f"reading stopped in line {line:,}: {error.strerror}", "failed")
    finally:
        tally.tell(notes, source.number, limits.line)


def _count(data: bytes) -> int:
    """Line feeds in a block. Polars takes a twentieth of bytes.count."""
    return int((pl.Series(np.frombuffer(data, np.uint8)) == _LF).sum())


def whole_lines(stream: Stream, size: int, limit: int, tally: Tally) -> Iterator[tuple[int, bytes]]:
    """(offset, bytes) of runs of whole lines; of a line longer than a run no more is held than is kept."""
    while True:
        offset = stream.tell()
        data = stream.read(size)
        if not data:
            return
        cut = data.rfind(b"\n") + 1
        if not cut:
            data = _one_line(stream, data, limit, tally)
        elif cut < len(data):
            stream.unread(data[cut:])
            data = data[:cut]
        yield offset, data


def _one_line(stream: Stream, data: bytes, limit: int, tally: Tally) -> bytes:
    """The line that begins with ``data``, to its line feed or the end: little more than the limit at most.

    Padding is dropped as it comes: a line behind a hole of gigabytes is as good as any other.
    """
    keep, kept = limit + 1 + PADDING, b""
    while data:
        newline = data.find(b"\n")
        whole = kept + (data if newline < 0 else data[:newline])
        extra = max(0, len(whole) - len(whole.lstrip(b"\0")) - PADDING)
        kept = whole[extra : extra + keep]
        tally.padding += extra
        tally.dropped += len(whole) - extra - len(kept)
        if newline >= 0:
            stream.unread(data[newline + 1 :])
            break
        data = stream.read(MIB)
    return kept + b"\n"


def head(
    source: SourceFile, lines: int = 2000, max_bytes: int = 512 * KIB, *, limits: Limits | None = None
) -> bytes:
    """The first whole lines, cleaned like a block: at most ``lines``, of about ``max_bytes``."""
    first = next(blocks(source, size=max_bytes, limits=limits, notes=Notes()), None)
    if first is None:
        return b""
    parts = first.data.split(b"\n", lines)
    return first.data if len(parts) <= lines else first.data[: len(first.data) - len(parts[-1])]


def tail(source: SourceFile, max_bytes: int = 64 * KIB, *, limits: Limits | None = None) -> bytes:
    """The last whole lines of a plain UTF-8 file, cleaned like a block; empty for all others."""
    if source.codec or source.encoding != "utf-8":
        return b""
    keep = min(max_bytes, source.length)
    part = dataclasses.replace(source, start=source.start + source.length - keep, length=keep)
    data = b"".join(block.data for block in blocks(part, limits=limits, notes=Notes()))
    return data if keep == source.length else data.partition(b"\n")[2]
