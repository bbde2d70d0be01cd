"""What detectors and rankers share: a view in other forms, and what they make of one, as a frame."""

import inspect
import pickle
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from logsense.host import EVIDENCE
from logsense.schema import ANOMALIES, EDGES, SERIES, SOURCES, STEPS, TEMPLATES, VALUES, View
from logsense.testing.cases import PLANTS, START, WIDTH, planted
from logsense.testing.promise import CheckFailed, need

#: Frames whose columns may be null one by one. COUNTS are not among them: their times are null in runs that
#: have none, and those are laid out before a detector sees them.
MAY_BE_NULL = {
    "sources": SOURCES,
    "templates": TEMPLATES,
    "values": VALUES,
    "steps": STEPS,
    "edges": EDGES,
    "series": SERIES,
}
#: Pieces that the frames of a view are cut into.
PIECES = 7
#: How far numbers of two answers may lie apart that are the same.
LAST_DIGITS = 1e-9


def parameters(plugin: Any) -> dict[str, Any]:
    """The keywords an instance was made with, as it stores them."""
    names = list(inspect.signature(type(plugin)).parameters)
    missing = [name for name in names if not hasattr(plugin, name)]
    need(not missing, f"store the parameters under their own names; not found: {', '.join(missing)}")
    return {name: getattr(plugin, name) for name in names}


def again(plugin: Any) -> Any:
    """Another instance with the same parameters, which has learned nothing."""
    return type(plugin)(**parameters(plugin))


def run(plugin: Any, view: View) -> pl.DataFrame:
    """What a new instance of the plugin makes of a view; CheckFailed where that is no frame of its form."""
    one = again(plugin)
    if not hasattr(one, "detect"):
        return evidence_of(one, view)
    need(one.fit(view) is one, "fit must return self")
    return anomalies_of(one, view)


def anomalies_of(detector: Any, view: View) -> pl.DataFrame:
    """What a detector that was fitted finds."""
    frame: object = detector.detect(view)
    if not isinstance(frame, pl.DataFrame):
        msg = f"detect must return a polars DataFrame, not {type(frame).__name__}"
        raise CheckFailed(msg)
    return ANOMALIES.check(frame, str(getattr(detector, "name", type(detector).__name__)))


def evidence_of(ranker: Any, view: View, candidates: pl.DataFrame | None = None) -> pl.DataFrame:
    """What a ranker says of candidates; of all that a view has, where none are given."""
    frame: object = ranker.score(view, candidates_of(view) if candidates is None else candidates)
    if not isinstance(frame, pl.DataFrame):
        msg = f"score must return a polars DataFrame, not {type(frame).__name__}"
        raise CheckFailed(msg)
    missing = [name for name in EVIDENCE if name not in frame.columns]
    need(not missing, f"score must return the columns {', '.join(EVIDENCE)}; not there: {', '.join(missing)}")
    try:  # as a run takes it: other widths of numbers are no fault where nothing of them is lost
        frame = frame.select(pl.col(name).cast(dtype) for name, dtype in EVIDENCE.items())
    except pl.exceptions.PolarsError:
        need(False, f"score returned {dict(frame.schema)}; it must be {dict(EVIDENCE)}")
    need(not frame.null_count().sum_horizontal().item(), "no value may be null")
    return frame


