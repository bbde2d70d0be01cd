"""Who did what: successes with the failures right before them, and deeds, each by actor."""

import polars as pl

from logsense.count.axis import Axis
from logsense.count.rows import Names
from logsense.schema import ATTEMPTS, DEEDS

#: What fails, and what succeeds in the same matter.
SUCCEEDS = {"failed": "passed", "refused": "answered"}
#: Acts that are deeds, and what others ask of a page that is injected into.
DEEDS_DONE = [
    "elevated", "commanded", "took", "injected", "scanned", "enrolled", "granted", "keyed", "blinded",
    "failed", "passed", "asked",
]  # fmt: skip
#: Successes of one actor this close (µs) are one, told where most failed: an application logs what its
#: proxy logs, too.
TOGETHER = 60_000_000
_ACTOR = ["service", "act", "actor", "how"]


def placed(acts: pl.DataFrame, names: Names, axis: Axis) -> pl.DataFrame:
    """ACTS on the axis with bucket, service and template, in order of time; none where nothing has a time."""
    bucket = axis.bucket(pl.col("time"))
    if axis.start is None:
        acts = acts.clear()
    on = names.put(acts).with_columns(bucket=bucket).filter(pl.col("bucket") >= 0)
    return on.sort("time", "source", "line")


def attempts(acted: pl.DataFrame) -> pl.DataFrame:
    """ATTEMPTS of what ``placed`` gives.

    The actor is the address, else, where the successes of a service mostly name none, the user: a user is
    guessed at by many addresses, so that its failures say little of who succeeded.
    """
    matter = pl.col("act").replace(SUCCEEDS).alias("act")
    won = pl.col("act").is_in(list(SUCCEEDS.values())).alias("won")
    tries = acted.filter(pl.col("act").is_in([*SUCCEEDS, *SUCCEEDS.values()])).with_columns(won, matter)
    if not tries.height:
        return ATTEMPTS.empty()
    told = pl.col("address").filter("won").is_not_null().mean().over("service", "act") >= 0.5
    tries = tries.with_columns(
        how=pl.when(told.fill_null(value=True)).then(pl.lit("address")).otherwise(pl.lit("user"))
    )
    tries = tries.with_columns(
        actor=pl.when(pl.col("how") == "address").then("address").otherwise("user")
    ).drop_nulls("actor")
    # Scanners ask in any order: what one was refused after its first answer counts as what came before.
    tries = tries.sort(pl.col("won") & (pl.col("act") == "answered"), maintain_order=True)
    runs = _once_a_scanner(_runs(tries))
    at_once = runs.filter(pl.col("failed") == 0).group_by("service", "act").agg(pl.col("n").sum())
    zero = {name: pl.lit(0, pl.UInt64) for name in ("failed", "same", "before", "names")}
    none = {name: pl.lit(None, ATTEMPTS.columns[name]) for name in sorted(ATTEMPTS.nullable)}
    after = _told_once(runs.filter(pl.col("failed") > 0))
    rows = [one.select(list(ATTEMPTS.columns)) for one in (after, at_once.with_columns(**zero, **none))]
    return pl.concat(rows).sort("time", "service", "act", "actor", nulls_last=True)


def _runs(tries: pl.DataFrame) -> pl.DataFrame:
    """ATTEMPTS, a row a success: what failed since the actor's last one is its run of failures."""
    won, lost = pl.col("won"), ~pl.col("won")
    earlier = won.cast(pl.UInt64).cum_sum() - won.cast(pl.UInt64)
    failed, same = pl.col("time").filter(lost), pl.col("user").filter(lost).eq_missing(pl.col("user").last())
    return (
        tries.with_columns(
            run=earlier.over(_ACTOR),
            before=earlier.over(*_ACTOR, "user"),
            names=pl.col("user").filter("won").n_unique().cast(pl.UInt64).over(_ACTOR),
        )
        .group_by(*_ACTOR, "run", maintain_order=True)
        .agg(
            failed.len().cast(pl.UInt64).alias("failed"),
            same.sum().cast(pl.UInt64).alias("same"),
            failed.first().alias("first"),
            failed.last().alias("last"),
            pl.col("template").filter(lost).sort().mode(maintain_order=True).first().alias("failed_template"),
            won.last(),
            pl.col("user").last().alias("name"),
            pl.last("template", "time", "source", "line", "before", "names"),
        )
        .filter("won")
        .with_columns(n=pl.lit(1, pl.UInt64))
    )


def _once_a_scanner(runs: pl.DataFrame) -> pl.DataFrame:
    """Of a scanner that was answered one row; with no failures where it was answered more often than not.

    A site that answers anything would else be told of each who asks.
    """
    probe = pl.col("act") == "answered"
    mostly = pl.len().over(_ACTOR) > pl.col("failed").max().over(_ACTOR)
    failed = pl.when(probe & mostly).then(pl.lit(0, pl.UInt64)).otherwise("failed").alias("failed")
    return runs.with_columns(failed).filter(~probe | (pl.col("run") == 0))


def _told_once(runs: pl.DataFrame) -> pl.DataFrame:
    """Of successes of one actor that several services tell, the one that names a user, or most failures."""
    ordered = runs.sort("act", "how", "actor", "time", "service")
    since = (pl.col("time") - pl.col("time").shift(1)).over("act", "how", "actor").dt.total_microseconds()
    group = (since > TOGETHER).fill_null(value=True).cum_sum().alias("group")
    order = ["group", pl.col("name").is_null(), "failed", "service"]
    best = ordered.with_columns(group).sort(order, descending=[False, False, True, False])
    return best.filter(pl.col("service") == pl.col("service").first().over("group"))


def deeds(acted: pl.DataFrame) -> pl.DataFrame:
    """DEEDS of what ``placed`` gives."""
    done = acted.filter(pl.col("act").is_in(DEEDS_DONE))
    by = ["bucket", "service", "template", "act", "actor", "how"]
    each = [
        done.drop_nulls(how).with_columns(actor=pl.col(how), how=pl.lit(how)) for how in ("address", "user")
    ]
    counted = (
        pl.concat(each)
        .sort("time", "source", "line")
        .group_by(by)
        .agg(
            pl.len().cast(pl.UInt32).alias("n"),
            pl.min("time").alias("first"),
            pl.max("time").alias("last"),
            pl.first("source", "line"),
            pl.min("size").alias("smallest"),
            pl.max("size").alias("largest"),
        )
    )
    return counted.select(list(DEEDS.columns)).sort(by)
