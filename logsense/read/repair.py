r"""Whole lines as they lie in a file → lines the rest of the house can bear. A clean block costs a few scans.

Every repair looks at one line alone, so the lines are the same whatever the block size. In order:
padding (32 NULs or more at the start of a line, left by copytruncate and preallocation) is dropped; lines
over the limit are cut at a character; NULs become ``\x00``; ``\r`` before the line feed and byte order marks
at line starts are dropped; bytes that are no UTF-8 become ``\xff``. The limit holds for bytes as in the file;
with all of them escaped, a line is at most four times as long.
"""

import re
from dataclasses import dataclass

from logsense.read.sources import KIB, Notes

BOM = b"\xef\xbb\xbf"
#: So many NULs at the start of a line are padding, fewer are content.
PADDING = 32
_PADDING = re.compile(rb"^\0{%d,}" % PADDING, re.MULTILINE)
_BOMS = re.compile(rb"^(?:\xef\xbb\xbf)+", re.MULTILINE)


@dataclass
class Tally:
    """What was repaired in one file, to be said once at its end."""

    invalid: int = 0  # bytes that were no UTF-8
    cut: int = 0  # lines cut
    dropped: int = 0  # bytes dropped of them
    nuls: int = 0  # NULs shown
    padding: int = 0  # NULs dropped
    returns: int = 0  # carriage returns inside lines

    def tell(self, notes: Notes, source: int, limit: int) -> None:
        """Add a note for each kind of repair there was."""
        told = (
            (self.padding, "NUL byte", "of padding dropped"),
            (self.cut, "line", f"cut after {limit // KIB} KiB ({self.dropped:,} bytes dropped)"),
            (self.nuls, "NUL byte", "shown as \\x00"),
            (self.returns, "carriage return", "inside lines; lines end at line feeds only"),
            (self.invalid, "byte", "not UTF-8, shown as \\xff"),
        )
        for number, what, words in told:
            if number:
                notes.add(source, f"{number:,} {what}{'' if number == 1 else 's'} {words}")


def repair(data: bytes, limit: int, tally: Tally) -> bytes:
    """Clean whole lines: valid UTF-8, each ending with one line feed; what was done is added to the tally."""
    nul = b"\0" in data
    if nul:
        data = _PADDING.sub(lambda m: _count_padding(m, tally), data)
    if not data.endswith(b"\n"):
        data += b"\n"
    long = _long_line(data, 0, limit)
    if long >= 0:
        data = _cut(data, long, limit, tally)
    if nul:
        tally.nuls += data.count(b"\0")
        data = data.replace(b"\0", b"\\x00")
    if b"\r" in data:
        data = _returns(data, tally)
    return data if data.isascii() else _utf8(data, tally)


def _count_padding(match: re.Match[bytes], tally: Tally) -> bytes:
    tally.padding += len(match[0])
    return b""


def _long_line(data: bytes, start: int, limit: int) -> int:
    """Where the first line over the limit begins, -1 for none; hops a limit's length at a time."""
    end = len(data)
    while end - start > limit:
        newline = data.rfind(b"\n", start, start + limit + 1)
        if newline < 0:
            return start
        start = newline + 1
    return -1


def _cut(data: bytes, long: int, limit: int, tally: Tally) -> bytes:
    pieces, done = [], 0
    while long >= 0:
        newline = data.find(b"\n", long)
        keep = long + limit
        for _ in range(3):  # not through a character: step back over its continuation bytes
            if data[keep] & 0xC0 != 0x80:
                break
            keep -= 1
        pieces.append(data[done:keep])
        tally.cut += 1
        tally.dropped += newline - keep
        done = newline
        long = _long_line(data, newline + 1, limit)
    pieces.append(data[done:])
    return b"".join(pieces)


def _returns(data: bytes, tally: Tally) -> bytes:
    data = data.replace(b"\r\n", b"\n")
    if b"\r" not in data:
        return data
    if b"\r\n" in data:  # two and more before a line feed; rare, so a split is no cost that matters
        data = b"\n".join([line.rstrip(b"\r") for line in data.split(b"\n")])
    tally.returns += data.count(b"\r")
    return data


def _utf8(data: bytes, tally: Tally) -> bytes:
    if data.startswith(BOM) or b"\n" + BOM in data:
        data = _BOMS.sub(b"", data)
    try:
        data.decode()
    except UnicodeDecodeError:
        shown = data.decode("utf-8", "backslashreplace").encode()
        tally.invalid += (len(shown) - len(data)) // 3  # one byte became four
        return shown
    return data
