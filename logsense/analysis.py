"""Analysis, the result of a run: what broke and why, and the frames it was read from. Frozen.

The reports, the TUI and the Python API read this object and compute nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.schema import View


@dataclass(frozen=True)
class Evidence:
    """A line that proves something: where it stands and what it says (controls escaped)."""

    source: str
    line: int
    time: datetime | None
    text: str


@dataclass(frozen=True)
class Term:
    """One term of a score: value in decades of evidence, log10 of a likelihood ratio; weight: score a decade.

    The values times weights of all terms of a score add up to it.
    """

    name: str
    value: float
    weight: float
    why: str


#: How steeply a score rises with evidence: at twice the even point it is .94, at half of it .06.
STEEP = 4


def likely(decades: float, even: float) -> float:
    """The score of so many decades of evidence: 0 without any, one half at ``even``, towards 1 beyond.

    Source: Hill's curve, d^4 / (d^4 + even^4); unlike a logistic it is 0 at 0, so that a score can be
    shared out among its terms.
    """
    ratio = (max(decades, 0.0) / even) ** STEEP
    return ratio / (1.0 + ratio)


def weighted(terms: Iterable[Term], even: float) -> tuple[float, tuple[Term, ...]]:
    """The score of these terms, each now with the weight with which they add up to it.

    Where no less speaks against than for it, the score is 0 and a last term says so.
    """
    given = tuple(terms)
    decades = sum(term.value for term in given)
    if decades <= 0.0:
        why = f"{-decades:.1f} decades more speak against it than for it; a score is never below 0"
        return 0.0, (*(replace(term, weight=0.0) for term in given), Term("nothing left", 0.0, 0.0, why))
    score = likely(decades, even)
    return score, tuple(replace(term, weight=score / decades) for term in given)


@dataclass(frozen=True)
class Cause:
    """A candidate cause. score in 0..1; kind one of schema.FINDING_KINDS; summary with numbers.

    terms: what the score is made of, see ``Term``.
    """

    rank: int
    score: float
    service: str
    template_id: str | None
    template: str
    kind: str
    detector: str
    observed: str
    expected: str
    predicted: bool
    summary: str
    evidence: tuple[Evidence, ...] = ()
    terms: tuple[Term, ...] = ()
    start: datetime | None = None

    @property
    def decades(self) -> float:
        """The evidence for it, in decades."""
        return sum(term.value for term in self.terms)


@dataclass(frozen=True)
class Component:
    """A service suspected of being where the cause sits. score in 0..1."""

    service: str
    score: float


@dataclass(frozen=True)
class Symptom:
    """What follows from the cause."""

    service: str
    template_id: str | None
    template: str
    kind: str
    count: int


@dataclass(frozen=True)
class Timeline:
    """Counts per bucket over the whole run, for the small pictures: what the causes and errors did."""

    start: datetime
    width: int  # µs a bucket
    cause: tuple[int, ...]  # records of the first cause's template (all of its service for silence)
    errors: tuple[int, ...]  # records of WARN and above of all services
    total: tuple[int, ...]  # all records


@dataclass(frozen=True)
class Incident:
    """What went wrong: few of these a run. kind, severity: see schema.

    end: its last sign; ongoing: the logs end before it does.
    terms: what the score is made of. others: candidates that are not among the causes, best first, without
    lines of evidence. verdict: what a person said of it, see ``Verdict``; empty for nothing.
    """

    id: str
    kind: str
    severity: str
    score: float
    start: datetime | None
    end: datetime | None
    ongoing: bool
    services: tuple[str, ...]
    summary: str
    why_severity: str
    causes: tuple[Cause, ...]
    components: tuple[Component, ...]
    symptoms: tuple[Symptom, ...]
    timeline: Timeline | None = None
    terms: tuple[Term, ...] = ()
    others: tuple[Cause, ...] = ()
    verdict: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a person said of a cause: real, noise, or expected until the end of a day (UTC).

    kind, service and shapes say which cause is meant; template is its text, for people. said: when, UTC.
    """

    says: str
    kind: str
    service: str
    template: str
    shapes: tuple[str, ...]
    until: date | None
    said: datetime
    note: str = ""


@dataclass(frozen=True)
class Muted:
    """An incident that is not reported, the verdict that says so, and its place among all incidents."""

    incident: Incident
    verdict: Verdict
    place: int


@dataclass(frozen=True)
class PluginFailure:
    """A plugin that failed: who (name, distribution and version), where, why."""

    plugin: str
    version: str
    hook: str
    reason: str


@dataclass(frozen=True)
class NotJudged:
    """A source no detector could judge, and why (no times, too short)."""

    source: str
    reason: str


@dataclass(frozen=True)
class NearMiss:
    """What came closest to an incident when it did not make one: its strongest anomaly.

    score: below one half. lacking: what it would have needed, with numbers; terms: what it has.
    """

    service: str
    template_id: str | None
    template: str
    kind: str
    score: float
    sentence: str
    lacking: str = ""
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Change:
    """A change event seen in the logs, with the line that says so."""

    time: datetime
    service: str
    kind: str
    evidence: Evidence


