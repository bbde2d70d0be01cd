"""What the rooms made, composed: the View that detectors see, and the Analysis that reports read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import polars as pl

from logsense import count, detect, incident, metrics, rank
from logsense.analysis import Analysis, Book, Cause, Evidence, PluginFailure, Windows
from logsense.config import Settings, Thresholds
from logsense.errors import ConfigError
from logsense.gather import Gathered
from logsense.schema import ANOMALIES, SERIES, TIME, View

#: Where no record has a time, a part of the lines is laid out as a second from here on. The detectors need an
#: order, not a clock; ``untimed`` takes these stamps away again before anybody reads them.
_RULER, _PART = datetime(1970, 1, 1), timedelta(seconds=1)

#: A service that tells of its configuration more often than this is not read line by line.
SELDOM = 12

#: What begins in this first part of a run and ends in this last part of it was there all along.
ALONG = 0.2


@dataclass(frozen=True)
class Basis:
    """What the second half of the way needs of the first: a run can be judged from it again and again.

    view: before its baseline is chosen. failures: of plugins, up to here. book: makes the book
    of its records.
    """

    gathered: Gathered
    counted: count.Counted
    view: View
    settings: Settings
    failures: tuple[PluginFailure, ...]
    book: Callable[[], Book]


def basis(told: Analysis) -> Basis:
    """What an analysis was made from; ConfigError for one that was not judged, and so cannot be again."""
    if not isinstance(told.basis, Basis):
        msg = "this analysis does not hold its counts: only what pipeline.analyze gave can be judged again"
        raise ConfigError(msg)
    return told.basis


def run(gathered: Gathered, mined: pl.DataFrame, templates: pl.DataFrame) -> count.Run:
    """What is to be counted: the settled run, each key with its template."""
    settled = gathered.settled
    beside = count.Beside(known=gathered.planned.known, window=gathered.window)
    return count.Run(
        records=settled.records,
        keys=settled.keys,
        mined=mined,
        templates=templates,
        sources=pl.concat([gathered.sources, gathered.usual]),
        beside=beside,
        links=settled.links,
        samples=settled.samples,
        acts=settled.acts,
    )


def view(gathered: Gathered, counted: count.Counted) -> View:
    """The view of a run before its baseline is chosen, unless that is known-good logs."""
    quiet, how = _known_good(gathered, counted)
    return View(
        start=counted.start,
        width=counted.width,
        buckets=counted.buckets,
        quiet=quiet,
        how=how,
        judged=counted.axis.judged,
        seams=counted.axis.seams,
        usual=count.real_span(counted.axis),
        sources=gathered.sources,
        templates=counted.templates,
        counts=counted.counts,
        values=counted.values,
        gaps=counted.gaps,
        steps=counted.steps,
        changes=_worded(counted.changes, gathered),
        edges=counted.edges,
        series=_series(gathered, counted),
        attempts=counted.attempts,
        deeds=counted.deeds,
        forms=counted.forms,
        form_gaps=counted.form_gaps,
        form_values=counted.form_values,
    )


def _series(gathered: Gathered, counted: count.Counted) -> pl.DataFrame:
    """What was measured beside the logs, on their axis; nothing where no line has a time."""
    series = gathered.planned.series
    if counted.start is None or not series.height:
        return SERIES.empty()
    pieces = [(piece.first, piece.last, piece.shift) for piece in counted.axis.pieces]
    return metrics.laid_out(series, pieces, counted.counts["service"].unique().to_list())


def _worded(changes: pl.DataFrame, gathered: Gathered) -> pl.DataFrame:
    """The changes, those of configuration that are told a few times with their own lines as text.

    They share a template, and may differ in what they say; others have the example of their template.
    """
    rows = changes.with_row_index("row")
    times = pl.len().over("service", "kind", "template")
    own = rows.filter((pl.col("kind") == "config") & times.is_between(2, SELDOM))
    lines = {
        row: gathered.reader.lines(source, line, 1)
        for row, source, line in own.select("row", "source", "line").iter_rows()
    }
    said = {row: text[0] for row, text in lines.items() if text}
    text = pl.col("row").replace_strict(said, default=pl.col("text"), return_dtype=pl.String)
    return rows.with_columns(text.alias("text")).drop("row")


def _known_good(gathered: Gathered, counted: count.Counted) -> tuple[tuple[int, ...], str]:
    """The buckets of known-good logs, and the words for them; none where there are none of use."""
    axis, files = counted.axis, gathered.usual.filter(pl.col("records") > 0).height
    said = f"known-good logs: {files} file{'s' if files != 1 else ''}"
    if axis.pieces:
        hours = sum(piece.last - piece.first for piece in axis.pieces) / 3.6e9
        length = f"{hours:.1f} h" if hours >= 2 else f"{hours * 60:.1f} min"
        return count.covered(axis), f"{said}, {length}"
    if files and axis.start is None and axis.judged:
        before = axis.judged[0]
        if int(gathered.usual["records"].sum()) >= 2 * before:
            return tuple(range(before)), f"{said}, in order of lines"
    return (), "none"


def judged(seen: View) -> View:
    """The view of what is judged alone: without the buckets that only tell what is usual.

    Buckets are numbered from the first judged one on, so that quiet ones before it have negative numbers;
    where the baseline lies apart, ``usual`` says when it was.
    """
    if seen.judged is None:
        return seen
    low, high = seen.judged
    step, usual, start = timedelta(microseconds=seen.width), seen.usual, seen.start
    if start is not None and usual is None and seen.apart:
        usual = start + min(seen.quiet) * step, start + (max(seen.quiet) + 1) * step

    def inside(frame: pl.DataFrame) -> pl.DataFrame:
        kept = frame.filter(pl.col("bucket").is_between(low, high - 1))
        return kept.with_columns(pl.col("bucket") - pl.lit(low, pl.Int32))

    return replace(
        seen,
        start=None if start is None else start + low * step,
        buckets=high - low,
        quiet=tuple(bucket - low for bucket in seen.quiet),
        counts=inside(seen.counts),
        values=inside(seen.values),
        steps=inside(seen.steps),
        deeds=inside(seen.deeds),
        forms=inside(seen.forms),
        form_values=inside(seen.form_values),
        series=seen.series if start is None else seen.series.filter(_since(start + low * step)),
        attempts=seen.attempts if start is None else seen.attempts.filter(_since(start + low * step)),
        judged=None,
        seams=(),
        usual=usual,
    )


def _since(start: datetime) -> pl.Expr:
    return (pl.col("time") >= start).fill_null(value=True)


def enough(told: Analysis) -> float:
    """Decades of evidence that an incident of this run needs."""
    known = told.basis.settings.thresholds if isinstance(told.basis, Basis) else Thresholds()
    return known.incident


def grouped(
    anomalies: pl.DataFrame, view: View, seen: View, thresholds: Thresholds
) -> tuple[tuple[incident.Group, ...], tuple[incident.Group, ...]]:
    """The groups of anomalies, as ``incident.group`` makes them; seen: the view of what is judged alone.

    Against known-good logs a difference may go on from the beginning of the run to its end. It says nothing
    of what else began in between, and would join all of that: it is grouped apart.
    """
    if view.usual is None or seen.start is None:
        return incident.group(anomalies, seen, thresholds)
    span = timedelta(microseconds=seen.width * seen.buckets)
    begin, end = seen.start + span * ALONG, seen.start + span * (1 - ALONG)
    series = ["service", "template", "kind"]
    along = ((pl.col("start").min() <= begin) & (pl.col("end").max() >= end)).over(series)
    parts = (anomalies.filter(~along), anomalies.filter(along))
    found = [incident.group(part, seen, thresholds) for part in parts]
    incidents, calmer = (
        tuple(sorted((one for part in place for one in part), key=lambda one: (-one.evidence, one.start)))
        for place in zip(*found, strict=True)
    )
    return incidents, calmer[:3]


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


def real(told: Analysis, counted: count.Counted) -> Analysis:
    """The analysis with the times at which the lines of known-good logs were written."""
    if not counted.axis.pieces:
        return told

    def put(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
        moved = {
            name: pl.Series([t and counted.axis.real(t) for t in frame[name]], dtype=TIME) for name in columns
        }
        return frame.with_columns(**moved)

    def line(one: Evidence) -> Evidence:
        return replace(one, time=one.time and counted.axis.real(one.time))

    def cause(one: Cause) -> Cause:
        return replace(one, evidence=tuple(map(line, one.evidence)))

    incidents = tuple(replace(one, causes=tuple(map(cause, one.causes))) for one in told.incidents)
    view = replace(
        told.view,
        edges=put(told.view.edges, "first", "last"),
        gaps=put(told.view.gaps, "last"),
        form_gaps=put(told.view.form_gaps, "last"),
    )
    return replace(told, incidents=incidents, view=view)


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


def _beside(gathered: Gathered, counted: count.Counted) -> list[str]:
    """What tells what is usual beside what is judged, or why it does not, in words."""
    outside = int(gathered.sources["skipped_lines"].sum())
    if gathered.window != (None, None) and counted.axis.judged and outside and not gathered.planned.known:
        lines = f"{outside:,} line{'s' if outside != 1 else ''} outside the window"
        return [f"{lines} tell what is usual; what happened there is not reported"]
    usual, asked = gathered.usual, gathered.planned.baseline
    if not asked or counted.axis.pieces or (counted.axis.start is None and usual["records"].sum()):
        return []
    why = "are too short to tell what is usual in this run"
    if not usual["records"].sum():
        why = "hold no lines that could be used"
    elif usual["first"].null_count() == usual.height:
        why = "hold no line with a time"
    return [f"the known-good logs (--baseline) {why}: the quiet time of the run itself is the baseline"]


def _chosen(windows: Windows) -> list[str]:
    """What somebody chose to be judged, in words."""
    span = windows.suspect
    return [f"only what happened from {detect.spoken(span)} is judged, the window chosen"] if span else []


def analysis(
    gathered: Gathered,
    counted: count.Counted,
    seen: View,
    settings: Settings,
    windows: Windows = Windows(),  # noqa: B008 - frozen, and the same for all
) -> Analysis:
    """What can be said of a run before it is judged. windows: what somebody chose, see ``Windows``."""
    lines, sources = gathered.reader.lines, gathered.sources
    first, last = sources["first"].min(), sources["last"].max()
    return Analysis(
        incidents=(),
        changes=rank.changes(seen, rank.Lines(lines, gathered.planned.names)),
        near_misses=(),
        not_judged=detect.not_judged(sources),
        plugins_failed=(),
        view=replace(seen, templates=counted.own),
        sources=sources,
        skipped=gathered.skipped,
        anomalies=ANOMALIES.empty(),
        start=first if isinstance(first, datetime) else None,
        end=last if isinstance(last, datetime) else None,
        tz=settings.tz,
        stopped=gathered.stopped,
        notes=(
            *gathered.planned.problems,
            *(_beside(gathered, counted) if not windows.usual else ()),
            *_chosen(windows),
            *_uncounted(counted),
            *count.skew_notes(counted.skew),
        ),
        windows=windows,
        fetch=lines,
    )
