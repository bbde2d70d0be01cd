"""Lines fetched again are the lines the blocks gave."""

import gzip
import lzma
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logsense.read import Limits, Notes, Reader, SourceFile, blocks, find, refetch
from logsense.schema import BLOCKS
from logsense.store import Scratch

LIMITS = Limits(line=200)


def index(source: SourceFile, size: int, spool: Scratch | None = None) -> tuple[list[str], Reader]:
    """All lines of a source, and a reader by the index of its blocks."""
    rows, text = [], b""
    for block in blocks(source, size=size, limits=LIMITS, notes=Notes()):
        text += block.data
        lines = block.data.count(b"\n")
        rows.append(
            {
                "source": source.number,
                "number": block.number,
                "first_line": block.first_line,
                "lines": lines,
                "offset": block.offset,
            }
        )
    return text.decode().split("\n")[:-1], Reader([source], BLOCKS.of(rows), spool=spool, limits=LIMITS)


def found(path: Path) -> SourceFile:
    with Scratch() as spool:
        return find([str(path)], spool=spool).sources[0]


DATA = b"".join(
    b"line %d " % i + (b"\xff" * 3, b"\0", b"x" * 250, b"\r", "é→".encode(), b"plain")[i % 6] + b"\r\n"
    for i in range(800)
)
FILES = {
    "plain": DATA,
    "gz": gzip.compress(DATA[:20_000]) + gzip.compress(DATA[20_000:]),
    "xz": lzma.compress(DATA),
    "utf16": DATA.decode("latin-1").replace("\0", "").encode("utf-16"),
}


@pytest.fixture(scope="module", params=FILES)
def packed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SourceFile:
    path = tmp_path_factory.mktemp("refetch") / "x.log"
    path.write_bytes(FILES[request.param])
    return found(path)


@settings(max_examples=10, deadline=None)
@given(size=st.integers(500, 200_000), first=st.integers(-2, 900), count=st.integers(0, 400))
def test_any_lines_of_any_file_are_the_same(packed: SourceFile, size: int, first: int, count: int) -> None:
    """Whatever is asked for, in whatever file and block size, is what the blocks gave: repairs and all."""
    start = max(first, 1)
    with Scratch() as spool:
        for place in (None, spool):
            lines, reader = index(packed, size, place)
            for _ in range(2):
                assert reader.lines(0, first, count) == lines[start - 1 : start - 1 + count]


def test_a_gz_is_read_on_from_places_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines far into a gz are right in any order, and what lies before is not unpacked each time."""
    monkeypatch.setattr(refetch, "_EVERY", 200_000)
    data = b"".join(b"entry %08d of a long log\n" % i for i in range(100_000))
    (tmp_path / "x.gz").write_bytes(gzip.compress(data[:1_300_000]) + gzip.compress(data[1_300_000:]))
    lines, reader = index(found(tmp_path / "x.gz"), 50_000)
    for first in (99_990, 50_000, 99_000, 2, 70_000):
        assert reader.lines(0, first, 3) == lines[first - 1 : first + 2]
    assert len(reader._places[0]) >= 3


def test_a_file_that_is_gone_gives_nothing(tmp_path: Path) -> None:
    """Neither a deleted file, nor an unknown source, nor a line behind the end is an exception."""
    (tmp_path / "x.log").write_bytes(b"a\nb\n")
    _, reader = index(found(tmp_path / "x.log"), 100)
    assert reader.lines(7, 1, 5) == []
    assert reader.lines(0, 3, 5) == []
    (tmp_path / "x.log").unlink()
    assert reader.lines(0, 1, 5) == []
