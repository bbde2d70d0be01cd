"""The way of the room: what is made of what, in order."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import polars as pl

from logsense.count import actors, edges, known, rows, series, skew, steps
from logsense.count.axis import Axis
from logsense.count.changes import scans, surges, words
from logsense.count.rhythm import forms, gaps
from logsense.schema import (
    ACTS,
    ATTEMPTS,
    CHANGES,
    DEEDS,
    EDGES,
    FORM_GAPS,
    FORM_VALUES,
    FORMS,
    GAPS,
    SKEW,
    STEPS,
    VALUES,
)


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run as parse and mine leave it; frames of schema.py, but for ``templates``.

    records: RECORDS, in memory or scanned from Arrow IPC, in any order. keys: KEYS of the records.
    mined: MINED, a row for each key of a record. templates: template, text, shapes. Of sources only
    source, service, path, set, lines and first are read. beside: which of it is not judged.
    """

    records: pl.LazyFrame
    keys: pl.DataFrame
    mined: pl.DataFrame
    templates: pl.DataFrame
    sources: pl.DataFrame
    links: pl.DataFrame
    samples: pl.DataFrame
    acts: pl.DataFrame = field(default_factory=ACTS.empty)
    beside: known.Beside = field(default_factory=known.Beside)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A run in counts; frames of schema.py.

    start, width (µs) and buckets are the time axis; start is None where nothing has a time: then a bucket
    is a part of each source, first and last of COUNTS are null, and only templates, counts and edges by
    name are there. stray: records with a time off the axis; untimed: records without one: neither is in
    counts, both are in templates. axis: the same, with what on it is judged; templates are of all that is
    on it, own of what is judged alone.
    """

    axis: Axis
    own: pl.DataFrame
    start: datetime | None
    width: int
    buckets: int
    stray: int
    untimed: int
    templates: pl.DataFrame
    counts: pl.DataFrame
    values: pl.DataFrame
    gaps: pl.DataFrame
    steps: pl.DataFrame
    links: pl.DataFrame
    edges: pl.DataFrame
    changes: pl.DataFrame
    skew: pl.DataFrame
    attempts: pl.DataFrame
    deeds: pl.DataFrame
    forms: pl.DataFrame
    form_gaps: pl.DataFrame
    form_values: pl.DataFrame


def count(run: Run, *, deep: bool = True) -> Counted:
    """Everything that is counted of a run (the room's docstring); FrameError for a key without a template.

    Where it is not to be deep only the axis, TEMPLATES and COUNTS are made: the rest is read for a judgement
    alone, and looks at every distinct message.
    """
    axis = known.lay_out(run.records, run.beside)
    run = _placed(run, axis)
    names = rows.find_names(run.keys, run.mined, run.sources)
    ahead = pl.when(run.beside.is_known).then(0).otherwise(axis.within[0]).alias("ahead")
    lengths = run.sources.select("source", "lines", ahead).unique("source")
    reduced = rows.reduce_records(run.records, names, axis, lengths)
    off = pl.col("cell") == -1
    on = pl.lit(value=axis.start is not None) & pl.col("cell").is_not_null()
    templates = rows.templates(reduced, run.templates, run.keys, names)
    judged = rows.judged(reduced, axis, run.beside.is_known)
    whole = judged.height == reduced.height
    shallow = Counted(
        axis=axis,
        own=templates if whole else rows.templates(judged, run.templates, run.keys, names),
        start=axis.start,
        width=axis.width,
        buckets=axis.buckets,
        stray=int(reduced.filter(off)["n"].sum()),
        untimed=int(reduced.filter(~on)["n"].sum()),
        templates=templates,
        counts=rows.counts(reduced, axis),
        links=run.links,
        values=VALUES.empty(),
        gaps=GAPS.empty(),
        steps=STEPS.empty(),
        edges=EDGES.empty(),
        changes=CHANGES.empty(),
        skew=SKEW.empty(),
        attempts=ATTEMPTS.empty(),
        deeds=DEEDS.empty(),
        forms=FORMS.empty(),
        form_gaps=FORM_GAPS.empty(),
        form_values=FORM_VALUES.empty(),
    )
    return _deepened(shallow, run, axis, names, reduced) if deep else shallow


def _deepened(shallow: Counted, run: Run, axis: Axis, names: rows.Names, reduced: pl.DataFrame) -> Counted:
    """With all that detectors and rankers look at beside counts."""
    templates, counts = shallow.templates, shallow.counts
    paused = gaps.gaps(run.records, counts, names, axis)
    formed, form_gaps = forms.forms(run.records, run.keys, names, axis)
    acted = actors.placed(run.acts, names, axis)
    chained = steps.chains(run.links, edges.durations(run.samples), run.keys, names, axis)
    called = [steps.shared_edges(chained), edges.named_edges(reduced, run.keys, names)]
    happened = [words.rotated(run.sources.filter(~run.beside.is_known))]
    if axis.start is not None:
        happened += [
            words.told(templates, counts, paused, axis),
            surges.surges(counts, axis),
            scans.scans(run.records, run.keys, names, axis),
        ]
    return replace(
        shallow,
        values=series.values(run.samples, names, axis),
        gaps=paused,
        steps=steps.steps(chained),
        edges=EDGES.check(pl.concat(called).sort("service", "to", "how")),
        changes=_judged(CHANGES.check(words.folded(pl.concat(happened))), axis),
        skew=skew.skew(chained),
        attempts=ATTEMPTS.check(actors.attempts(acted)),
        deeds=DEEDS.check(actors.deeds(acted)),
        forms=FORMS.check(formed),
        form_gaps=FORM_GAPS.check(form_gaps),
        form_values=FORM_VALUES.check(series.form_values(run.samples, run.keys, names, axis)),
    )


def _placed(run: Run, axis: Axis) -> Run:
    """The run as the axis lays it out, less what is neither judged nor on it."""

    def put(frame: pl.DataFrame) -> pl.DataFrame:
        return known.place(frame.lazy(), axis, run.beside).collect()

    if run.beside.nothing:
        return run
    return replace(
        run,
        records=known.place(run.records, axis, run.beside),
        links=known.apart(run.links, axis, run.beside),
        samples=put(run.samples),
        acts=put(run.acts),
    )


def _judged(happened: pl.DataFrame, axis: Axis) -> pl.DataFrame:
    """The changes of what is judged."""
    times = known.judged_times(axis)
    if axis.judged is None or times is None:
        return happened
    return happened.filter(pl.col("time").is_between(*times, closed="left"))
