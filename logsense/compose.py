"""What the rooms made, composed: the View that detectors see, and the Analysis that reports read."""

from datetime import datetime

import polars as pl

from logsense import count, detect, rank
from logsense.analysis import Analysis
from logsense.config import Settings
from logsense.gather import Gathered
from logsense.schema import ANOMALIES, SERIES, View


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
        notes=(*gathered.planned.problems, *count.skew_notes(counted.skew)),
        fetch=lines,
    )
