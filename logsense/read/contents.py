"""What a file holds by its first bytes: a log, an archive whose members are files, or nothing to read.

Members lie in a part of the archive. A packed tar is unpacked once into a private file, since its members
could only be read by going through it again for each; so is a file that is packed twice. A zip's members
are read where they lie. Archives in archives are not opened.
"""
# Paths stay text as given: pathlib would tidy them, and names are compared by the letter.
# ruff: noqa: PTH118, PTH119, PTH123

import calendar
import hashlib
import os
import struct
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from logsense.errors import OutputError
from logsense.read import kinds
from logsense.read.sources import GIB, MIB, Limits, Notes, Skip, SourceFile
from logsense.read.streams import Opened
from logsense.read.walk import STDIN, Entry
from logsense.store import Scratch

#: A file that claims so much and has less than a sixteenth of it on disk is a hole with a name.
_SPARSE_SIZE, _SPARSE_SHARE = 4 * GIB, 16
_BLOCK = 512
#: A hole at the front, as copytruncate leaves it, is looked behind up to here.
_HOLE, _HOLE_SHOWN = 4 * GIB, 64
#: More members than anyone keeps logs in.
MOST = 100_000
#: Files by which a zip is known to be something else.
_NO_LOGS = ("META-INF/MANIFEST.MF", "[Content_Types].xml", "AndroidManifest.xml", "mimetype")
_LOCAL_HEADER = 30
_ENCRYPTED = 1


@dataclass(frozen=True)
class Item:
    """A file or a member on its way to a source."""

    entry: Entry
    source: SourceFile | None = None
    member: str | None = None
    first: bytes = b""  # digest of the first unpacked bytes
    skip: Skip = field(default_factory=lambda: Skip("", ""))

    def names(self) -> tuple[str, str]:
        """The short name and the long one."""
        entry = self.entry
        whole = entry.given if entry.given in (entry.path, STDIN) else os.path.join(entry.given, entry.inner)
        if not self.member:
            return entry.inner, whole
        # An archive that was itself given is like a folder that was.
        inner = self.member if entry.given == entry.path else f"{entry.inner}/{self.member}"
        return inner, f"{whole}/{self.member}"


def inspect(entry: Entry, limits: Limits, spool: Scratch) -> Iterator[Item]:
    """What a file is by its first bytes: a source, the members of an archive, or no log."""
    status = entry.status
    if status is None:
        return
    size = status.st_size
    if size > _SPARSE_SIZE and status.st_blocks * _BLOCK * _SPARSE_SHARE < size:
        reason = f"sparse: {size:,} bytes long with {status.st_blocks * _BLOCK:,} on disk"
        yield Item(entry, skip=Skip("", reason, limit=True))
        return
    source = SourceFile(
        number=0, name=entry.inner, path=entry.path, member=None, start=0, length=size, codec="",
        encoding="utf-8", size=size, mtime=status.st_mtime, set=None, service="", order=0,
        inode=(status.st_dev, status.st_ino),
    )  # fmt: skip
    yield from _classify(entry, source, limits, spool)


def _classify(
    entry: Entry, source: SourceFile, limits: Limits, spool: Scratch, layers: int = 2
) -> Iterator[Item]:
    """The same, for a file or a member; one that is packed twice is unpacked once into a file of ours."""
    try:
        data = _sample(source, limits)
        inner = kinds.codec(data)
        if inner and not source.codec:
            source = replace(source, codec=inner)
            data = _sample(source, limits)
            inner = kinds.codec(data)
        if inner and layers:
            path, length, skips = _unpacked(source, limits, spool)
            yield from (Item(entry, member=source.member, skip=skip) for skip in skips)
            once = replace(source, path=path, start=0, length=length, codec="", inode=(0, 0))
            yield from _classify(entry, once, limits, spool, layers - 1)
            return
    except OSError as error:
        skip = Skip("", f"could not be read: {error.strerror}", failed=True)
        yield Item(entry, member=source.member, skip=skip)
        return
    if not kinds.is_tar(data) and (source.codec or not kinds.is_zip(data)):
        yield _judged(entry, source, data)
    elif source.member is None:
        yield from _members(entry, source, limits, spool)
    else:
        skip = Skip("", "an archive in an archive, which is not opened", failed=True)
        yield Item(entry, member=source.member, skip=skip)


def _unpacked(source: SourceFile, limits: Limits, spool: Scratch) -> tuple[str, int, list[Skip]]:
    """A packed file as a plain one of ours: path, size, and what was wrong with it."""
    notes = Notes()
    with Opened(source, limits, notes) as opened:
        path, length = _write(opened, source, spool)
    return (
        path,
        length,
        [Skip("", note.text, failed=note.kind == "failed", limit=note.kind == "limit") for note in notes],
    )


def _sample(source: SourceFile, limits: Limits) -> bytes:
    """The first bytes as unpacked; where a file begins with a hole, those behind it, with a little of it."""
    with Opened(source, limits, Notes()) as opened:
        data = opened.stream.read(kinds.SAMPLE)
        if len(data) < kinds.SAMPLE or not kinds.blank(data):
            return data
        while kinds.blank(data):
            more = opened.stream.read(MIB)
            if not more or opened.stream.tell() > _HOLE:
                return data
            data = data[-_HOLE_SHOWN:] + more
        return (bytes(_HOLE_SHOWN) + data.lstrip(b"\0"))[: kinds.SAMPLE]


