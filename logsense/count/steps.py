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
#: Kinds of ids by how whole the piece of work is they name, the wholest first: a trace, then a request. What
#: lies within both (an order, a customer) also joins requests that have nothing to do with each other.
WHOLES = (
    r"(?i)^(?:x[_-])?(?:b3[_-])?trace(?:[_.-]?id|parent)?$",
    r"(?i)^(?:(?:x[_-])?(?:req(?:uest)?|correlation|transaction|txn?|invocation|operation|call)(?:[_.-]?u?u?id)?|rid|opid)$",
)
#: A logger that says the line of its code is a place: messages of one place are one step, however they read.
PLACE = r"^.*[A-Za-z_$\])>][:#][0-9]{1,6}$"
#: A kind of id is not followed where this share of its records has an id of something more whole.
COVERED = 0.9


def chains(
    links: pl.DataFrame, took: pl.DataFrame, keys: pl.DataFrame, names: Names, axis: Axis
) -> pl.DataFrame:
    """LINKS as chains: chain, kind, time, began, bucket, service, template, place and whole.

    In order of chain, time, source, line. ``keys``: KEYS, whose loggers may say a place in the code.
    ``took`` (source, line, took in µs): how long the work took that a record tells of; the column
    ``began`` is the time less that, the time itself where nothing is said.

    An id is followed from service to service whatever its field is called there, unless it is short. A
    record counts once a chain. Records without a time, or off the axis, have no place in the order.
    ``whole``: whether the id is the wholest its records have, so that steps are read from it.
    """
    chain = pl.when(pl.col("id").str.len_chars() >= LONG_ID).then("id")
    placed = (
        names.put(_wholest(links))
        .join(keys.select("key", place=pl.col("logger").str.extract(f"({PLACE})")), on="key", how="left")
        .join(took, on=["source", "line"], how="left")
        .with_columns(
            began=pl.col("time") - pl.duration(microseconds=pl.col("took").fill_null(0)),
            chain=pl.coalesce(chain, pl.concat_str("kind", "id", separator="=")).str.to_lowercase(),
            bucket=axis.bucket(pl.col("time")),
        )
        .filter(pl.col("bucket") >= 0)
        .sort("chain", "time", "source", "line", "kind")
        .with_columns(pl.col("whole").any().over("chain", "source", "line"))
        .unique(["chain", "source", "line"], keep="first", maintain_order=True)
    )
    if axis.start is None:
        placed = placed.clear()
    fit = placed.filter(pl.len().over("chain").is_between(2, MOST_RECORDS))
    return fit.select("chain", "kind", "time", "began", "bucket", "service", "template", "place", "whole")


def _wholest(links: pl.DataFrame) -> pl.DataFrame:
    """LINKS with ``whole``: false where a kind's records nearly all have an id of something more whole."""
    kinds = links.select("kind").unique().sort("kind")
    order = pl.coalesce(
        [pl.when(pl.col("kind").str.contains(one)).then(place) for place, one in enumerate(WHOLES)]
    ).fill_null(len(WHOLES))
    ranked = links.join(kinds.with_columns(order.alias("order")), on="kind", maintain_order="left")
    if kinds.height < 2:
        return ranked.with_columns(whole=pl.lit(value=True))
    best = ranked.group_by("source", "line").agg(pl.min("order").alias("best"))
    ranked = ranked.join(best, on=["source", "line"], maintain_order="left")
    covered = (pl.col("order") > pl.col("best")).mean().over("kind") >= COVERED
    return ranked.with_columns(whole=(pl.col("order") == pl.col("best")) | ~covered)


def steps(chained: pl.DataFrame) -> pl.DataFrame:
    """STEPS of chains: successive records, and START and END rows, which have no gap (an empty histogram).

    START and END stand as templates; their service is that of the record beside them.
    """
    chained = chained.filter("whole")
    if not chained.height:
        return STEPS.empty()
    names = _steps_of(chained)
    same = pl.col("chain") == pl.col("chain").shift(-1)
    ahead = chained.join(names.select("step", *_OWN), on=_OWN, nulls_equal=True, maintain_order="left")
    ahead = ahead.with_columns(
        next=pl.col("step").shift(-1),
        gap=(pl.col("time").shift(-1) - pl.col("time")).dt.total_microseconds(),
        goes_on=same.fill_null(value=False),
        begins=(pl.col("chain") != pl.col("chain").shift(1)).fill_null(value=True),
    )
    no_gap, none = pl.lit(None, pl.Int64).alias("gap"), pl.lit(None, pl.UInt32)
    inner = ahead.filter("goes_on").select("bucket", "gap", a="step", b="next")
    firsts = ahead.filter("begins").select("bucket", no_gap, a=none, b="step")
    lasts = ahead.filter(~pl.col("goes_on")).select("bucket", no_gap, a="step", b=none)
    return _grouped(
        pl.concat([one.select("bucket", "a", "b", "gap") for one in (inner, firsts, lasts)]), names
    )


_OWN = ["service", "template", "place"]


def _steps_of(chained: pl.DataFrame) -> pl.DataFrame:
    """The distinct steps by number: step, service, template, place, and said, the template it is called by.

    Several templates of one place are one step, which is called by the commonest of them.
    """
    seen = chained.group_by(_OWN).agg(pl.len().alias("n"))
    own = pl.coalesce("place", "template")
    ordered = seen.sort("service", own, "n", "template", descending=[False, False, True, False])
    named = ordered.with_columns(where=own, said=pl.col("template").first().over("service", own))
    # Numbers in the order of what they are called by.
    named = named.sort("service", "said", "place", nulls_last=False)
    return named.with_columns(step=(pl.struct("service", "where").rle_id()).cast(pl.UInt32))


def _grouped(pairs: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """STEPS of numbered steps a → b; null stands for START and END, whose service is that of the other."""
    by = ["bucket", "a", "b"]
    summed = pairs.group_by(by).agg(
        pl.len().cast(pl.UInt32).alias("n"),
        pl.max("gap").fill_null(0).alias("longest"),
        pl.sum("gap").alias("total"),
    )
    shapes = histograms(pairs.drop_nulls("gap"), by, "gap")
    none = pl.lit([], STEPS.columns["histogram"])
    joined = summed.join(shapes, on=by, how="left", nulls_equal=True)
    called = names.select("step", "service", "place", template="said").unique("step", keep="first")
    here = called.select("service", "template", "place", a="step")
    there = called.select(b="step", next_service="service", next_template="template", next_place="place")
    spelled = joined.join(here, on="a", how="left").join(there, on="b", how="left")
    spelled = spelled.with_columns(
        pl.coalesce("histogram", none),
        pl.coalesce("service", "next_service"),
        pl.coalesce("next_service", "service"),
        pl.col("template").fill_null(START),
        pl.col("next_template").fill_null(END),
    )
    return spelled.select(list(STEPS.columns)).sort(_BY, nulls_last=False)


_BY = ["bucket", "service", "template", "next_service", "next_template", "place", "next_place"]


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
