"""The records of a run bound into a book: where read, parse, mine and browse meet, for ``pipeline`` alone."""

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import polars as pl

from logsense import browse, mine, parse, read
from logsense.analysis import Book
from logsense.gather import Gathered, within
from logsense.mine import Mined
from logsense.plans import Block


def book(gathered: Gathered, mined: Mined) -> Callable[[], Book]:
    """Makes the book of what is judged when it is first asked for: most runs never look at their lines."""
    made: list[Book] = []
    lock = threading.Lock()

    def once() -> Book:
        with lock:
            if not made:
                made.append(_made(gathered, mined))
        return made[0]

    return once


def _made(gathered: Gathered, mined: Mined) -> Book:
    settled, planned = gathered.settled, gathered.planned
    inside = within(*gathered.window)
    records = settled.records.filter(~pl.col("source").is_in(list(planned.known)))
    records = records if inside is None else records.filter(inside)
    says = settled.keys.select("key", "level", "service").join(mined.keys, on="key", how="left")
    found = {one.number: one for one in planned.found.sources if one.number not in planned.known}

    def blocks(source: int) -> Iterable[Block]:
        return read.blocks(found[source], notes=read.Notes())

    def params(source: int, texts: Sequence[str], template: str) -> pl.Series:
        data = "".join(f"{text}\n" for text in texts).encode("utf-8", "replace")
        frames = parse.records([Block(source, 0, 1, 0, data)], planned.plans[source])
        told = [mine.parameters(mine.told(frame), template, mined.kinds) for frame in frames]
        return pl.concat([pl.Series("params", [], dtype=pl.List(pl.String)), *told])

    def path(source: int) -> Path:
        one = found[source]
        if not one.codec and one.encoding == "utf-8" and one.member is None and not one.start:
            return Path(os.fsdecode(one.path))
        plain = planned.scratch.path(one.name)
        with plain.open("wb") as target:
            target.writelines(block.data for block in blocks(source))
        return plain

    services = {number: one.service for number, one in found.items()}
    index = browse.index(records, settled.multi, says, services, planned.scratch.path)
    files = browse.Files(lines=gathered.reader.lines, blocks=blocks, params=params, path=path)
    names = {number: one.name for number, one in found.items()}
    return browse.Records(index, names, dict(mined.templates.select("template", "text").iter_rows()), files)
