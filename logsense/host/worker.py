"""Worker processes, seen from here: one a distribution, started when first needed, ended with the run.

A worker is a fresh interpreter, neither forked (Polars hangs in a child of a process that has used it) nor
made by ``multiprocessing`` (which imports the user's script anew, and the working directory before all).
"""

import fcntl
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from logsense.config import PluginSettings
from logsense.entry_points import Found
from logsense.errors import FrameError, PluginError
from logsense.folders import Private
from logsense.host import calls, limits, wire
from logsense.schema import View

#: A distribution that loses this many workers in a run gets no other.
LIVES = 3
#: Seconds between two looks at a worker's memory.
LOOK = 0.02
#: What a worker prints is read in pieces of so many bytes, so many at a time, and thrown away.
PIECE, PIECES = 64 * 1024, 64
#: Bytes sent or received at once.
MOST = 4 * limits.MIB
#: Frames of a view up to so many bytes are read, not mapped: most are empty, and opening a file costs more.
SMALL = 16 * 1024
#: Seconds a worker may take to start, before any code of a plugin runs: a busy machine needs many.
START_SECONDS = 60.0
#: Characters of a process's last line that are told.
WORDS = 160
#: What to do where nothing can be written.
ROOM = "set TMPDIR to a folder with space"
START = (
    "import sys; sys.path[:] = {path!r}; from logsense.host.remote import main;"
    " main({answers}, {life}, {scratch!r})"
)


class Lost(PluginError):  # noqa: N818 - it is a state of the worker, as Stopped is of a run
    """A worker had to be ended, or ended by itself."""


