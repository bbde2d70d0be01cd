"""What began just after something was changed."""

from datetime import timedelta

import polars as pl

from logsense.api import View, error_like

#: Changes made by people or by what they set up; a surge or a scan is nobody's change.
MADE = ("deploy", "restart", "config")


class Aftermath:
    """A message that begins just after its service was deployed, restarted or configured, and stays.

    Finds: releases and settings that broke something, also where the first sign is a harmless new remark.
    Misses: changes that no log tells of, or that act hours later. What only starts up after a restart is
    left out: it must be trouble, or go on for longer than a start takes. Cost: O(candidates x changes).
    Source: most outages follow a change (Beyer et al., Site Reliability Engineering, 2016: some 70 %);
    decades judged, not fitted.

    Args:
        own: decades where the change is of the same service.
        remark: decades more for a new remark that goes on: elsewhere harmless words speak against it, but
            that a release says something new is the very sign of what it does now.
        other: decades where it is of another one.
        within: seconds after the change at most; no more than a twentieth of the run, two buckets at least.
    """

    name = "aftermath"

    def __init__(
        self, *, own: float = 1.6, remark: float = 0.7, other: float = 0.2, within: float = 60.0
    ) -> None:
        self.own = own
        self.remark = remark
        self.other = other
        self.within = within

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """A row "after a change" for each candidate that follows one; the nearest of its own service."""
        schema = {"candidate": pl.UInt32, "name": pl.String, "value": pl.Float64, "why": pl.String}
        made = view.changes.filter(pl.col("kind").is_in(list(MADE))).select(
            "time", what=pl.col("kind"), who=pl.col("service")
        )
        if not made.height:
            return pl.DataFrame(schema=schema)
        span = view.width * view.buckets
        brief = timedelta(microseconds=int(max(min(self.within * 1e6, 0.05 * span), 2 * view.width)))
        bad = view.templates.select("template", error_like(view.templates).alias("bad"))
        lasting = (pl.col("end") - pl.col("start")) > brief
        after = (
            candidates.join(bad, on="template", how="left", maintain_order="left")
            .filter(pl.col("bad").fill_null(value=False) | lasting)
            .join(made, how="cross")
            .filter((pl.col("start") - pl.col("time")).is_between(timedelta(0), brief))
            .with_columns((pl.col("who") == pl.col("service")).alias("same"))
            .sort("candidate", "same", "time", "who", descending=[False, True, True, False])
            .unique("candidate", keep="first", maintain_order=True)
        )
        remark = (pl.col("kind") == "new") & ~pl.col("bad").fill_null(value=True)
        late = (pl.col("start") - pl.col("time")).dt.total_milliseconds() / 1000
        return after.select(
            "candidate",
            pl.lit("after a change").alias("name"),
            pl.when("same")
            .then(pl.when(remark).then(self.remark).otherwise(0.0) + self.own)
            .otherwise(self.other)
            .alias("value"),
            pl.format("it began {} s after a {} of {}", late.round(1), "what", "who").alias("why"),
        )
