"""What follows what under a shared id: steps between messages, and who calls whom."""

import polars as pl

from logsense.count.axis import Axis
from logsense.count.rows import Names
from logsense.count.series import histograms
from logsense.schema import EDGES, STEPS

#: An id of fewer characters means something only together with the name of its field.
LONG_ID = 8
#: What is under more records than this (a tenant, a constant) is no id of one piece of work.
MOST_RECORDS = 2_000
START, END = "START", "END"


def chains(links: pl.DataFrame, took: pl.DataFrame, names: Names, axis: Axis) -> pl.DataFrame:
    """LINKS as chains: chain, kind, time, bucket, service, template, in order of chain, time, source, line.

    ``took`` (source, line, took in µs): how long the work took that a record tells of; the column
    ``began`` is the time less that, the time itself where nothing is said.

    An id is followed from service to service whatever its field is called there, unless it is short. A
    record counts once a chain. Records without a time, or off the axis, have no place in the order.
    """
    chain = pl.when(pl.col("id").str.len_chars() >= LONG_ID).then("id")
    placed = (
        names.put(links)
        .join(took, on=["source", "line"], how="left")
        .with_columns(
            began=pl.col("time") - pl.duration(microseconds=pl.col("took").fill_null(0)),
            chain=pl.coalesce(chain, pl.concat_str("kind", "id", separator="=")).str.to_lowercase(),
            bucket=axis.bucket(pl.col("time")),
        )
        .filter(pl.col("bucket") >= 0)
        .sort("chain", "time", "source", "line", "kind")
        .unique(["chain", "source", "line"], keep="first", maintain_order=True)
    )
    if axis.start is None:
        placed = placed.clear()
    fit = placed.filter(pl.len().over("chain").is_between(2, MOST_RECORDS))
    return fit.select("chain", "kind", "time", "began", "bucket", "service", "template")


def steps(chained: pl.DataFrame) -> pl.DataFrame:
    """STEPS of chains: successive records, and START and END rows, which have no gap (an empty histogram).

    START and END stand as templates; their service is that of the record beside them.
    """
    if not chained.height:
        return STEPS.empty()
    same = pl.col("chain") == pl.col("chain").shift(-1)
    ahead = chained.with_columns(
        next_service=pl.col("service").shift(-1),
        next_template=pl.col("template").shift(-1),
        gap=(pl.col("time").shift(-1) - pl.col("time")).dt.total_microseconds(),
        goes_on=same.fill_null(value=False),
        begins=(pl.col("chain") != pl.col("chain").shift(1)).fill_null(value=True),
    )
    no_gap = pl.lit(None, pl.Int64).alias("gap")
    inner = ahead.filter("goes_on")
    firsts = ahead.filter("begins").select(
        "bucket",
        "service",
        no_gap,
        template=pl.lit(START),
        next_service=pl.col("service"),
        next_template=pl.col("template"),
    )
    lasts = ahead.filter(~pl.col("goes_on")).select(
        "bucket",
        "service",
        "template",
        no_gap,
        next_service=pl.col("service"),
        next_template=pl.lit(END),
    )
    return _grouped(pl.concat([one.select(_COLUMNS) for one in (inner, firsts, lasts)]))


_BY = ["bucket", "service", "template", "next_service", "next_template"]
_COLUMNS = [*_BY, "gap"]


def _grouped(pairs: pl.DataFrame) -> pl.DataFrame:
    # Grouped by numbers: four strings a row cost ten times as much. Numbers in the order of the strings.
    ends = pl.concat([pairs.select(_BY[1:3]), pairs.select(service="next_service", template="next_template")])
    ends = ends.unique().sort("service", "template")
    here = ends.with_row_index("a")
    there = ends.rename({"service": "next_service", "template": "next_template"}).with_row_index("b")
    coded = pairs.join(here, on=_BY[1:3]).join(there, on=_BY[3:]).select("bucket", "a", "b", "gap")
    by = ["bucket", "a", "b"]
    summed = coded.group_by(by).agg(
        pl.len().cast(pl.UInt32).alias("n"),
        pl.max("gap").fill_null(0).alias("longest"),
        pl.sum("gap").alias("total"),
    )
    shapes = histograms(coded.drop_nulls("gap"), by, "gap")
    none = pl.lit([], STEPS.columns["histogram"])
    joined = summed.join(shapes, on=by, how="left").with_columns(pl.coalesce("histogram", none)).sort(by)
    spelled = joined.join(here, on="a", maintain_order="left").join(there, on="b", maintain_order="left")
    return spelled.select(list(STEPS.columns))


def shared_edges(chained: pl.DataFrame) -> pl.DataFrame:
    """EDGES read from chains: A calls B where B first begins in a chain right after a record of A began.

    Of two services that call each other in turn only the commoner direction is kept (both on a tie): a
    caller that logs when it is done comes after its callee now and then. n counts chains.
    """
    if not chained.height:
        return EDGES.empty()
    # Who logs when it is done stands behind those it called; when it began tells.
    calls = (
        chained.sort("chain", "began", maintain_order=True)
        .with_columns(
            to=pl.col("service"),
            service=pl.col("service").shift(1),
            same=pl.col("chain") == pl.col("chain").shift(1),
            kind=pl.col("kind").shift(1),
            new=pl.struct("chain", "service").is_first_distinct(),
        )
        .filter(pl.col("new") & pl.col("same") & (pl.col("service") != pl.col("to")))
    )
    edges = calls.group_by("service", "to", how=pl.lit("shared ") + pl.col("kind")).agg(
        pl.len().cast(pl.UInt64).alias("n"), pl.min("time").alias("first"), pl.max("time").alias("last")
    )
    both = edges.group_by("service", "to").agg(pl.sum("n").alias("all"))
    back = both.rename({"service": "to", "to": "service", "all": "back"})
    kept = (
        edges.join(both, on=["service", "to"])
        .join(back, on=["service", "to"], how="left")
        .filter(pl.col("all") >= pl.col("back").fill_null(0))
    )
    return kept.select(list(EDGES.columns)).sort("service", "to", "how")
