"""Clocks that differ: services that share ids, one of which lies outside the other by a constant time."""

from collections import Counter

import polars as pl

from logsense.schema import SKEW

#: So many ids must share the offset, so large a share of them agree, and so many µs it must be.
FEWEST, AGREE, LEAST = 20, 0.9, 50_000
#: How closely the offsets must lie together, as a share of the offset: work that waits in a queue comes
#: late, too, but never so evenly.
SPREAD = 0.05
#: Offsets near a multiple of a quarter of an hour are time zones, whatever the calls look like.
QUARTER, NEAR = 900_000_000, 5_000_000


def skew(chained: pl.DataFrame) -> pl.DataFrame:
    """SKEW from chains (``steps.chains``): by how many µs a service's clock runs ahead of the others.

    A caller's first and last record of an id enclose its callee's. Where one service lies outside the
    other by the same time under more than nine tenths of at least twenty ids, their clocks differ. To
    tell that from work done later, either the two take about as long under each id (the caller waits for
    the callee), or the offset is that of a time zone. Says nothing when in doubt. Of the two services
    the one that agrees with fewer others is said to be off. n counts ids.
    """
    spans = chained.group_by("chain", "service").agg(
        pl.min("time").dt.epoch("us").alias("first"), pl.max("time").dt.epoch("us").alias("last")
    )
    both = spans.join(spans, on="chain", suffix="_in").filter(
        (pl.col("service") != pl.col("service_in"))
        & (pl.col("last") - pl.col("first") >= pl.col("last_in") - pl.col("first_in"))
    )
    pairs = _judged(both)
    return _blamed(pairs) if pairs.height else SKEW.empty()


def _judged(both: pl.DataFrame) -> pl.DataFrame:
    """service, service_in, n, ahead (µs the inner one's clock runs ahead) and whether that is believed."""
    longer, shorter = pl.col("last") - pl.col("first"), pl.col("last_in") - pl.col("first_in")
    # The inner span fits into the outer one if it is moved by anything from low to high.
    low, high = pl.col("first") - pl.col("first_in"), pl.col("last") - pl.col("last_in")
    frame = both.with_columns(
        low=low, high=high, move=(low + high) // 2, even=(shorter * 2 >= longer) & (shorter > 0)
    )
    middle = pl.col("move").median()
    slack = (middle.abs() * SPREAD).clip(upper_bound=NEAR)
    outside = pl.max_horizontal((pl.col("low") > 0).mean(), (pl.col("high") < 0).mean())
    pairs = frame.group_by("service", "service_in").agg(
        pl.len().cast(pl.UInt64).alias("n"),
        (-middle).round().cast(pl.Int64).alias("ahead"),
        outside.alias("outside"),
        ((pl.col("low") - slack <= middle) & (pl.col("high") + slack >= middle)).mean().alias("agree"),
        ((pl.col("move") - middle).abs() <= slack).mean().alias("close"),
        pl.col("even").mean().alias("even"),
    )
    size = pl.col("ahead").abs()
    from_quarter = (size + QUARTER // 2) % QUARTER - QUARTER // 2
    zone = (size >= QUARTER - NEAR) & (from_quarter.abs() <= NEAR)
    sure = pl.all_horizontal([pl.col(name) > AGREE for name in ("outside", "agree", "close")])
    believed = (pl.col("n") >= FEWEST) & (size > LEAST) & sure & (zone | (pl.col("even") > AGREE))
    return pairs.filter(pl.col("n") >= FEWEST).with_columns(off=believed).sort("service", "service_in")


def _blamed(pairs: pl.DataFrame) -> pl.DataFrame:
    """One row a service that is off: the median of what the pairs say."""
    agreeing = Counter[str]()
    for outer, inner in pairs.filter(~pl.col("off")).select("service", "service_in").iter_rows():
        agreeing.update((outer, inner))
    said: dict[str, list[tuple[int, int]]] = {}
    off = pairs.filter("off").select("service", "service_in", "ahead", "n")
    for outer, inner, ahead, n in off.iter_rows():
        if agreeing[inner] > agreeing[outer]:
            said.setdefault(outer, []).append((-ahead, n))
        else:
            said.setdefault(inner, []).append((ahead, n))
    rows: list[dict[str, object]] = []
    for service, offsets in sorted(said.items()):
        ordered = sorted(offsets)
        rows.append(
            {"service": service, "offset": ordered[len(ordered) // 2][0], "n": max(n for _, n in offsets)}
        )
    return SKEW.of(rows)


def sentences(frame: pl.DataFrame) -> tuple[str, ...]:
    """SKEW in words, one sentence a service whose clock is off."""
    rows = frame.sort("service").iter_rows(named=True)
    return tuple(
        f"the clock of {row['service']} seems to run {abs(row['offset']) / 1e6:.1f} s "
        f"{'ahead' if row['offset'] > 0 else 'behind'} (seen under {row['n']:,} shared ids);"
        " times are as written"
        for row in rows
    )
