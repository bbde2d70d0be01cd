"""A group and what was ranked → the Incident that is reported."""

import hashlib
from datetime import datetime

import numpy as np
import polars as pl

from logsense.analysis import Cause, Component, Incident, NearMiss, Symptom, Timeline, weighted
from logsense.clean import safe
from logsense.incident.group import SEED, UNCARRIED, Group
from logsense.schema import View
from logsense.signs import error_like

#: Words in a first cause that make an incident one of security.
SECURITY = (
    r"(?i)\b(failed|invalid) (password|login|log-?in|user)\b|\bauthentication fail|\bbrute|\bsudo:"
    r"|\bintrusion\b|\baudit\b.*\b(stopped|cleared)\b"
)
#: Words in a first cause that make it one of a change.
CHANGED = (
    r"(?i)\b(config\w*|reload\w*|limiting requests|rate[- ]?limit\w*|not resolve|failed to resolve"
    r"|feature flag|name or service not known|name resolution|no such host|unknown host)\b"
)
#: Decades below the best cause within which another of the first ``FIRST`` tells as well when it began.
NEAR, FIRST = 2.5, 3
#: Score from which a new message that was there before anything else dates the incident; drifts never do.
LIKELY = 0.5
#: Decades from which a lone act of an intruder is critical; below, somebody may have been told to do it.
SURE = 8.0
#: A share of trouble in quiet time that a reader should know of.
WORTH_SAYING = 0.01
SLOW = r"(?i)\b(slow|duration|took|latency|elapsed|response time)\b"


def build(
    group: Group,
    causes: tuple[Cause, ...],
    components: tuple[Component, ...],
    symptoms: tuple[Symptom, ...],
    view: View,
    others: tuple[Cause, ...] = (),
) -> Incident:
    """The incident of a group whose causes, components and symptoms are ranked; others: the candidates left.

    Its start is that of its earliest strong cause, its end that of its last strong anomaly. Its score is
    one half where its evidence is just enough.
    """
    start = _onset(group, causes)
    kind = _kind(causes)
    services = tuple(dict.fromkeys([*(c.service for c in causes), *(s.service for s in symptoms)]))
    severity, why = _severity(group, view, kind, services)
    first = causes[0] if causes else None
    named = (first.template_id or first.kind, first.service) if first else ("", "")
    key = "|".join((start.isoformat(), *named))
    score, terms = weighted(group.terms, group.enough)
    return Incident(
        id=hashlib.sha256(key.encode()).hexdigest()[:12],
        kind=kind,
        severity=severity,
        score=score,
        start=start,
        end=group.end,
        ongoing=group.ongoing,
        services=services,
        summary=safe(_summary(group, first, services, _lasted(group, start, view))),
        why_severity=why,
        causes=causes,
        components=components,
        symptoms=symptoms,
        timeline=_timeline(view, first),
        terms=terms,
        others=others,
    )


def near_misses(groups: tuple[Group, ...], view: View) -> tuple[NearMiss, ...]:
    """The strongest anomaly of each group that made no incident, and what the group lacked."""
    texts = dict(view.templates.select("template", "text").iter_rows())
    found = []
    for group in groups:
        order = ["weight", "start", "service", "template"]
        row = group.anomalies.sort(*order, descending=[True, False, False, False], nulls_last=True).row(
            0, named=True
        )
        score, terms = weighted(group.terms, group.enough)
        found.append(
            NearMiss(
                service=row["service"],
                template_id=row["template"],
                template=texts.get(row["template"], ""),
                kind=row["kind"],
                score=score,
                sentence=safe(row["sentence"]),
                lacking=_lacking(group),
                terms=terms,
            )
        )
    return tuple(found)


def _lacking(group: Group) -> str:
    """What a group would have needed to be an incident, in words with numbers."""
    given = sum(term.value for term in group.terms if term.name != UNCARRIED)
    for term in group.terms:
        if term.name == UNCARRIED:
            return f"{given:.1f} decades of evidence, but {term.why}"
    wanted = f"{group.enough} decades of evidence that make an incident"
    return f"{given:.1f} of the {wanted}; {group.enough - given:.1f} are lacking"


def _onset(group: Group, causes: tuple[Cause, ...]) -> datetime:
    """The start of the earliest cause with evidence near that of the best one, or that foretold the group."""
    if not causes or causes[0].start is None:
        return group.start
    top = causes[0]
    near = [
        c.start
        for c in causes[:FIRST]
        if c.start is not None
        and (c.decades >= top.decades - NEAR or group.begun == c.start < group.start)
        and (c.start >= group.begun or (c.kind == "new" and c.score >= LIKELY))
    ]
    return min(near, default=top.start or group.start)


