"""The way of the room: what is made of what, in order."""

from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from logsense.count import bursts, changes, edges, rows, series, skew, steps
from logsense.count.axis import Axis, find_axis
from logsense.schema import CHANGES, EDGES, GAPS, SKEW, STEPS, VALUES


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run as parse and mine leave it; frames of schema.py, but for ``templates``.

    records: RECORDS, in memory or scanned from Arrow IPC, in any order. keys: KEYS of the records.
    mined: MINED, a row for each key of a record. templates: template, text, shapes. Of sources only
    source, service, path, set, lines and first are read.
    """

    records: pl.LazyFrame
    keys: pl.DataFrame
    mined: pl.DataFrame
    templates: pl.DataFrame
    sources: pl.DataFrame
    links: pl.DataFrame
    samples: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A run in counts; frames of schema.py.

    start, width (µs) and buckets are the time axis; start is None where nothing has a time: then a bucket
    is a part of each source, first and last of COUNTS are null, and only templates, counts and edges by
    name are there. stray: records with a time off the axis; untimed: records without one: neither is in
    counts, both are in templates.
    """

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


def count(run: Run, *, deep: bool = True) -> Counted:
    """Everything that is counted of a run (the room's docstring); FrameError for a key without a template.

    Where it is not to be deep only the axis, TEMPLATES and COUNTS are made: the rest is read for a judgement
    alone, and looks at every distinct message.
    """
    axis = find_axis(run.records)
    names = rows.find_names(run.keys, run.mined, run.sources)
    lengths = run.sources.select("source", "lines").unique("source")
    reduced = rows.reduce_records(run.records, names, axis, lengths)
    off = pl.col("cell") == -1
    on = pl.lit(value=axis.start is not None) & pl.col("cell").is_not_null()
    shallow = Counted(
        start=axis.start,
        width=axis.width,
        buckets=axis.buckets,
        stray=int(reduced.filter(off)["n"].sum()),
        untimed=int(reduced.filter(~on)["n"].sum()),
        templates=rows.templates(reduced, run.templates, run.keys, names),
        counts=rows.counts(reduced, axis),
        links=run.links,
        values=VALUES.empty(),
        gaps=GAPS.empty(),
        steps=STEPS.empty(),
        edges=EDGES.empty(),
        changes=CHANGES.empty(),
        skew=SKEW.empty(),
    )
    return _deepened(shallow, run, axis, names, reduced) if deep else shallow


def _deepened(shallow: Counted, run: Run, axis: Axis, names: rows.Names, reduced: pl.DataFrame) -> Counted:
    """With all that detectors and rankers look at beside counts."""
    templates, counts = shallow.templates, shallow.counts
    gaps = series.gaps(run.records, counts, names, axis)
    chained = steps.chains(run.links, edges.durations(run.samples), names, axis)
    called = [steps.shared_edges(chained), edges.named_edges(reduced, run.keys, names)]
    happened = [changes.rotated(run.sources)]
    if axis.start is not None:
        happened += [
            changes.told(templates, counts, gaps, axis),
            bursts.surges(counts, axis),
            bursts.scans(run.records, run.keys, names, axis),
        ]
    return replace(
        shallow,
        values=series.values(run.samples, names, axis),
        gaps=gaps,
        steps=steps.steps(chained),
        edges=EDGES.check(pl.concat(called).sort("service", "to", "how")),
        changes=CHANGES.check(changes.folded(pl.concat(happened))),
        skew=skew.skew(chained),
    )
