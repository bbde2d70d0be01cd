"""Paths → sources in canonical order, and what is skipped with its reason."""

import gzip
import io
import os
import random
import signal
import socket
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest

from logsense.errors import PathError
from logsense.read import Found, Limits, Notes, blocks, find
from logsense.store import Scratch

LINE = b"2026-01-02 03:04:05,000 ERROR db: connection 7 refused\n"


@pytest.fixture
def spool():
    with Scratch() as scratch:
        yield scratch


def names(found: Found) -> list[str]:
    return [source.name for source in found.sources]


def reasons(found: Found) -> dict[str, str]:
    return {skip.source: skip.reason for skip in found.skipped}


def lines(found: Found) -> dict[str, bytes]:
    return {s.name: b"".join(b.data for b in blocks(s, notes=Notes())) for s in found.sources}


def test_order_depends_on_names_alone(tmp_path: Path, spool: Scratch) -> None:
    """Neither the order of the arguments nor that in which files were made changes anything."""
    made = ["b.log", "a.log", "a.log.1", "a.log.2.gz", "sub/a.log", "c/d/e.log"]
    for name in random.Random(1).sample(made, len(made)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode() + LINE)
    found = find([str(tmp_path)], spool=spool)
    assert names(found) == ["a.log.2.gz", "a.log.1", "a.log", "b.log", "c/d/e.log", "sub/a.log"]
    assert [s.number for s in found.sources] == [0, 1, 2, 3, 4, 5]
    assert [(s.set, s.order, s.service) for s in found.sources[:4]] == [
        ("a.log", 0, "a"),
        ("a.log", 1, "a"),
        ("a.log", 2, "a"),
        (None, 0, "b"),
    ]
    parts = [str(tmp_path / name) for name in ("a.log", "b.log", "c")]
    assert find(parts, spool=spool) == find(parts[::-1] + parts, spool=spool)


def test_names_that_would_be_the_same_get_their_path(tmp_path: Path, spool: Scratch) -> None:
    """Where two PATHs give one name, the PATH as given is put before it; else not."""
    for host in ("one", "two"):
        (tmp_path / host).mkdir()
        (tmp_path / host / "app.log").write_bytes(LINE)
    (tmp_path / "two" / "b.log").write_bytes(LINE * 2)
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    assert names(find([one, two], spool=spool)) == [f"{one}/app.log", f"{two}/app.log", "b.log"]
    assert names(find([f"{one}/app.log", f"{two}/app.log"], spool=spool)) == [
        f"{one}/app.log",
        f"{two}/app.log",
    ]
    assert names(find([str(tmp_path)], spool=spool)) == ["one/app.log", "two/app.log", "two/b.log"]


def test_a_pattern_gives_what_it_matches(tmp_path: Path, spool: Scratch) -> None:
    """A quoted pattern means the files that match; a file whose name is the pattern means itself."""
    for name in ("a.log", "b.log", "c.txt", "[ab].log"):
        (tmp_path / name).write_bytes(name.encode())
    assert names(find([f"{tmp_path}/?.log"], spool=spool)) == ["a.log", "b.log"]
    assert names(find([f"{tmp_path}/[ab].log"], spool=spool)) == ["[ab].log"]


