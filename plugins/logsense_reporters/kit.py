"""What a reporter is handed when its constructor asks for a ``kit``: words, pictures and documents.

Written down as a protocol, so that a reporter depends on what it uses and on nobody's module.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from logsense.api import Analysis, Incident, Term


class Share(Protocol):
    """A term of a score as it is printed."""

    @property
    def part(self) -> str:
        """Its part of the score."""
        ...

    @property
    def decades(self) -> str:
        """Its evidence."""
        ...

    @property
    def name(self) -> str:
        """What it is."""
        ...

    @property
    def why(self) -> str:
        """The numbers behind it."""
        ...

    @property
    def row(self) -> str:
        """All of it in one row."""
        ...


class Kit(Protocol):
    """Functions of ``logsense.report``; what each does is said there."""

    def document(self, analysis: Analysis, *, explain: bool = False) -> dict[str, Any]:
        """The analysis as ``logsense/analysis/1``; explain: with the terms of each score."""
        ...

    def documents(self, analysis: Analysis, *, explain: bool = False) -> Iterable[dict[str, Any]]:
        """One document an incident, then one with the run."""
        ...

    def dumps(self, value: Mapping[str, Any], *, indent: int | None = None) -> str:
        """Strict JSON in ASCII, with its newline."""
        ...

    def baseline(self, analysis: Analysis) -> tuple[datetime, datetime] | None:
        """From when to when the quiet time lies."""
        ...

    def cells(self, text: str) -> int:
        """How many cells of a terminal the text takes."""
        ...

    def fit(self, text: str, width: int) -> str:
        """The text, cut to the width with an ellipsis."""
        ...

    def wrap(self, text: str, width: int, *, rows: int = 0, first: int = 0) -> list[str]:
        """Foreign text in harmless rows of the width."""
        ...

    def one_row(self, text: str) -> str:
        """Foreign text as one harmless row."""
        ...

    def between(self, start: datetime, end: datetime) -> str:
        """How long it is from one moment to another, in words."""
        ...

    def moments(self, start: datetime | None, end: datetime | None) -> Callable[[datetime | None], str]:
        """How to write the moments of a run."""
        ...

    def shares(self, terms: Sequence[Term]) -> Sequence[Share]:
        """The terms of a score as they are printed, then their sum."""
        ...

    def word(self, kind: str) -> str:
        """The word for the kind of a finding, as it is seen at a glance."""
        ...

    def percent(self, score: float) -> str:
        """A score of 0 to 1, rounded down."""
        ...

    def span(self, incident: Incident, last: datetime | None, when: Callable[[datetime | None], str]) -> str:
        """From when to when an incident goes, and how long."""
        ...

    def sparkline(self, values: Sequence[int], width: int) -> str:
        """Counts as a row of bars."""
        ...

    def column_of(self, index: int, size: int, width: int) -> int:
        """The column in which ``sparkline`` shows a value."""
        ...

    def count(self, n: int, noun: str) -> str:
        """``1 file``, ``2 files``."""
        ...

    def markdown(self, text: str) -> str:
        """Foreign text inside a Markdown sentence."""
        ...

    def fence(self, lines: list[str]) -> list[str]:
        """Foreign lines as a fenced Markdown block."""
        ...
