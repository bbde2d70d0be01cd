"""What plugins were asked, what they answered, where and how long it took."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from logsense.analysis import Analysis
from logsense.clean import safe
from logsense.schema import View


@dataclass(frozen=True)
class Call:
    """One call of a hook or method. where: "here", or "worker PID"; peak: MiB of that worker, 0 for here."""

    plugin: str
    distribution: str
    version: str
    hook: str
    given: str
    gave: str
    where: str
    milliseconds: float
    peak: float

    @property
    def line(self) -> str:
        """The call on one line, made harmless."""
        peak = f", {self.peak:.0f} MiB" if self.peak else ""
        words = f"{self.plugin} ({self.distribution}) {self.version} {self.hook}({self.given}) -> {self.gave}"
        return safe(f"logsense: trace: {words} [{self.where}, {self.milliseconds:.1f} ms{peak}]")


def tell(call: Call) -> None:
    """Print a call to stderr."""
    sys.stderr.write(f"{call.line}\n")


def brief(value: object) -> str:
    """A value in a few words."""
    if isinstance(value, View):
        return f"view of {value.counts.height} counts"
    if isinstance(value, pl.DataFrame):
        return f"{value.height} rows"
    if isinstance(value, Analysis):
        return f"analysis of {len(value.incidents)} incidents"
    if isinstance(value, (list, dict)):
        return f"{len(value)} items"
    words = repr(value)
    return words if len(words) <= 60 else f"{words[:59]}…"


def briefly(values: Sequence[object]) -> str:
    """Arguments in a few words."""
    return ", ".join(brief(value) for value in values)