def alike(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Whether two frames are the same but for the last digits: sums in another order differ there."""
    if one.schema != other.schema or one.height != other.height:
        return False
    floats = [name for name, dtype in one.schema.items() if dtype.is_float()]
    if not one.drop(floats).equals(other.drop(floats)):
        return False
    return all(
        np.allclose(one[name].to_numpy(), other[name].to_numpy(), LAST_DIGITS, LAST_DIGITS, equal_nan=True)
        for name in floats
    )


def learned(plugin: Any) -> dict[str, Any]:
    """What an instance holds, by name, whether in a dictionary or in slots."""
    slots = [name for cls in type(plugin).__mro__ for name in getattr(cls, "__slots__", ())]
    held = {name: getattr(plugin, name) for name in slots if hasattr(plugin, name)}
    return held | getattr(plugin, "__dict__", {})


def candidates_of(view: View) -> pl.DataFrame:
    """Every (service, template) of a view as a candidate, for rankers."""
    rows = view.counts.group_by("service", "template").agg(pl.col("first").min(), pl.col("last").max())
    return rows.sort("service", "template").select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("candidate"),
        pl.lit("kit").alias("detector"),
        pl.lit("new").alias("kind"),
        "service",
        "template",
        pl.col("first").alias("start"),
        pl.col("last").alias("end"),
        pl.lit(5.0).alias("score"),
        pl.lit("7 in 10 s").alias("observed"),
        pl.lit("0").alias("expected"),
        pl.lit("kit").alias("sentence"),
    )


def kinds_of(plugin: Any) -> tuple[str, ...]:
    """The plants that a detector says it finds."""
    return tuple(kind for kind in getattr(plugin, "finds", ()) if kind in PLANTS)


def views_for(plugin: Any) -> Iterator[tuple[str, View]]:
    """Views in which a plugin has something to say, each with a name: its plants, its example, else news."""
    for kind in kinds_of(plugin) or ("new",):
        yield f"planted({kind!r})", planted(kind)
    example = getattr(plugin, "example", None)
    if callable(example):
        yield "example()", example()


# -- a view in other forms ---------------------------------------------------------------------------------
def frames(view: View) -> dict[str, pl.DataFrame]:
    """The frames of a view by name."""
    values = {one.name: getattr(view, one.name) for one in fields(view)}
    return {name: frame for name, frame in values.items() if isinstance(frame, pl.DataFrame)}


def each(view: View, change: Any) -> View:
    """The view with every frame changed."""
    changed: dict[str, Any] = {name: change(frame) for name, frame in frames(view).items()}
    return replace(view, **changed)


def copied(view: View) -> View:
    """The same view that shares no memory with the first: what is done to it is done to it alone."""
    made: View = pickle.loads(pickle.dumps(view))  # noqa: S301 - bytes of our own, a line above
    return made


def shuffled(view: View) -> View:
    """With the rows of every frame in another order."""
    return each(view, lambda frame: frame.sample(fraction=1.0, shuffle=True, seed=7))


def chunked(view: View) -> View:
    """With every frame in pieces: columns that were put together of several are not one run of memory."""

    def pieces(frame: pl.DataFrame) -> pl.DataFrame:
        size = max(1, frame.height // PIECES)
        parts = [frame.slice(at, size) for at in range(0, max(frame.height, 1), size)]
        return pl.concat(parts, rechunk=False)

    return each(view, pieces)


def empty(view: View) -> View:
    """Without a row, a time or a bucket."""
    return replace(each(view, lambda frame: frame.clear()), start=None, buckets=0, quiet=())


def one_record(view: View) -> View:
    """A single record."""
    counts = view.counts.head(1)
    there = view.templates.join(counts, on="template", how="semi")
    return replace(view, counts=counts, templates=there, buckets=1, quiet=())


def without_nullable(view: View) -> View:
    """Null wherever that may be: levels, units, places, times of edges and templates."""
    odd: dict[str, Any] = {}
    for name, form in MAY_BE_NULL.items():
        frame: pl.DataFrame = getattr(view, name)
        columns = [column for column in sorted(form.nullable) if column in frame]
        odd[name] = frame.with_columns(pl.lit(None, frame.schema[c]).alias(c) for c in columns)
    return replace(view, **odd)


def moved(view: View, start: datetime) -> View:
    """The same run at another time."""
    by = start - (view.start or START)
    times = pl.selectors.datetime()
    return replace(each(view, lambda frame: frame.with_columns(times + by)), start=start)


def widened(view: View) -> View:
    """With a column nobody asked for in every frame, as later versions may bring one."""
    return each(view, lambda frame: frame.with_columns(pl.lit(1).alias("later")))


def apart(view: View) -> View:
    """Judged in part, with a seam: the first forty buckets are another recording that tells what is usual."""
    return replace(view, judged=(40, view.buckets), seams=((40, True),), quiet=tuple(range(40)))


def far_baseline(view: View) -> View:
    """The baseline lies in buckets that are no longer in the view: their numbers are < 0."""
    begin = START - timedelta(days=1)
    there = begin, begin + timedelta(microseconds=WIDTH * 48)
    return replace(view, quiet=tuple(range(-48, 0)), usual=there)
