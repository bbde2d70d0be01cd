"""How far reading has come, on stderr: only where a person watches, and only when it takes a while."""

import sys
import time
from types import TracebackType
from typing import Protocol, Self

from logsense.clean import name

#: Seconds of silence first, then between two rows.
PATIENCE, EACH = 1.0, 0.2


class Step(Protocol):
    """What is told of the work: see ``logsense.watch.Progress``."""

    @property
    def done(self) -> int:
        """Bytes done."""

    @property
    def total(self) -> int:
        """Bytes in all, an estimate."""

    @property
    def source(self) -> str:
        """The file at work."""


class Meter:
    """A row that is written over, wiped at the end: ``with Meter(wanted) as meter: work(meter.show)``."""

    def __init__(self, *, wanted: bool) -> None:
        self.stream = sys.stderr if wanted and sys.stderr is not None and sys.stderr.isatty() else None
        self.begun = self.last = time.monotonic()
        self.shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wipe()

    def wipe(self) -> None:
        """Take the row away, before something else is printed."""
        if self.shown and self.stream is not None:
            self.shown = False
            self.stream.write("\r\x1b[K")
            self.stream.flush()

    def show(self, step: Step) -> None:
        """One step of the work; most are not shown."""
        now = time.monotonic()
        if self.stream is not None and step.total == 0:
            self._write(f"fetching {name(step.source)}")  # at once: nothing else comes before it is there
            return
        if self.stream is None or now - self.begun < PATIENCE or now - self.last < EACH:
            return
        self.last = now
        share = min(step.done / step.total, 1.0) if step.total else 0.0
        left = (now - self.begun) * (1 - share) / share if share > 0.02 else None
        rest = f", about {left:.0f} s left" if left is not None else ""
        row = f"reading {share:4.0%}  {step.done / 2**20:,.0f} MiB{rest}  {name(step.source)}"
        self._write(row)

    def _write(self, row: str) -> None:
        if self.stream is not None:
            self.shown = True
            self.stream.write(f"\r\x1b[K{row[:79].encode('ascii', 'replace').decode()}")
            self.stream.flush()
