"""What a file is by its first bytes, never by its name: packed, an archive, binary, or text."""

import re

#: Bytes looked at.
SAMPLE = 32 * 1024

CODECS = (
    (b"\x1f\x8b\x08", "gz"), (b"BZh", "bz2"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zst"),
)  # fmt: skip
_SKIPPABLE_ZSTD = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
#: Packed in ways that are not read; these may hold logs, so leaving them out is a failure.
UNREAD = (
    (b"\x04\x22\x4d\x18", "lz4"), (b"\x1f\x9d", "compress (.Z)"), (b"LZIP", "lzip"), (b"\x89LZO", "lzop"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"), (b"Rar!\x1a\x07", "RAR"),
)  # fmt: skip
_BINARY = (
    (b"\x7fELF", "an ELF program or core"), (b"SQLite format 3\0", "an SQLite database"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture"), (b"\xa1\xb2\xc3\xd4", "a packet capture"),
    (b"\x4d\x3c\xb2\xa1", "a packet capture"), (b"\xa1\xb2\x3c\x4d", "a packet capture"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture"), (b"LPKSHHRH", "a systemd journal; export it with journalctl"),
    (b"ElfFile\0", "a Windows event log; export it as text"), (b"\x89PNG\r\n", "a picture"),
    (b"GIF8", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"%PDF-", "a PDF"),
    (b"\xca\xfe\xba\xbe", "a Java class"), (b"JAVA PROFILE ", "a heap dump"), (b"PAR1", "a Parquet file"),
    (b"ARROW1\0\0", "an Arrow file"), (b"Obj\x01", "an Avro file"), (b"\0asm", "a WebAssembly module"),
    (b"PERFILE2", "a perf recording"), (b"\x93NUMPY", "a NumPy array"),
)  # fmt: skip
_BOMS = (
    (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"),
)  # fmt: skip
_PADDING = re.compile(rb"^\0{32,}", re.MULTILINE)
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x1b\b\x07") + b"\x7f"
#: More than this share of control characters, and it is no text. Random bytes have some 10 %.
_BINARY_SHARE = 0.05
#: Of the half of the bytes that is zero in UTF-16 of Latin text, so much is; binary data has NULs in both.
_WIDE_SHARE, _OTHER_SHARE = 0.6, 0.05


def codec(data: bytes) -> str:
    """gz, bz2, xz or zst by the magic number; "" for anything else."""
    if data[:3] == b"BZh" and data[4:10] not in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"):
        return ""  # a text that begins with these letters
    if _SKIPPABLE_ZSTD.match(data):
        return "zst"
    return next((name for magic, name in CODECS if data.startswith(magic)), "")


def is_zip(data: bytes) -> bool:
    """Whether a zip archive begins here."""
    return data.startswith(_ZIP)


def is_tar(data: bytes) -> bool:
    """Whether a tar archive begins here: a header block whose checksum is right."""
    block = data[:512]
    if len(block) < 512 or not block[0]:
        return False
    digits = block[148:156].strip(b" \0")
    if not digits or digits.strip(b"01234567"):
        return False
    return int(digits, 8) == sum(block[:148]) + 8 * 32 + sum(block[156:])


def not_read(data: bytes) -> str:
    """The name of a packing that is not read; "" for anything else."""
    return next((name for magic, name in UNREAD if data.startswith(magic)), "")


def blank(data: bytes) -> bool:
    """Whether there is nothing but NULs."""
    return not data.strip(b"\0")


def encoding(data: bytes) -> str:
    """utf-8, or the UTF-16 or UTF-32 that the first bytes show, with or without a byte order mark."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    even, odd = data[0::2], data[1::2]
    if not odd:
        return "utf-8"
    low, high = even.count(0) / len(even), odd.count(0) / len(odd)
    if high > _WIDE_SHARE and low < _OTHER_SHARE:
        return "utf-16-le"
    if low > _WIDE_SHARE and high < _OTHER_SHARE:
        return "utf-16-be"
    return "utf-8"


def binary(data: bytes) -> str:
    """Why this is no text, in words; "" where it is. data: the first bytes, unpacked, as stored."""
    known = next((words for magic, words in _BINARY if data.startswith(magic)), "")
    if known:
        return f"binary: {known}"
    if data and blank(data):
        return "binary: nothing but NUL bytes"
    coded = encoding(data)
    if coded != "utf-8":
        text = data.decode(coded, "replace").encode()
        bad = text.count("\ufffd".encode()) * 3
    else:
        text, bad = _PADDING.sub(b"", data), 0
    if not text:
        return ""
    controls = len(text) - len(text.translate(None, _CONTROLS))
    return "binary data" if controls + bad > max(_BINARY_SHARE * len(text), 8) else ""
