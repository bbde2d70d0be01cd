"""An Analysis as the documents of the contract: plain values, strict JSON, times in ISO 8601 with a Z."""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import polars as pl

from logsense.analysis import Analysis, Cause, Change, Evidence, Incident, Muted, NearMiss, Term

Json: TypeAlias = dict[str, Any]


def stamp(moment: datetime | None) -> str | None:
    """A moment as the contract writes it: ISO 8601 in UTC with microseconds and a Z; None stays None."""
    return None if moment is None else moment.isoformat(timespec="microseconds") + "Z"


def document(analysis: Analysis, *, explain: bool = False) -> Json:
    """The analysis as ``logsense/analysis/1``. Every value is a plain one that ``json`` can write.

    explain: with the terms that each score is made of.
    """
    return {
        "schema": "logsense/analysis/1",
        "run": _run(analysis),
        "incidents": [_incident(incident, explain=explain) for incident in analysis.incidents],
        "changes": [_change(change) for change in analysis.changes],
        "edges": _edges(analysis.view.edges),
        "near_misses": [_near(near, explain=explain) for near in analysis.near_misses],
        "not_judged": [{"source": entry.source, "reason": entry.reason} for entry in analysis.not_judged],
    }


def documents(analysis: Analysis, *, explain: bool = False) -> Iterable[Json]:
    """The same as one document an incident, then one with the run and all that is no incident."""
    whole = document(analysis, explain=explain)
    for incident in whole.pop("incidents"):
        yield {"schema": whole["schema"], **incident}
    yield whole


def templates(analysis: Analysis) -> Json:
    """The templates of a run as ``logsense/templates/1``, most frequent first."""
    paths = _paths(analysis.sources)
    rows = analysis.templates.sort("count", "template", descending=[True, False]).iter_rows(named=True)
    return {
        "schema": "logsense/templates/1",
        "templates": [
            {"id": row["template"], "template": row["text"], "count": row["count"], "level": row["level"],
             "services": row["services"], "first": stamp(row["first"]), "last": stamp(row["last"]),
             "example": {"source": paths.get(row["source"]), "line": row["line"], "text": row["example"]}}
            for row in rows
        ],
    }  # fmt: skip


def baseline(analysis: Analysis) -> tuple[datetime, datetime] | None:
    """From when to when the baseline lies; None where there is none, or it has no times."""
    view = analysis.view
    if view.usual is not None:
        return view.usual
    if view.start is None or not view.quiet:
        return None
    first, last = min(view.quiet), max(view.quiet)
    end = view.start + timedelta(microseconds=view.width * (last + 1))
    return view.start + timedelta(microseconds=view.width * first), min(end, analysis.end or end)


def number(value: float, digits: int = 4) -> float | None:
    """Four decimals are more than a score knows; what JSON cannot say is not known."""
    return round(value, digits) if math.isfinite(value) else None


def terms_document(terms: Iterable[Term]) -> list[Json]:
    """Terms as plain values, with digits enough to add up to the score as it is printed."""
    return [
        {"name": term.name, "value": number(term.value, 7), "weight": number(term.weight, 7), "why": term.why}
        for term in terms
    ]


def _muted(one: Muted) -> Json:
    incident, verdict = one.incident, one.verdict
    return {
        "incident": incident.id,
        "summary": incident.summary,
        "says": verdict.says,
        "until": verdict.until.isoformat() if verdict.until else None,
        "note": verdict.note,
    }


def _paths(sources: pl.DataFrame) -> dict[int, str]:
    return dict(zip(sources["source"].to_list(), sources["path"].to_list(), strict=True))


def _run(analysis: Analysis) -> Json:
    sources = analysis.sources
    quiet = baseline(analysis)
    total = {
        name: int(sources[name].sum()) for name in ("lines", "in_records", "without_event", "skipped_lines")
    }
    columns = ("path", "set", "format", "lines", "records", "note")
    return {
        "start": stamp(analysis.start),
        "end": stamp(analysis.end),
        **total,
        "records": int(sources["records"].sum()),
        "templates": analysis.templates.height,
        "tz": analysis.tz,
        "baseline": {
            "start": stamp(quiet[0]) if quiet else None,
            "end": stamp(quiet[1]) if quiet else None,
            "how": analysis.view.how,
        },
        "sources": sources.select(columns).rename({"path": "source"}).to_dicts(),
        "skipped": analysis.skipped.select("source", "reason").to_dicts(),
        "muted": [_muted(one) for one in analysis.muted],
        "plugins_failed": [
            {"plugin": failure.plugin, "version": failure.version, "hook": failure.hook,
             "reason": failure.reason}
            for failure in analysis.plugins_failed
        ],
        "stopped": analysis.stopped,
        "notes": list(analysis.notes),
    }  # fmt: skip


def _terms(terms: Iterable[Term], *, explain: bool) -> Json:
    return {"terms": terms_document(terms)} if explain else {}


def _near(near: NearMiss, *, explain: bool) -> Json:
    return {
        "service": near.service,
        "template_id": near.template_id,
        "template": near.template,
        "kind": near.kind,
        "score": number(near.score),
        "summary": near.sentence,
        "lacking": near.lacking,
        **_terms(near.terms, explain=explain),
    }


def _incident(incident: Incident, *, explain: bool) -> Json:
    return {
        "id": incident.id,
        "kind": incident.kind,
        "severity": incident.severity,
        "score": number(incident.score),
        **_terms(incident.terms, explain=explain),
        "start": stamp(incident.start),
        "end": stamp(incident.end),
        "ongoing": incident.ongoing,
        "services": list(incident.services),
        "summary": incident.summary,
        "why_severity": incident.why_severity,
        "causes": [cause_document(cause, explain=explain) for cause in incident.causes],
        "components": [
            {"service": component.service, "score": number(component.score)}
            for component in incident.components
        ],
        "symptoms": [
            {"service": symptom.service, "template_id": symptom.template_id, "template": symptom.template,
             "kind": symptom.kind, "count": symptom.count}
            for symptom in incident.symptoms
        ],
    }  # fmt: skip


def cause_document(cause: Cause, *, explain: bool = False) -> Json:
    """A cause as the contract has it; explain: with the terms its score is made of."""
    return {
        "rank": cause.rank,
        "score": number(cause.score),
        **_terms(cause.terms, explain=explain),
        "service": cause.service,
        "template_id": cause.template_id,
        "template": cause.template,
        "kind": cause.kind,
        "detector": cause.detector,
        "observed": cause.observed,
        "expected": cause.expected,
        "predicted": cause.predicted,
        "summary": cause.summary,
        "evidence": [_evidence(line) for line in cause.evidence],
    }


def _evidence(line: Evidence) -> Json:
    return {"source": line.source, "line": line.line, "time": stamp(line.time), "text": line.text}


def _change(change: Change) -> Json:
    return {
        "time": stamp(change.time),
        "service": change.service,
        "kind": change.kind,
        "evidence": _evidence(change.evidence),
    }


def _edges(edges: pl.DataFrame) -> list[Json]:
    """The strongest first; service names settle ties, so that two runs print the same."""
    if edges.is_empty():
        return []
    ordered = edges.sort("n", "service", "to", "how", descending=[True, False, False, False])
    return ordered.select(pl.col("service").alias("from"), "to", "n", "how").to_dicts()