def _kind(causes: tuple[Cause, ...]) -> str:
    if not causes:
        return "availability"
    first = causes[0]
    text = pl.Series([first.template])
    for kind, kinds, words in (
        ("security", ("security",), SECURITY),
        ("absence", ("vanished", "silence"), None),
        ("change", ("change",), CHANGED),
        ("performance", ("value", "gap", "forecast"), SLOW),
    ):
        if first.kind in kinds or (words is not None and bool(text.str.contains(words)[0])):
            return kind
    return "availability"


def _severity(group: Group, view: View, kind: str, services: tuple[str, ...]) -> tuple[str, str]:
    """critical, major or minor, and the numbers that say why."""
    bad = view.templates.filter(error_like(view.templates))["template"].to_list()
    inside = view.counts.filter((pl.col("last") >= group.start) & (pl.col("first") <= group.end))
    troubled = inside.filter(pl.col("template").is_in(bad))
    errors, total = int(troubled["n"].sum()), max(int(inside["n"].sum()), 1)
    hit = group.anomalies.filter(pl.col("bad") & (pl.col("weight") >= 1.0))["service"].n_unique()
    usual = _usual_trouble(view, bad)
    share = errors / total - usual
    known = f" ({usual:.1%} usually)" if usual >= WORTH_SAYING else ""
    every = max(view.counts["service"].n_unique(), len(services), 1)
    seen = f"{errors:,} of {total:,} records tell" if errors else f"none of {total:,} records tells"
    # The summary counts those that stand in causes and symptoms; others may be in trouble beside them.
    more = f", {hit} in trouble" if hit > len(services) else ""
    why = f"{seen} of trouble{known}, {len(services)} of {every} services touched{more}"
    told = group.anomalies.filter((pl.col("kind") == "security") & (pl.col("weight") >= SEED))
    acts = told.select("service", "template").n_unique()
    if kind == "security" and acts == 1 and group.evidence < SURE:
        return "major", f"{why}; one grave act, and nothing that goes with it"
    if share >= 0.05 or (hit >= 3 and share >= 0.01):
        return "critical", why
    if kind == "security":
        return "critical", f"an intruder needs few records; {why}"
    if share >= 0.005 or hit >= 2:
        return "major", why
    if kind == "absence":
        return "major", f"what stopped does not say so; {why}"
    return "minor", why


def _usual_trouble(view: View, bad: list[str]) -> float:
    """The share of records that tell of trouble in quiet time: what fails all along."""
    calm = view.counts.filter(pl.col("bucket").is_in(list(view.quiet)))
    records = int(calm["n"].sum())
    return int(calm.filter(pl.col("template").is_in(bad))["n"].sum()) / records if records else 0.0


def _lasted(group: Group, start: datetime, view: View) -> str:
    """How long it was, in words: a time, or a share of the lines where nothing has a time."""
    length = max((group.end - start).total_seconds(), 0.0)
    if view.start is None:
        return f"{max(round(length * 1e6 / view.width), 1)} of {view.buckets} parts"
    if length < 120:
        return f"{length:.0f} s"
    return f"{length / 60:.0f} min" if length < 7200 else f"{length / 3600:.1f} h"


def _summary(group: Group, first: Cause | None, services: tuple[str, ...], lasted: str) -> str:
    more = f", {len(services)} services touched" if len(services) > 1 else ""
    still = ", still going on" if group.ongoing else ""
    what = first.summary if first else "anomalies without a named cause"
    return f"{what}; lasted {lasted}{still}{more}"


def _timeline(view: View, first: Cause | None) -> Timeline | None:
    if view.start is None:
        return None
    bad = view.templates.filter(error_like(view.templates))["template"].to_list()
    counts = view.counts
    cause = counts.clear()
    if first is not None:
        cause = counts.filter(pl.col("service") == first.service)
        if first.template_id is not None:
            cause = cause.filter(pl.col("template") == first.template_id)
    return Timeline(
        view.start,
        view.width,
        _series(cause, view),
        _series(counts.filter(pl.col("template").is_in(bad)), view),
        _series(counts, view),
    )


def _series(counts: pl.DataFrame, view: View) -> tuple[int, ...]:
    out = np.zeros(max(view.buckets, 0), dtype=np.int64)
    rows = counts.filter(pl.col("bucket").is_between(0, view.buckets - 1))
    np.add.at(out, rows["bucket"].to_numpy(), rows["n"].to_numpy())
    return tuple(out.tolist())
