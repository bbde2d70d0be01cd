"""What an anomaly is worth as evidence of an incident: decades, by its words and by what explains it."""

from datetime import timedelta

import polars as pl

from logsense.incident.outburst import outbursts
from logsense.schema import View
from logsense.signs import error_like, stated

#: Slowness or lost steps count nearly whole from this score on, where it lasts this many buckets. Spells
#: of it come and pass in health, too. Of one that is there when the run ends nothing shows that it passed:
#: from any score it counts nearly whole. A number of a message that left its usual for good counts whole.
GROWN, LASTS = 10.0, 10
#: … or where it lasts so long (µs), if these are not too few buckets to tell.
LONG, FEWEST = 30_000_000, 6
#: Decades from which words state a cause so firmly that no restart explains them away.
FIRM = 1.5
#: From this score on what tells of an intruder is not explained by a restart, which an intruder makes, too.
CERTAIN = 7.0
#: Kinds that are worth their whole number without any words.
WHOLE = ("vanished", "silence", "security", "forecast")
#: Kinds that tell of slowness or lost steps: short-lived ones are common in health.
SLOW = ("sequence", "gap", "value")
#: Kinds that go on until somebody mends them: what begins so many buckets later is another matter.
LASTING, FOLLOWS = ("vanished", "silence"), 5
#: Changes that explain a short disturbance of their service and its callers; scanners come again and again.
EXPLAINS = ("deploy", "restart", "config", "rotation", "scan")
SCANS = ("scan",)


def weigh(anomalies: pl.DataFrame, view: View) -> pl.DataFrame:
    """ANOMALIES with text, bad, stated (decades), seen (records), outburst, weight, reach, explained.

    Words decide how much a number is worth: new trouble counts whole, a new remark a quarter; outburst
    marks rises without such words that are too large to need them. reach: until when what begins belongs
    to it, its end but for absences. explained: a change or a scan accounts for it.
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
        outbursts(anomalies, view, GROWN).alias("outburst"),
    )
    long = min(LASTS * view.width, max(LONG, FEWEST * view.width))
    kind, bad, lasting = pl.col("kind"), pl.col("bad"), timedelta(microseconds=long)
    stays = pl.col("lasts").fill_null(value=False)
    slow = kind.is_in(list(SLOW)) & (pl.col("end") - pl.col("start") >= lasting)
    # Of a metric, which has no template, its last sample alone is known to be off.
    goes_on = slow & stays & (kind == "value") & pl.col("template").is_not_null()
    worth = (
        pl.when(kind.is_in(list(WHOLE)) | goes_on)
        .then(1.0)
        .when(slow & (stays | (pl.col("score") >= GROWN)))
        .then(0.8)
        .when(kind.is_in(list(SLOW)))
        .then(0.5)
        .when(kind == "rate down")
        .then(0.3)
        .when(pl.col("outburst") & ~bad)
        .then(0.7)
        .when(bad & (pl.col("stated") > 0))
        .then(1.0)
        .when(bad)
        .then(0.8)
        .when((kind == "new") & (pl.col("stated") >= 1.5))
        .then(0.6)
        .otherwise(0.25)
    )
    soon = pl.col("start") + timedelta(microseconds=max(FOLLOWS * view.width, 60_000_000))
    rows = rows.with_columns(
        (pl.col("score").clip(0, 10) * worth).alias("weight"),
        pl.when(kind.is_in(list(LASTING)) | goes_on)
        .then(pl.min_horizontal("end", soon))
        .otherwise("end")
        .alias("reach"),
    )
    intruder = (rows["kind"] == "security") & (rows["score"] >= CERTAIN)
    told = _explained(rows, view) & ~(rows["bad"] & (rows["stated"] >= FIRM)) & ~intruder
    return rows.with_columns(
        pl.when(told).then(pl.col("weight") * 0.2).otherwise(pl.col("weight")).alias("weight"),
        told.alias("explained"),
    )


def _explained(rows: pl.DataFrame, view: View) -> pl.Series:
    """Which anomalies lie where something was restarted, deployed or configured, or while someone scanned.

    A change explains what is short and begins with it; a scan all that begins and ends with one, since
    scanners come again and again.
    """
    brief = timedelta(microseconds=max(10_000_000, 2 * view.width))
    # A process that is restarted goes before it says that it is back.
    ahead = timedelta(microseconds=min(max(3_000_000, view.width // 5), 60_000_000))
    begins = _near(rows["start"], view, EXPLAINS, brief, ahead)
    ends = _near(rows["end"], view, EXPLAINS, brief, ahead)
    scanned = _near(rows["start"], view, SCANS, brief, ahead) & _near(rows["end"], view, SCANS, brief, ahead)
    short = (rows["end"] - rows["start"] <= brief).fill_null(value=False)
    return (begins & ends & short) | scanned


def _near(
    times: pl.Series, view: View, kinds: tuple[str, ...], after: timedelta, ahead: timedelta
) -> pl.Series:
    """Which times lie within ``after`` behind a change of these kinds, or ``ahead`` of one."""
    changes = view.changes.filter(pl.col("kind").is_in(list(kinds)))["time"].unique().sort()
    rows = pl.DataFrame({"time": times}).with_row_index("row").with_columns(pl.col("time") + ahead)
    known = pl.DataFrame({"change": changes}).with_columns(time=pl.col("change"))
    joined = rows.drop_nulls("time").sort("time").join_asof(known, on="time", strategy="backward")
    hit = joined.filter(pl.col("time") - pl.col("change") <= after + ahead)["row"]
    return rows["row"].is_in(hit.implode())
