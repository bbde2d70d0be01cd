"""Runs as text, compared without files."""

from collections.abc import Callable
from importlib import import_module

import pytest

from logsense import diff
from logsense.plans import Block


def read(texts, *, rows=False, size=0):
    """The lines of runs (with rows: of the files of one run), in blocks of ``size`` lines, 0: one block."""
    parts = []
    for number, text in enumerate(texts):
        lines = text.splitlines(keepends=True)
        step = size or max(len(lines), 1)
        for block, start in enumerate(range(0, len(lines), step)):
            data = "".join(lines[start : start + step]).encode()
            one = Block(number, block, start + 1, 0, data)
            parts.append(diff.map_block(one, 0 if rows else number, rows=rows))
    return diff.merge(parts)


@pytest.fixture
def compare() -> Callable:
    """Compare good texts with the text in question: what is kept, best first."""
    kept = import_module("logsense.diff.compare").kept

    def run(good, bad, *, whole=False, size=0):
        files = [bad] if isinstance(bad, str) else bad
        found = diff.compare(read(good, size=size), read(files, rows=True, size=size)).found
        return found if whole else kept(found)

    return run
