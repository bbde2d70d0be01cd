"""Bytes of a file → blocks of whole, clean lines."""

import codecs
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logsense.read import Limits, Notes, SourceFile, blocks, find, head, tail
from logsense.store import Scratch

SMALL = Limits(line=100)


def source(path: Path, data: bytes | None = None) -> SourceFile:
    if data is not None:
        path.write_bytes(data)
    with Scratch() as spool:
        return find([str(path)], spool=spool).sources[0]


def read(path: Path, data: bytes, *, size: int = 1 << 20, limits: Limits | None = None) -> tuple[bytes, str]:
    """The clean bytes of a file with these, and the notes."""
    notes = Notes()
    found = source(path, data)
    return b"".join(b.data for b in blocks(found, size=size, limits=limits, notes=notes)), notes.of(0) or ""


LINES = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.sampled_from(
            [b"a" * 99, b"b" * 100, b"c" * 101, b"\xc3\xa9" * 60, b"\0" * 40 + b"x", b"\0" * 300 + b"y" * 120]
        ),
        st.sampled_from(
            [b"", b"\r", b"x\r\r", b"\xef\xbb\xbfz", b"\xff" * 101, b"\0" * 31, b"\xf0\x9f\x98\x80" * 30]
        ),
    ),
    max_size=12,
)


