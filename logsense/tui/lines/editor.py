"""The user's own editor and pager, opened at a line: as a list of words, never through a shell."""

import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from logsense.errors import UsageError

#: How editors are told of the line; what is not listed takes ``+LINE FILE``, as vi has since 1976.
_AT: Mapping[str, tuple[str, ...]] = {
    "code": ("--goto", "{file}:{line}"),
    "codium": ("--goto", "{file}:{line}"),
    "subl": ("{file}:{line}",),
    "hx": ("{file}:{line}",),
    "helix": ("{file}:{line}",),
    "micro": ("+{line}", "{file}"),
    "most": ("+{line}", "{file}"),
    "more": ("+{line}", "{file}"),
    "bat": ("--paging=always", "--highlight-line", "{line}", "{file}"),
    "gedit": ("+{line}", "{file}"),
    "kate": ("--line", "{line}", "{file}"),
}
#: Options of less: raw controls stay shown as text (no -r), the line in the middle of the screen.
_LESS = ("-N", "-S", "-j.5", "+{line}g", "{file}")


def editor(path: Path, line: int, environ: Mapping[str, str] = os.environ) -> list[str]:
    """The words that open the user's editor (VISUAL, EDITOR, else vi or less) at a line."""
    return _words(("VISUAL", "EDITOR"), ("vi", "nano", "less"), path, line, environ)


def pager(path: Path, line: int, environ: Mapping[str, str] = os.environ) -> list[str]:
    """The words that open the user's pager (PAGER, else less or more) at a line."""
    return _words(("PAGER",), ("less", "more"), path, line, environ)


def _words(
    variables: tuple[str, ...], else_: tuple[str, ...], path: Path, line: int, environ: Mapping[str, str]
) -> list[str]:
    given = next((environ[name] for name in variables if environ.get(name, "").strip()), "")
    try:
        command = shlex.split(given)
    except ValueError as error:
        msg = f"{variables[0]} is {given!r}, which is no command: {error}"
        raise UsageError(msg) from error
    if not command:
        command = [name for name in else_ if shutil.which(name, path=environ.get("PATH"))][:1]
    if not command:
        msg = f"no program was found to open the file with; set {variables[0]} to one"
        raise UsageError(msg)
    if not shutil.which(command[0], path=environ.get("PATH")):
        msg = f"{command[0]} was not found; set {variables[0]} to a program that is there"
        raise UsageError(msg)
    name = Path(command[0]).name
    form = _LESS if name == "less" else _AT.get(name, ("+{line}", "{file}"))
    # An absolute path: a file named -c or +! must never be taken for an option.
    file = str(path.absolute())
    return [*command, *(word.replace("{line}", str(line)).replace("{file}", file) for word in form)]
