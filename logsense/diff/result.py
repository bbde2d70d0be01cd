"""What ``diff`` answers: findings, and what was compared. Frozen; reports read it and compute nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from logsense.analysis import PluginFailure

KINDS = ("new", "changed", "more", "fewer", "missing")


@dataclass(frozen=True)
class Finding:
    """Adjacent lines that tell the run in question from the good ones.

    kind one of ``KINDS``; score 0..1; source, line, end_line: where it stands (from 1; of kind "missing" in a
    good run, of all others in the one in question). key_line: the line that says most, text what it says
    (cleaned of colours, not of other controls). lines: the first lines of it, as they stand, blank ones left
    out, each with its number. summary: one sentence with numbers. id: 12 hex digits, the same in another run
    for what says the same.
    """

    rank: int
    kind: str
    score: float
    source: str
    line: int
    end_line: int
    key_line: int
    text: str
    summary: str
    id: str
    lines: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Side:
    """A run that was compared: its name as given, whether it is good, its files, lines and distinct lines."""

    name: str
    good: bool
    files: int
    lines: int
    distinct: int


#: Why a file of numbers is left out: its lines differ in every run.
NO_LINES = "metrics are not compared by diff"


@dataclass(frozen=True)
class Difference:
    """The whole answer. findings best first; left_out: how many more there are: of low score, or cut.

    cut: how many of those were left out because somebody wanted no more findings.
    runs: those compared, the one in question last. skipped: (source, reason, whether it should have been
    read). notes: what was odd. stopped: why it ended early, None where it did not. new_lines: how many lines
    (not blank) of the run in question are in no good run.
    """

    findings: tuple[Finding, ...]
    left_out: int
    runs: tuple[Side, ...]
    new_lines: int
    skipped: tuple[tuple[str, str, bool], ...] = ()
    notes: tuple[str, ...] = ()
    stopped: str | None = None
    seconds: float = 0.0
    plugins_failed: tuple[PluginFailure, ...] = ()
    cut: int = 0

    @property
    def bad(self) -> Side:
        """The run in question."""
        return self.runs[-1]

    @property
    def good(self) -> Sequence[Side]:
        """The runs known to be good."""
        return self.runs[:-1]

    @property
    def exit_code(self) -> int:
        """What the command ends with: the largest of 1 (differences), 3 (stopped), 4 (unreadable)."""
        codes = [0, 1 if self.findings else 0, 3 if self.stopped else 0]
        return max([*codes, *(4 for _, _, failed in self.skipped if failed)])
