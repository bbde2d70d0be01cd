"""Counts per bucket of what an incident is about, read from the counts of the run."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from logsense.analysis import Cause, Incident
from logsense.schema import Level, View
from logsense.tui.widgets.timeline import Axis, Track


def axis(view: View) -> Axis | None:
    """How the buckets of a run lie in time; None where nothing has a time."""
    return Axis(view.start, view.width, view.buckets) if view.start is not None else None


def tracks(view: View, incident: Incident | None, cause: Cause | None) -> list[Track]:
    """The rows of the timeline: the cause, what followed, trouble of all services, everything."""
    counts = view.counts
    loud = incident.severity if incident else "mark"
    bad = view.templates.filter(pl.col("level") >= pl.lit("WARN", Level))["template"].to_list()
    followed = symptoms(incident, cause) if incident else ()
    return [
        Track("cause", total(of(counts, [(cause.service, cause.template_id)] if cause else []), view), loud),
        Track("symptoms", total(of(counts, followed), view), "minor"),
        Track("errors", total(counts.filter(pl.col("template").is_in(bad)), view), "mark"),
        Track("all", total(counts, view), "dim"),
    ]


def symptoms(incident: Incident, cause: Cause | None) -> list[tuple[str, str | None]]:
    """The (service, template) of what followed: symptoms, and the causes that are not the one looked at."""
    found: dict[tuple[str, str | None], None] = {}
    for symptom in incident.symptoms:
        found.setdefault((symptom.service, symptom.template_id))
    for other in incident.causes:
        found.setdefault((other.service, other.template_id))
    if cause is not None:
        found.pop((cause.service, cause.template_id), None)
    # All of a service would drown what its templates say.
    return [pair for pair in found if pair[1] is not None]


def of(counts: pl.DataFrame, pairs: Sequence[tuple[str, str | None]]) -> pl.DataFrame:
    """The counts of these (service, template); no template: all of the service."""
    return counts.filter(pl.any_horizontal(pl.lit(value=False), *map(_is, pairs)))


def _is(pair: tuple[str, str | None]) -> pl.Expr:
    service, template = pair
    same = pl.col("service") == service
    return same if template is None else same & (pl.col("template") == template)


def total(counts: pl.DataFrame, view: View) -> tuple[int, ...]:
    """The sum of each bucket."""
    out = np.zeros(max(view.buckets, 0), dtype=np.int64)
    rows = counts.filter(pl.col("bucket").is_between(0, view.buckets - 1))
    np.add.at(out, rows["bucket"].to_numpy(), rows["n"].to_numpy())
    return tuple(out.tolist())


def firsts(view: View, incident: Incident) -> dict[str, object]:
    """When each service first said what belongs to the incident, from its beginning on."""
    pairs: Iterable[tuple[str, str | None]] = symptoms(incident, None)
    rows = of(view.counts, list(pairs)).filter(pl.col("first") >= incident.start)
    found = dict(rows.group_by("service").agg(pl.col("first").min()).iter_rows())
    for cause in incident.causes:
        if cause.start is not None:
            found[cause.service] = min(found.get(cause.service, cause.start), cause.start)
    return found
