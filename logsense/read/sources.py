"""The words of this room: a source, what was skipped, the limits, the notes."""

from collections.abc import Iterator
from dataclasses import dataclass

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


@dataclass(frozen=True)
class SourceFile:
    r"""A physical file, or a member of an archive, whose lines are read.

    number: its place in the canonical order, which depends on names alone. name: as the contract prints it
    (relative to the PATH given, ``\xff`` for bytes that are no UTF-8). path: what ``open`` takes. member: its
    name in the archive, else None. start, length: where its bytes lie in ``path``, as stored. codec: "" (as
    it is), gz, bz2, xz, zst or deflate. encoding: utf-8, or utf-16-le and the like. size: bytes as stored,
    seen when it was found; nothing behind it is read. mtime: seconds since 1970. set: name of the rotated set
    it belongs to, else None. service: its name without endings and rotation marks. order: its place in the
    set, oldest first. inode: (device, inode) where it must still be the same file, else (0, 0).
    """

    number: int
    name: str
    path: str
    member: str | None
    start: int
    length: int
    codec: str
    encoding: str
    size: int
    mtime: float
    set: str | None
    service: str
    order: int
    inode: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Skip:
    """What was not (wholly) read, and why. failed: it should have been (exit 4); limit: a bound (exit 3)."""

    source: str
    reason: str
    failed: bool = False
    limit: bool = False


@dataclass(frozen=True)
class Found:
    """All that ``find`` has to say: the sources in canonical order, and what was skipped, by name."""

    sources: tuple[SourceFile, ...]
    skipped: tuple[Skip, ...]


@dataclass(frozen=True)
class Limits:
    """Bounds that hold before data reaches anything that cannot bear it. All in bytes.

    line: of a line this much is kept. A packed file that gave more than ``bomb`` and over ``ratio`` times its
    own size (``ratio_strong`` for bz2, xz and zst) is not read further: gz makes lines with a time of their
    own 10 to 40 times smaller, xz some 100 times.
    total: at most so much of one file, as unpacked. spool: at most so much of a pipe.
    """

    line: int = 64 * KIB
    bomb: int = 64 * MIB
    ratio: int = 200
    ratio_strong: int = 1000
    total: int | None = None
    spool: int = 64 * GIB


@dataclass(frozen=True)
class Note:
    """Something odd about a source and what was done. kind: note, limit (exit 3) or failed (exit 4)."""

    source: int
    text: str
    kind: str = "note"


class Notes:
    """Notes as they are made, in order. One reader adds; others may look meanwhile."""

    def __init__(self) -> None:
        self._all: dict[Note, None] = {}
        self._texts: dict[int, list[str]] = {}

    def add(self, source: int, text: str, kind: str = "note") -> None:
        """Add a note, once: the same words about the same source are not repeated."""
        note = Note(source, text, kind)
        if note not in self._all:
            self._all[note] = None
            self._texts.setdefault(source, []).append(text)

    def of(self, source: int) -> str | None:
        """What there is to say of a source, in one line; None where nothing was odd."""
        return "; ".join(self._texts.get(source, ())) or None

    def has(self, kind: str) -> bool:
        """Whether any note is of this kind."""
        return any(note.kind == kind for note in self)

    def __iter__(self) -> Iterator[Note]:
        """All notes, as they came."""
        return iter(tuple(self._all))

    def __len__(self) -> int:
        """How many notes there are."""
        return len(self._all)
