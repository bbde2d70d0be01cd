"""Checks of readers of metrics: they claim what is theirs, and read numbers out of dirty files.

A reader has a method ``example() -> dict[name, text]``: small files that it claims, with numbers in them.
With ``whole = True`` it says that these are documents (JSON, XML), which are read whole or refused in words.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from logsense.schema import SERIES
from logsense.testing import classes
from logsense.testing.frames import again
from logsense.testing.promise import CheckFailed, need, need_example, table

HEAD = 4096
#: Numbers of an example that are spoilt one by one.
NUMBERS = 12
#: What may stand in place of a number.
DIRT = ("NaN", "inf", "-Inf", "1e400", "", "n/a", "9" * 400, "0x10", "١٢")
_NUMBER = re.compile(r"(?<![\w.:-])\d+(?:\.\d+)?(?![\w:-])")
LOGS = (
    "2026-01-02 03:04:05,678 ERROR [main] shop.Store: connection to db-7:5432 refused after 3 tries",
    "2026-01-02T03:04:05.678Z WARN retry 3 of 5, waited 20 ms, value=12.5",
    "Jan  2 03:04:05 web-1 sshd[71]: Failed password for root from 192.0.2.1 port 22 ssh2",
    '192.0.2.1 - - [02/Jan/2026:03:04:05 +0000] "GET /metrics HTTP/1.1" 200 512 "-" "curl/8"',
    '{"time":"2026-01-02T03:04:05Z","level":"error","msg":"cannot write","cpu":0.93,"service":"shop"}',
    "time=2026-01-02T03:04:05Z level=info msg=served took=12ms cpu=0.3",
    '2026-01-02 03:04:05.678 UTC,"shop","orders",71,"[local]",ERROR,42P01,"relation ""x"" does not exist",,,',
    "# a comment",
    "",
)


def _example(reader: Any) -> Mapping[str, str]:
    example = getattr(reader, "example", None)
    need_example(callable(example), "say what it reads: example() -> {name: text of a small file}")
    files: Mapping[str, str] = example()  # type: ignore[misc]  # it has raised where it is not callable
    need(files, "example() gives no file")
    return files


def _series(reader: Any, name: str, data: bytes | str) -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        before = path.read_bytes()
        frame: object = again(reader).series(path)
        files = [one.name for one in Path(folder).rglob("*") if one.is_file()]
        need(files == [path.name] and path.read_bytes() == before, f"it wrote beside {name}, or into it")
    if not isinstance(frame, pl.DataFrame):
        msg = f"series must return a polars DataFrame, not {type(frame).__name__}"
        raise CheckFailed(msg)
    return SERIES.check(frame, str(getattr(reader, "name", "?")))


def _read(reader: Any, name: str, data: bytes | str) -> pl.DataFrame | None:
    """What comes of a damaged file; None where a reader of whole documents refuses it, in words."""
    try:
        return _series(reader, name, data)
    except ValueError as error:
        if not getattr(reader, "whole", False):
            raise
        said = str(error)
        need(len(said) > 10 and said.isprintable(), f"{name}: {said!r} tells nobody what is wrong with it")
        return None


def _examples(reader: Any) -> Iterator[tuple[str, str, pl.DataFrame]]:
    for name, text in _example(reader).items():
        yield name, text, _series(reader, name, text)


def claims_example(reader: Any) -> None:
    """It claims its own example."""
    for name, text in _example(reader).items():
        need(again(reader).claims(name, text[:HEAD]) is True, f"{name} of example() is not claimed")


def claims_no_logs(reader: Any) -> None:
    """It claims no log, whatever the file is called: logs it took would not be judged."""
    for line in LOGS:
        for name in ("app.log", "app.csv", "app.txt", "metrics.log", "messages", "app.prom"):
            text = "\n".join([line] * 20)
            need(again(reader).claims(name, text) is False, f"{name} is claimed, and holds a log: {line!r}")


def claims_anything(reader: Any) -> None:
    """Whatever the name and the head, the answer is true or false."""
    names = ("", ".", "a\nb", "\x1b[2J", "日本語.csv", "x" * 300, "a.csv.gz", "../x.csv", "-x")
    heads = (
        "",
        "\n",
        "\x00" * 99,
        ",",
        ",,,\n,,,",
        "{",
        "\ufffd" * 50,
        "time",
        "a" * HEAD,
        "# HELP",
        "# TYPE x",
    )
    for name in names:
        for head in heads:
            answer = again(reader).claims(name, head)
            need(isinstance(answer, bool), f"claims({name!r}, …) is {answer!r}")


def reads_example(reader: Any) -> None:
    """Its example becomes a SERIES frame with rows in it."""
    for name, _, frame in _examples(reader):
        need(frame.height, f"{name}: no row came out")


def values_finite(reader: Any) -> None:
    """Values are finite: what is no number is left out."""
    for name, _, frame in _examples(reader):
        need(frame["value"].is_finite().all(), f"{name}: a value is not finite")


def names_told(reader: Any) -> None:
    """Each row names a metric."""
    for name, _, frame in _examples(reader):
        need((frame["metric"].str.strip_chars() != "").all(), f"{name}: a row without a metric")


def times_plausible(reader: Any) -> None:
    """Times are those of the file, in UTC: none of 1970, none of now for want of one."""
    begun = _now()
    for name, _, frame in _examples(reader):
        odd = frame.filter((pl.col("time").dt.year() < 1990) | (pl.col("time").dt.year() > 2200))
        need(not odd.height, f"{name}: {odd['time'].to_list()[:1]}")
        now = frame.filter(pl.col("time").is_between(begun, _now()))
        need(
            not now.height,
            f"{name}: {now['time'].to_list()[:1]} is when it was read, not when it was measured",
        )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)  # times of frames mean UTC


def empty_file(reader: Any) -> None:
    """An empty file has no rows; neither that nor its first line alone is cause for an exception."""
    for name, text in _example(reader).items():
        rows = _read(reader, name, "")
        need(rows is None or not rows.height, f"{name}: rows of an empty file")
        _read(reader, name, text.split("\n", 1)[0] + "\n")


def dirty_rows(reader: Any) -> None:
    """Lines of rubbish cost themselves alone: what stands around them is read, or a document refused."""
    for name, text, frame in _examples(reader):
        lines = text.rstrip("\n").split("\n")
        mixed = (
            "\n".join([lines[0], *(part for line in lines[1:] for part in (line, "rubbish\x00 ;;; ,"))])
            + "\n"
        )
        rows = _read(reader, name, mixed)
        need(rows is None or rows.height >= frame.height, f"{name}: rows are lost beside rubbish")


def dirty_values(reader: Any) -> None:
    """NaN, infinities, numbers too large, and what is no number at all give no row that is not finite."""
    for name, text in _example(reader).items():
        begin = 0 if getattr(reader, "whole", False) else text.find("\n") + 1  # a header stays
        spans = [found.span() for found in _NUMBER.finditer(text, begin)]
        # All at once, and each alone: where the times went, too, nobody would see what becomes of a value.
        for chosen in (spans, *([one] for one in spans[:NUMBERS])):
            for dirt in DIRT:
                frame = _read(reader, name, _soiled(text, chosen, dirt))
                finite = frame is None or frame["value"].is_finite().all()
                need(finite, f"{name}: {dirt!r} becomes a value that is not finite")


def _soiled(text: str, spans: Sequence[tuple[int, int]], dirt: str) -> str:
    for begin, end in reversed(spans):
        text = text[:begin] + dirt + text[end:]
    return text


def cut_short(reader: Any) -> None:
    """A file that ends in the middle of a line gives what stands before, or is refused as a document."""
    for name, text, frame in _examples(reader):
        rest = _read(reader, name, text[: len(text) * 2 // 3])
        rows = 1 if rest is None else rest.height
        need(
            0 < rows <= frame.height, f"{name}: {rows} rows of a file cut short, {frame.height} of the whole"
        )


def other_line_ends(reader: Any) -> None:
    """Lines that end as on Windows, and a mark of byte order at the start, change nothing."""
    for name, text, frame in _examples(reader):
        for data in (text.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + text.encode()):
            need(
                _series(reader, name, data).equals(frame),
                f"{name}: other rows with \\r\\n, or a byte order mark",
            )


def no_utf8(reader: Any) -> None:
    """Bytes that are no UTF-8 are no cause for an exception."""
    for name, text in _example(reader).items():
        lines = text.encode().split(b"\n")
        _read(reader, name, b"\n".join([*lines[:2], b"\xff\xfe\x00\x80", *lines[2:]]))


def same_twice(reader: Any) -> None:
    """The same file gives the same frame twice."""
    for name, text, frame in _examples(reader):
        need(_series(reader, name, text).equals(frame), f"{name}: two calls differ")


CHECKS = table(
    *classes.CONFIGURED,
    classes.described,
    claims_example,
    claims_no_logs,
    claims_anything,
    reads_example,
    values_finite,
    names_told,
    times_plausible,
    empty_file,
    dirty_rows,
    dirty_values,
    cut_short,
    other_line_ends,
    no_utf8,
    same_twice,
    classes.light_import,
    classes.quick_import,
)
