"""The windows that are compared, on the buckets of a run; and which incident is which after they moved."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from logsense.analysis import Analysis, Incident, Windows
from logsense.tui.widgets.timeline import Axis, Marks, Span


def marks(base: Analysis, axis: Axis | None, incident: Incident | None, wanted: Windows) -> Marks:
    """What is marked on the timeline. base: the answer with the windows that logsense chose."""
    if axis is None:
        return Marks()
    suspect = _buckets(axis, wanted.suspect) or _touched(base, axis, incident)
    return Marks(
        onset=axis.bucket(incident.start) if incident and incident.start else None,
        began=incident.start if incident else None,
        suspect=suspect,
        usual=_buckets(axis, wanted.usual),
        quiet=tuple(bucket for bucket in base.view.quiet if 0 <= bucket < axis.buckets),
    )


def moved(wanted: Windows, axis: Axis, which: str, span: Span) -> Windows:
    """The windows with one of them where it was put."""
    times = axis.time(span[0]), axis.time(span[1])
    return replace(wanted, suspect=times) if which == "suspect" else replace(wanted, usual=times)


def _touched(base: Analysis, axis: Axis, incident: Incident | None) -> Span | None:
    """From the beginning of the incident to its last sign."""
    if incident is None or incident.start is None:
        return None
    end = base.end if incident.ongoing or incident.end is None else incident.end
    first = axis.bucket(incident.start)
    return first, max(axis.bucket(end) + 1 if end else axis.buckets, first + 1)


def _buckets(axis: Axis, span: tuple[datetime, datetime] | None) -> Span | None:
    if span is None:
        return None
    first = axis.bucket(span[0])
    end = axis.bucket(span[1])
    # A window that ends where a bucket begins does not hold that bucket.
    last = end if axis.time(end) == span[1] else end + 1
    return first, max(last, first + 1)


def same(incidents: Sequence[Incident], old: Incident) -> Incident | None:
    """The incident of another answer that is the old one: by its id, else by its first cause."""
    for one in incidents:
        if one.id == old.id:
            return one
    return next((one for one in incidents if _cause(one) and _cause(one) == _cause(old)), None)


def nearest(incidents: Sequence[Incident], old: Incident) -> Incident | None:
    """The one that begins nearest to the old one; the first where times are not known."""
    start = old.start
    timed = [one for one in incidents if one.start is not None]
    if start is None or not timed:
        return incidents[0] if incidents else None
    return min(timed, key=lambda one: abs(one.start - start) if one.start else start - start)


def _cause(incident: Incident) -> tuple[str, str | None, str] | None:
    first = incident.causes[0] if incident.causes else None
    return (first.service, first.template_id, first.kind) if first else None