def _judged(entry: Entry, source: SourceFile, data: bytes) -> Item:
    """A source, unless its first bytes say that it is no text."""
    if packing := kinds.not_read(data):
        skip = Skip("", f"packed with {packing}, which is not read; unpack it first", failed=True)
        return Item(entry, member=source.member, skip=skip)
    if reason := kinds.binary(data):
        return Item(entry, member=source.member, skip=Skip("", reason))
    first = hashlib.blake2b(data, digest_size=16).digest() if data else b""
    return Item(entry, replace(source, encoding=kinds.encoding(data)), source.member, first)


def _members(entry: Entry, source: SourceFile, limits: Limits, spool: Scratch) -> Iterator[Item]:
    """The members of an archive as items of their own."""
    path, length, inode = source.path, source.length, source.inode
    if source.codec:
        path, length, skips = _unpacked(source, limits, spool)
        inode = (0, 0)
        yield from (Item(entry, skip=skip) for skip in skips)
    if kinds.is_zip(_first(path)):
        members: Iterable[Member] = zip_members(path)
    else:
        members = tar_members(path, 0, length)
    for member in members:
        if member.problem:
            yield Item(entry, member=member.name, skip=Skip("", member.problem, failed=member.failed))
            continue
        inner = replace(
            source, path=path, member=member.name, start=member.start, length=member.length,
            codec=member.codec, size=member.length, mtime=member.mtime, inode=inode,
        )  # fmt: skip
        yield from _classify(entry, inner, limits, spool)


def _first(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(4)


def _write(opened: Opened, source: SourceFile, spool: Scratch) -> tuple[str, int]:
    """The unpacked bytes in a file of ours: its path and size. OutputError where there is no room."""
    target = spool.path(os.path.basename(source.name))
    try:
        with target.open("wb") as file:
            while data := opened.stream.read(MIB):
                file.write(data)
            return str(target), file.tell()
    except OSError as error:
        msg = f"{source.name} could not be unpacked: {error.strerror}. Set TMPDIR to a folder with space."
        raise OutputError(msg) from error


@dataclass(frozen=True)
class Member:
    """A member: its name, where its bytes lie, how they are packed; or why it is not read."""

    name: str
    start: int = 0
    length: int = 0
    codec: str = ""
    mtime: float = 0.0
    problem: str = ""
    failed: bool = False


def tar_members(path: str, start: int, length: int) -> Iterator[Member]:
    """The members of a plain tar; what is wrong with the archive itself comes as a member without a name."""
    count = 0
    try:
        with open(path, "rb") as file:
            file.seek(start)
            with tarfile.open(fileobj=file, mode="r:", encoding="utf-8") as archive:
                for info in archive:
                    count += 1
                    if count > MOST:
                        yield Member(
                            "", problem=f"more than {MOST:,} members; the rest was not read", failed=True
                        )
                        return
                    if info.isdir():
                        continue
                    yield _tar_member(info, start + length)
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        yield Member("", problem=f"archive is damaged after {count:,} members ({error})", failed=True)


def _tar_member(info: tarfile.TarInfo, end: int) -> Member:
    if not info.isreg():
        return Member(info.name, problem="no file: a link or device in an archive")
    if info.issparse():
        return Member(info.name, problem="a sparse file in an archive, which is not read", failed=True)
    # The archive may be cut in its last member: the reader notes what is missing.
    return (
        Member(info.name, info.offset_data, info.size, mtime=float(info.mtime))
        if info.offset_data <= end
        else Member(info.name, problem="lies behind the end of the archive", failed=True)
    )


def zip_members(path: str) -> Iterator[Member]:
    """The members of a zip; what is wrong with the archive itself comes as a member without a name."""
    try:
        with open(path, "rb") as file, zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            if any(info.filename in _NO_LOGS for info in infos):
                yield Member("", problem="binary: a program or document packed as zip")
                return
            if len(infos) > MOST:
                yield Member("", problem=f"more than {MOST:,} members; the rest was not read", failed=True)
            for info in infos[:MOST]:
                if not info.is_dir():
                    yield _zip_member(info, file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield Member("", problem=f"archive is damaged ({error})", failed=True)


def _zip_member(info: zipfile.ZipInfo, file: BinaryIO) -> Member:
    codecs = {zipfile.ZIP_STORED: "", zipfile.ZIP_DEFLATED: "deflate", zipfile.ZIP_BZIP2: "bz2", 93: "zst"}
    if info.flag_bits & _ENCRYPTED:
        return Member(info.filename, problem="encrypted", failed=True)
    if info.compress_type not in codecs:
        return Member(info.filename, problem=f"zip method {info.compress_type} is not read", failed=True)
    file.seek(info.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        return Member(info.filename, problem="its place in the archive is damaged", failed=True)
    named, extra = struct.unpack("<HH", header[26:30])
    start = info.header_offset + _LOCAL_HEADER + named + extra
    try:
        when = float(calendar.timegm((*info.date_time, 0, 0, 0)))  # zip has no zone; UTC as everywhere
    except ValueError:
        when = 0.0  # month 0, as some writers give where they know no time
    return Member(info.filename, start, info.compress_size, codecs[info.compress_type], when)
