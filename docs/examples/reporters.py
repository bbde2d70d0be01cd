"""A reporter: one line an incident, tab-separated, for a spreadsheet or a pager."""

from collections.abc import Iterator

import logsense
from logsense.api import Analysis, Reporter, hookimpl, safe


class Lines:
    """One line an incident: when, how severe, what."""

    name = "lines"

    def write(self, analysis: Analysis, *, width: int, color: bool, verbose: int) -> Iterator[str]:
        for incident in analysis.incidents:
            yield f"{incident.start}\t{incident.severity}\t{safe(incident.summary)}\n"


@hookimpl
def register_reporters() -> list[type[Reporter]]:
    return [Lines]


analysis = logsense.analyze("sample_logs/stock-pages/logs")
text = "".join(Lines().write(analysis, width=100, color=False, verbose=0))
print(text)
assert text.count("\n") == len(analysis.incidents) > 0