class Pool:
    """The workers of a run, and the folder through which they see its views; made when they are needed."""

    def __init__(self, settings: PluginSettings) -> None:
        self.settings = settings
        self.workers: dict[str, Worker] = {}
        self._folder: Private | None = None
        self._views: list[tuple[View, str]] = []
        self._made = 0
        # Also where nobody closes it: at exit, and when it is forgotten.
        self._end = weakref.finalize(self, _end, os.getpid(), self.workers, [])

    def of(self, distribution: str) -> "Worker":
        """The worker of a distribution."""
        if distribution not in self.workers:
            self.workers[distribution] = Worker(self)
        return self.workers[distribution]

    def close(self) -> None:
        """End all workers, and clear the folder away."""
        self._end()
        self._views, self._folder = [], None
        self._end = weakref.finalize(self, _end, os.getpid(), self.workers, [])

    @property
    def folder(self) -> str:
        """A folder of the run that nobody else can look into; PluginError where none can be made."""
        if self._folder is None:
            try:
                self._folder = Private()
            except OSError as error:
                msg = f"no folder could be made for its process: {error.strerror}; {ROOM}"
                raise PluginError(msg) from error
            self._end.detach()
            self._end = weakref.finalize(self, _end, os.getpid(), self.workers, [self._folder])
        return str(self._folder.path)

    def view(self, view: View) -> str:
        """The folder in which a view lies for workers to map; each is written once, the last two are kept.

        PluginError where it cannot be written: what there is of it is cleared away.
        """
        for known, there in self._views:
            if known is view:
                return there
        self._made += 1
        folder = Path(self.folder, f"view-{self._made}")
        try:
            folder.mkdir(mode=0o700)
            _write(view, folder)
        except (OSError, pl.exceptions.PolarsError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            said = getattr(error, "strerror", None) or error
            raise PluginError(f"the view could not be written for its process: {said}; {ROOM}") from error
        for _, old in self._views[:-1]:
            shutil.rmtree(old, ignore_errors=True)
        self._views = [*self._views[-1:], (view, str(folder))]
        return str(folder)


def _write(view: View, folder: Path) -> None:
    """Write a view: each large frame in a file to be mapped, all else in one."""
    frames = calls.frames(view)
    large = [name for name, frame in frames.items() if frame.estimated_size() > SMALL]
    for name in large:
        frames[name].write_ipc(folder / f"{name}.arrow", compression="uncompressed")
    rest = {name: value for name, value in vars(view).items() if name not in large}
    (folder / "view").write_bytes(wire.pack(rest | {"frames": large}))


def _end(owner: int, workers: dict[str, "Worker"], folders: list[Private]) -> None:
    if os.getpid() != owner:  # a fork of the process whose they are: they are still needed there
        return
    for one in workers.values():
        one.stop()
    workers.clear()
    for folder in folders:
        folder.remove()


class Worker:
    """The process of a distribution. printed: bytes that came where only we may print, since last asked."""

    def __init__(self, pool: Pool) -> None:
        # Not the pool itself: its finalizer holds its workers, and would keep it for ever.
        self._pool = weakref.proxy(pool)
        self.settings = pool.settings
        self.lost = 0
        self.printed = 0
        self.peak = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._life = -1
        self._ready = False
        self._words = b""

    @property
    def pid(self) -> int:
        """The number of its process; 0 where there is none."""
        return self.process.pid if self.process else 0

    def start(self) -> None:
        """Start it, unless it runs; PluginError where it cannot be, or has been lost too often."""
        if self.process is not None:
            return
        if self.lost >= LIVES:
            raise PluginError(f"not asked: its process was lost {self.lost} times in this run")
        scratch = self._pool.folder
        ours, theirs = map(_above, socket.socketpair())
        read, write = map(_moved, os.pipe())
        path = [os.path.abspath(one) for one in sys.path if one]  # noqa: PTH100 - as text, links as they are
        start = START.format(path=path, answers=theirs.fileno(), life=read, scratch=scratch)
        try:
            self.process = subprocess.Popen(  # noqa: S603 - this interpreter, and words of ours
                [sys.executable, "-P", "-c", start],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=scratch,
                env=_environment(os.environ),
                pass_fds=(theirs.fileno(), read),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            os.close(write)
            ours.close()
            raise PluginError(f"no process could be started for it: {error}") from error
        finally:
            theirs.close()
            os.close(read)
        self._line, self._life = ours, write
        ours.setblocking(False)
        if self.process.stdout is not None:
            os.set_blocking(self.process.stdout.fileno(), False)

    def ask(self, do: str, found: Found, **asked: Any) -> dict[str, Any]:
        """Its answer, under ``answer`` and ``changed``.

        PluginError with a reason where the plugin fails; Lost where its process had to end, or ended.
        """
        told = {one.name: getattr(found, one.name) for one in fields(found)}
        seconds = self.settings.seconds
        message = wire.pack({"do": do, "found": told, "seconds": seconds, **asked}, view=self._pool.view)
        self.start()
        if not self._ready:  # what it takes to start is not the plugin's
            self._exchange(b"", START_SECONDS)
            self._ready = True
        try:
            said = wire.unpack(self._exchange(message, seconds))
        except FrameError as error:  # what comes next on its line may be no answer either
            raise self._lose(str(error)) from error
        if not isinstance(said, dict):
            raise self._lose("it sent what is no answer")
        self.peak = float(said.get("peak", 0.0))
        self._drain()
        if "answer" not in said:
            raise PluginError(str(said.get("failed", "it sent what is no answer")))
        return said

    def _exchange(self, message: bytes, seconds: float) -> bytes:
        """Send a message, wait for the next; what is received, without its head."""
        process, line = self.process, self._line
        if process is None or line is None:
            raise PluginError("it has no process")
        try:
            return self._exchanged(process, line, message, seconds)
        except BaseException:  # Ctrl-C, too: an answer that comes late would be taken for the next one
            self.stop()
            raise

    def _exchanged(
        self, process: "subprocess.Popen[bytes]", line: socket.socket, message: bytes, seconds: float
    ) -> bytes:
        deadline = time.monotonic() + seconds
        to_send, got, wanted = memoryview(message), bytearray(), 0
        with selectors.DefaultSelector() as ready:
            ready.register(line, selectors.EVENT_READ | (selectors.EVENT_WRITE if message else 0))
            while True:
                ended = process.poll() is not None  # asked first: what it sent until then is there
                happened = [events for _, events in ready.select(LOOK)]
                if ended and not happened:  # a program that it started still holds its end of the line
                    self._gone(process)
                if any(events & selectors.EVENT_WRITE for events in happened):
                    to_send = to_send[self._send(line, to_send) :]
                    if not to_send:
                        ready.modify(line, selectors.EVENT_READ)
                if any(events & selectors.EVENT_READ for events in happened):
                    got += self._receive(line) or self._gone(process)
                if not wanted and len(got) >= wire.HEAD.size:
                    wanted = self._size(bytes(got[: wire.HEAD.size]))
                if wanted and len(got) >= wanted:
                    return bytes(memoryview(got)[wire.HEAD.size : wanted])
                self._within(process.pid, deadline, seconds)

    def _within(self, pid: int, deadline: float, seconds: float) -> None:
        """Lost where it has gone beyond a limit."""
        self._drain()
        held = limits.resident(pid)
        self.peak = max(self.peak, held)
        if held > self.settings.memory:
            most = f"{self.settings.memory} MiB of memory"
            raise self._lose(f"it held more than {most}; its process was ended (limit: plugins.memory)")
        if time.monotonic() > deadline:
            raise self._lose(
                f"no answer within {seconds:g} s; its process was ended (limit: plugins.seconds)"
            )

    def _gone(self, process: "subprocess.Popen[bytes]") -> NoReturn:
        raise self._lose(_ended(process))

    def _size(self, head: bytes) -> int:
        """How long a message is, head included; Lost where that is more than it may hold itself."""
        size = wire.HEAD.size + wire.length(head)
        if size > self.settings.memory * limits.MIB:
            raise self._lose(f"it sent more than {self.settings.memory} MiB")
        return size

    @staticmethod
    def _send(line: socket.socket, rest: memoryview) -> int:
        try:
            return line.send(rest[:MOST])
        except BlockingIOError:
            return 0
        except OSError:  # the other end is closed: reading tells how
            return len(rest)

    @staticmethod
    def _receive(line: socket.socket) -> bytes:
        try:
            return line.recv(MOST)
        except OSError:  # it ended before it had read all
            return b""

    def _drain(self) -> None:
        """Take away what it has printed; only how much it was, and its last words, are kept."""
        if self.process is None or self.process.stdout is None:
            return
        for _ in range(PIECES):
            try:
                piece = os.read(self.process.stdout.fileno(), PIECE)
            except BlockingIOError:
                return
            if not piece:
                return
            self.printed += len(piece)
            self._words = (self._words + piece)[-PIECE:]

    def spoken(self) -> int:
        """How many bytes it has printed since last asked."""
        self._drain()
        printed, self.printed = self.printed, 0
        return printed

    def _lose(self, reason: str) -> Lost:
        """End it, and say why; its last line is often what an interpreter that crashed has to say."""
        self._drain()
        rows = self._words.decode("utf-8", "replace").split("\n")
        last = next((row.strip() for row in reversed(rows) if row.strip()), "")
        self.lost += 1
        self.stop()
        self.printed = 0
        return Lost(f"{reason}; its last words: {last[:WORDS]}" if last else reason)

    def stop(self) -> None:
        """End its process and all that this has started."""
        process, self.process = self.process, None
        if process is None:
            return
        limits.end(process.pid)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        if self._line is not None:
            self._line.close()
        os.close(self._life)
        self._line, self._life, self._ready, self._words = None, -1, False, b""


def _above(end: socket.socket) -> socket.socket:
    return socket.socket(fileno=_moved(end.detach()))


def _moved(descriptor: int) -> int:
    """The descriptor, with a number above those of stdin, stdout and stderr.

    Where one of ours is closed a new descriptor takes its place: a worker has others there, and what a
    library prints must not be taken for an answer.
    """
    if descriptor > 2:
        return descriptor
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
    os.close(descriptor)
    return moved


def _ended(process: "subprocess.Popen[bytes]") -> str:
    """How a process has ended that closed its line."""
    try:
        code = process.wait(timeout=1.0)
    except subprocess.TimeoutExpired:
        return "it closed the line on which it is asked; its process was ended"
    if code >= 0:
        return f"its process ended itself with status {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    said = signal.strsignal(-code)
    return f"its process crashed: {name}{f' ({said})' if said else ''}"


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The parent's, with one thread each: workers run beside each other, and beside us."""
    threads = {"POLARS_MAX_THREADS": "1", "PYTHONSAFEPATH": "1"}
    return {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"} | dict(environ) | threads
