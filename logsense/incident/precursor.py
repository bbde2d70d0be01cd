"""Trouble that came before an incident and speaks of the same things."""

from datetime import datetime, timedelta

import polars as pl

from logsense.schema import View
from logsense.signs import kin

#: How long before an incident its cause is looked for.
BEFORE = timedelta(hours=24)
#: Decades that its own weight and the words it shares with what broke must be worth.
ENOUGH = 3.5
#: Weight of what in the incident may be spoken of.
STRONG = 2.5


def precursors(weighed: pl.DataFrame, view: View, start: datetime, end: datetime) -> pl.DataFrame:
    """Anomalies of trouble in the day before ``start`` that share rare words with those from start to end.

    weighed: see ``weigh``. What is not renewed at night fails in the morning: only the words tell that the
    one led to the other. All messages of one service share words that say nothing: only another's count. Rows
    of ``weighed``.
    """
    inside = (pl.col("start") <= end) & (pl.col("end") >= start)
    trouble = pl.col("bad") & pl.col("template").is_not_null()
    before = weighed.filter(trouble & (pl.col("end") < start) & (pl.col("start") >= start - BEFORE))
    told = weighed.filter(trouble & inside & (pl.col("weight") >= STRONG)).select(
        other="template", there="service"
    )
    if not before.height or not told.height:
        return before.clear()
    pairs = kin(view.templates).join(told.unique(), on="other")
    shared = (
        before.select("service", "template")
        .unique()
        .join(pairs, on="template")
        .filter(pl.col("service") != pl.col("there"))
        .group_by("service", "template")
        .agg(pl.col("decades").max())
    )
    near = before.join(shared, on=["service", "template"])
    near = near.filter(pl.col("weight") + pl.col("decades") >= ENOUGH)
    return near.select(weighed.columns)
