"""The report as JSON lines: a line an incident, then one with the run."""

from collections.abc import Iterator

from logsense.api import Analysis
from logsense_reporters.kit import Kit


class Ndjson:
    """A line an incident, most important first; the last line has ``run`` and what is no incident."""

    name = "ndjson"

    def __init__(self, *, kit: Kit) -> None:
        self.kit = kit

    def write(
        self, analysis: Analysis, *, width: int, color: bool, verbose: int, explain: bool = False
    ) -> Iterator[str]:
        """Line by line."""
        del width, color, verbose
        for part in self.kit.documents(analysis, explain=explain):
            yield self.kit.dumps(part)
