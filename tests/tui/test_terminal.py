"""In a real terminal: it is left as it was found, and no control of a log reaches it."""

import base64
import os
import signal
import subprocess
import sys

import pytest

from tests.tui.terminal import Terminal

LINES = "".join(f"2026-01-01 10:{i // 60:02}:{i % 60:02} INFO web all is well {i}\n" for i in range(600))

#: Esc as terminals send it that tell it from the beginning of a control.
ESC = "\x1b[27u"

#: Raised in the app once its first page stands.
CRASH = """
from logsense.tui.app import Triage
def crash(self):
    secret = "a line of a log"
    raise RuntimeError("made for the test")
Triage.action_about = crash
"""


@pytest.fixture
def calm(tmp_path):
    folder = tmp_path / "calm"
    folder.mkdir()
    (folder / "web.log").write_text(LINES)
    return str(folder)


@pytest.mark.parametrize("keys", ["q", "\x03"], ids=["q", "ctrl-c"])
def test_the_terminal_is_left_as_it_was(calm, keys):
    """q and Ctrl-C end with 0; the screen, the cursor and the echo are as before. Esc never ends it."""
    with Terminal("--", calm) as terminal:
        terminal.until("✔")
        terminal.press(ESC * 3 + "3")  # still there: 3 leads to the lines
        terminal.until("lines")
        terminal.press(keys)
        assert terminal.ended() == 0
        assert terminal.restored


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_the_terminal_as_it_was(calm, number):
    """Asked to end from outside, it restores the terminal and says with its code which signal it was."""
    with Terminal("--", calm) as terminal:
        terminal.until("✔")
        os.kill(terminal.process.pid, number)
        assert terminal.ended() == 128 + number
        assert terminal.restored


@pytest.mark.parametrize("debug", [False, True])
def test_a_defect_is_one_line(calm, debug):
    """A defect ends with 70 and one line that says where; a traceback only with --debug; no values at all."""
    words = ["--debug"] if debug else []
    with Terminal(*words, "--", calm, code=CRASH) as terminal:
        terminal.until("✔")
        terminal.press("?")
        assert terminal.ended() == 70
        assert terminal.restored
        after = terminal.said.rpartition("logsense: a defect of ours")
        assert "made for the test" in after[2]
        assert ("Traceback" in terminal.said) == debug
        assert "a line of a log" not in terminal.said


def test_why_plugins_failed_is_told_once_the_screens_are_left(calm, tmp_path):
    """The strip has room for names; the reason stands in the terminal afterwards, with the version."""
    info = tmp_path / "site" / "logsense_bad-2.5.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: logsense-bad\nVersion: 2.5\n")
    (info / "entry_points.txt").write_text("[logsense.detectors]\nbad = logsense_bad\n")
    (info.parent / "logsense_bad.py").write_text("raise RuntimeError('made for the test')\n")
    path = os.pathsep.join([str(info.parent), os.environ.get("PYTHONPATH", "")])
    with Terminal("--", calm, PYTHONPATH=path, LOGSENSE_LOAD_PLUGINS="logsense-bad") as terminal:
        terminal.until("1 plugin failed: bad")
        terminal.press("q")
        assert terminal.ended() == 0
        assert "bad (logsense-bad) 2.5 failed in load" in terminal.said
        assert "made for the test" in terminal.said


#: What a terminal would act on: titles, clipboards, links, keys sent back, devices, 8-bit controls, bidi.
HOSTILE = (
    "\x1b]0;pwned\x07", "\x1b]52;c;cHduZWQ=\x07", "\x1b]8;;http://evil\x1b\\x\x1b]8;;\x1b\\", "\x1b[2J\x1b[H",
    "\x1bP+q544e\x1b\\", "\x1b[5n", "\x9b2J", "\x9d52;c;cHduZWQ=\x9c", "\u202eevil\u202c",
    "\u2066x\u2069", "\x07\x08\x0c",
    "\x1b_Gf=100;AAAA\x1b\\", "\x1b[?1049l", "\x0e", "\x7f", "\x00nul",
)  # fmt: skip


def test_no_control_of_a_log_reaches_the_terminal(tmp_path):
    """Lines and names full of controls: all pages show them escaped, and none arrives as a control."""
    stamp = "2026-01-01 10:00:{:02} ERROR web evil{} {} failed\n"
    lines = "".join(stamp.format(i % 60, i, text) for i, text in enumerate(HOSTILE * 8))
    name = "e\x1b]0;pwned\x07\x9b2J.log"
    (tmp_path / name).write_text(lines, encoding="utf-8")
    with Terminal("--", str(tmp_path)) as terminal:
        terminal.until("✔")
        for keys, sign in (
            ("3", "evil"),
            ("\r", "evil"),
            (ESC + "f", "files"),
            ("2", "evil"),
            ("?", "esc closes"),
        ):
            terminal.press(keys)
            terminal.until(sign)
        terminal.press(ESC)
        terminal.press("c")
        terminal.press("q")
        terminal.ended()
        raw = terminal.written
    for control in (
        b"\x1b]0;",
        b"\x1b]8;",
        b"\x1b[2J",
        b"\x1bP",
        b"\x1b[5n",
        b"\x1b_",
        b"\x0e",
        b"\x7f",
        b"\x00",
    ):
        assert control not in raw, control
    assert b"\x1b]52;c;" + base64.b64encode(b"pwned") not in raw
    text = raw.decode("utf-8", "replace")
    assert not {c for c in text if "\x80" <= c <= "\x9f" or c in "\u202e\u202c\u2066\u2069"}
    assert text.count("\x1b[?1049l") == 1
    assert "\\x1b" in text


def test_a_pipe_is_read_to_its_end_then_keys_work():
    """``… | logsense tui -``: says that it reads, shows what came, takes keys from the terminal."""
    with Terminal("--", "-", piped=LINES.encode()) as terminal:
        terminal.until("reading standard input")
        terminal.until("✔")
        terminal.press("f")
        assert "stdin" in terminal.until("600 lines")
        terminal.press("q")
        assert terminal.ended() == 0
        assert terminal.restored


def test_nothing_piped_is_said():
    """- with a terminal as standard input is wrong usage, not a wait for ever."""
    with Terminal("--", "-") as terminal:
        assert terminal.ended() == 2
        assert "nothing is" in terminal.said


def test_without_a_terminal_it_says_what_works(calm):
    """Without a terminal on stderr and stdin: exit 2, and the command that says the same as text."""
    command = [sys.executable, "-m", "logsense.cli.main", "tui", calm]
    done = subprocess.run(command, input=b"", capture_output=True, check=False)
    assert done.returncode == 2
    assert b"logsense analyze" in done.stderr
