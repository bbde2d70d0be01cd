"""Other programs, run with bounds: no shell, so much time, so many bytes; what they said of a failure."""

import contextlib
import os
import re
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_STEP = 1 << 16
#: Seconds between two looks whether a program that says nothing has ended.
_LOOK = 0.2
#: Of what a program says on stderr, so many bytes are kept, and so many lines told.
_HEARD, _TOLD, _WIDTH = 1 << 16, 3, 300
_TIMES = re.compile(rb"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) ", re.MULTILINE)
#: The head of a line of klog.
_KLOG = re.compile(r"[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+:\d+\] ")

Write = Callable[[bytes], object]


class ProgramError(OSError):
    """A program that could not be run, or ended with a failure; its message is for whoever asked."""


@dataclass
class Budget:
    """How long, and how many bytes, all programs of one address may take together. Safe between threads."""

    seconds: float
    bytes: int
    begun: float = field(default_factory=time.monotonic)
    spent: int = 0
    #: What was left out, in words, each once.
    cut: dict[str, None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def left(self) -> float:
        """Seconds that are left."""
        return self.begun + self.seconds - time.monotonic()

    def take(self, wanted: int) -> int:
        """How many of so many bytes may still be written."""
        with self._lock:
            given = min(wanted, self.bytes - self.spent)
            self.spent += given
            if given < wanted:
                limit = f"{self.bytes / (1 << 20):.0f} MiB"
                self.cut[f"only the first {limit} were read (keyword limit_mb, or ?since=2h)"] = None
            return given

    def late(self) -> None:
        """Remember that time ran out."""
        with self._lock:
            self.cut[f"not all came within {self.seconds:g} s (keyword timeout, or ?since=2h)"] = None


def run(arguments: Sequence[str], write: Write, budget: Budget, errors: Write | None = None) -> None:
    """Run a program and give what it prints to ``write`` as it comes, up to the budget.

    errors: takes stderr where that is a log, too (docker logs); else it is kept for the message. ProgramError
    where the program is missing, or ends with a failure of its own; running out of the budget is noted there.
    """
    if budget.left() <= 0:
        budget.late()
        return
    if budget.spent >= budget.bytes:  # not even asked: an answer could not be kept
        budget.take(1)
        return
    heard = _Heard(errors)
    try:
        process = subprocess.Popen(  # noqa: S603 - a list of arguments, each checked; no shell
            list(arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            process_group=0,
        )  # fmt: skip
    except OSError as error:
        msg = f"{arguments[0]} could not be run: {error.strerror}"
        if isinstance(error, FileNotFoundError):
            msg = (
                f"{arguments[0]} was not found on PATH: install it, or save the logs to files and give those"
            )
        raise ProgramError(msg) from error
    with process:
        try:
            whole = _follow(process, write, heard, budget)
            status = process.wait(max(budget.left(), 0.1)) if whole else 0
        except subprocess.TimeoutExpired:
            budget.late()
            status = 0
        finally:
            _end(process)
    if status:
        raise ProgramError(f"{' '.join(arguments[:3])}: {heard.told() or f'it ended with status {status}'}")


class _Heard:
    """What a program says on stderr: its first bytes, and all of it to whoever takes it for a log."""

    def __init__(self, write: Write | None) -> None:
        self.write, self.first = write, bytearray()

    def __call__(self, data: bytes) -> None:
        self.first += data[: max(_HEARD - len(self.first), 0)]
        if self.write is not None:
            self.write(data)

    def told(self) -> str:
        """Its last lines in one, each once: programs tell of a failure at the end.

        What kubectl logs of its attempts (``E0102 03:04:05.678901 …``) counts where there is nothing else.
        """
        rows = [row.strip() for row in self.first.decode("utf-8", "replace").splitlines()]
        rows = list(dict.fromkeys(row for row in rows if row))
        rows = [row for row in rows if not _KLOG.match(row)] or rows
        return " / ".join(row[:_WIDTH] for row in rows[-_TOLD:])


def _follow(process: subprocess.Popen[bytes], write: Write, heard: _Heard, budget: Budget) -> bool:
    """Pass on what the program prints until it ends; False where the budget ended it."""
    with selectors.DefaultSelector() as selector:
        for stream, take in ((process.stdout, write), (process.stderr, heard)):
            if stream is not None:
                selector.register(stream, selectors.EVENT_READ, take)
        while selector.get_map():
            ended = process.poll() is not None
            ready = selector.select(min(max(budget.left(), 0), _LOOK))
            if not ready and ended:  # what it has started holds its ends open (ssh does, as a master)
                return True
            if budget.left() <= 0:
                budget.late()
                return False
            for key, _ in ready:
                data = os.read(key.fd, _STEP)
                if not data:
                    selector.unregister(key.fileobj)
                    continue
                given = budget.take(len(data))
                key.data(data[:given])
                if given < len(data):
                    return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing of it is left: also what it started itself, as far as it stayed in its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


class Times:
    """Writes lines whose leading times get nine digits: podman leaves out the last ones where they are 0."""

    def __init__(self, write: Write) -> None:
        self.write, self._rest = write, b""

    def __call__(self, data: bytes) -> None:
        """Write what of it is whole lines."""
        whole, mark, rest = (self._rest + data).rpartition(b"\n")
        # A line without an end is not waited for for ever: it goes on as it is.
        if mark or len(rest) > _STEP:
            self.write(_TIMES.sub(_nine, whole + mark if mark else rest))
            self._rest = rest if mark else b""
        else:
            self._rest = rest

    def close(self) -> None:
        """Write what is left."""
        if self._rest:
            self.write(_TIMES.sub(_nine, self._rest) + b"\n")
        self._rest = b""


def _nine(found: re.Match[bytes]) -> bytes:
    return b"%s.%s%s " % (found[1], (found[2] or b"").ljust(9, b"0"), found[3])
