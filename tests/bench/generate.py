"""Writes a seeded log of one kind into FILE and what is in it into FILE.truth.json.

    python generate.py KIND LINES FILE

Every line is put together by Polars on columns of random values, half a million at a time, so that ten
million lines take well under a minute. The same arguments give the same bytes.
"""

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

CHUNK = 500_000
PER_SECOND = 70  # lines a second of log time: a million lines are four hours
START = np.datetime64("2025-11-09T06:00:00", "us")
KINDS = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text(encoding="utf-8"))
AGENTS = ["Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0", "okhttp/4.12.0", "python-requests/2.32.3"]


def words(rng: np.random.Generator, count: int) -> pl.Series:
    """Distinct random words of four to eleven letters."""
    letters = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz", np.uint8)
    out: dict[str, None] = {}
    while len(out) < count:
        out[bytes(rng.choice(letters, rng.integers(4, 12))).decode()] = None
    return pl.Series(list(out))


class Values:
    """Random columns by the name of a placeholder."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.words = words(rng, 5000)

    def of(self, name: str, n: int) -> pl.Series:
        """``n`` values of the placeholder ``name``."""
        rng = self.rng
        match name:
            case "w":
                return self.words.gather(rng.integers(0, len(self.words), n))
            case "ip":
                parts = [pl.Series(rng.integers(1, 255, n)) for _ in range(3)]
                return pl.select(pl.format("10.{}.{}.{}", *parts))[:, 0]
            case "f":
                return pl.select(pl.format("{}.{}", *(pl.Series(rng.integers(1, 99, n)) for _ in range(2))))[
                    :, 0
                ]
            case "id" | "hex" | "uuid":
                text = self.hexadecimal(n, 4 if name == "hex" else 16)
                return self.dashed(text) if name == "uuid" else text
        low, high = {"n": (1, 5000), "big": (10**8, 10**9), "blk": (-(2**62), 2**62), "port": (1024, 65000)}[
            name
        ]
        return pl.Series(rng.integers(low, high, n)).cast(pl.String)

    def hexadecimal(self, n: int, size: int) -> pl.Series:
        """``n`` texts of ``size`` random bytes."""
        return pl.Series(self.rng.bytes(n * size).hex(" ", size).split(" "))

    @staticmethod
    def dashed(text: pl.Series) -> pl.Series:
        """32 hex digits as a version 4 UUID."""
        part = [text.str.slice(at, length) for at, length in ((0, 8), (8, 4), (13, 3), (17, 3), (20, 12))]
        return pl.select(pl.format("{}-{}-4{}-a{}-{}", *part))[:, 0]


def lines_of(kind: str) -> list[str]:
    """The templates of a kind: level, logger and message."""
    table: dict[str, Any] = KINDS[kind]
    if "routes" in table:
        return [f"{method} {route}" for route in table["routes"] for method in table["methods"]]
    return list(table["texts"])


def filled(text: str, n: int, values: Values) -> pl.Series:
    """``n`` times the text with fresh values at its placeholders."""
    pieces = re.split(r"\{(\w+)\}", text)
    columns = [values.of(piece, n) if i % 2 else pl.lit(piece) for i, piece in enumerate(pieces)]
    return pl.select(pl.concat_str([pl.repeat("", n, eager=True), *columns]))[:, 0]


def stamps(first: int, count: int) -> pl.Series:
    """Times of the lines from number ``first`` on, evenly spread."""
    at = (np.arange(first, first + count, dtype=np.int64) * 1_000_000) // PER_SECOND
    return pl.Series("time", START + at.astype("timedelta64[us]"))


def dressed(kind: str, level: str, rest: pl.Series, time: pl.Series, values: Values) -> pl.Series:
    """Whole lines: the header of the kind, with what the template says (``rest``) in it."""
    n = len(rest)
    match kind:
        case "blocks":
            return _lines("{} {} {} {}", time.dt.strftime("%y%m%d %H%M%S"), values.of("n", n), level, rest)
        case "tasks":
            return _lines("{} {} {}", time.dt.strftime("%y/%m/%d %H:%M:%S"), level, rest)
        case "ids":
            return _lines("{},{} {} {}", *_milliseconds(time, "%Y-%m-%d %H:%M:%S"), level, rest)
        case "json":
            said = rest.str.splitn(": ", 2).struct
            head = '{"ts":"{}.{}Z","level":"' + level + '","service":"{}","msg":"{}","took_ms":{}}'
            time_text = _milliseconds(time, "%Y-%m-%dT%H:%M:%S")
            return _lines(head, *time_text, said.field("field_0"), said.field("field_1"), values.of("n", n))
        case "access" | "wide":
            agents = pl.Series(AGENTS).gather(values.rng.integers(0, len(AGENTS), n))
            method, status = level.split(" ")
            head = '{} - - [{} +0000] "' + method + ' {} HTTP/1.1" ' + status + ' {} "-" "{}"'
            when = time.dt.strftime("%d/%b/%Y:%H:%M:%S")
            return _lines(head, values.of("ip", n), when, rest, values.of("n", n), agents)
    # What is left is machine.
    node = _lines(
        "R{}-M{}-N{}-C:J12-U11", *(pl.Series(values.rng.integers(0, high, n)) for high in (64, 2, 16))
    )
    epoch, date = time.dt.epoch("s"), time.dt.strftime("%Y.%m.%d")
    exact, parts = time.dt.strftime("%Y-%m-%d-%H.%M.%S.%6f"), rest.str.splitn(": ", 2).struct
    said = _lines("RAS {} {} {}", parts.field("field_0"), level, parts.field("field_1"))
    return _lines("- {} {} {} {} {} {}", epoch, date, node, exact, node, said)


def _lines(form: str, *columns: pl.Series | str) -> pl.Series:
    """``form`` with its ``{}`` filled in; a doubled brace is not needed, since only ``{}`` counts."""
    pieces: list[pl.Expr | pl.Series] = []
    values = iter(columns)
    for i, piece in enumerate(form.split("{}")):
        if i:
            value = next(values)
            pieces.append(pl.lit(value) if isinstance(value, str) else value.cast(pl.String))
        pieces.append(pl.lit(piece))
    return pl.select(pl.concat_str(pieces))[:, 0]


def _milliseconds(time: pl.Series, form: str) -> tuple[pl.Series, pl.Series]:
    return time.dt.strftime(form), time.dt.millisecond().cast(pl.String).str.zfill(3)


def chunk(kind: str, first: int, size: int, values: Values) -> tuple[pl.Series, np.ndarray]:
    """``size`` lines from number ``first`` on, and how often each template is among them."""
    texts = lines_of(kind)
    weight = 1 / (np.arange(len(texts)) + 5)
    which = values.rng.choice(len(texts), size, p=weight / weight.sum())
    time = stamps(first, size)
    parts = []
    for number, text in enumerate(texts):
        at = np.flatnonzero(which == number)
        if not len(at):
            continue
        *words_before, rest = text.split(" ", 2 if "routes" in KINDS[kind] else 1)
        body = filled(rest, len(at), values)
        line = dressed(kind, " ".join(words_before), body, time.gather(at), values)
        parts.append(pl.DataFrame({"at": at, "line": line}))
    return pl.concat(parts).sort("at")["line"], np.bincount(which, minlength=len(texts))


def main(kind: str, lines: int, path: Path) -> None:
    """Write the log and beside it the truth: how often each template stands in it."""
    values = Values(np.random.default_rng([len(kind), lines, sum(kind.encode())]))
    counts = np.zeros(len(lines_of(kind)), np.int64)
    with path.open("wb") as out:
        for first in range(0, lines, CHUNK):
            size = min(CHUNK, lines - first)
            text, seen = chunk(kind, first, size, values)
            counts += seen
            out.write(("\n".join(text.to_list()) + "\n").encode())
    truth = {"kind": kind, "lines": lines, "counts": counts.tolist(), "texts": lines_of(kind)}
    Path(f"{path}.truth.json").write_text(json.dumps(truth), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
