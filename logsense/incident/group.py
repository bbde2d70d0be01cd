"""Anomalies in time → groups, and whether the evidence of a group makes an incident."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import polars as pl

from logsense.analysis import Term
from logsense.clean import safe
from logsense.config import Thresholds
from logsense.incident.precursor import precursors
from logsense.incident.weigh import SLOW, WHOLE, weigh
from logsense.schema import View

#: What an incident needs unless the settings say otherwise.
USUAL = Thresholds()
#: Evidence (decades) from which a group is an incident, and how far below it stays what nothing carries.
ENOUGH, SHORT = USUAL.incident, 0.5
#: What one family may bring at most; clockwork that stops may make an incident alone, and so may an intruder.
FAMILY_CAP = 6.0
LASTING_CAP = 9.0
#: The term that takes away what many weak signs add up to, and why.
UNCARRIED = "not carried"
NO_PILLAR = (
    "nothing in it tells of trouble, an absence or slowness that lasts: many weak signs are no incident"
)
#: Anomalies of more than this weight hold a group together; no remark alone weighs as much.
SEED = 2.5
#: As near misses so many groups are named, of anomalies of at least this weight.
NEAREST, FAINT = 3, 1.0
#: An incident starts with the first anomaly of this share of its heaviest one's weight.
HEAVY = 0.5
#: The families whose evidence adds.
FAMILIES = {
    "new": "new",
    "vanished": "silence",
    "silence": "silence",
    "rate up": "rate",
    "rate down": "rate",
    "severity": "severity",
    "value": "value",
    "gap": "sequence",
    "sequence": "sequence",
    "forecast": "value",
    "security": "security",
    "change": "change",
    "mix": "mix",
}


@dataclass(frozen=True)
class Group:
    """Anomalies that belong together: the frame (ANOMALIES with weight, bad, stated), span and evidence.

    evidence: decades, the sum of the values of the terms; enough: how many an incident needs. begun: when
    the first precursor was seen, start where there is none.
    """

    anomalies: pl.DataFrame
    begun: datetime
    start: datetime
    end: datetime
    ongoing: bool
    evidence: float
    terms: tuple[Term, ...]
    enough: float = ENOUGH


def group(
    anomalies: pl.DataFrame, view: View, thresholds: Thresholds = USUAL
) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
    """Incidents, strongest first, and the groups that came closest without being one.

    anomalies: ANOMALIES. Seeds (weight > 2.5) at most a few buckets apart make a group; every anomaly
    that overlaps it joins it. Of an absence only the first while counts for this, or a job that died
    would swallow all that goes wrong after it.
    """
    weighed = weigh(anomalies, view)
    seeds = weighed.filter(pl.col("weight") > SEED).sort(
        "start", "end", "service", "template", nulls_last=True
    )
    apart = max(thresholds.join_buckets * view.width, round(thresholds.join_seconds * 1e6))
    join, enough = timedelta(microseconds=apart), thresholds.incident
    spans: list[tuple[datetime, datetime]] = []
    for start, end in seeds.select("start", "reach").iter_rows():
        if spans and start <= spans[-1][1] + join:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    groups = [_group(weighed, view, _onset(seeds, start, end), end, enough) for start, end in spans]
    groups.sort(key=lambda g: (-g.evidence, g.start))
    calmer = [g for g in groups if g.evidence < enough]
    return (
        tuple(_foretold(g, weighed, view) for g in groups if g.evidence >= enough),
        tuple(calmer[:NEAREST] or _lone(weighed, view, spans, enough)),
    )


def _lone(
    weighed: pl.DataFrame, view: View, spans: Sequence[tuple[datetime, datetime]], enough: float
) -> list[Group]:
    """The strongest anomalies that no seed holds, each a group: the closest where nothing came close."""
    order = ["weight", "start", "service", "template"]
    rest = weighed.filter(pl.col("weight") >= FAINT)
    for start, end in spans:
        rest = rest.filter((pl.col("start") > end) | (pl.col("reach") < start))
    rows = rest.sort(*order, descending=[True, False, False, False], nulls_last=True).head(NEAREST)
    return [
        _group(weighed, view, start, end, enough)
        for start, end in rows.select("start", "reach").unique(maintain_order=True).iter_rows()
    ]


def _onset(seeds: pl.DataFrame, start: datetime, end: datetime) -> datetime:
    """When a span begins in earnest: weak seeds that lead up to the heavy ones are signs before it."""
    mine = seeds.filter(pl.col("start").is_between(start, end))
    first = mine.filter(pl.col("weight") >= HEAVY * pl.col("weight").max())["start"].min()
    return first if isinstance(first, datetime) else start


def _group(weighed: pl.DataFrame, view: View, start: datetime, end: datetime, enough: float) -> Group:
    # Two neighbouring buckets touch: what begins within one after the end is no other matter.
    after = end + timedelta(microseconds=view.width)
    inside = weighed.filter((pl.col("start") <= after) & (pl.col("reach") >= start))
    end = max([end, *inside.filter((pl.col("weight") > SEED) & (pl.col("start") >= start))["end"]])
    strong = inside.filter(pl.col("weight") >= 1.0)
    best = (
        strong.with_columns(pl.col("kind").replace_strict(FAMILIES, default="mix").alias("family"))
        .group_by("family")
        .agg(pl.col("weight").max(), pl.col("outburst").any(), _strongest().alias("sentence"))
        .with_columns(
            pl.min_horizontal(
                "weight",
                pl.when(
                    pl.col("family").is_in(["silence", "value", "sequence", "security"]) | pl.col("outburst")
                )
                .then(LASTING_CAP)
                .otherwise(FAMILY_CAP),
            ).alias("weight")
        )
        .sort("family")
    )
    terms = [Term(f, w, 1.0, safe(s)) for f, w, s in best.select("family", "weight", "sentence").iter_rows()]
    terms += _content(strong)
    evidence = sum(term.value for term in terms)
    if not _pillar(strong) and evidence > enough - SHORT:
        terms.append(Term(UNCARRIED, enough - SHORT - evidence, 1.0, NO_PILLAR))
        evidence = enough - SHORT
    last = view.counts["last"].max()
    ongoing = isinstance(last, datetime) and last - end <= timedelta(microseconds=2 * view.width)
    return Group(inside, start, start, end, ongoing, evidence, tuple(terms), enough)


def _foretold(group: Group, weighed: pl.DataFrame, view: View) -> Group:
    """The group with what foretold it."""
    before = precursors(weighed, view, group.start, group.end)
    first = before["start"].min()
    if not isinstance(first, datetime):
        return group
    return replace(group, anomalies=pl.concat([before, group.anomalies]), begun=first)


def _strongest() -> pl.Expr:
    """The sentence of the strongest anomaly; ties go to the earlier, then by name."""
    order = ["weight", "start", "service", "template", "sentence"]
    return pl.col("sentence").sort_by(order, descending=[True, *[False] * 4], nulls_last=True).first()


def _pillar(strong: pl.DataFrame) -> bool:
    """Whether something in the group can carry an incident: trouble, absence, lasting slowness, an outburst.

    Many weak signs of life (a surge, a crawl, a warm-up) add up to a number, but not to an incident.
    """
    kind = pl.col("kind")
    carries = (
        (pl.col("bad") & (pl.col("weight") >= SEED))
        | (kind.is_in(list(WHOLE)) & (pl.col("weight") >= 6.0))
        | (kind.is_in(list(SLOW)) & (pl.col("weight") >= 4.0))
        | (pl.col("outburst") & (pl.col("weight") >= 6.0))
    )
    return strong.filter(carries).height > 0


def _content(strong: pl.DataFrame) -> list[Term]:
    """What words and spread add: trouble that repeats, a stated cause, several services."""
    bad = strong.filter(pl.col("bad") & pl.col("template").is_not_null() & (pl.col("kind") != "rate down"))
    if not bad.height:
        return []
    repeated = bad.filter(pl.col("seen") >= 3)
    said = 1.0 + max(float(str(repeated["stated"].max())), 0.0) if repeated.height else 0.0
    services = bad["service"].n_unique()
    what = "a cause is stated" if said > 1.0 else "no cause is stated"
    terms = (
        Term("words", said, 1.0, f"messages of trouble that repeat: {repeated.height}; {what}"),
        Term("spread", min(services - 1, 2) * 0.75, 1.0, f"services in trouble: {services}"),
    )
    return [term for term in terms if term.value]
