"""Compares an analysis with the truth of a recorded sample, after the run."""

import fnmatch
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logsense.analysis import Analysis, Cause, Incident

#: An incident is that of the fault where it begins no earlier than this before it and ends after it began.
EARLY, LATE = timedelta(seconds=20), timedelta(seconds=30)
#: Causes of an incident that may state what was planted, and lines of evidence of each that count.
CAUSES, LINES = 3, 2
#: Lines that continue the one before: indented, or of a stack trace.
_CONTINUES = re.compile(r"\s|Caused by|Traceback|During handling|\}|[\w.]+(Error|Exception)\b")
_GONE = ("vanished", "silence")


@dataclass(frozen=True)
class Judgement:
    """Whether the sample was understood, and in words what was found and what not."""

    title: str
    description: str
    right: bool
    said: tuple[str, ...]


def judge(analysis: "Analysis", truth: Mapping[str, Any]) -> Judgement:
    """What the analysis found of the truth: the incident, its cause, how near its onset is.

    truth: ``fault`` (start and end, null for a quiet run), ``cause`` (``source`` a glob, ``pattern`` a
    regular expression on lines, ``absent`` where lines cease), ``title``, ``description``.
    """
    title, description = str(truth.get("title") or ""), str(truth.get("description") or "")
    fault = truth.get("fault")
    if not fault:
        n = len(analysis.incidents)
        said = (
            "nothing was wrong, and no incident was reported"
            if n == 0
            else f"nothing was wrong, yet {n} reported"
        )
        return Judgement(title, description, n == 0, (said,))
    start, end = _moment(fault["start"]), _moment(fault["end"])
    for number, incident in enumerate(analysis.incidents, 1):
        if incident.start is not None and _overlaps(incident, start, end):
            return _found(analysis, truth, incident, (number, start, title, description))
    n = len(analysis.incidents)
    return Judgement(title, description, False, (f"no incident at {start:%H:%M:%S}; {n} at other times",))


def _found(
    analysis: "Analysis", truth: Mapping[str, Any], incident: "Incident", what: tuple[int, datetime, str, str]
) -> Judgement:
    number, start, title, description = what
    off = ((incident.start or start) - start).total_seconds()
    said = [f"incident {number} begins {abs(off):.1f} s {'after' if off >= 0 else 'before'} the fault"]
    for cause in incident.causes[:CAUSES]:
        place = _states(analysis, cause, truth["cause"])
        if place:
            said.append(f"cause {cause.rank} states it: {place}")
            return Judgement(title, description, True, tuple(said))
    said.append(f"none of its first {CAUSES} causes states what was done")
    return Judgement(title, description, False, tuple(said))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _overlaps(incident: "Incident", start: datetime, end: datetime) -> bool:
    first = incident.start
    if first is None:
        return False
    earliest = start - max(EARLY, (end - start) / 4)
    return earliest <= first <= end + LATE and (incident.end or first) >= start - timedelta(seconds=10)


def _states(analysis: "Analysis", cause: "Cause", wanted: list[Mapping[str, Any]]) -> str | None:
    """The place of the line that states the cause; None where no line does."""
    for want in wanted:
        if want.get("absent") and cause.kind not in _GONE:
            continue
        for line in cause.evidence[:LINES]:
            name = line.source.rsplit("/", 1)[-1]
            fits = fnmatch.fnmatch(name, want["source"]) or fnmatch.fnmatch(name, want["source"] + ".gz")
            if fits and any(
                re.search(want["pattern"], text) for text in _lines(analysis, line.source, line.line)
            ):
                return f"{line.source}:{line.line}"
    return None


def _lines(analysis: "Analysis", source: str, line: int) -> Iterator[str]:
    """The line as it stands in the file, and those that continue it."""
    rows = analysis.sources.filter(analysis.sources["path"] == source)
    if rows.is_empty():
        return
    for number, text in enumerate(analysis.fetch(int(rows["source"][0]), line, 60)):
        if number and not _CONTINUES.match(text):
            return
        yield text