#: A stretch of time, naive UTC: its begin belongs to it, its end does not.
Span: TypeAlias = tuple[datetime, datetime]


@dataclass(frozen=True)
class Windows:
    """What somebody chose to be judged, and to tell what is usual; None: as the pipeline chose."""

    suspect: Span | None = None
    usual: Span | None = None


@dataclass(frozen=True)
class Line:
    """A record as it is shown. row: its place in order of time; text: its first line as it was read.

    Controls in the text are not escaped: whoever shows it does that. template: the id; lines: how many.
    """

    row: int
    source: str
    line: int
    lines: int
    time: datetime | None
    level: str | None
    service: str
    template: str | None
    text: str


@dataclass(frozen=True)
class Where:
    """Which records are meant; an empty condition lets all through. since lies inside, until does not.

    templates: ids of those that are shown; without: ids of those that are left out.
    """

    since: datetime | None = None
    until: datetime | None = None
    services: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """What stood at one placeholder of a template, in a sample of its records.

    place: which placeholder, from 0; kind: its name without signs (``num``). distinct: how many texts there
    were; top: the commonest with how often. quantiles: least, quarters and most where all are numbers with
    one unit, or none.
    """

    place: int
    kind: str
    sampled: int
    distinct: int
    top: tuple[tuple[str, int], ...]
    quantiles: tuple[float, float, float, float, float] | None = None
    unit: str = ""


#: Numbers of records in order of time, rising.
Rows: TypeAlias = NDArray[np.uint32]


class Book(Protocol):
    """The records of a run in order of time, source and line; their texts are read from the files on demand.

    May be used from several threads.
    """

    @property
    def height(self) -> int:
        """How many records there are."""

    def lines(self, rows: Sequence[int]) -> list[Line]:
        """These records, in the order asked for."""

    def whole(self, row: int) -> list[str]:
        """All lines of a record."""

    def select(self, where: Where) -> Rows:
        """The records that are meant."""

    def marked(self, anomalies: pl.DataFrame) -> Rows:
        """The records of the service and template of an anomaly, between its start and its end."""

    def pauses(self, rows: Rows | None, least: float) -> Rows:
        """The records before which nothing came for ``least`` times the usual gap; of these, None: of all."""

    def search(
        self,
        pattern: str,
        *,
        literal: bool = False,
        stop: Callable[[], bool] = lambda: False,
        found: Callable[[Rows, float], None] = lambda rows, share: None,  # noqa: ARG005 - told to nobody
    ) -> Rows:
        """The records with a line in which the pattern (a Rust regex) is found; UsageError for a wrong one.

        found: called now and then with those found so far and the share of the work done.
        """

    def at(self, time: datetime) -> int:
        """The first record at that time or after it."""

    def of(self, source: str, line: int) -> int | None:
        """The record that holds this line of that source."""

    def file(self, source: str) -> Path | None:
        """A file in which the lines of that source stand at their numbers; of a packed one a copy."""

    def values(self, template: str, *, most: int = 2000) -> tuple[Parameter, ...]:
        """What stood at the placeholders of a template, in at most so many of its records."""


@dataclass(frozen=True)
class Analysis:
    """The whole answer of a run.

    incidents come most important first. view holds the frames (counts, templates, values, gaps, steps,
    edges, ...); sources, skipped and anomalies are frames of schema.py. fetch(source number, first line,
    count) gives original lines on demand, book() all records in order of time; its first call makes it.
    stopped is the reason the run ended early, else None. muted: incidents that verdicts of people keep from
    being reported. seconds is the wall time; tz the zone assumed for times without one. partial: how much had
    been read when this was a provisional answer, else None. windows: what was chosen in
    ``pipeline.rethink``. basis is the pipeline's own: what it needs to judge the run again.
    """

    incidents: tuple[Incident, ...]
    changes: tuple[Change, ...]
    near_misses: tuple[NearMiss, ...]
    not_judged: tuple[NotJudged, ...]
    plugins_failed: tuple[PluginFailure, ...]
    view: View
    sources: pl.DataFrame
    skipped: pl.DataFrame
    anomalies: pl.DataFrame
    start: datetime | None
    end: datetime | None
    tz: str
    stopped: str | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    muted: tuple[Muted, ...] = ()
    book: Callable[[], Book] | None = field(default=None, compare=False)
    partial: str | None = None
    windows: Windows = Windows()
    basis: object = field(default=None, repr=False, compare=False)
    fetch: Callable[[int, int, int], list[str]] = field(default=lambda source, line, count: [])  # noqa: ARG005 - no lines at all

    @property
    def templates(self) -> pl.DataFrame:
        """TEMPLATES: a row a template, most frequent first."""
        return self.view.templates

    @property
    def counts(self) -> pl.DataFrame:
        """COUNTS: a row a bucket, service and template."""
        return self.view.counts

    @property
    def exit_code(self) -> int:
        """What the command ends with: the largest of 1 (incidents), 3 (stopped), 4 (unreadable)."""
        codes = [0, 1 if self.incidents else 0, 3 if self.stopped else 0]
        if self.skipped.height and self.skipped["failed"].any():
            codes.append(4)
        return max(codes)
