"""A run that is watched: what it is told of, and when.

Whoever watches gives a ``Watch``. All of its calls come from the thread that runs the analysis, between two
blocks; nothing they do changes the answer, save that ``stop`` ends reading early.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from logsense.analysis import Analysis
from logsense.plans import Block

#: Seconds of reading before the first provisional answer: a run that is over by then needs none.
FIRST = 1.5
#: How much later than the one before each further answer comes, and how often the time it took passes before
#: the next: all of them together stay a fraction of the run, however long each takes.
LATER, DEARER = 2.0, 4.0


@dataclass(frozen=True)
class File:
    """A file as it was found. size: bytes to be read of it, an estimate where it is packed.

    note: what is odd about it, or why it is skipped.
    """

    name: str
    size: int
    note: str | None = None
    skipped: bool = False


@dataclass(frozen=True)
class Progress:
    """How far reading has come: bytes of blocks done, bytes in all (an estimate), the file at work.

    own, size: the same of that file. finished: nothing more of it will come; note: what was odd about it so
    far; failed: some of it could not be read. While what lies behind an address is fetched, before any file
    is known, ``source`` is the address and all else nothing.
    """

    done: int
    total: int
    source: str
    own: int = 0
    size: int = 0
    finished: bool = False
    note: str | None = None
    failed: bool = False

    @property
    def fetching(self) -> bool:
        """Whether logs are still on their way from an address."""
        return self.total == 0 and not self.finished


def _nothing(_: object) -> None:
    """What is told to nobody."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Watch:
    """What is told of a run while it goes on, and what may be asked of it. Defaults do nothing.

    found: all files, once, when each has its plan. progress: after every block, and when a file is done.
    snapshot: provisional answers, ``Analysis.partial`` says of how much; None: none are worked out. stop:
    asked between blocks; True ends reading as Ctrl-C does, and what is known so far is the answer.
    """

    found: Callable[[tuple[File, ...]], None] = _nothing
    progress: Callable[[Progress], None] = _nothing
    snapshot: Callable[[Analysis], None] | None = None
    stop: Callable[[], bool] = _never

    @classmethod
    def of(cls, progress: Callable[[Progress], None] | None) -> "Watch":
        """A watch that is told how far reading has come, and no more."""
        return cls(progress=progress or _nothing)


class Pace:
    """When the next provisional answer is due, counted from when this was made."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._begun, self._next = clock, clock(), FIRST

    def due(self) -> bool:
        """Whether the time for the next answer has come."""
        return self._passed() >= self._next

    def take(self, answer: Callable[[], None]) -> None:
        """Work out an answer; what it takes says when the next one is due."""
        before = self._passed()
        answer()
        after = self._passed()
        self._next = max(before * LATER, after + (after - before) * DEARER)

    def _passed(self) -> float:
        return self._clock() - self._begun


@dataclass
class _Way:
    """How far one file has come: blocks handed out and done, bytes done, whether its end was reached."""

    out: int = 0
    back: int = 0
    own: int = 0
    ended: bool = False


@dataclass
class Headway:
    """Tells a Watch how far each file has come. names, sizes: of each source, by its number.

    noted: what was odd about a source so far, and whether some of it could not be read.
    """

    names: Mapping[int, str]
    sizes: Mapping[int, int]
    tell: Callable[[Progress], None]
    noted: Callable[[int], tuple[str | None, bool]]
    _ways: dict[int, _Way] = field(default_factory=dict)

    def follow(self, source: int, blocks: Iterator[Block]) -> Iterator[Block]:
        """The blocks of a source, counted as they are handed out."""
        way = self._ways.setdefault(source, _Way())
        for block in blocks:
            way.out += 1
            yield block
        way.ended = True
        if way.back == way.out:
            self._say(source)

    def done(self, block: Block) -> None:
        """A block is mapped."""
        way = self._ways[block.source]
        way.back += 1
        way.own += len(block.data)
        self._say(block.source)

    def so_far(self) -> str:
        """How much is done, in words."""
        finished = sum(self._finished(way) for way in self._ways.values())
        done, total = self._bytes()
        files = f"{len(self.names)} file{'s' if len(self.names) != 1 else ''}"
        return f"so far: {finished} of {files}, {done / max(total, 1):.0%} of the bytes".replace("%", " %")

    @property
    def begun(self) -> list[int]:
        """The numbers of the sources of which a block is done."""
        return sorted(number for number, way in self._ways.items() if way.back)

    def _finished(self, way: _Way) -> bool:
        return way.ended and way.back == way.out

    def _bytes(self) -> tuple[int, int]:
        """Bytes done and in all: of files that are done what they really held, of others what is expected."""
        done = sum(way.own for way in self._ways.values())
        total = 0
        for number, size in self.sizes.items():
            way = self._ways.get(number, _Way())
            total += way.own if self._finished(way) else max(size, way.own)
        return done, total

    def _say(self, source: int) -> None:
        way, (done, total) = self._ways[source], self._bytes()
        note, failed = self.noted(source)
        finished, size = self._finished(way), max(self.sizes[source], way.own)
        self.tell(
            Progress(
                done,
                total,
                self.names[source],
                way.own,
                way.own if finished else size,
                finished,
                note,
                failed,
            )
        )
