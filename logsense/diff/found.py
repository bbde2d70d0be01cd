"""A finding before its lines are fetched: what the parts of this room hand to each other."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Near:
    """The good line that reads most like a new one: file number, line from 1, text, distance 0..1."""

    source: int
    line: int
    text: str
    distance: float


@dataclass(frozen=True)
class Found:
    """Where a difference is and what speaks for it.

    kind one of ``result.KINDS``; score >= 0; source: number of the file; line, end_line, key_line from 1.
    how: "words", "above" or "end" (see ``pieces``), "far", else the kind. new, errors: how many lines within
    are new, and how many of those tell of a failure. times, usual: how often the key line is in the run in
    question, and at most (of kind fewer: at least) in a good one. near: of kind changed the good line.
    """

    kind: str
    score: float
    source: int
    line: int
    end_line: int
    key_line: int
    how: str
    new: int = 0
    errors: int = 0
    times: int = 0
    usual: int = 0
    near: Near | None = None


@dataclass(frozen=True)
class Compared:
    """All findings, best first; how many lines that are not blank are new; how many good runs there were."""

    found: tuple[Found, ...] = ()
    new: int = 0
    runs: int = 0
