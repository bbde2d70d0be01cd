"""What became of what strangers' detectors found: whoever writes one wants to know why it is not seen."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from logsense.cells import one_row

if TYPE_CHECKING:
    from logsense.analysis import Analysis

#: Where a finding is, when it is nowhere.
NOWHERE = "in no incident"
#: What to do about it.
HINT = (
    "  What is in no incident was too weak, or has nothing that carries one: near_misses of logsense analyze"
    " --format json has what came closest."
)


def fates(analysis: "Analysis", detectors: Iterable[str]) -> Iterator[str]:
    """A row for each of these detectors, and what to do about findings that are not seen."""
    lost = False
    for name in detectors:
        found = analysis.anomalies.filter(analysis.anomalies["detector"] == name)
        columns = ("service", "template", "kind", "start", "end")
        places = Counter(_place(analysis, *row) for row in found.select(columns).iter_rows())
        told = ", ".join(f"{number:,} {place}" for place, number in sorted(places.items()))
        yield f"{one_row(name)} found {found.height:,}{f': {told}' if told else ''}"
        lost = lost or NOWHERE in places
    if lost:
        yield HINT


def _place(
    analysis: "Analysis",
    service: str,
    template: str | None,
    kind: str,
    start: datetime | None,
    end: datetime | None,
) -> str:
    """Where a finding is: a cause of an incident, beside one, or nowhere."""
    for number, incident in enumerate(analysis.incidents, 1):
        first, last = incident.start, incident.end
        if start and end and first and (end < first or (last and start > last)):
            continue
        for cause in incident.causes:
            if (cause.service, cause.template_id, cause.kind) == (service, template, kind):
                return f"cause {cause.rank} of incident {number}"
        return f"among the signs of incident {number}"
    return NOWHERE