def test_include_and_exclude(tmp_path: Path, spool: Scratch) -> None:
    """What the patterns leave out is named, and never opened."""
    for name in ("a.log", "b.txt", "sub/c.log"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    found = find([str(tmp_path)], include=["*.log"], exclude=["sub/*"], spool=spool)
    assert names(found) == ["a.log"]
    assert set(reasons(found)) == {"b.txt", "sub/c.log"}
    assert not any(skip.failed for skip in found.skipped)


def test_a_path_that_does_not_exist_names_the_nearest(tmp_path: Path, spool: Scratch) -> None:
    """The error says which path, and which one may have been meant."""
    (tmp_path / "payments.log").write_bytes(LINE)
    with pytest.raises(PathError, match=r"payment\.log does not exist; did you mean .*payments\.log\?"):
        find([str(tmp_path / "payment.log")], spool=spool)
    with pytest.raises(PathError):
        find([str(tmp_path / "*.nothing")], spool=spool)


def test_what_is_no_file_is_never_opened(tmp_path: Path, spool: Scratch) -> None:
    """Pipes, sockets, devices and links that lead nowhere are skipped with their reason, and fail nothing."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "up").symlink_to("..")
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("sock")
            found = find(["."], spool=spool)
    finally:
        os.chdir(here)
    assert names(found) == []
    assert set(reasons(found)) == {"fifo", "zero", "loop", "gone", "sub/up", "sock"}
    assert not any(skip.failed for skip in found.skipped)


@pytest.mark.parametrize(
    "data,words",
    [
        (b"\x7fELF" + bytes(range(256)) * 40, "ELF"), (b"SQLite format 3\0" + b"\0" * 99, "SQLite"),
        (b"\0" * 50_000, "NUL"), (random.Random(3).randbytes(9000), "binary"),
        (b"\x04\x22\x4d\x18" + b"x" * 99, "lz4"), (gzip.compress(random.Random(3).randbytes(9000)), "binary"),
        (b"root\0\0\0pts/0\0\0\0\0\0\0\x07\0\0\0" * 200, "binary"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_skipped(tmp_path: Path, spool: Scratch, data: bytes, words: str) -> None:
    """Binary content is known by its bytes, also when packed; packings that are not read are failures."""
    (tmp_path / "x.log").write_bytes(data)
    found = find([str(tmp_path)], spool=spool)
    assert words in reasons(found)["x.log"]
    assert found.skipped[0].failed == (words == "lz4")


@pytest.mark.parametrize(
    "data",
    [
        "Gerät fällt aus\n".encode("latin-1") * 9, "ошибка базы\n".encode("cp1251") * 50,
        b"\x1b[1mred\x1b[0m\n" * 9,
        b"BZhang logged in\n" * 50, b"PK failed\n" * 50, "エラー\n".encode("shift-jis") * 50, b"\n" * 99, b"",
        b"\0" * 50_000 + LINE,
    ],
)  # fmt: skip
def test_odd_text_is_text(tmp_path: Path, spool: Scratch, data: bytes) -> None:
    """Other encodings, colours and beginnings that look like a magic number are no reason to skip a log."""
    (tmp_path / "x.log").write_bytes(data)
    assert names(find([str(tmp_path)], spool=spool)) == ["x.log"]


def test_a_giant_hole_is_a_limit(tmp_path: Path, spool: Scratch) -> None:
    """A file that claims a tebibyte it does not have is skipped in no time, as a limit."""
    with (tmp_path / "x.log").open("wb") as file:
        file.write(LINE)
        file.truncate(1 << 40)
    (skip,) = find([str(tmp_path)], spool=spool).skipped
    assert skip.limit


def test_copies_in_a_folder_are_counted_once(tmp_path: Path, spool: Scratch) -> None:
    """Same content as unpacked in one folder is one source; other folders may well have the same lines."""
    (tmp_path / "other").mkdir()
    for name, data in (
        ("app.log", LINE * 99), ("app.log.1", LINE * 99), ("app.log.2.gz", gzip.compress(LINE * 99)),
        ("app.log.3", LINE * 98), ("other/app.log", LINE * 99), ("empty1", b""), ("empty2", b""),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(data)
    found = find([str(tmp_path)], spool=spool)
    assert names(found) == ["app.log.3", "app.log", "empty1", "empty2", "other/app.log"]
    assert reasons(found) == dict.fromkeys(["app.log.1", "app.log.2.gz"], "same content as app.log")
    assert [s.number for s in found.sources] == [0, 1, 2, 3, 4]


def test_links_to_a_file_that_is_read_are_named(tmp_path: Path, spool: Scratch) -> None:
    """A file met under two names is read once, under the name that is no link."""
    (tmp_path / "z.log").write_bytes(LINE)
    (tmp_path / "a.log").symlink_to("z.log")
    found = find([str(tmp_path)], spool=spool)
    assert names(found) == ["z.log"]
    assert reasons(found) == {"a.log": "same file as z.log"}


def test_names_are_shown_escaped(tmp_path: Path, spool: Scratch) -> None:
    r"""Bytes that are no UTF-8 read \xff, controls and marks are escaped; the file is read all the same."""
    for number, raw in enumerate(
        (b"a\nb.log", b"\xff\xfe.log", b"\x1b]0;t\x07.log", "\u202egol.log".encode())
    ):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + raw)).write_bytes(b"%d\n" % number)
    found = find([str(tmp_path)], spool=spool)
    assert set(names(found)) == {"a\\x0ab.log", "\\xff\\xfe.log", "\\x1b]0;t\\x07.log", "\\u202egol.log"}
    assert set(lines(found).values()) == {b"0\n", b"1\n", b"2\n", b"3\n"}


def _tar(path: Path, mode: str, members: dict[str, bytes]) -> None:
    with tarfile.open(path, mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mtime = 1_767_000_000
            archive.addfile(info, io.BytesIO(data))


MEMBERS = {
    "a/app.log": LINE * 9,
    "a/app.log.1.gz": gzip.compress(LINE * 5),
    "b.log": b"tick\n",
    "core": b"\x7fELF\0",
}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_members_of_a_tar_are_files(tmp_path: Path, spool: Scratch, mode: str) -> None:
    """Members are sources with names, sets and times of their own; a given archive is a folder."""
    _tar(tmp_path / "logs.tar", mode, MEMBERS)
    found = find([str(tmp_path / "logs.tar")], spool=spool)
    assert lines(found) == {"a/app.log.1.gz": LINE * 5, "a/app.log": LINE * 9, "b.log": b"tick\n"}
    assert reasons(found) == {"core": "binary: an ELF program or core"}
    assert found.sources[0].set == "a/app.log"
    assert found.sources[1].mtime == 1_767_000_000
    assert names(find([str(tmp_path)], spool=spool))[0] == "logs.tar/a/app.log.1.gz"


def test_a_tar_cut_short_gives_its_members(tmp_path: Path, spool: Scratch) -> None:
    """The members before the cut are read, and the archive is named as damaged."""
    _tar(
        tmp_path / "x.tgz",
        "w:gz",
        {"a.log": LINE * 2000, "b.log": random.Random(1).randbytes(50_000).hex().encode()},
    )
    data = (tmp_path / "x.tgz").read_bytes()
    (tmp_path / "x.tgz").write_bytes(data[: len(data) // 2])
    found = find([str(tmp_path / "x.tgz")], spool=spool)
    assert lines(found)["a.log"] == LINE * 2000
    assert any(skip.failed for skip in found.skipped)


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_members_of_a_zip_are_files(tmp_path: Path, spool: Scratch, method: int) -> None:
    """Stored, deflated and bz2 members are read where they lie; other methods are named as failures."""
    with zipfile.ZipFile(tmp_path / "x.zip", "w", method) as archive:
        for name, data in MEMBERS.items():
            archive.writestr(name, data)
    found = find([str(tmp_path / "x.zip")], spool=spool)
    if method == zipfile.ZIP_LZMA:
        assert all(skip.failed for skip in found.skipped)
        return
    assert lines(found) == {"a/app.log.1.gz": LINE * 5, "a/app.log": LINE * 9, "b.log": b"tick\n"}


def test_a_file_packed_twice_is_read(tmp_path: Path, spool: Scratch) -> None:
    """What is packed again, by hand or as a member of a zip, is unpacked to the end."""
    (tmp_path / "x.gz").write_bytes(gzip.compress(gzip.compress(LINE * 9)))
    assert lines(find([str(tmp_path)], spool=spool)) == {"x.gz": LINE * 9}


def test_an_archive_in_an_archive_is_named(tmp_path: Path, spool: Scratch) -> None:
    """It may hold logs, so leaving it out is a failure."""
    _tar(tmp_path / "in.tgz", "w:gz", MEMBERS)
    _tar(tmp_path / "x.tar", "w", {"in.tgz": (tmp_path / "in.tgz").read_bytes(), "b.log": LINE})
    found = find([str(tmp_path / "x.tar")], spool=spool)
    assert names(found) == ["b.log"]
    assert [(skip.source, skip.failed) for skip in found.skipped] == [("in.tgz", True)]


def test_a_file_that_cannot_be_opened_is_a_failure(
    tmp_path: Path, spool: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's words are given, the skip counts as a failure, and other files are read."""
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_bytes(name.encode())
    real = os.open

    def refuse(path: str, *rest: int) -> int:
        if str(path).endswith("a.log"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest)

    monkeypatch.setattr(os, "open", refuse)
    found = find([str(tmp_path)], spool=spool)
    assert names(found) == ["b.log"]
    assert found.skipped[0].failed
    assert "Permission denied" in found.skipped[0].reason


def test_standard_input_is_kept_privately(monkeypatch: pytest.MonkeyPatch, spool: Scratch) -> None:
    """What comes in by a pipe is a source, kept in a file of 0600 and within a limit."""
    for limit, expected in ((1 << 20, LINE * 40), (500, (LINE * 40)[:500] + b"\n")):
        read_end, write_end = os.pipe()
        os.write(write_end, LINE * 40)
        os.close(write_end)
        with os.fdopen(read_end, "rb") as pipe:
            given = f"/dev/fd/{pipe.fileno()}"
            found = find([given], spool=spool, limits=Limits(spool=limit))
        assert names(found) == [given]
        assert lines(found)[given] == expected
        assert [skip.limit for skip in found.skipped] == ([] if limit > 500 else [True])
        assert Path(found.sources[0].path).stat().st_mode & 0o777 == 0o600


def test_an_interrupted_pipe_counts_as_far_as_it_came(tmp_path: Path, spool: Scratch) -> None:
    """Ctrl-C while a pipe is read ends the reading; what had come is a source, and a limit is told."""
    read_end, write_end = os.pipe()
    os.write(write_end, LINE)
    main = threading.main_thread().ident or 0
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
    try:
        with os.fdopen(read_end, "rb") as pipe:
            threading.Timer(0.3, signal.pthread_kill, [main, signal.SIGINT]).start()
            found = find([f"/dev/fd/{pipe.fileno()}"], spool=spool)
    finally:
        signal.signal(signal.SIGINT, before)
        os.close(write_end)
    assert list(lines(found).values()) == [LINE]
    assert [skip.limit for skip in found.skipped] == [True]
