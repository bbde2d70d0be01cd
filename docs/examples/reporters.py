"""A reporter: one line an incident, tab-separated, for a spreadsheet or a pager."""

from collections.abc import Iterator

import logsense
from logsense.api import Analysis, Reporter, hookimpl, safe


class Lines:
    """One line an incident: when, how severe, its first cause, where it stands."""

    name = "lines"

    def write(self, analysis: Analysis, *, width: int, color: bool, verbose: int) -> Iterator[str]:
        for incident in analysis.incidents:
            for cause in incident.causes[:1]:
                lines = [f"{safe(line.source)}:{line.line}" for line in cause.evidence[:1]]
                yield "\t".join([f"{incident.start}", incident.severity, safe(cause.summary), *lines]) + "\n"
        # What was not read, or failed, is said: no lines would look like no trouble.
        yield f"# {analysis.sources.height} files, {len(analysis.incidents)} incidents\n"
        if analysis.stopped:
            yield f"# stopped early: {safe(analysis.stopped)}\n"
        for source, reason in analysis.skipped.select("source", "reason").iter_rows():
            yield f"# not read: {safe(source)}: {safe(reason)}\n"
        for failed in analysis.plugins_failed:
            yield f"# failed: {safe(failed.plugin)} {safe(failed.version)}: {safe(failed.reason)}\n"


@hookimpl
def register_reporters() -> list[type[Reporter]]:
    return [Lines]


analysis = logsense.analyze("sample_logs/stock-pages/logs")
text = "".join(Lines().write(analysis, width=100, color=False, verbose=0))
print(text)
assert text.splitlines()[-1] == "# 17 files, 1 incidents"
