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


def whole(view: View) -> list[Track]:
    """The rows that are the same for every incident: trouble of all services, everything."""
    bad = view.templates.filter(pl.col("level") >= pl.lit("WARN", Level))["template"].to_list()
    return [
        Track("errors", total(view.counts.filter(pl.col("template").is_in(bad)), view), "mark"),
        Track("all", total(view.counts, view), "dim"),
    ]


def tracks(view: View, incident: Incident | None, cause: Cause | None) -> list[Track]:
    """The rows of an incident: the cause, and what followed."""
    counts = view.counts
    loud = incident.severity if incident else "mark"
    followed = symptoms(incident, cause) if incident else ()
    return [
        Track("cause", total(of(counts, [(cause.service, cause.template_id)] if cause else []), view), loud),
        Track("symptoms", total(of(counts, followed), view), "minor"),
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
    whole = [service for service, template in pairs if template is None]
    exact = pl.DataFrame(
        [pair for pair in pairs if pair[1] is not None],
        schema={"service": pl.String, "template": pl.String},
        orient="row",
    )
    parts = [counts.filter(pl.col("service").is_in(whole))] if whole else []
    rest = counts.filter(~pl.col("service").is_in(whole)) if whole else counts
    return pl.concat([*parts, rest.join(exact, on=["service", "template"], how="semi")])


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
