"""Checks of sources: addresses in, text files out, in a world where no program is installed.

Programs that a source starts are noted and not found, the network refuses; what it writes is looked at.
"""

import contextlib
import os
import re
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

from logsense.testing import classes
from logsense.testing.frames import again
from logsense.testing.promise import CheckFailed, need, table

#: Addresses that want more than to be looked up.
HOSTILE = (
    "",
    " ",
    "; touch planted",
    "$(touch planted)",
    "`touch planted`",
    "x | touch planted",
    "x\ntouch planted",
    "../planted",
    "../../planted",
    "/etc/../planted",
    "a/../../../planted",
    "%2e%2e/planted",
    "x\x00y",
    "--planted",
    "-planted",
    "--output=planted",
    "\x1b]0;t\x07",
    "\u202ex",
    "x" * 5000,
    "*",
    "~",
    "a b",
    "'",
    '"',
    "\\",
)
PLAIN = "shop"
#: Words for a scheme that a source does not take.
_UNKNOWN = re.compile(r"(?i)(?:unknown|unsupported|not? (?:supported|such|known))\W+(?:\w+\W+){0,2}scheme|"
                      r"scheme\b.{0,40}\b(?:unknown|unsupported|not (?:supported|known))")  # fmt: skip
SHELLS = ("sh", "bash", "dash", "zsh", "ksh", "cmd", "cmd.exe", "powershell")


@dataclass
class Seen:
    """What came of a fetch: programs with their arguments, shells that were asked, files, and the error."""

    programs: list[list[str]] = field(default_factory=list)
    shells: list[str] = field(default_factory=list)
    inside: dict[str, bytes] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    error: BaseException | None = None


