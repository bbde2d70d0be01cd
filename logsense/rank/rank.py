"""Candidates, their evidence, and the order it gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from logsense.analysis import Cause, Component, Evidence, Symptom, Term
from logsense.clean import safe
from logsense.host import Host
from logsense.rank.evidence import prove
from logsense.schema import View
from logsense.signs import error_like

#: log10 odds of a candidate being the cause before anything is known of it.
PRIOR = -3.0
#: Lost and late steps add up over all steps of a service: many at one service mean that it is the slow one.
STEPS = ("sequence", "gap")
STEP_WEIGHT = 2.5
#: Logit from which another candidate is named as the cause, so that steps only follow from it.
NAMED = 1.0
MOST_CAUSES = 5
MOST_COMPONENTS = 10
MOST_SYMPTOMS = 12


@dataclass(frozen=True)
class Lines:
    """How original lines are fetched: fetch(source, line, count), and the printed name of each source."""

    fetch: Callable[[int, int, int], list[str]] = field(default=lambda source, line, count: [])  # noqa: ARG005 - no lines at all
    paths: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranked:
    """What is to blame, best first, and what followed."""

    causes: tuple[Cause, ...]
    components: tuple[Component, ...]
    symptoms: tuple[Symptom, ...]


def rank(view: View, anomalies: pl.DataFrame, host: Host, lines: Lines) -> Ranked:
    """Causes, components and symptoms of one incident.

    anomalies: ANOMALIES of the incident (more columns do no harm). Rankers that fail are in
    ``host.failures`` and simply add nothing.
    """
    candidates = candidates_of(anomalies)
    evidence = _evidence(view, candidates, host)
    scored = _fuse(candidates, evidence)
    causes = tuple(
        _cause(view, row, place, evidence, lines)
        for place, row in enumerate(_distinct(scored).head(MOST_CAUSES).iter_rows(named=True), 1)
    )
    named = {(c.service, c.template_id, c.kind) for c in causes}
    return Ranked(causes, _components(scored), _symptoms(view, scored, named))


def candidates_of(anomalies: pl.DataFrame) -> pl.DataFrame:
    """One row a (service, template, kind): its strongest anomaly, with the earliest start, the latest end."""
    by = ["service", "template", "kind"]
    order = [*by, "score", "start", "detector"]
    return (
        anomalies.sort(*order, descending=[False, False, False, True, False, False], nulls_last=True)
        .group_by(by, maintain_order=True)
        .agg(pl.all().exclude("start", "end", *by).first(), pl.col("start").min(), pl.col("end").max())
        .sort("start", *by, nulls_last=True)
        .with_row_index("candidate")
    )


def _evidence(view: View, candidates: pl.DataFrame, host: Host) -> pl.DataFrame:
    frames = [
        # mypy cannot infer a lambda with a default; the default binds the loop variable.
        host.evidence(who, lambda who=who: who.thing().score(view, candidates), candidates.height)  # type: ignore[misc]
        for who in host.rankers()
    ]
    prior = candidates.select(
        "candidate",
        pl.lit("prior").alias("name"),
        pl.lit(PRIOR).alias("value"),
        pl.lit("one candidate in a thousand is the cause").alias("why"),
    )
    return pl.concat([prior, *frames]).sort("candidate", maintain_order=True)


def _fuse(candidates: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    total = evidence.group_by("candidate").agg(pl.col("value").sum().alias("logit"))
    return candidates.join(total, on="candidate", how="left").sort(
        pl.col("logit").round(9),
        "start",
        "service",
        "template",
        "kind",
        descending=[True, False, False, False, False],
        nulls_last=True,
    )


def _distinct(scored: pl.DataFrame) -> pl.DataFrame:
    """Best first, each (service, template) once: a template new and rising is one cause."""
    return scored.unique(["service", "template"], keep="first", maintain_order=True)


def _probability(logit: float) -> float:
    return float(1.0 / (1.0 + 10.0 ** -max(min(logit, 12.0), -12.0)))


def _cause(view: View, row: dict[str, object], place: int, evidence: pl.DataFrame, lines: Lines) -> Cause:
    terms = tuple(
        Term(str(name), float(value), 1.0, safe(str(why)))
        for name, value, why in evidence.filter(pl.col("candidate") == row["candidate"])
        .select("name", "value", "why")
        .iter_rows()
    )
    template = row["template"]
    text = (
        view.templates.filter(pl.col("template") == template)["text"] if template is not None else pl.Series()
    )
    start = row["start"]
    return Cause(
        rank=place,
        score=_probability(float(str(row["logit"]))),
        service=str(row["service"]),
        template_id=None if template is None else str(template),
        template=str(text[0]) if text.len() else "",
        kind=str(row["kind"]),
        detector=str(row["detector"]),
        observed=str(row["observed"]),
        expected=str(row["expected"]),
        predicted=row["kind"] == "forecast",
        summary=safe(str(row["sentence"])),
        evidence=tuple(_line(view, r, lines) for r in prove(view, row)),
        terms=terms,
        start=start if isinstance(start, datetime) else None,
    )


def _line(view: View, where: tuple[int, int, datetime | None], lines: Lines) -> Evidence:
    source, line, time = where
    known = lines.paths.get(source)
    if known is None:
        named = view.sources.filter(pl.col("source") == source)["path"]
        known = str(named[0]) if named.len() else str(source)
    text = lines.fetch(source, line, 1)
    return Evidence(known, line, time, safe(text[0]) if text else "")


def _components(scored: pl.DataFrame) -> tuple[Component, ...]:
    """Services by the odds that one of their candidates is the cause: odds add, so one strong one wins."""
    named = scored.filter(~pl.col("kind").is_in(list(STEPS)))["logit"].max()
    weight = 0.0 if isinstance(named, float) and named >= NAMED else STEP_WEIGHT
    steps = (
        scored.filter(pl.col("kind").is_in(list(STEPS)))
        .group_by("service")
        .agg((weight * (1.0 + pl.col("score").sum()).log10()).alias("steps"))
    )
    services = (
        _distinct(scored)
        .group_by("service")
        .agg(
            (10.0 ** pl.col("logit").clip(-12, 12))
            .sort(descending=True)
            .head(3)
            .sum()
            .log10()
            .alias("logit"),
            pl.col("start").min(),
        )
        .join(steps, on="service", how="left")
        .with_columns(pl.col("logit") + pl.col("steps").fill_null(0.0))
        .sort(pl.col("logit").round(9), "start", "service", descending=[True, False, False])
        .head(MOST_COMPONENTS)
    )
    return tuple(
        Component(str(s), _probability(float(x))) for s, x in services.select("service", "logit").iter_rows()
    )


def _symptoms(
    view: View, scored: pl.DataFrame, named: set[tuple[str, str | None, str]]
) -> tuple[Symptom, ...]:
    """The rest that speaks of trouble, most records first."""
    bad = view.templates.select("template", "text", error_like(view.templates).alias("trouble"))
    rest = (
        _distinct(scored)
        .select("service", "template", "kind", "observed", "start", "end")
        .join(bad, on="template", how="inner")
        .filter("trouble")
    )
    found = []
    for row in rest.iter_rows(named=True):
        if (row["service"], row["template"], row["kind"]) in named:
            continue
        mine = view.counts.filter(
            (pl.col("service") == row["service"])
            & (pl.col("template") == row["template"])
            & (pl.col("last") >= row["start"])
            & (pl.col("first") <= row["end"])
        )
        found.append(Symptom(row["service"], row["template"], row["text"], row["kind"], int(mine["n"].sum())))
    return tuple(sorted(found, key=lambda s: (-s.count, s.service, s.template))[:MOST_SYMPTOMS])
