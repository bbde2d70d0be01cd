"""The next of a kind: an error, a warning, a line of an anomaly, a line after a pause, a match."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import polars as pl

from logsense.analysis import Book, Rows, Where
from logsense.tui.lines.sight import Sight

#: A pause is so many times the usual gap between records in sight.
PAUSE = 20


class Jumps:
    """Which records are of a kind, worked out when first asked for: tens of milliseconds for ten million."""

    NAMES: ClassVar[Mapping[str, str]] = {
        "found": "match", "error": "error", "warning": "warning", "anomaly": "line of an anomaly",
        "pause": "long pause",
    }  # fmt: skip
    _LEVELS: ClassVar[Mapping[str, tuple[str, ...]]] = {"error": ("ERROR", "FATAL"), "warning": ("WARN",)}

    def __init__(self, book: Book, anomalies: pl.DataFrame | None) -> None:
        self.book = book
        self.anomalies = anomalies
        self.known: dict[str, Rows] = {}

    def know(self, kind: str, rows: Rows) -> None:
        """These are the records of that kind."""
        self.known[kind] = rows

    def forget(self, kind: str) -> None:
        """None are known of that kind."""
        self.known.pop(kind, None)

    def of(self, kind: str) -> Rows:
        """The records of a kind."""
        if kind not in self.known:
            self.known[kind] = self._find(kind)
        return self.known[kind]

    def odd(self, row: int) -> bool:
        """Whether a record is one of an anomaly."""
        rows = self.of("anomaly")
        at = int(np.searchsorted(rows, row))
        return at < len(rows) and int(rows[at]) == row

    def next(self, kind: str, sight: Sight, here: int, by: int) -> int | None:
        """The record of a kind next in sight (by 1), or before (by -1); None where there is none."""
        rows = self._pauses(sight) if kind == "pause" else self.of(kind)
        rows = sight.among(rows)
        at = (
            int(np.searchsorted(rows, here, side="right")) if by > 0 else int(np.searchsorted(rows, here)) - 1
        )
        return int(rows[at]) if 0 <= at < len(rows) else None

    def _pauses(self, sight: Sight) -> Rows:
        return self.book.pauses(sight.rows, PAUSE)

    def _find(self, kind: str) -> Rows:
        if kind in self._LEVELS:
            return self.book.select(Where(levels=self._LEVELS[kind]))
        if kind == "anomaly" and self.anomalies is not None and self.anomalies.height:
            return self.book.marked(self.anomalies)
        return np.empty(0, np.uint32)
