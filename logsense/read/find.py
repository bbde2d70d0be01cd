"""PATH… → sources in canonical order, and what is skipped with its reason."""
# Paths stay text as given: pathlib would tidy them, and names are compared by the letter.
# ruff: noqa: PTH118, PTH119, PTH120

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from logsense.read import rotation
from logsense.read.contents import Item, inspect
from logsense.read.sources import MIB, Found, Limits, Notes, Skip, SourceFile
from logsense.read.streams import Opened
from logsense.read.walk import STDIN, named, walk
from logsense.store import Scratch


def find(
    paths: Sequence[str],
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    spool: Scratch,
    limits: Limits | None = None,
) -> Found:
    """The sources of PATH… (files, directories, patterns, archives, ``-``) and what is skipped, by name.

    include, exclude: shell patterns for a file's name or its path below PATH. The order is that of names, a
    rotated set from its oldest file on; neither the order of PATH… nor that of a directory's listing matters.
    spool keeps standard input and unpacked archives for the run. Reads only first bytes, and whole files
    where two of a folder may be copies. Raises PathError for a PATH that does not exist; all else is a Skip.
    """
    limits = limits or Limits()
    items: list[Item] = []
    for entry in walk(paths, spool, limits.spool):
        if entry.given != STDIN and not _wanted(entry.inner, include, exclude):
            items.append(Item(entry, skip=Skip("", "left out by --include or --exclude")))
        elif entry.problem:
            items.append(Item(entry, skip=entry.skip("")))
        else:
            items.extend(inspect(entry, limits, spool))
    names = named([item.names() for item in items])
    skipped = [replace(i.skip, source=n) for i, n in zip(items, names, strict=True) if i.source is None]
    chosen = [(i, n) for i, n in zip(items, names, strict=True) if i.source is not None]
    sources, digests = _ordered(chosen)
    double = _copies(zip(sources, map(_folder, sources), digests, strict=True), limits)
    skipped += [Skip(sources[n].name, f"same content as {sources[kept].name}") for n, kept in double.items()]
    kept = [source for source in sources if source.number not in double]
    return Found(_numbered(kept), tuple(sorted(skipped, key=lambda skip: (skip.source, skip.reason))))


def _wanted(inner: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    base = os.path.basename(inner)
    hit = [any(fnmatchcase(n, p) for n in (inner, base) for p in patterns) for patterns in (include, exclude)]
    return (hit[0] or not include) and not hit[1]


def _folder(source: SourceFile) -> str:
    """The folder in which it lies, on disk or in its archive."""
    return os.path.dirname(source.name if source.member else os.path.realpath(source.path))


def _ordered(chosen: Sequence[tuple[Item, str]]) -> tuple[list[SourceFile], list[bytes]]:
    """Sources in canonical order with names, services and sets; and the digests of their beginnings."""
    beside: dict[str, set[str]] = defaultdict(set)
    for _, name in chosen:
        beside[os.path.dirname(name)].add(os.path.basename(name))
    rows = []
    for item, name in chosen:
        if item.source is None:
            continue
        folder, base = os.path.split(name)
        marks = rotation.marks(base, beside[folder])
        service = rotation.service(marks.base, tuple(folder.split("/")))
        source = replace(item.source, name=name, service=service, set=os.path.join(folder, marks.base))
        rows.append((source.set or "", marks.age, name, item.first, source))
    rows.sort(key=lambda row: row[:4])
    return [replace(row[4], number=n) for n, row in enumerate(rows)], [row[3] for row in rows]


def _numbered(sources: Sequence[SourceFile]) -> tuple[SourceFile, ...]:
    """Numbers and places in sets after copies have gone; a set of one is none."""
    members = Counter(source.set for source in sources)
    place: Counter[str | None] = Counter()
    result = []
    for number, source in enumerate(sources):
        alone = members[source.set] == 1
        order = 0 if alone else place[source.set]
        place[source.set] += 1
        result.append(replace(source, number=number, set=None if alone else source.set, order=order))
    return tuple(result)


def _copies(files: Iterable[tuple[SourceFile, str, bytes]], limits: Limits) -> dict[int, int]:
    """Number of a copy → number of the file that is kept (the one with the shortest name).

    Only one folder is looked at, since two machines may well have the same short log. Little is read twice:
    whole files are compared only where their first bytes are the same and their sizes can be.
    files: source, its folder, and a digest of its first unpacked bytes (empty for an empty file).
    """
    groups: dict[tuple[str, bytes], list[SourceFile]] = defaultdict(list)
    for source, folder, first in files:
        if first:
            groups[folder, first].append(source)
    found: dict[int, int] = {}
    for group in groups.values():
        if len(group) == 1:
            continue
        same: dict[tuple[int, bytes], list[SourceFile]] = defaultdict(list)
        for source, content in _contents(group, limits):
            same[content].append(source)
        for alike in same.values():
            keep, *rest = sorted(alike, key=lambda source: (len(source.name), source.name))
            found.update({source.number: keep.number for source in rest})
    return found


def _contents(group: Sequence[SourceFile], limits: Limits) -> list[tuple[SourceFile, tuple[int, bytes]]]:
    """Length and digest of those of a group that may have a copy in it."""
    packed = [(source, _digest(source, limits)) for source in group if source.codec]
    plain = [source for source in group if not source.codec]
    sizes = Counter(source.length for source in plain)
    sizes.update(length for _, (length, _) in packed)
    return packed + [(source, _digest(source, limits)) for source in plain if sizes[source.length] > 1]


def _digest(source: SourceFile, limits: Limits) -> tuple[int, bytes]:
    digest, length = hashlib.blake2b(digest_size=16), 0
    try:
        with Opened(source, limits, Notes()) as opened:
            while data := opened.stream.read(MIB):
                digest.update(data)
                length += len(data)
    except OSError:
        # It cannot be read now: no copy of anything. Reading it will say why.
        return -1 - source.number, b""
    return length, digest.digest()