@settings(max_examples=120, deadline=None)
@given(lines=LINES, size=st.integers(1, 400), end=st.booleans())
def test_lines_do_not_depend_on_the_block_size(
    lines: list[bytes], size: int, end: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any block size gives the same lines, notes and numbers: valid UTF-8 that ends with a line feed."""
    path = tmp_path_factory.mktemp("any") / "x.log"
    path.write_bytes(b"2026 log\n" * 9 + b"\n".join(lines) + (b"\n" if end else b""))
    base = SourceFile(
        0, "x", str(path), None, 0, path.stat().st_size, "", "utf-8", path.stat().st_size, 0, None, "x", 0
    )
    results = []
    for one in (size, 1 << 20):
        notes, line, pieces = Notes(), 1, []
        for block in blocks(base, size=one, limits=SMALL, notes=notes):
            assert block.first_line == line
            assert block.data.endswith(b"\n")
            assert max(map(len, block.data.decode().split("\n"))) <= 4 * SMALL.line
            line += block.data.count(b"\n")
            pieces.append(block.data)
        results.append((b"".join(pieces), [note.text for note in notes]))
    assert results[0] == results[1]
    whole = path.read_bytes()
    assert results[0][0].count(b"\n") == whole.count(b"\n") + (not whole.endswith(b"\n"))


def test_clean_text_is_given_as_it_is(tmp_path: Path) -> None:
    """Text without any fault goes through byte for byte, without a note."""
    data = "2026-01-02 INFO a: tick\n\n\tat Größe → 值\n".encode() * 50
    assert read(tmp_path / "x.log", data, size=64) == (data, "")


def test_the_last_line_needs_no_line_feed(tmp_path: Path) -> None:
    """A file that ends in the middle of a line has that line."""
    assert read(tmp_path / "x.log", b"a\nb")[0] == b"a\nb\n"


def test_only_the_line_feed_ends_a_line(tmp_path: Path) -> None:
    """Vertical tab, form feed, NEL and U+2028 stay in the line; carriage returns before a line feed go."""
    data = "a\x0bb\x0cc\x85d\u2028e\r\nf\r\r\ng\rh\n".encode()
    text, note = read(tmp_path / "x.log", data)
    assert text == "a\x0bb\x0cc\x85d\u2028e\nf\ng\rh\n".encode()
    assert note.startswith("1 carriage return")


def test_bytes_that_are_no_utf8_are_shown_and_counted(tmp_path: Path) -> None:
    r"""Each bad byte reads \xff in its place, the rest of the line is kept, and the note has the count."""
    text, note = read(tmp_path / "x.log", b"good line\n" * 20 + b"a\xff\xc3\x28b\xe2\x82\n")
    assert text.decode().split("\n")[20] == "a\\xff\\xc3(b\\xe2\\x82"
    assert note.startswith("4 bytes")


def test_nul_bytes_are_shown_and_padding_is_dropped(tmp_path: Path) -> None:
    """A hole that copytruncate left does not cost the line behind it, however large it is."""
    data = b"\0" * 300_000 + b"first line\n" + b"tick of the clock\n" * 9000 + b"a\0b\n"
    for size in (1000, 1 << 20):
        text, note = read(tmp_path / "x.log", data, size=size)
        assert text.startswith(b"first line\ntick")
        assert text.endswith(b"a\\x00b\n")
        assert note == "300,000 NUL bytes of padding dropped; 1 NUL byte shown as \\x00"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_is_decoded(tmp_path: Path, encoding: str) -> None:
    """UTF-16 and UTF-32, with or without a byte order mark, give the lines they spell; the note says so."""
    text = "2026-01-02 ERROR db: größer als → 😀\r\n" * 40
    data, note = read(tmp_path / "x.log", text.encode(encoding), size=100)
    assert data.decode() == text.replace("\r", "")
    assert note.startswith("decoded from UTF-")


def test_byte_order_marks_go_at_line_starts(tmp_path: Path) -> None:
    """The marks that joined files carry do not hide the first word of a line."""
    mark = codecs.BOM_UTF8
    assert (
        read(tmp_path / "x.log", mark + b"a\nb" + mark + b"\n" + mark + b"c\n")[0]
        == b"a\nb" + mark + b"\nc\n"
    )


def test_a_long_line_is_cut_and_the_next_is_whole(tmp_path: Path) -> None:
    """Over the limit a line is cut between characters, and the loss is counted; others are untouched."""
    data = b"before\n" + "ab€".encode() * 100 + b"\nafter\n"
    for size in (7, 64, 1 << 20):
        text, note = read(tmp_path / "x.log", data, size=size, limits=Limits(line=64))
        assert text == b"before\n" + "ab€".encode() * 12 + b"ab" + b"\nafter\n"
        assert "1 line cut" in note
        assert "(438 bytes dropped)" in note


def test_what_is_written_behind_the_size_seen_is_not_read(tmp_path: Path) -> None:
    """A log that grows meanwhile is read to where it ended when it was found."""
    found = source(tmp_path / "x.log", b"a line\n" * 10)
    with (tmp_path / "x.log").open("ab") as file:
        file.write(b"more\n" * 1000)
    assert b"".join(b.data for b in blocks(found, notes=Notes())) == b"a line\n" * 10


def test_a_file_that_shrinks_keeps_what_was_read(tmp_path: Path) -> None:
    """Cut while it is read, a file gives what came before, and the note says what is missing."""
    notes = Notes()
    found = source(tmp_path / "x.log", b"a line\n" * 1000)
    reading = blocks(found, size=700, notes=notes)
    first = next(reading)
    os.truncate(tmp_path / "x.log", 1400)
    rest = list(reading)
    assert first.data + b"".join(b.data for b in rest) == b"a line\n" * 200
    assert "5,600 bytes less" in (notes.of(0) or "")


def test_a_file_that_is_gone_is_a_failure_not_an_exception(tmp_path: Path) -> None:
    """Deleted between finding and reading, a file gives no lines and a note of kind failed."""
    notes = Notes()
    found = source(tmp_path / "x.log", b"a line\n")
    (tmp_path / "x.log").unlink()
    assert list(blocks(found, notes=notes)) == []
    assert notes.has("failed")


def test_a_rotated_file_is_said_to_be_another(tmp_path: Path) -> None:
    """Where another file has taken the name meanwhile, its content is read and the note says so."""
    notes = Notes()
    found = source(tmp_path / "x.log", b"old line\n")
    (tmp_path / "x.log").rename(tmp_path / "x.log.1")
    (tmp_path / "x.log").write_bytes(b"new line\n")
    assert next(blocks(found, notes=notes)).data == b"new line\n"
    assert "replaced" in (notes.of(0) or "")


def test_head_and_tail(tmp_path: Path) -> None:
    """The first lines and the last ones, whole and clean."""
    found = source(tmp_path / "x.log", b"".join(b"line %d\r\n" % i for i in range(5000)))
    assert head(found, 3) == b"line 0\nline 1\nline 2\n"
    assert head(found).count(b"\n") == 2000
    assert tail(found, 20) == b"line 4998\nline 4999\n"[10:]
    assert tail(found, 1 << 20).count(b"\n") == 5000
    assert head(source(tmp_path / "empty.log", b"")) == b""
