"""Runs the checks of a target, each entry in a process of its own with a limit of time a check."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import IO, Any

from logsense.examine.metadata import metadata
from logsense.examine.outcome import Outcome
from logsense.examine.target import Target

#: Checks that may hang or end the process before the rest of an entry is given up.
PATIENCE = 3
_CHILD = "logsense.examine.child"


def examined(target: Target, seconds: float) -> Iterator[Outcome]:
    """Every check of a target, as they come. seconds: what one check may take."""
    yield from metadata(target)
    for entry in target.entries:
        yield from _entry(target, entry, seconds)


def _entry(target: Target, entry: tuple[str, str, str], seconds: float) -> Iterator[Outcome]:
    done: list[tuple[str, str, str]] = []
    for _ in range(PATIENCE):
        lost = None
        for one in _process(target, entry, done, seconds):
            done.append((one.subject, one.check, one.status))
            lost = one if one.status == "lost" else None
            yield Outcome(one.subject, one.check, "failed", one.said) if lost else one
        if lost is None:
            return
        if lost.check in ("imports", "registers"):
            return  # without that there is nothing to check
    yield Outcome(
        f"{entry[0]}.{entry[1]}", "rest", "skipped", f"given up: {PATIENCE} checks did not end well"
    )


def _process(
    target: Target, entry: tuple[str, str, str], done: list[tuple[str, str, str]], seconds: float
) -> Iterator[Outcome]:
    """What one process came to; the last outcome is "lost" where it hung or died in a check."""
    order = json.dumps({"entry": entry, "done": done})
    first = (f"{entry[0]}.{entry[1]}", "imports")
    reading, writing = os.pipe()
    # Of what a plugin prints only the end is of interest, and only where the process dies.
    with tempfile.TemporaryFile() as noise, open(reading, "rb", buffering=0) as rows:  # noqa: PTH123 - a descriptor
        child = subprocess.Popen(  # noqa: S603 - this Python, and a module of ours
            [sys.executable, "-P", "-m", _CHILD, str(writing), order],
            stdin=subprocess.DEVNULL, stdout=noise, stderr=noise, pass_fds=(writing,),
            env=_environment(target), start_new_session=True,
        )  # fmt: skip
        os.close(writing)
        try:
            begun: tuple[str, str] | None = None
            for row in _rows(rows, seconds):
                if row is None:
                    said = f"it took longer than {seconds:g} s and was stopped"
                    yield Outcome(*(begun or first), "lost", said)
                    return
                if "begin" in row:
                    begun = (str(row["begin"][0]), str(row["begin"][1]))
                elif begun is not None:
                    yield Outcome(*begun, str(row["end"][0]), str(row["end"][1]))
                    begun = None
            _stop(child)
            if begun is not None or child.returncode:
                said = f"the process ended with {_status(child.returncode)}{_last(noise)}"
                yield Outcome(*(begun or first), "lost", said)
        finally:
            _stop(child)


def _rows(stream: Any, seconds: float) -> Iterator[dict[str, Any] | None]:
    """The rows of a journal; None, and no more, where none came for so long. Ends with the process."""
    held = b""
    until = time.monotonic() + seconds
    while True:
        ready, _, _ = select.select([stream], [], [], max(until - time.monotonic(), 0.0))
        if not ready:
            yield None
            return
        piece = stream.read(65536)
        if not piece:
            return
        *whole, held = (held + piece).split(b"\n")
        for row in whole:
            yield json.loads(row)
        until = time.monotonic() + seconds


def _environment(target: Target) -> dict[str, str]:
    """Ours, with the target's folders first; never the working directory, where anything may lie."""
    path = [*target.path, *(place for place in sys.path if place)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"}


def _stop(child: "subprocess.Popen[bytes]") -> None:
    """Wait for a process that has closed its journal; kill it, and what it started, where it does not end."""
    try:
        child.wait(timeout=1.0)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _status(code: int) -> str:
    if code >= 0:
        return f"status {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _last(noise: IO[bytes]) -> str:
    size = noise.seek(0, os.SEEK_END)
    noise.seek(max(size - 4000, 0))
    words = noise.read().decode("utf-8", "replace").strip().splitlines()
    return f": {words[-1]}" if words else ""
