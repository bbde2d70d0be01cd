"""Counters to rates, parts to wholes: rows of single series to SERIES."""

import polars as pl
from logsense.api import SERIES

#: Names that counters have by convention of Prometheus and OpenMetrics.
COUNTER = r"_(total|count|sum)(\{|$)"
#: Words of metrics of which the largest counts: parts of a service are each full on their own.
LARGEST = r"(?i)percent|pct|ratio|%|util|usage_rate|usagerate|load|temperature|fraction|quota"
#: Units in names.
UNITS = (
    (r"(?i)_seconds_total(\{|$)", "s/s"), (r"(?i)_bytes_total(\{|$)", "bytes/s"),
    (r"(?i)_total(\{|$)", "1/s"),
    (r"(?i)[_ ]bytes(\{|$)", "bytes"), (r"(?i)[_ ]seconds(\{|$)", "s"), (r"(?i)[_ ](percent|pct)(\{|$)", "%"),
)  # fmt: skip


def series(rows: pl.DataFrame) -> pl.DataFrame:
    """SERIES of rows (id, time, service, metric, value, counter, unit, line).

    id: which single series a row belongs to. What counts up becomes a rate a second, a count that fell was
    reset to nought in between, and so counts from there. Series of one service and metric at one time (pods,
    cores) are added, of shares the largest is taken.
    """
    usable = rows.drop_nulls(["time", "value"]).filter(pl.col("value").is_finite())
    usable = usable.unique(["id", "time"], keep="last", maintain_order=True).sort("id", "time")
    step = pl.col("time").diff().over("id").dt.total_microseconds() / 1e6
    more = pl.col("value").diff().over("id")
    rate = pl.when(more < 0).then("value").otherwise(more) / step
    known = usable.with_columns(
        value=pl.when("counter").then(rate).otherwise("value"),
        unit=pl.coalesce("unit", _unit(pl.col("counter"))),
    ).drop_nulls("value")
    whole = pl.when(pl.col("metric").first().str.contains(LARGEST)).then(pl.col("value").max())
    merged = known.group_by("service", "metric", "time").agg(
        whole.otherwise(pl.col("value").sort().sum()).alias("value"), pl.first("unit"), pl.min("line")
    )
    return SERIES.check(
        merged.with_columns(pl.col("line").cast(pl.UInt32)).sort("service", "metric", "time"), "metrics"
    )


def _unit(counter: pl.Expr) -> pl.Expr:
    named = pl.lit(None, pl.String)
    for pattern, unit in reversed(UNITS):
        named = pl.when(pl.col("metric").str.contains(pattern)).then(pl.lit(unit)).otherwise(named)
    bracketed = pl.col("metric").str.extract(r"\(([^()]{1,12})\)\s*$")
    return pl.coalesce(bracketed, pl.when(counter).then(named.fill_null("1/s")).otherwise(named))