def fetched(source: Any, address: str, scheme: str | None = None) -> Seen:
    """Let a source fetch an address into a folder far down in an empty one, and look at what it did."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top, "a", "b", "run")
        folder.mkdir(parents=True)
        here = Path(top, "here")
        here.mkdir()
        with contextlib.chdir(here), _no_programs(seen):
            try:
                again(source).fetch(scheme or type(source).schemes[0], address, folder)
            except Exception as error:  # noqa: BLE001 - whatever it raises is what is looked at
                seen.error = error
        for path in Path(top).rglob("*"):
            if path.is_dir() and not path.is_symlink():
                continue
            inside = path.is_relative_to(folder) and path.resolve().is_relative_to(folder.resolve())
            if inside:
                seen.inside[str(path.relative_to(folder))] = path.read_bytes()
            else:
                seen.outside.append(str(path.relative_to(top)))
    return seen


@contextlib.contextmanager
def _no_programs(seen: Seen) -> Iterator[None]:
    def start(_: object, args: Any, *more: Any, **options: Any) -> NoReturn:
        words = [args] if isinstance(args, (str, bytes, os.PathLike)) else list(args)
        said = [os.fsdecode(word) for word in words]
        if options.get("shell") or Path(said[0]).name in SHELLS:
            seen.shells.append(" ".join(said))
        seen.programs.append(said)
        del more
        raise FileNotFoundError(2, "No such file or directory", said[0])

    def system(command: Any) -> NoReturn:
        seen.shells.append(os.fsdecode(command))
        raise FileNotFoundError(2, "No such file or directory", command)

    def connect(*_: Any) -> NoReturn:
        raise ConnectionRefusedError(111, "Connection refused")

    with (
        mock.patch.object(subprocess.Popen, "__init__", start),
        mock.patch.object(os, "system", system),
        mock.patch.object(socket.socket, "connect", connect),
        mock.patch.object(socket, "getaddrinfo", connect),
        mock.patch("shutil.which", lambda name, *_, **__: f"/usr/bin/{name}"),
    ):
        yield


def schemes(source: Any) -> None:
    """Schemes are a tuple of lower-case words: letters, digits, plus, point and hyphen."""
    given = getattr(type(source), "schemes", None)
    need(isinstance(given, tuple) and given, f"schemes is {given!r}, not a tuple of words")
    for one in given or ():
        need(isinstance(one, str) and one and one == one.lower(), f"scheme {one!r} is not lower case")
        plain = one.replace("+", "").replace(".", "").replace("-", "")
        need(
            plain.isalnum() and plain.isascii() and plain[0].isalpha(), f"scheme {one!r}: letters and digits"
        )
        need(one not in ("file", "http", "https"), f"scheme {one!r} means something else to everybody")


def says_what_is_wrong(source: Any) -> None:
    """Where nothing can be fetched, it raises, and says so in a line that people can read."""
    for scheme in type(source).schemes:
        seen = fetched(source, PLAIN, scheme)
        if seen.inside:
            continue  # it needs no program
        need(seen.error is not None, f"{scheme}://{PLAIN}: nothing was fetched, and nothing raised")
        text = str(seen.error)
        need(
            len(text) > 10,
            f"{scheme}://{PLAIN}: {type(seen.error).__name__} {text!r} tells nobody what to do",
        )


def errors_readable(source: Any) -> None:
    """What it raises for odd addresses has no control character in it."""
    for address in HOSTILE:
        seen = fetched(source, address)
        text = str(seen.error or "")
        need(
            all(c.isprintable() or c == "\n" for c in text),
            f"{address!r}: through api.safe, please: {text!r}",
        )


def no_shell(source: Any) -> None:
    """No shell is ever asked: programs get a list of arguments."""
    for address in (PLAIN, *HOSTILE):
        seen = fetched(source, address)
        need(not seen.shells, f"{address!r}: a shell would run {seen.shells[:1]}")


def no_option(source: Any) -> None:
    """An address that looks like an option never becomes one."""
    for address in ("--planted", "-planted", "--output=planted"):
        for words in fetched(source, address).programs:
            before = words[: words.index("--")] if "--" in words else words
            need(
                address not in before,
                f"{address!r} becomes an option of {words[0]}: refuse it, or put -- before",
            )


def stays_in_folder(source: Any) -> None:
    """It writes into the folder it is given and nowhere else, whatever the address says."""
    for address in (PLAIN, *HOSTILE):
        seen = fetched(source, address)
        need(
            not seen.outside,
            f"{address!r}: it wrote {seen.outside[0] if seen.outside else ''} outside its folder",
        )


def empty_address(source: Any) -> None:
    """An empty address is a whole answer or an error with words, never a program's guess."""
    seen = fetched(source, "")
    blank = [words[0] for words in seen.programs if "" in words]
    need(not blank, f"{blank[:1]} is asked for an empty name, and may take it for all there is")
    need(seen.inside or seen.error is not None, "nothing was fetched, and nothing raised")
    if seen.error is not None:
        need(str(seen.error).strip(), f"{type(seen.error).__name__} without a word")


def every_scheme(source: Any) -> None:
    """Each of its schemes is one that it takes: the message does not say that it is unknown."""
    for scheme in type(source).schemes:
        seen = fetched(source, PLAIN, scheme)
        odd = isinstance(seen.error, (NotImplementedError, KeyError, AttributeError, TypeError, NameError))
        odd = odd or bool(_UNKNOWN.search(str(seen.error or "")))
        need(not odd, f"{scheme}://: {type(seen.error).__name__}: {seen.error}")


def ends_alone(source: Any) -> None:
    """Odd addresses never end the process: no exit, no interrupt."""
    for address in HOSTILE:
        try:
            fetched(source, address)
        except BaseException as error:
            msg = f"{address!r}: {type(error).__name__} reaches whoever called"
            raise CheckFailed(msg) from error


CHECKS = table(
    *classes.CONFIGURED,
    classes.described,
    schemes,
    says_what_is_wrong,
    errors_readable,
    no_shell,
    no_option,
    stays_in_folder,
    empty_address,
    every_scheme,
    ends_alone,
    classes.light_import,
    classes.quick_import,
)
