"""A real terminal: a command in a pseudo-terminal, what it writes there, and what it leaves behind."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
#: Seconds after which what is waited for will not come; a busy machine needs many of them.
PATIENCE = 90


class Terminal:
    """Runs ``logsense tui`` with these words in a terminal of 80 by 24.

    piped: bytes for its standard input, which then is a pipe and not the terminal. code: Python that runs
    before it, in the same process.
    """

    def __init__(self, *words: str, piped: bytes | None = None, code: str = "", **environ: str) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.written = b""
        program = f"{code}\nimport sys\nfrom logsense.cli.main import main\nsys.exit(main())"
        env = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TMUX")}
        env |= {"TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none", "PYTHONUTF8": "1", **environ}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, "tui", *words],
            stdin=self.slave if piped is None else subprocess.PIPE,
            stdout=self.slave,
            stderr=self.slave,
            env=env,
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=self._control,  # noqa: PLW1509 - no threads here that could hold a lock
        )
        if piped is not None:
            self.process.stdin.write(piped)
            self.process.stdin.close()

    def _control(self) -> None:
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def press(self, keys: str) -> None:
        """Send keys as a terminal sends them."""
        os.write(self.master, keys.encode())

    def until(self, text: str) -> str:
        """Wait until this was written, the controls between letters aside; all that was written so far."""
        end = time.monotonic() + PATIENCE
        while text not in self.said:
            assert time.monotonic() < end, f"{text!r} never came; the last was {self.said[-1500:]!r}"
            assert self._read() or self.process.poll() is None, f"it ended: {self.said[-1500:]!r}"
        return self.said

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            self._read()
            assert time.monotonic() < end, f"it does not end: {self.said[-500:]!r}"
        while self._read():
            pass
        return self.process.returncode

    def _read(self) -> bool:
        if not select.select([self.master], [], [], 0.1)[0]:
            return False
        try:
            data = os.read(self.master, 65_536)
        except OSError:
            return False
        self.written += data
        return bool(data)

    @property
    def said(self) -> str:
        """What was written, without the controls."""
        text = self.written.decode("utf-8", "replace")
        return re.sub(r"\x1b\[[0-9;:?<>=$]*[a-zA-Z~]", "", text)

    @property
    def restored(self) -> bool:
        """Whether the terminal is as it was: its modes, its first screen, its cursor."""
        last = {
            what: max(self.written.rfind(on), self.written.rfind(off)) == self.written.rfind(off)
            for what, on, off in (
                ("screen", b"\x1b[?1049h", b"\x1b[?1049l"),
                ("cursor", b"\x1b[?25l", b"\x1b[?25h"),
                ("mouse", b"\x1b[?1000h", b"\x1b[?1000l"),
                ("paste", b"\x1b[?2004h", b"\x1b[?2004l"),
            )
        }
        return all(last.values()) and termios.tcgetattr(self.slave) == self.before
