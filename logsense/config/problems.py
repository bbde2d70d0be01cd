"""What is wrong in the settings: told all at once, each with where it was written."""

from collections.abc import Iterable
from dataclasses import dataclass

from logsense.errors import ConfigError

#: What follows problems that stand in a file.
DONE = "nothing was done: mend or remove these lines"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. said: key, why, and what is right; origin: file and line, "" where in none."""

    said: str
    origin: str = ""

    @property
    def line(self) -> int:
        """The line of the file it stands on, 0 where in none."""
        number = self.origin.rpartition(":")[2]
        return int(number) if number.isdecimal() else 0

    def __str__(self) -> str:
        """As it is told."""
        return f"{self.origin}: {self.said}" if self.origin else self.said


def refuse(problems: Iterable[Problem]) -> None:
    """ConfigError that tells all of them, a row each, in the order of the file; of a line once the same."""
    rows = sorted(dict.fromkeys(problems), key=lambda one: one.line)
    if rows:
        done = [DONE] if any(one.origin for one in rows) else []
        raise ConfigError("\n".join([*map(str, rows), *done]))
