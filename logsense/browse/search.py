"""A pattern looked for in a file, block by block; a record is found where any of its lines is."""

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.errors import UsageError
from logsense.plans import Block


def checked(pattern: str, *, literal: bool) -> str:
    """The pattern; UsageError says what is wrong with one that cannot be read.

    Rust's regexes know no look-around and no back reference, so that each line takes linear time.
    """
    if not literal:
        try:
            pl.Series([""]).str.contains(pattern)
        except pl.exceptions.ComputeError as error:
            said = [
                row.removeprefix("error: ") for row in str(error).splitlines() if row.startswith("error: ")
            ]
            msg = f"{pattern!r} is no pattern: {said[0] if said else 'it cannot be read'}"
            raise UsageError(msg) from error
    return pattern


def hits(
    blocks: Iterable[Block], pattern: str, *, literal: bool
) -> Iterator[tuple[Block, NDArray[np.int64]]]:
    """For each block the numbers (from 1, in the file) of its lines in which the pattern is found."""
    for block in blocks:
        lines = pl.read_lines(block.data, name="text")["text"]
        found = lines.str.contains(pattern, literal=literal).arg_true()
        yield block, found.to_numpy().astype(np.int64) + block.first_line


def holders(starts: NDArray[np.uint32], lines: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which records hold these lines, by the lines with which they begin; none holds one before the first."""
    at = np.searchsorted(starts, lines.astype(np.uint32), side="right") - 1
    return np.unique(at[at >= 0])
