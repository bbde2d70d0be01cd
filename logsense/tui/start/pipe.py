"""``… | logsense tui -``: the pipe is read to its end, then the keyboard takes its place.

Textual reads keys from descriptor 0, and only a file can be read again and again, as the screens do. So
the pipe is kept in a private file first, and the terminal put on descriptor 0 before Textual is imported.
"""

import os
from collections.abc import Callable
from pathlib import Path

from logsense.errors import OutputError, UsageError
from logsense.store import Scratch

STDIN = "-"
_PIECE = 1 << 20


def kept(scratch: Scratch, say: Callable[[str], None]) -> str:
    """The path of a file that holds all that came through the pipe; Ctrl-C goes on with what came so far."""
    say("logsense: reading standard input to its end; Ctrl-C goes on with what came so far")
    first = scratch.path("stdin")
    target = first.rename(first.with_name("stdin"))  # its name is shown
    try:
        size = _copied(target)
    except KeyboardInterrupt:
        size = target.stat().st_size
        say("logsense: stopped reading standard input")
    except OSError as error:
        msg = f"standard input could not be kept: {error.strerror}. Set TMPDIR to a folder with space."
        raise OutputError(msg) from error
    say(f"logsense: {size:,} bytes")
    return str(target)


def _copied(target: Path) -> int:
    size = 0
    with target.open("wb", buffering=0) as file:
        while data := os.read(0, _PIECE):
            file.write(data)
            size += len(data)
    return size


def keyboard() -> None:
    """Put the controlling terminal on descriptor 0; UsageError where there is none."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError as error:
        msg = "the screens need a terminal to take keys from; without one: … | logsense analyze -"
        raise UsageError(msg) from error
    os.dup2(terminal, 0)
    os.close(terminal)
