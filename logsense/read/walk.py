"""PATH… → the files they mean, each with the name the contract gives it. Looks at names and status only."""
# Paths stay text as given: pathlib would tidy them, and names are compared by the letter.
# ruff: noqa: PTH112, PTH114, PTH116, PTH118, PTH119, PTH207, PTH208

import difflib
import glob
import os
import stat
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BufferedReader
from typing import BinaryIO

from logsense.clean import name as clean_name
from logsense.errors import OutputError, PathError
from logsense.read.sources import MIB, Skip
from logsense.store import Scratch

STDIN = "-"
_OPEN_PIPES = ("/dev/fd/", "/proc/self/fd/", "/dev/stdin")
_KINDS = (
    (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A file met: given (the PATH it came from), inner (its path below that), path (what opens it), status.

    problem: why it is not read, "" where it may be; failed, limit: as in Skip.
    """

    given: str
    inner: str
    path: str
    status: os.stat_result | None = None
    linked: bool = False
    problem: str = ""
    failed: bool = False
    limit: bool = False

    def skip(self, name: str) -> Skip:
        """The entry as one that is not read."""
        return Skip(name, self.problem, failed=self.failed, limit=self.limit)


def walk(paths: Sequence[str], spool: Scratch, most: int) -> list[Entry]:
    """All files below PATH…, in an order that depends on names alone; each file once.

    A directory counts with all below it (each directory once, also where links make a loop), a pattern with
    what it matches, ``-`` and an open pipe with their content (``most`` bytes of it), kept in ``spool``.
    PathError where a PATH does not exist.
    """
    entries: list[Entry] = []
    for given in dict.fromkeys(paths):
        if given == STDIN or given.startswith(_OPEN_PIPES):
            entries.extend(_spooled(given, spool, most))
            continue
        for path in _matches(given):
            if os.path.isdir(path):
                entries.extend(_below(path))
            else:
                entries.append(_look(path, os.path.basename(path), path))
    entries.sort(key=lambda entry: (entry.linked, entry.inner, entry.given))
    return _once(entries)


def named(items: Sequence[tuple[str, str]]) -> list[str]:
    """The printed names of (short, long) pairs: short where it is one of a kind, else long."""
    times = Counter(short for short, _ in items)
    return [clean_name(_utf8(short if times[short] == 1 else long)) for short, long in items]


def _utf8(name: str) -> str:
    """The name as UTF-8 says it, whatever the locale: bytes that are none are surrogate escapes."""
    try:
        raw = os.fsencode(name)
    except UnicodeEncodeError:  # a member's name, which an archive tells in UTF-8 whatever the locale
        raw = name.encode("utf-8", "surrogateescape")
    return raw.decode("utf-8", "surrogateescape")


def _matches(given: str) -> list[str]:
    if os.path.lexists(given):
        return [given]
    found = sorted(glob.glob(given, recursive=True)) if glob.has_magic(given) else []
    if found:
        return found
    msg = f"{clean_name(_utf8(given))} does not exist{_nearest(given)}"
    raise PathError(msg)


def _nearest(given: str) -> str:
    """Words that name what may have been meant."""
    folder, wanted = os.path.split(given.rstrip("/"))
    try:
        there = sorted(os.listdir(folder or "."))
    except OSError:
        return f" (nor can {clean_name(_utf8(folder))} be listed)"
    close = difflib.get_close_matches(wanted, there, n=1, cutoff=0.6)
    return f"; did you mean {clean_name(_utf8(os.path.join(folder, close[0])))}?" if close else ""


def _look(given: str, inner: str, path: str) -> Entry:
    """An entry with its status, or with the reason why it cannot be read."""
    linked = os.path.islink(path)
    entry = Entry(given, inner, path, linked=linked)
    try:
        status = os.stat(path)
    except OSError as error:
        if linked and isinstance(error, FileNotFoundError):
            return replace(entry, problem="a link to nothing")
        if linked and not isinstance(error, PermissionError):
            return replace(entry, problem=f"a link that leads nowhere: {error.strerror}")
        return replace(entry, problem=f"could not be read: {error.strerror}", failed=True)
    for is_kind, words in _KINDS:
        if is_kind(status.st_mode):
            return replace(entry, problem=f"no file: {words}")
    return replace(entry, status=status)


def _below(top: str) -> Iterator[Entry]:
    """All files below a directory. Real directories first, so that a link to one of them finds it seen."""
    seen: set[tuple[int, int]] = set()
    waiting: deque[str] = deque([""])
    links: deque[str] = deque()
    while waiting or links:
        inner = waiting.popleft() if waiting else links.popleft()
        path = os.path.join(top, inner) if inner else top
        try:
            status = os.stat(path)
            if (status.st_dev, status.st_ino) in seen:
                yield Entry(
                    top, inner, path, linked=True, problem="a link to a directory that is read already"
                )
                continue
            seen.add((status.st_dev, status.st_ino))
            children = sorted(os.scandir(path), key=lambda child: child.name)
        except OSError as error:
            words = f"directory could not be listed: {error.strerror}"
            yield Entry(top, inner or os.path.basename(top) or top, path, problem=words, failed=True)
            continue
        for child in children:
            below = os.path.join(inner, child.name)
            if _is_directory(child):
                (links if child.is_symlink() else waiting).append(below)
            else:
                yield _look(top, below, child.path)


def _is_directory(child: "os.DirEntry[str]") -> bool:
    try:
        return child.is_dir()
    except OSError:
        return False  # a link that leads nowhere, which _look puts into words


def _once(entries: list[Entry]) -> list[Entry]:
    """Each file once: met again under the same real path it is dropped, under another name it is named."""
    first: dict[tuple[int, int], Entry] = {}
    kept: list[Entry] = []
    for entry in entries:
        if entry.status is None:
            kept.append(entry)
            continue
        identity = (entry.status.st_dev, entry.status.st_ino)
        other = first.setdefault(identity, entry)
        if other is entry:
            kept.append(entry)
        elif entry.linked or os.path.realpath(entry.path) != os.path.realpath(other.path):
            kept.append(replace(entry, status=None, problem=f"same file as {clean_name(_utf8(other.inner))}"))
    return kept


def _spooled(given: str, spool: Scratch, most: int) -> Iterator[Entry]:
    """The content of a pipe as a file of ours. Ctrl-C ends the reading, and what came before counts."""
    target = spool.path("stdin")
    entry = Entry(given, given, str(target))
    try:
        with open(0 if given == STDIN else given, "rb", closefd=given != STDIN) as pipe:
            with target.open("wb") as file:
                size = _copy(pipe, file, most)
            if size >= most and pipe.read(1):
                yield replace(entry, problem=f"only its first {most:,} bytes were read", limit=True)
    except KeyboardInterrupt:
        yield replace(entry, problem="reading it was interrupted", limit=True)
    except OSError as error:
        yield replace(entry, problem=f"reading it stopped: {error.strerror}", failed=True)
    yield replace(entry, status=os.stat(target))


def _copy(pipe: BufferedReader, file: BinaryIO, most: int) -> int:
    size = 0
    while size < most and (chunk := pipe.read1(min(MIB, most - size))):  # what arrives, as it arrives
        size += len(chunk)
        try:
            file.write(chunk)
        except OSError as error:
            msg = f"standard input could not be kept: {error.strerror}. Set TMPDIR to a folder with space."
            raise OutputError(msg) from error
    return size
