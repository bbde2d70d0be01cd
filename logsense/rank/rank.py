"""Candidates, their evidence, and the order it gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import polars as pl

from logsense.analysis import Cause, Component, Evidence, Symptom, Term, likely, weighted
from logsense.clean import safe
from logsense.host import Host
from logsense.rank.evidence import prove, samples
from logsense.rank.once import repeats
from logsense.rank.steps import moved
from logsense.schema import View
from logsense.signs import error_like

#: log10 odds of a candidate being the cause before anything is known of it.
PRIOR = -3.0
#: Decades of evidence that make the odds even: the score is one half there.
EVEN = -PRIOR
#: Lost and late steps add up over all steps of a service: many at one service mean that it is the slow one.
STEPS = ("sequence", "gap")
#: Logit from which words name a cause: steps only follow from it, unless its own steps are as usual, that
#: is, have changed by fewer decades than chance adds up to now and then.
NAMED, USUAL = 1.0, 6.0
#: The start is of those that weigh at least this share of the heaviest, the end of all worth a decade.
WEIGHTY, WORTH = 0.5, 1.0
#: Buckets that are looked at at least: in fewer there are too few requests to tell.
LASTS = 24
#: Decades against what a change or a scan just then accounts for.
ACCOUNTED = 1.0
MOST_CAUSES = 5
#: Lines that open an object printed over many lines, what closes one, and how many lines of it are shown.
OPENING, CLOSING, OBJECT = ("{", "[", "[{", "},{", "}, {"), ("}", "]"), 40
#: Candidates that are kept with their terms, so that each can be asked why it is no cause.
MOST_OTHERS = 500
MOST_COMPONENTS = 10
MOST_SYMPTOMS = 12


#: What rankers say, all together: the form of the frame.
EVIDENCE = pl.DataFrame(
    schema={"candidate": pl.UInt32, "name": pl.String, "value": pl.Float64, "why": pl.String}
)


@dataclass(frozen=True)
class Lines:
    """How original lines are fetched: fetch(source, line, count), and the printed name of each source."""

    fetch: Callable[[int, int, int], list[str]] = field(default=lambda source, line, count: [])  # noqa: ARG005 - no lines at all
    paths: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranked:
    """What is to blame, best first, and what followed; others: candidates that are no cause, best first."""

    causes: tuple[Cause, ...]
    components: tuple[Component, ...]
    symptoms: tuple[Symptom, ...]
    others: tuple[Cause, ...] = ()


def rank(view: View, anomalies: pl.DataFrame, host: Host, lines: Lines) -> Ranked:
    """Causes, components and symptoms of one incident.

    anomalies: ANOMALIES of the incident (more columns do no harm). Rankers that fail are in
    ``host.failures`` and simply add nothing.
    """
    candidates = candidates_of(anomalies)
    evidence = _evidence(view, candidates, host)
    scored = _fuse(candidates, evidence)
    evidence = pl.concat([evidence, repeats(view, _distinct(scored))])
    listed = _listed(view, _distinct(_fuse(candidates, evidence)).head(MOST_CAUSES + MOST_OTHERS), evidence)
    causes = tuple(_proven(view, row, cause, lines) for row, cause in listed[:MOST_CAUSES])
    others = tuple(cause for _, cause in listed[MOST_CAUSES:])
    named = {(c.service, c.template_id, c.kind) for c in causes}
    return Ranked(
        causes, _components(scored, _moved(view, anomalies)), _symptoms(view, scored, named), others
    )


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
    frames = [host.score(who, view, candidates) for who in host.rankers()]
    return pl.concat([EVIDENCE.clear(), *frames, _accounted(candidates)]).sort(
        "candidate", maintain_order=True
    )


def _accounted(candidates: pl.DataFrame) -> pl.DataFrame:
    """Evidence against what a change or a scan accounts for, where the incident knows of it."""
    if "explained" not in candidates.columns:
        return EVIDENCE.clear()
    return candidates.filter("explained").select(
        "candidate",
        pl.lit("explained").alias("name"),
        pl.lit(-ACCOUNTED).alias("value"),
        pl.lit("a change or a scan just then accounts for it").alias("why"),
    )


def _fuse(candidates: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    total = evidence.group_by("candidate").agg((pl.col("value").sum() + PRIOR).alias("logit"))
    known = candidates.join(total, on="candidate", how="left").with_columns(pl.col("logit").fill_null(PRIOR))
    return known.sort(
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


def _listed(view: View, rows: pl.DataFrame, evidence: pl.DataFrame) -> list[tuple[dict[str, object], Cause]]:
    """Each candidate with what speaks for it, ranked in the order of the rows; without lines of evidence."""
    texts = dict(view.templates.select("template", "text").iter_rows())
    terms: dict[int, list[Term]] = {}
    for candidate, name, value, why in evidence.select("candidate", "name", "value", "why").iter_rows():
        terms.setdefault(candidate, []).append(Term(str(name), float(value), 1.0, safe(str(why))))
    return [
        (row, _cause(row, place, texts.get(row["template"], ""), terms.get(row["candidate"], [])))
        for place, row in enumerate(rows.iter_rows(named=True), 1)
    ]


def _cause(row: dict[str, object], place: int, text: str, terms: list[Term]) -> Cause:
    template = row["template"]
    score, shares = weighted(terms, EVEN)
    return Cause(
        rank=place,
        score=score,
        service=str(row["service"]),
        template_id=None if template is None else str(template),
        template=text,
        kind=str(row["kind"]),
        detector=str(row["detector"]),
        observed=str(row["observed"]),
        expected=str(row["expected"]),
        predicted=row["kind"] == "forecast",
        summary=safe(str(row["sentence"])),
        terms=shares,
    )


def _proven(view: View, row: dict[str, object], cause: Cause, lines: Lines) -> Cause:
    """The cause with its start and the lines that prove it."""
    start = row["start"]
    measured = row.get("metric") is not None
    return replace(
        cause,
        evidence=samples(view, row) if measured else tuple(_line(view, r, lines) for r in prove(view, row)),
        start=start if isinstance(start, datetime) else None,
    )


def _line(view: View, where: tuple[int, int, datetime | None], lines: Lines) -> Evidence:
    source, line, time = where
    known = lines.paths.get(source)
    if known is None:
        named = view.sources.filter(pl.col("source") == source)["path"]
        known = str(named[0]) if named.len() else str(source)
    text = lines.fetch(source, line, 1)
    if text and text[0].strip() in OPENING:
        text = [_object(lines.fetch(source, line, OBJECT))]
    return Evidence(known, line, time, safe(text[0]) if text else "")


def _object(printed: list[str]) -> str:
    """An object printed over many lines on one line, up to the line that closes it."""
    edge = _indent(printed[0])
    ends = (n for n, row in enumerate(printed) if n and row.strip()[:1] in CLOSING and _indent(row) <= edge)
    return " ".join(row.strip() for row in printed[: next(ends, len(printed) - 1) + 1])


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())


def _moved(view: View, anomalies: pl.DataFrame) -> pl.DataFrame:
    """Columns service and steps (decades): how far its steps differ while the incident lasts."""
    weight = pl.col("weight" if "weight" in anomalies.columns else "score").clip(0.0, 10.0)
    main = anomalies.filter(weight >= WEIGHTY * weight.max())
    begin, end = main["start"].min(), anomalies.filter(weight >= WORTH)["end"].max()
    if not isinstance(begin, datetime) or not isinstance(end, datetime):
        return pl.DataFrame(schema={"service": pl.String, "steps": pl.Float64})
    found = moved(view, begin, max(end, begin + timedelta(microseconds=LASTS * view.width))).select(
        "service", steps=pl.col("lost") + pl.col("late")
    )
    seen = pl.concat([view.steps["service"], view.steps["next_service"]]).unique().alias("service").to_frame()
    return seen.join(found, on="service", how="left").with_columns(pl.col("steps").fill_null(0.0))


def _components(scored: pl.DataFrame, unusual: pl.DataFrame) -> tuple[Component, ...]:
    """Services by the odds that one of their candidates is the cause, and by how far their steps differ.

    Odds add, so that one strong candidate wins; decades of steps add to them.
    """
    odds = (10.0 ** pl.col("logit").clip(-12, 12)).sort(descending=True).head(3).sum()
    said = _distinct(scored).group_by("service").agg(odds.log10().alias("logit"), pl.col("start").min())
    both = said.join(unusual, on="service", how="full", coalesce=True)
    both = both.filter(pl.col("logit").is_not_null() | (pl.col("steps") >= USUAL))
    services = (
        both.with_columns(pl.col("logit").fill_null(PRIOR) + _worth(scored, unusual))
        .sort(pl.col("logit").round(9), "start", "service", descending=[True, False, False], nulls_last=True)
        .head(MOST_COMPONENTS)
    )
    return tuple(
        Component(str(s), likely(float(x) - PRIOR, EVEN))
        for s, x in services.select("service", "logit").iter_rows()
    )


def _worth(scored: pl.DataFrame, unusual: pl.DataFrame) -> pl.Expr:
    """What the steps of a service count beside its words, in decades.

    Nothing where words name a cause whose own steps differ, or which takes part in none: the steps of the
    others follow from it. A service without ids may be behind any of them: words decide about it.
    """
    worded = scored.filter(~pl.col("kind").is_in(list(STEPS))).head(1)
    told = worded.join(unusual, on="service", how="left")
    if told.filter((pl.col("logit") >= NAMED) & (pl.col("steps").fill_null(USUAL) >= USUAL)).height:
        return pl.lit(0.0)
    most = unusual.select(pl.col("steps").max().fill_null(0.0)).item()
    return pl.col("steps").fill_null(most)


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
