"""Where map steps run: here, in threads. Another engine needs the same one function.

The map is pure and the merge associative and commutative, so the order in which blocks finish changes
nothing. Polars and NumPy release the GIL, so plain threads use the cores.
"""

import ctypes
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from logsense.schema import Block, Part

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


class Merge(Protocol):
    """An associative and commutative merge of parts."""

    def __call__(self, parts: Sequence[Part]) -> Part:
        """The one part that holds what all of them hold."""
        ...


def run(
    blocks: Iterable[Block],
    step: Callable[[Block], Part],
    merge: Merge,
    *,
    threads: int = 1,
    on_done: Callable[[Block], None] = lambda block: None,  # noqa: ARG005 - the default does nothing
) -> tuple[Part, bool]:
    """Map every block and merge the parts; the flag says whether all blocks were mapped.

    At most one block a thread and one more are under way, so memory does not grow with the input. Ctrl-C
    ends the run early: what was merged until then is returned, with the flag False.
    """
    _reuse_memory()
    done: list[Part] = []

    def collect(block: Block, part: Part) -> None:
        done.append(part)
        if len(done) >= BATCH:
            done[:] = [merge(done)]
        on_done(block)

    try:
        if threads <= 1:
            for block in blocks:
                collect(block, step(block))
        else:
            _in_threads(blocks, step, collect, threads)
    except KeyboardInterrupt:
        return merge(done), False
    return merge(done), True


def _in_threads(
    blocks: Iterable[Block],
    step: Callable[[Block], Part],
    collect: Callable[[Block, Part], None],
    threads: int,
) -> None:
    with ThreadPoolExecutor(max_workers=threads) as pool:
        waiting: deque[tuple[Block, Future[Part]]] = deque()
        for block in blocks:
            waiting.append((block, pool.submit(step, block)))
            if len(waiting) > threads:
                first, future = waiting.popleft()
                collect(first, future.result())
        while waiting:
            first, future = waiting.popleft()
            collect(first, future.result())
