"""The only place that writes to stdout and stderr: encodings, colours, closed pipes and full disks."""

import atexit
import contextlib
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from typing import IO, NoReturn

from logsense.clean import safe_lines
from logsense.errors import OutputError

#: Columns where the width is not known (a pipe, a file), and the limits of what is laid out.
DEFAULT_WIDTH, NARROWEST, WIDEST = 100, 40, 240


def emit(pieces: Iterable[str | bytes]) -> bool:
    """Write pieces to stdout as they come; False where the reader has gone, which is no error.

    Bytes are written as they are (they are JSON in UTF-8); text in the encoding of stdout, with ASCII
    signs where that is not UTF-8. Raises OutputError where stdout is closed or its disk is full.
    """
    stream = sys.stdout
    if stream is None:
        msg = "the result could not be written: standard output is closed"
        raise OutputError(msg)
    utf8 = carries_unicode(stream)
    try:
        for piece in pieces:
            if isinstance(piece, bytes):
                stream.flush()
                stream.buffer.write(piece)
            else:
                stream.buffer.write(piece.encode("utf-8", "backslashreplace") if utf8 else _ascii(piece))
        stream.buffer.flush()
    except BrokenPipeError:
        discard(stream)
        return False
    except OSError as error:
        discard(stream)
        msg = f"the result could not be written: {error.strerror or error}"
        raise OutputError(msg) from error
    return True


def emit_json(document: Mapping[str, object]) -> bool:
    """Write one JSON object for scripts: strict, in ASCII, so that no control goes out as it is."""
    import json

    return emit([json.dumps(document, ensure_ascii=True, allow_nan=False, indent=1) + "\n"])


def _ascii(text: str) -> bytes:
    from logsense.cells import plain  # for terminals of yesterday: --help in all others does without

    return plain(text).encode("ascii")


def carries_unicode(stream: IO[str]) -> bool:
    """Whether the stream's encoding is UTF-8."""
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "").replace("_", "") in (
        "utf8",
        "utf8sig",
    )


def say(text: str) -> None:
    """Rows for a person on stderr, harmless whatever names and messages they hold."""
    stream = sys.stderr
    if stream is None:
        return
    try:
        rows = "\n".join(safe_lines(text)) + "\n"
        if not carries_unicode(stream):
            rows = rows.encode("ascii", "backslashreplace").decode()
        stream.write(rows)
        stream.flush()
    except OSError:
        # Nobody is left to be told; the exit code still says it.
        discard(stream)


def discard(stream: IO[str]) -> None:
    """Send what is left in the stream's buffer nowhere, so that the end of the process stays quiet."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
    except (OSError, ValueError):
        # A stream without a descriptor (in memory) has nothing that could fail at the end.
        return


def close_quietly(code: int) -> int:
    """Flush stdout before the process ends; 4 where that fails and nothing worse was found."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        discard(sys.stdout)
    except OSError as error:
        discard(sys.stdout)
        say(f"logsense: the result could not be written: {error.strerror or error}")
        return max(code, 4)
    return code


def leave(code: int) -> NoReturn:
    """End the process at once, after what was registered for its end.

    Python would free a run piece by piece first: a twentieth of a second that nobody has any use for.
    """
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public way to run them
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
    os._exit(code)


def colored(choice: str, stream: IO[str] | None, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour what goes to the stream: the choice, NO_COLOR, FORCE_COLOR, TERM, a terminal."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE"):
        return True
    if environ.get("TERM") == "dumb" or stream is None:
        return False
    return stream.isatty()


def width() -> int:
    """Columns of the terminal: COLUMNS, else what the terminal says, else ``DEFAULT_WIDTH``."""
    columns = shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns
    return min(max(columns, NARROWEST), WIDEST)
