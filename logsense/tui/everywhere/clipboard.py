"""Text to the clipboard: by the program that this machine has for it, else through the terminal.

A machine reached over ssh has a clipboard of its own, or none, which is not the user's: there the terminal
is asked (OSC 52), which reaches the user's machine through any number of hops. tmux by default takes no
such request from a program (``set-clipboard external``), but makes one itself for what it is given to
keep: ``load-buffer -w`` (3.2 and newer) works whatever its settings, over ssh too.
"""

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

#: Bytes of base64 that terminals take in one request: xterm and hterm drop more without a word.
MOST = 74_994
#: Seconds a program may take; some wait for a display that does not answer.
PATIENCE = 2.0

#: What puts text from its standard input on a clipboard, and the variable that says that it can.
_NATIVE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--input", "--clipboard")),
)
_TMUX = ("tmux", "load-buffer", "-w", "-")


def programs(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> list[tuple[str, ...]]:
    """The commands to try, in this order; none where only the terminal can reach the user's clipboard."""
    remote = any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))
    wanted: list[tuple[str, ...]] = []
    if not remote:
        wanted += [("pbcopy",)] if platform == "darwin" else []
        wanted += [words for variable, words in _NATIVE if environ.get(variable)]
    wanted += [_TMUX] if environ.get("TMUX") else []
    return [words for words in wanted if shutil.which(words[0], path=environ.get("PATH"))]


def copy(text: str, terminal: Callable[[str], None], commands: Sequence[tuple[str, ...]]) -> str:
    """Copy a text; how it was done, or an empty string where it is too large for the way that is left.

    terminal: writes controls to the terminal. The text itself is never part of a command or a control.
    """
    data = text.encode("utf-8", "replace")
    for words in commands:
        if words is _TMUX and not _fits(data):
            continue  # tmux hands it to the terminal, which has its limit
        if _run(words, data):
            return f"by {words[0]}"
    if not _fits(data):
        return ""
    terminal(f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\x07")
    return "through the terminal"


def _fits(data: bytes) -> bool:
    return len(base64.b64encode(data)) <= MOST


def _run(words: tuple[str, ...], data: bytes) -> bool:
    try:
        # The programs stay behind to serve what was copied: none of our streams may be theirs, or we would
        # wait for them.
        done = subprocess.run(  # noqa: S603 - a fixed list of words, the text on its standard input
            words,
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
