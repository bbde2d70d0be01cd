"""The report as one JSON object: what scripts and CI jobs read."""

from collections.abc import Iterator

from logsense.api import Analysis
from logsense_reporters.kit import Kit


class Json:
    """One object, ``logsense/analysis/1``; width and colour change nothing."""

    name = "json"

    def __init__(self, *, kit: Kit) -> None:
        self.kit = kit

    def write(
        self, analysis: Analysis, *, width: int, color: bool, verbose: int, explain: bool = False
    ) -> Iterator[str]:
        """The whole object at once."""
        del width, color, verbose
        yield self.kit.dumps(self.kit.document(analysis, explain=explain), indent=1)
