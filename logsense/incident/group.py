"""Anomalies in time → groups, and whether the evidence of a group makes an incident."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from logsense.schema import View
from logsense.signs import error_like, stated

#: Evidence (decades) from which a group is an incident.
ENOUGH = 6.5
#: What one family may bring at most; clockwork that stops may make an incident alone.
FAMILY_CAP = 6.0
LASTING_CAP = 9.0
#: Slowness or lost steps count nearly whole from this score on, where it lasts this many buckets.
GROWN, LASTS = 10.0, 10
#: Anomalies of at least this weight hold a group together.
SEED = 2.5
#: Decades from which words state a cause so firmly that no restart explains them away.
FIRM = 1.5
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
#: Kinds that are worth their whole number without any words.
WHOLE = ("vanished", "silence", "security", "forecast")
#: Kinds that tell of slowness or lost steps: short-lived ones are common in health.
SLOW = ("sequence", "gap", "value")
#: Changes that explain a short disturbance of their service and its callers.
EXPLAINS = ("deploy", "restart", "config", "rotation", "scan")


@dataclass(frozen=True)
class Group:
    """Anomalies that belong together: the frame (ANOMALIES with weight, bad, stated), span and evidence."""

    anomalies: pl.DataFrame
    start: datetime
    end: datetime
    ongoing: bool
    evidence: float
    families: tuple[tuple[str, float], ...]


def group(anomalies: pl.DataFrame, view: View) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
    """Incidents, strongest first, and the groups that came closest without being one.

    anomalies: ANOMALIES. Seeds (weight ≥ 2.5) at most a few buckets apart make a group; every anomaly
    that overlaps it joins it.
    """
    weighed = weigh(anomalies, view)
    seeds = weighed.filter(pl.col("weight") >= SEED).sort(
        "start", "end", "service", "template", nulls_last=True
    )
    join = timedelta(microseconds=max(5 * view.width, 10_000_000))
    spans: list[tuple[datetime, datetime]] = []
    for start, end in seeds.select("start", "end").iter_rows():
        if spans and start <= spans[-1][1] + join:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    groups = [_group(weighed, view, start, end) for start, end in spans]
    groups.sort(key=lambda g: (-g.evidence, g.start))
    return (
        tuple(g for g in groups if g.evidence >= ENOUGH),
        tuple(g for g in groups if g.evidence < ENOUGH)[:3],
    )


def weigh(anomalies: pl.DataFrame, view: View) -> pl.DataFrame:
    """ANOMALIES with columns text, bad, stated (decades), seen (records) and weight (decades of evidence).

    Words decide how much a number is worth: new trouble counts whole, a new remark a quarter.
    """
    templates = view.templates.select(
        "template", "text", "level", error_like(view.templates).alias("bad")
    ).with_columns(stated(view.templates["text"])["decades"].alias("stated"))
    digits = pl.col("observed").str.extract(r"^([\d,]+)").str.replace_all(",", "")
    seen = digits.cast(pl.Float64, strict=False)
    rows = anomalies.join(templates, on="template", how="left", maintain_order="left").with_columns(
        pl.col("text").fill_null(""),
        pl.col("stated").fill_null(0.0),
        (pl.col("bad").fill_null(value=False) | (pl.col("kind") == "severity")).alias("bad"),
        seen.alias("seen"),
    )
    kind, bad, lasting = pl.col("kind"), pl.col("bad"), timedelta(microseconds=LASTS * view.width)
    worth = (
        pl.when(kind.is_in(list(WHOLE)))
        .then(1.0)
        .when(
            kind.is_in(list(SLOW)) & (pl.col("score") >= GROWN) & (pl.col("end") - pl.col("start") >= lasting)
        )
        .then(0.8)
        .when(kind.is_in(list(SLOW)))
        .then(0.5)
        .when(kind == "rate down")
        .then(0.3)
        .when(bad & (pl.col("stated") > 0))
        .then(1.0)
        .when(bad)
        .then(0.8)
        .when((kind == "new") & (pl.col("stated") >= 1.5))
        .then(0.6)
        .otherwise(0.25)
    )
    rows = rows.with_columns((pl.col("score").clip(0, 10) * worth).alias("weight"))
    told = _explained(rows, view) & ~(rows["bad"] & (rows["stated"] >= FIRM))
    return rows.with_columns(
        pl.when(told).then(pl.col("weight") * 0.2).otherwise(pl.col("weight")).alias("weight")
    )


def _explained(rows: pl.DataFrame, view: View) -> pl.Series:
    """Which anomalies are short and lie where something was restarted, deployed or configured."""
    times = view.changes.filter(pl.col("kind").is_in(list(EXPLAINS)))["time"].unique().sort()
    if not times.len():
        return pl.Series([False] * rows.height, dtype=pl.Boolean)
    brief = timedelta(microseconds=max(10_000_000, 2 * view.width))
    before = pl.DataFrame({"time": times}).sort("time")
    near = (
        rows.with_row_index("row")
        .select("row", "start", "end")
        .sort("start")
        .with_columns((pl.col("start") + timedelta(seconds=3)).alias("late"))
        .sort("late")
        .join_asof(before, left_on="late", right_on="time", strategy="backward")
        .sort("row")
    )
    told = ((near["end"] - near["time"]) <= brief) & ((near["end"] - near["start"]) <= brief)
    return told.fill_null(value=False)


def _group(weighed: pl.DataFrame, view: View, start: datetime, end: datetime) -> Group:
    inside = weighed.filter((pl.col("start") <= end) & (pl.col("end") >= start))
    strong = inside.filter(pl.col("weight") >= 1.0)
    best = (
        strong.with_columns(pl.col("kind").replace_strict(FAMILIES, default="mix").alias("family"))
        .group_by("family")
        .agg(pl.col("weight").max())
        .with_columns(
            pl.min_horizontal(
                "weight",
                pl.when(pl.col("family").is_in(["silence", "value", "sequence"]))
                .then(LASTING_CAP)
                .otherwise(FAMILY_CAP),
            ).alias("weight")
        )
        .sort("family")
    )
    families = tuple(best.iter_rows())
    evidence = float(best["weight"].sum()) + _content(strong)
    if not _pillar(strong):
        evidence = min(evidence, ENOUGH - 0.5)
    last = view.counts["last"].max()
    ongoing = isinstance(last, datetime) and last - end <= timedelta(microseconds=2 * view.width)
    return Group(inside, start, end, ongoing, evidence, families)


def _pillar(strong: pl.DataFrame) -> bool:
    """Whether something in the group can carry an incident: trouble, an absence, lasting slowness.

    Many weak signs of life (a surge, a crawl, a warm-up) add up to a number, but not to an incident.
    """
    kind = pl.col("kind")
    carries = (
        (pl.col("bad") & (pl.col("weight") >= SEED))
        | (kind.is_in(list(WHOLE)) & (pl.col("weight") >= 6.0))
        | (kind.is_in(list(SLOW)) & (pl.col("weight") >= 4.0))
    )
    return strong.filter(carries).height > 0


def _content(strong: pl.DataFrame) -> float:
    """Decades that words and spread add: trouble that repeats, a stated cause, several services."""
    bad = strong.filter(pl.col("bad") & pl.col("template").is_not_null() & (pl.col("kind") != "rate down"))
    if not bad.height:
        return 0.0
    repeated = bad.filter(pl.col("seen") >= 3)
    said = 1.0 + max(float(str(repeated["stated"].max())), 0.0) if repeated.height else 0.0
    services = bad["service"].n_unique()
    return said + min(services - 1, 2) * 0.75
