"""Packed files give every line that can be had, and a note for what cannot."""

import bz2
import gzip
import lzma
import tracemalloc
from pathlib import Path

import pytest
import zstandard

from logsense.read import Limits, Notes, blocks, find
from logsense.store import Scratch

TEXT = b"".join(
    b"2026-01-02 03:04:05 INFO db: query %d took %d ms\n" % (i, i * 7919 % 997) for i in range(8000)
)
PACK = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


def read(path: Path, data: bytes, limits: Limits | None = None) -> tuple[bytes, Notes]:
    """The lines of a file with these bytes, and the notes."""
    path.write_bytes(data)
    notes = Notes()
    with Scratch() as spool:
        found = find([str(path)], spool=spool, limits=limits)
    assert not found.skipped
    return b"".join(block.data for block in blocks(found.sources[0], limits=limits, notes=notes)), notes


@pytest.mark.parametrize("codec", PACK)
def test_members_behind_one_another_are_all_read(tmp_path: Path, codec: str) -> None:
    """Joined packed files, an empty one among them and padding behind, give all lines."""
    pack = PACK[codec]
    data = pack(TEXT) + pack(b"") + pack(TEXT) + b"\0" * 512
    text, notes = read(tmp_path / "plain.log", data)
    assert text == TEXT * 2
    assert not len(notes)


@pytest.mark.parametrize("codec", PACK)
def test_a_file_cut_short_gives_what_lies_before_the_cut(tmp_path: Path, codec: str) -> None:
    """Cut in the middle of its packed data, a file gives what came before, and a note of kind failed."""
    one = PACK[codec](TEXT)
    text, notes = read(tmp_path / "x.log", one + one[: len(one) * 2 // 3])
    assert text.startswith(TEXT)
    assert (TEXT + TEXT).startswith(text[:-1])
    assert notes.has("failed")
    if codec in ("gz", "zst"):  # the others pack in blocks of 900 kB and more
        assert len(text) > 1.2 * len(TEXT)


def test_a_damaged_gz_gives_all_before_the_damage(tmp_path: Path) -> None:
    """A flipped bit in the middle costs what lies behind it, not the last megabyte before it as well."""
    data = bytearray(gzip.compress(TEXT))
    data[len(data) // 2 : len(data) // 2 + 9] = b"\xff" * 9
    text, notes = read(tmp_path / "x.gz", bytes(data))
    assert notes.has("failed")
    assert len(text) > 0.4 * len(TEXT)
    assert text[:150_000] == TEXT[:150_000]


def test_a_wrong_checksum_is_told(tmp_path: Path) -> None:
    """All lines are given, and the note says that the file is damaged."""
    data = bytearray(gzip.compress(TEXT))
    data[-6] ^= 1
    text, notes = read(tmp_path / "x.gz", bytes(data))
    assert text == TEXT
    assert notes.has("failed")


@pytest.mark.parametrize("codec", PACK)
def test_garbage_behind_is_noted_and_ignored(tmp_path: Path, codec: str) -> None:
    """What follows the packed data and is none itself changes no line and is no failure."""
    text, notes = read(tmp_path / "x", PACK[codec](TEXT) + b"not packed\n" * 9)
    assert text == TEXT
    assert [note.kind for note in notes] == ["note"]


def test_text_with_a_packed_name_is_text(tmp_path: Path) -> None:
    """A file is what its bytes say."""
    assert read(tmp_path / "x.log.gz", TEXT)[0] == TEXT


def test_a_skippable_zstd_frame_is_skipped(tmp_path: Path) -> None:
    """Frames that carry no content (pzstd writes them) do not end the reading."""
    frame = b"\x52\x2a\x4d\x18\x05\0\0\0hello"
    assert read(tmp_path / "x.zst", frame + PACK["zst"](TEXT) + frame)[0] == TEXT


def _zstd_bomb(blocks_: int) -> bytes:
    one = ((131072 << 3) | 2).to_bytes(3, "little") + b"A"
    return b"\x28\xb5\x2f\xfd\x00\x38" + one * blocks_ + (1).to_bytes(3, "little")


@pytest.mark.parametrize("codec", PACK)
def test_a_bomb_is_stopped_and_memory_stays_small(tmp_path: Path, codec: str) -> None:
    """What unpacks to thousands of times its size is stopped, told, and held in no memory."""
    data = _zstd_bomb(300) if codec == "zst" else PACK[codec](b"A" * (8 << 20)) * 5
    tracemalloc.start()
    text, notes = read(tmp_path / "x.log", data, Limits(bomb=16 << 20))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(text) == (64 << 10) + 1
    assert notes.has("limit")
    assert peak < 40 << 20


def test_a_limit_on_each_file_is_told(tmp_path: Path) -> None:
    """With a limit on the bytes of a file, so many are read, and the note is of kind limit."""
    for data in (TEXT, gzip.compress(TEXT)):
        text, notes = read(tmp_path / "x", data, Limits(total=1000))
        assert text[:-1] == TEXT[:1000]
        assert notes.has("limit")
