"""What counts of the anomalies of a view of which only a part is judged."""

from datetime import datetime, timedelta

import polars as pl

from logsense.schema import TIME, View
from logsense.signs import error_like

#: What begins before the judged part and ends within so many buckets of it is an echo of what was before:
#: detectors sum over trailing windows.
ECHO = 8
#: A service that is gone was renamed where so large a share of its records goes on under new ones.
RENAMED = 0.8
ABSENT = ("silence", "vanished")


def of_judged(found: pl.DataFrame, view: View) -> pl.DataFrame:
    """The ANOMALIES that concern the judged part of a view, cut to it.

    Against a baseline that lies apart, a service which that does not know is one thing that is new, and not
    one for each of its messages, unless they tell of trouble that no service is known for; nor is a service
    gone whose messages go on under a new name.
    """
    if view.judged is None or not found.height:
        return found
    low, high = _times(view)
    allowed = timedelta(microseconds=min(ECHO, (view.judged[1] - view.judged[0]) // 3) * view.width)
    echo = (pl.col("start") < low) & (pl.col("end") < low + allowed)
    inside = found.filter((pl.col("end") >= low) & (pl.col("start") < high) & ~echo)
    bounds = pl.lit(low, TIME), pl.lit(high, TIME)
    cut = inside.with_columns(pl.max_horizontal("start", bounds[0]).alias("start"))
    cut = cut.with_columns(pl.min_horizontal("end", bounds[1]).alias("end"))
    return _of_services(cut, view) if view.apart and view.usual is not None else cut


def _times(view: View) -> tuple[datetime, datetime]:
    """From when to when is judged, in the times of the view's counts."""
    step = timedelta(microseconds=view.width)
    zero = view.start
    if zero is None:
        zero = view.counts.select(pl.col("first") - pl.col("bucket") * step).min().item()
    low, high = view.judged or (0, view.buckets)
    return zero + low * step, zero + high * step


def _of_services(found: pl.DataFrame, view: View) -> pl.DataFrame:
    """The anomalies without those that follow from a service being new, or renamed, alone."""
    low, high = view.judged or (0, view.buckets)
    usual = view.counts.filter(pl.col("bucket").is_in(list(view.quiet)))
    own = view.counts.filter(pl.col("bucket").is_between(low, high - 1))
    unknown = pl.col("service").is_in(own.join(usual, on="service", how="anti")["service"].unique().implode())
    strange = own.join(usual, on="template", how="anti")
    bad = view.templates.filter(error_like(view.templates))
    strange = strange.join(bad, on="template", how="semi")
    telling = pl.col("template").is_in(strange["template"].unique().implode())
    telling |= pl.col("template").is_null() & pl.col("service").is_in(strange["service"].unique().implode())
    kept = found.filter(~unknown | telling.fill_null(value=False))
    gone = pl.col("kind").is_in(list(ABSENT)) & pl.col("service").is_in(_renamed(usual, own))
    return pl.concat([kept.filter(~gone), _once(found.filter(unknown & (pl.col("kind") == "new")), view)])


def _renamed(usual: pl.DataFrame, own: pl.DataFrame) -> list[str]:
    """Services of the baseline alone whose messages are said by services that it does not know."""
    before = usual.join(own, on="service", how="anti")
    fresh = own.join(usual, on="service", how="anti")["template"].unique()
    goes_on = pl.col("n").filter(pl.col("template").is_in(fresh.implode())).sum() / pl.col("n").sum()
    shares = before.group_by("service").agg(goes_on.alias("share"))
    return sorted(shares.filter(pl.col("share") >= RENAMED)["service"].to_list())


def _once(found: pl.DataFrame, view: View) -> pl.DataFrame:
    """One anomaly a service that is new: its first message, with how many there are."""
    calm = view.templates.filter(~error_like(view.templates))
    rows = found.join(calm, on="template", how="semi").sort("start", "service", "template")
    kinds = rows.group_by("service").agg(
        pl.col("template").n_unique().alias("kinds"), pl.max("end"), pl.max("score")
    )
    first = rows.unique("service", keep="first", maintain_order=True).drop("end", "score")
    told = first.join(kinds, on="service", maintain_order="left").with_columns(
        observed=pl.format("{} kinds of messages", "kinds"),
        sentence=pl.format("{}: a service that the known-good logs do not know, {} kinds of messages",
                           "service", "kinds"),
    )  # fmt: skip
    return told.select(found.columns)
