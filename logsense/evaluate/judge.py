"""One analysis against its truth: was the fault seen, is it said first, are cause and place named."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatch

from logsense.analysis import Analysis, Cause, Evidence, Incident
from logsense.evaluate.truth import Sign, Truth

#: An incident meets a fault from so long before it to so long after it: effects outlast their cause.
BEFORE, AFTER = timedelta(seconds=10), timedelta(seconds=30)
#: It may begin so long before the fault, or a part of its length: one that covers all says nothing.
EARLY, PART = timedelta(seconds=20), 4
#: Causes and components of an incident that are looked at; lines of evidence of each cause that count.
DEEP, PROOFS = 3, 2
#: Kinds of a cause that say that something ceased.
CEASED = ("vanished", "silence")
#: Lines read at most to find the end of a record.
LONGEST = 60
# A line that begins a record: blank, a bracket, a digit, a field, or a month and day.
_BEGINS = re.compile(r"\s*$|[\[{<]|\d|\w+=|[A-Z][a-z]{2} [ \d]\d ")
_PACKED = re.compile(r"\.(gz|bz2|xz|zst)$")
# What a file's name has beyond that of its service.
_BEYOND = re.compile(r"([-_.](access|error))?(\.log)?(\.\d+)?$")


@dataclass(frozen=True)
class Outcome:
    """What an analysis found of a truth.

    incidents: how many there are; false: how many of them are not the fault (all, in a clean run).
    incident: number from 1 of the first one that is the fault. cause, component: numbers from 1 of the
    first of its causes and components that is right, among three. place: file and line that state the
    cause. onset: seconds from the fault's start to the incident's. None: not found.
    """

    faulty: bool
    incidents: int
    false: int
    incident: int | None = None
    onset: float | None = None
    cause: int | None = None
    component: int | None = None
    place: str | None = None

    @property
    def detected(self) -> bool:
        """Whether an incident meets the fault."""
        return self.incident is not None

    @property
    def first(self) -> bool:
        """Whether the incident listed first does."""
        return self.incident == 1

    def cause_within(self, most: int) -> bool:
        """Whether one of the first ``most`` causes states what was done."""
        return self.cause is not None and self.cause <= most

    def component_within(self, most: int) -> bool:
        """Whether one of the first ``most`` components is where it was done."""
        return self.component is not None and self.component <= most


def judge(analysis: Analysis, truth: Truth) -> Outcome:
    """What the analysis found of the truth; lines are read where the evidence says they stand."""
    incidents = analysis.incidents
    if truth.start is None or truth.end is None:
        return Outcome(False, len(incidents), len(incidents))
    hits = [n for n, incident in enumerate(incidents, 1) if meets(incident, truth.start, truth.end)]
    false = len(incidents) - len(hits)
    if not hits:
        return Outcome(True, len(incidents), false)
    incident = incidents[hits[0] - 1]
    cause, place = _stated(analysis, incident, truth.cause)
    names = {bare(name) for name in truth.services}
    right = (n for n, part in enumerate(incident.components[:DEEP], 1) if bare(part.service) in names)
    begun = incident.start or truth.start
    return Outcome(
        faulty=True,
        incidents=len(incidents),
        false=false,
        incident=hits[0],
        onset=(begun - truth.start).total_seconds(),
        cause=cause,
        component=next(right, None),
        place=place,
    )


def meets(incident: Incident, start: datetime, end: datetime) -> bool:
    """Whether an incident is that of a fault. Without a start it is none; without an end it ends at once."""
    begun = incident.start
    if begun is None:
        return False
    earliest = start - max(EARLY, (end - start) / PART)
    return earliest <= begun <= end + AFTER and (incident.end or begun) >= start - BEFORE


def bare(service: str) -> str:
    """A service's name as it is compared: in small letters, less folders and the endings of log files."""
    name = _PACKED.sub("", service.lower().rsplit("/", 1)[-1])
    return _BEYOND.sub("", name)


def _stated(analysis: Analysis, incident: Incident, signs: Iterable[Sign]) -> tuple[int | None, str | None]:
    """The number of the first cause that states what was done, and where."""
    for number, cause in enumerate(incident.causes[:DEEP], 1):
        for sign in signs:
            place = _proof(analysis, cause, sign)
            if place is not None:
                return number, place
    return None, None


def _proof(analysis: Analysis, cause: Cause, sign: Sign) -> str | None:
    """File and line of the first proof that bears the sign."""
    if sign.absent and cause.kind not in CEASED:
        return None
    for proof in cause.evidence[:PROOFS]:
        if _fits(proof.source, sign.source) and any(map(sign.pattern.search, _record(analysis, proof))):
            return f"{proof.source}:{proof.line}"
    return None


def _fits(source: str, glob: str) -> bool:
    """Whether a file's name fits, packed or not."""
    name = source.rsplit("/", 1)[-1]
    return fnmatch(name, glob) or fnmatch(_PACKED.sub("", name), _PACKED.sub("", glob))


def _record(analysis: Analysis, proof: Evidence) -> Iterator[str]:
    """The line as it stands in the file, and those that continue it, such as a stack trace."""
    known = analysis.sources.filter(analysis.sources["path"] == proof.source)
    if known.is_empty():
        return
    for number, text in enumerate(analysis.fetch(int(known["source"][0]), proof.line, LONGEST)):
        if number and _BEGINS.match(text):
            return
        yield text
