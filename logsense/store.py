"""The only place that writes files of ours: whole or not at all, for the user's eyes alone."""

import atexit
import contextlib
import fcntl
import os
import signal
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import polars as pl

from logsense.clean import name as clean_name
from logsense.errors import Ended, OutputError
from logsense.folders import Private
from logsense.schema import RECORDS


class Scratch:
    """A private folder (0700) for the length of a run; what lies in it is gone when the run ends.

    Nothing is made before ``path`` is first asked for, so a run that needs no file touches no disk. A TMPDIR
    that does not exist gives the system's own place (``tempfile`` does that). It is removed by ``close``,
    at exit, and when the process is asked to end (SIGTERM, where nobody else handles it); what a killed
    process left, the next run removes.
    """

    def __init__(self) -> None:
        self._folder: Private | None = None
        self._count = 0
        self._lock = threading.Lock()
        self._old_handler: object = None

    def path(self, name: str) -> Path:
        """A new, empty file (0600) in the folder; ``name`` makes it readable. OutputError if none can be."""
        with self._lock:
            self._count += 1
            try:
                target = self._ready() / f"{self._count:06}-{_plain(name)}"
                os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except OSError as error:
                msg = f"no temporary file could be made: {error.strerror}. Set TMPDIR to a folder with space."
                raise OutputError(msg) from error
        return target

    def folder(self, name: str) -> Path:
        """A new, empty folder (0700) in the folder; otherwise as ``path``."""
        with self._lock:
            self._count += 1
            try:
                target = self._ready() / f"{self._count:06}-{_plain(name)}"
                target.mkdir(mode=0o700)
            except OSError as error:
                msg = f"no temporary folder could be made: {error.strerror}. Set TMPDIR to one with space."
                raise OutputError(msg) from error
        return target

    def close(self) -> None:
        """Remove the folder and all in it; a second call does nothing."""
        with self._lock:
            folder, self._folder = self._folder, None
        if folder is not None:
            atexit.unregister(self.close)
            self._release()
            folder.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ready(self) -> Path:
        if self._folder is None:
            self._folder = Private()
            atexit.register(self.close)
            self._catch()
        return self._folder.path

    def _catch(self) -> None:
        # Python does not run exit handlers on SIGTERM; a clean exit does. Only where nobody set a handler.
        free = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        if free and threading.current_thread() is threading.main_thread():
            self._old_handler = signal.signal(signal.SIGTERM, _leave)

    def _release(self) -> None:
        if self._old_handler is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            self._old_handler = None


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the form a handler must have
    raise Ended(128 + number)


def _plain(name: str) -> str:
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    return kept[-60:] or "file"


def atomic_write(path: str | os.PathLike[str], data: bytes) -> None:
    """Write ``data`` to ``path``: the old file stays until the new one is whole on the disk.

    Written beside the target, flushed to the disk, then moved over it. A new file is for the user alone
    (0600); one that was there keeps its mode, and a link to it stays a link. OutputError says what went
    wrong; nothing half-written is left behind.
    """
    target = Path(os.path.realpath(path))
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=".logsense-", dir=target.parent)  # mkstemp makes it 0600
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if target.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
        Path(temporary).replace(target)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):  # it may be the disk itself that is gone
                Path(temporary).unlink(missing_ok=True)
        msg = f"{clean_name(str(target))} could not be written: {error.strerror}. What was there is intact."
        raise OutputError(msg) from error


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Only one of several processes at a time changes the file: the folder it lies in is locked (flock).

    OutputError where the folder cannot be opened. Where a file system knows no locks nothing is locked: then
    the last of two who write in the same instant wins.
    """
    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        msg = f"{clean_name(str(path))} could not be written: {error.strerror}"
        raise OutputError(msg) from error
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


class Ledger:
    """The records of a run: in memory while they are few, in Arrow IPC files of the scratch beyond.

    ``keep`` may be called from several threads, in any order; ``scan`` gives all rows, in no order that
    means anything. Files are uncompressed: a record is 24 bytes, and the disk is faster than any packing.
    """

    #: Rows held in memory before they go to disk: about 25 MB.
    ROWS = 1_000_000

    def __init__(self, scratch: Scratch) -> None:
        """Files, if any, go to this scratch and end with it."""
        self._scratch = scratch
        self._lock = threading.Lock()
        self._rows = 0
        self._held: list[pl.DataFrame] = []
        self._files: list[Path] = []

    def keep(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Take the rows over; an empty frame of the same form is given back in their place."""
        with self._lock:
            self._held.append(frame)
            self._rows += frame.height
            full = self._held if self._rows >= self.ROWS else []
            if full:
                self._held, self._rows = [], 0
                path = self._scratch.path("records.arrow")
                self._files.append(path)
        if full:
            pl.concat(full).write_ipc(path)
        return frame.clear()

    def scan(self) -> pl.LazyFrame:
        """All rows kept so far; call it when no ``keep`` is under way."""
        parts = [pl.scan_ipc(path) for path in self._files]
        if self._held or not parts:
            parts.append((pl.concat(self._held) if self._held else RECORDS.empty()).lazy())
        return pl.concat(parts)
