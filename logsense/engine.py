"""Where map steps run: here, in threads. Another engine needs the same one function.

The map is pure and the merge associative and commutative, so the order in which blocks finish changes
nothing. Polars and NumPy release the GIL, so plain threads use the cores.
"""

import ctypes
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import FrameType
from typing import Generic, Protocol, Self, TypeVar

from logsense.plans import Block

#: What the map makes of a block: any value that can be merged.
Part = TypeVar("Part")

#: Parts are merged in batches: often enough to bound memory, seldom enough to cost nothing.
BATCH = 16


#: glibc's M_TRIM_THRESHOLD and M_MMAP_THRESHOLD, and the largest value it takes for the latter.
_TRIM, _MMAP, _KEEP = -1, -3, 32 << 20


def _reuse_memory() -> None:
    """Let glibc keep the buffers of one block for the next.

    By default every buffer of 8 MiB is mapped afresh and given back, and its page faults are a quarter of
    the whole run. Elsewhere than on glibc nothing is done.
    """
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # musl has no mallopt
        return
    mallopt(_MMAP, _KEEP)
    mallopt(_TRIM, 2 * _KEEP)


def give_back() -> None:
    """Let glibc return what it keeps for a next block to the system: for those who stay after a run."""
    if sys.platform != "linux":
        return
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # musl has none
        return
    trim(0)


class Merge(Protocol[Part]):
    """An associative and commutative merge of parts."""

    def __call__(self, parts: Sequence[Part]) -> Part:
        """The one part that holds what all of them hold."""
        ...


def _never() -> bool:
    return False


def _nothing(_: object) -> None:
    """What nobody wants to know."""


@dataclass(frozen=True)
class Meanwhile(Generic[Part]):
    """What is done between blocks. All of it is called in the thread of ``run``.

    done: a block is mapped. stop: whether to end here, as Ctrl-C does. due: whether to look at what is known
    so far, asked while there are more blocks; look: is given one part that holds all that was begun, with no
    step under way.
    """

    done: Callable[[Block], None] = _nothing
    stop: Callable[[], bool] = _never
    due: Callable[[], bool] = _never
    look: Callable[[Part], None] = _nothing


class _Interrupt:
    """Ctrl-C as a flag for as long as blocks are mapped, so that none is torn half-way.

    A KeyboardInterrupt may strike between any two steps of Python: with the records of a block kept and
    its keys lost the run would be neither whole nor true. A second Ctrl-C strikes at once, as ever. Only
    the main thread can handle signals; elsewhere nothing is changed.
    """

    def __init__(self) -> None:
        self.asked = False
        self._old: object = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._old = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        if callable(self._old) or isinstance(self._old, signal.Handlers):
            signal.signal(signal.SIGINT, self._old)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked and callable(self._old):
            self._old(number, frame)
        self.asked = True

    def until(self, blocks: Iterable[Block], stop: Callable[[], bool]) -> Iterator[Block]:
        """The blocks, as long as nobody asked to stop."""
        for block in blocks:
            self.asked = self.asked or stop()
            if self.asked:
                return
            yield block


def run(
    blocks: Iterable[Block],
    step: Callable[[Block], Part],
    merge: Merge[Part],
    *,
    threads: int = 1,
    light: bool = False,
    meanwhile: Meanwhile[Part] | None = None,
) -> tuple[Part, bool]:
    """Map every block and merge the parts; the flag says whether all blocks were mapped.

    At most one block a thread and one more are under way, so memory does not grow with the input. light: a
    step takes little memory, so that the one more is worked on as well instead of waiting. Ctrl-C
    (or ``meanwhile.stop``) ends the run after the blocks under way: what they hold is returned, with the
    flag False. A look at what is known so far waits for them, too, and changes nothing of the result.
    """
    _reuse_memory()
    beside = meanwhile or Meanwhile[Part]()
    done: list[Part] = []

    def collect(block: Block, part: Part) -> None:
        done.append(part)
        if len(done) >= BATCH:
            done[:] = [merge(done)]
        beside.done(block)

    def look() -> None:
        if done:
            done[:] = [merge(done)]
            beside.look(done[0])

    with _Interrupt() as interrupt:
        wanted = interrupt.until(blocks, beside.stop)
        for finish in _mapped(wanted, step, collect, threads, light=light):
            if beside.due():
                finish()
                look()
        return merge(done), not interrupt.asked


def _mapped(
    blocks: Iterable[Block],
    step: Callable[[Block], Part],
    collect: Callable[[Block, Part], None],
    threads: int,
    *,
    light: bool,
) -> Iterator[Callable[[], None]]:
    """Map the blocks. Before each is begun, gives what waits for those under way."""
    waiting: deque[tuple[Block, Future[Part]]] = deque()

    def finish(most: int = 0) -> None:
        while len(waiting) > most:
            first, future = waiting.popleft()
            collect(first, future.result())

    if threads <= 1:
        for block in blocks:
            yield finish
            collect(block, step(block))
        return
    # Each step waits for threads of Polars now and then: one more at work fills these gaps.
    with ThreadPoolExecutor(max_workers=threads + light) as pool:
        for block in blocks:
            yield finish
            waiting.append((block, pool.submit(step, block)))
            finish(threads)
        finish()
