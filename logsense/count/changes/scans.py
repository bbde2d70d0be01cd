"""Scans: requests for what a site may have forgotten to close, told by what is asked for and refused."""

import numpy as np
import polars as pl

from logsense.count.axis import Axis
from logsense.count.changes.words import CLOSE, scan_words
from logsense.count.rows import Names
from logsense.schema import CHANGES

#: A scan: so many distinct refused requests in a bucket, so many times the median of all buckets, each for
#: what the site never served; or so many distinct ones that only scanners make, one after another. What
#: goes on for more than this part of the run is how the site lives.
DISTINCT, USUALLY, PROBES, LONGEST = 12, 5.0, 4, 0.25
#: Keys of requests looked at; a site that refuses more is scanned all the time.
MOST_KEYS = 50_000
#: How a scan is told: by its first request.
_FIRST = (
    pl.first("time", "source", "line", "template"),
    pl.first("message").alias("text"),
    pl.lit("scan").alias("kind"),
)
#: A part of a path that holds a digit names one thing of many.
_ONE_OF_MANY = r"[^/]*[0-9][^/]*"


def scans(records: pl.LazyFrame, keys: pl.DataFrame, names: Names, axis: Axis) -> pl.DataFrame:
    """CHANGES of kind scan: a burst of distinct paths that were refused, or that only scanners ask for.

    Paths that differ in digits or in the query alone are one. text is the first such request. One that goes
    on is told again and again, so that what begins or ends with it is near a row.
    """
    words, message = scan_words(), pl.col("message")
    path = message.str.extract(words.request)
    asked = (
        keys.filter(message.str.contains(words.request) & message.str.contains(words.refused))
        .head(MOST_KEYS)
        .select(
            "key",
            "message",
            path=path.str.replace_all("[0-9]+", "0"),
            route=path.str.replace_all(_ONE_OF_MANY, "0"),
            probe=message.str.contains(words.probes),
        )
    )
    if axis.start is None or asked.height < PROBES:
        return CHANGES.empty()
    seen = (
        records.join(asked.lazy().select("key"), on="key", how="semi")
        .with_columns(bucket=axis.bucket(pl.col("time")))
        .filter(pl.col("bucket") >= 0)
        .select("source", "line", "time", "key", "bucket")
        .collect(engine="streaming")
    )
    placed = names.put(seen.join(asked, on="key"))
    found = pl.concat([_loud(placed, keys, axis), _chains(placed, axis)])
    # One scan is seen by each service its requests pass; the one that met it first is told.
    found = found.sort("time", "service", "source", "line")
    slot = pl.col("time").dt.epoch("us") // CLOSE
    return found.filter(slot.is_first_distinct())


def _loud(placed: pl.DataFrame, keys: pl.DataFrame, axis: Axis) -> pl.DataFrame:
    """Buckets in which far more distinct requests of a service were refused than usual.

    What the site served at another time is no scanner's invention: where all of it is refused the site broke.
    """
    # The request that is shown should be the scanner's, not that of a customer beside it.
    placed = placed.sort("probe", "time", "source", "line", descending=[True, False, False, False])
    if not _bursts(placed, axis).height:
        return CHANGES.empty()
    return _bursts(placed.join(_served(keys), on="route", how="anti"), axis).select(list(CHANGES.columns))


def _bursts(placed: pl.DataFrame, axis: Axis) -> pl.DataFrame:
    each = placed.group_by("service", "bucket", maintain_order=True).agg(
        pl.col("route").n_unique().alias("distinct"), *_FIRST
    )
    usual = each.group_by("service").agg(pl.col("distinct").alias("counts"))
    usual = usual.with_columns(usual=_median_with_zeros(usual["counts"], axis.buckets))
    loud = (pl.col("distinct") >= DISTINCT) & (pl.col("distinct") >= USUALLY * pl.col("usual"))
    return each.join(usual.select("service", "usual"), on="service").filter(loud)


def _served(keys: pl.DataFrame) -> pl.DataFrame:
    """The routes of requests that were not refused: column route."""
    words, message = scan_words(), pl.col("message")
    served = keys.filter(message.str.contains(words.request) & ~message.str.contains(words.refused))
    route = message.str.extract(words.request).str.replace_all(_ONE_OF_MANY, "0")
    return served.head(MOST_KEYS).select(route=route).unique()


def _chains(placed: pl.DataFrame, axis: Axis) -> pl.DataFrame:
    """Requests that only scanners make, one after another: a row for each bucket's length of such a chain.

    It ends where none follows for as long; slow scanners fill no bucket, and fast ones may lie across the
    edge of two.
    """
    step = max(CLOSE, axis.width)
    probes = placed.filter("probe").sort("service", "time", "source", "line")
    apart = (pl.col("time") - pl.col("time").shift(1)).over("service").dt.total_microseconds()
    ends = (apart > step).fill_null(value=True)
    probes = probes.with_columns(chain=ends.cast(pl.UInt32).cum_sum().over("service"))
    whole = ["service", "chain"]
    span = (pl.col("time").max() - pl.col("time").min()).dt.total_microseconds()
    scanned = probes.group_by(whole).agg(pl.col("path").n_unique().alias("distinct"), span.alias("span"))
    brief = pl.col("span") <= max(LONGEST * axis.buckets * axis.width, CLOSE)
    scanned = scanned.filter((pl.col("distinct") >= PROBES) & brief)
    seen = probes.join(scanned, on=whole, how="semi", maintain_order="left")
    since = (pl.col("time") - pl.col("time").min()).over(whole).dt.total_microseconds()
    each = seen.group_by(*whole, (since // step).alias("slot"), maintain_order=True).agg(*_FIRST)
    return each.select(list(CHANGES.columns))


def _median_with_zeros(lists: pl.Series, buckets: int) -> pl.Series:
    """The median of each list where buckets that are missing in it count zero."""
    medians = [float(np.median(np.pad(one.to_numpy(), (0, max(buckets - len(one), 0))))) for one in lists]
    return pl.Series(medians, dtype=pl.Float64)
