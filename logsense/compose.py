"""What the rooms made, composed: the View that detectors see, and the Analysis that reports read."""

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from logsense import count, detect, rank
from logsense.analysis import Analysis
from logsense.config import Settings
from logsense.gather import Gathered
from logsense.schema import ANOMALIES, SERIES, TIME, View

#: Where no record has a time, a part of the lines is laid out as a second from here on. The detectors need an
#: order, not a clock; ``untimed`` takes these stamps away again before anybody reads them.
_RULER, _PART = datetime(1970, 1, 1), timedelta(seconds=1)


def run(gathered: Gathered, mined: pl.DataFrame, templates: pl.DataFrame) -> count.Run:
    """What is to be counted: the settled run, each key with its template."""
    settled = gathered.settled
    return count.Run(
        records=settled.records,
        keys=settled.keys,
        mined=mined,
        templates=templates,
        sources=gathered.sources,
        links=settled.links,
        samples=settled.samples,
    )


def view(gathered: Gathered, counted: count.Counted) -> View:
    """The view of a run before its baseline is chosen."""
    return View(
        start=counted.start,
        width=counted.width,
        buckets=counted.buckets,
        quiet=(),
        how="none",
        sources=gathered.sources,
        templates=counted.templates,
        counts=counted.counts,
        values=counted.values,
        gaps=counted.gaps,
        steps=counted.steps,
        changes=counted.changes,
        edges=counted.edges,
        series=SERIES.empty(),
    )


def ordered(seen: View) -> View:
    """The view as it is judged: by time, else, where nothing has a time, in the order of lines."""
    if seen.start is not None:
        return seen
    begin = pl.lit(_RULER) + pl.col("bucket") * _PART
    stamps = {"first": begin.cast(TIME), "last": (begin + _PART).cast(TIME)}
    width = _PART // timedelta(microseconds=1)
    return replace(seen, counts=seen.counts.with_columns(**stamps), width=width)


def untimed(judged: Analysis) -> Analysis:
    """The analysis without the stamps of ``ordered``: what has no time says so."""
    if judged.view.start is not None:
        return judged
    incidents = tuple(
        replace(
            one,
            start=None,
            end=None,
            causes=tuple(
                replace(
                    cause, start=None, evidence=tuple(replace(line, time=None) for line in cause.evidence)
                )
                for cause in one.causes
            ),
        )
        for one in judged.incidents
    )
    none = pl.lit(None, TIME)
    return replace(judged, incidents=incidents, anomalies=judged.anomalies.with_columns(start=none, end=none))


def _uncounted(counted: count.Counted) -> list[str]:
    """What is in no count over time, in words."""
    if counted.start is None:
        order = "no line has a time: judged in the order of lines, so that when it happened is not known"
        return [order] if counted.untimed else []
    said = []
    for n, why in ((counted.stray, "a time far from all others"), (counted.untimed, "no time")):
        if n:
            records = "record has" if n == 1 else "records have"
            said.append(f"{n:,} {records} {why}: listed among the templates, in no count over time")
    return said


def analysis(gathered: Gathered, counted: count.Counted, seen: View, settings: Settings) -> Analysis:
    """What can be said of a run before it is judged."""
    lines, sources = gathered.reader.lines, gathered.sources
    first, last = sources["first"].min(), sources["last"].max()
    return Analysis(
        incidents=(),
        changes=rank.changes(seen, rank.Lines(lines, gathered.planned.names)),
        near_misses=(),
        not_judged=detect.not_judged(sources),
        plugins_failed=(),
        view=seen,
        sources=sources,
        skipped=gathered.skipped,
        anomalies=ANOMALIES.empty(),
        start=first if isinstance(first, datetime) else None,
        end=last if isinstance(last, datetime) else None,
        tz=settings.tz,
        stopped=gathered.stopped,
        notes=(*gathered.planned.problems, *_uncounted(counted), *count.skew_notes(counted.skew)),
        fetch=lines,
    )
