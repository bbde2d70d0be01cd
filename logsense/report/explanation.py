"""Why an incident or a template has its score: the document ``logsense/explanation/1``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from logsense import compose
from logsense.analysis import Analysis, Cause, Incident, Term, weighted
from logsense.clean import safe
from logsense.errors import UsageError
from logsense.incident import weigh
from logsense.report.document import Json, cause_document, number, stamp, terms_document
from logsense.report.text import duration

SCHEMA = "logsense/explanation/1"
#: Digits of an id that are enough where they are those of no other.
SHORTEST = 4
#: Ids named where the one asked for is not there.
NAMED = 8
#: How much more often than in the quiet time still reads as the same.
ALIKE = 1.25
#: Decades of one anomaly that count at most (beyond, a smaller chance says nothing more).
MOST = 10.0


@dataclass(frozen=True)
class Part:
    """The part a template plays: role, the sentence that says so, its score with the terms that make it."""

    role: str
    summary: str
    score: float
    terms: tuple[Term, ...]
    incident: str | None = None
    rank: int | None = None


def explanation(analysis: Analysis, wanted: str) -> Json:
    """Why the incident or template of that id (or of a prefix of at least four digits) has its score.

    The terms' values (decades of evidence) times their weights add up to the score. Raises UsageError,
    with the ids there are, where the id is none or not one alone.
    """
    found = _resolve(analysis, wanted)
    for incident in analysis.incidents:
        if incident.id == found:
            return _incident(incident)
    return _template(analysis, found)


def _resolve(analysis: Analysis, wanted: str) -> str:
    """The whole id that is meant."""
    incidents = [incident.id for incident in analysis.incidents]
    known: list[str] = [*incidents, *analysis.templates["template"].to_list()]
    given = wanted.strip().lower()
    if given in known:
        return given
    near = [one for one in known if len(given) >= SHORTEST and one.startswith(given)]
    if len(near) == 1:
        return near[0]
    if near:
        msg = f"{safe(wanted)!r} begins several ids: {_some(near)}; give more digits"
        raise UsageError(msg)
    short = f" (at least {SHORTEST} digits of an id are needed)" if len(given) < SHORTEST else ""
    there = f"incidents: {_some(incidents) or 'none'}; templates: {_some(known[len(incidents) :]) or 'none'}"
    msg = f"there is no incident or template {safe(wanted)!r} here{short}. There are {there}"
    raise UsageError(msg)


def _some(ids: Sequence[str]) -> str:
    rest = len(ids) - NAMED
    return ", ".join(ids[:NAMED]) + (f" and {rest:,} more" if rest > 0 else "")


def _incident(incident: Incident) -> Json:
    return {
        "schema": SCHEMA,
        "id": incident.id,
        "what": "incident",
        "summary": incident.summary,
        "score": number(incident.score),
        "terms": terms_document(incident.terms),
        "kind": incident.kind,
        "severity": incident.severity,
        "why_severity": incident.why_severity,
        "start": stamp(incident.start),
        "end": stamp(incident.end),
        "ongoing": incident.ongoing,
        "services": list(incident.services),
        "causes": [cause_document(cause, explain=True) for cause in incident.causes],
    }


def _template(analysis: Analysis, template: str) -> Json:
    row = analysis.templates.row(by_predicate=pl.col("template") == template, named=True)
    paths = dict(analysis.sources.select("source", "path").iter_rows())
    part = _part(analysis, template)
    return {
        "schema": SCHEMA,
        "id": template,
        "what": "template",
        "summary": part.summary,
        "score": number(part.score),
        "terms": terms_document(part.terms),
        "role": part.role,
        "incident": part.incident,
        "rank": part.rank,
        "template": row["text"],
        "level": row["level"],
        "services": row["services"],
        "count": row["count"],
        "first": stamp(row["first"]),
        "last": stamp(row["last"]),
        "example": {"source": paths.get(row["source"]), "line": row["line"], "text": safe(row["example"])},
        "anomalies": [
            {"detector": found["detector"], "kind": found["kind"], "service": found["service"],
             "start": stamp(found["start"]), "end": stamp(found["end"]), "decades": number(found["score"]),
             "observed": found["observed"], "expected": found["expected"],
             "summary": safe(found["sentence"])}
            for found in _anomalies(analysis.anomalies, template).iter_rows(named=True)
        ],
    }  # fmt: skip


def _anomalies(anomalies: pl.DataFrame, template: str) -> pl.DataFrame:
    """Those of the template, the strongest first."""
    order = ["score", "start", "service", "kind", "detector"]
    mine = anomalies.filter(pl.col("template") == template)
    return mine.sort(order, descending=[True, *[False] * 4], nulls_last=True)


def _part(analysis: Analysis, template: str) -> Part:
    """The greatest part it plays: cause, candidate, near miss, anomaly, or none."""
    for incident in analysis.incidents:
        cause = _of(incident.causes, template)
        if cause is not None:
            said = f"cause {cause.rank} of incident {incident.id}: {cause.summary}"
            return Part("cause", said, cause.score, cause.terms, incident.id, cause.rank)
    for incident in analysis.incidents:
        other = _of(incident.others, template)
        if other is not None:
            return _candidate(incident, other)
    for near in analysis.near_misses:
        if near.template_id == template:
            said = f"nearly an incident: {near.sentence}; {near.lacking}"
            return Part("near miss", said, near.score, near.terms)
    if _anomalies(analysis.anomalies, template).height:
        return _anomaly(analysis, template)
    why = safe(_ordinary(analysis, template))
    return Part("none", why, 0.0, (Term("no anomaly", 0.0, 0.0, why),))


def _of(causes: Iterable[Cause], template: str) -> Cause | None:
    return next((cause for cause in causes if cause.template_id == template), None)


def _candidate(incident: Incident, cause: Cause) -> Part:
    """A candidate that others outdid, with what the last cause that is printed has more."""
    count = len(incident.causes) + len(incident.others)
    last = incident.causes[-1]
    follows = any(symptom.template_id == cause.template_id for symptom in incident.symptoms)
    said = (
        f"candidate {cause.rank} of {count} of incident {incident.id}"
        f"{', listed there as a symptom' if follows else ''}: {cause.summary}; "
        f"{last.decades - cause.decades:.1f} decades less speak for it than for cause {last.rank}"
    )
    return Part("candidate", said, cause.score, cause.terms, incident.id, cause.rank)


def _anomaly(analysis: Analysis, template: str) -> Part:
    """An anomaly that made no incident: what its number is worth, given its words."""
    order = ["weight", "score", "start", "service", "kind", "detector"]
    weighed = weigh(analysis.anomalies, analysis.view).filter(pl.col("template") == template)
    row = weighed.sort(order, descending=[True, True, *[False] * 4], nulls_last=True).row(0, named=True)
    whole, weight = min(max(row["score"], 0.0), MOST), row["weight"]
    terms = [Term("surprise", whole, 1.0, safe(f"{row['detector']}: {row['sentence']}"))]
    if weight < whole:
        words = "its words tell of trouble" if row["bad"] else "no word of it tells of trouble"
        why = f"{words}; it is of kind {row['kind']}, which counts {weight / whole:.0%} here"
        terms.append(Term("discount", weight - whole, 1.0, why))
    enough = compose.enough(analysis)
    score, shares = weighted(terms, enough)
    said = f"an anomaly of {weight:.1f} decades in no incident, which needs {enough}: {row['sentence']}"
    return Part("anomaly", safe(said), score, shares)


def _ordinary(analysis: Analysis, template: str) -> str:
    """Why no detector found anything of it."""
    view = analysis.view
    counts = view.counts.filter(pl.col("template") == template)
    if not view.quiet:
        return "not judged: there is too little here to tell what is normal"
    if counts.is_empty():
        return "not judged over time: none of its records has a time near the others"
    calm = pl.col("bucket").is_in(list(view.quiet))
    quiet, rest = int(counts.filter(calm)["n"].sum()), int(counts.filter(~calm)["n"].sum())
    others = view.buckets - len(set(view.quiet))
    a, b = quiet / len(set(view.quiet)), rest / max(others, 1)
    unit = f"bucket of {duration(view.width)}" if view.start is not None else "part"
    numbers = f"×{quiet:,} in the quiet time ({a:.2f} a {unit}), ×{rest:,} in the rest ({b:.2f})"
    if others <= 0:
        return f"all of the run is quiet time: {numbers}"
    if a / ALIKE <= b <= a * ALIKE:
        return f"in the quiet time as often: {numbers}"
    return f"its counts differ no more than chance explains: {numbers}"
