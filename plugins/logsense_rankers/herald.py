"""Trouble that spoke of it before it broke."""

from datetime import timedelta

import polars as pl

from logsense.api import View, error_like, kin

_FORM = {"candidate": pl.UInt32, "name": pl.String, "value": pl.Float64, "why": pl.String}


class Herald:
    """A message of trouble that shares rare words with another service's later trouble speaks for a cause.

    Finds: what failed quietly hours before ("token not renewed") and broke others when it ran out. Misses:
    causes in words of their own. Cost: O(templates that share a rare word). Source: inverse document
    frequency (Sparck Jones 1972) as decades; the rest judged, not fitted.

    Args:
        most: decades at most.
        ahead: how long before the later trouble it must have come, in buckets.
    """

    name = "herald"

    def __init__(self, *, most: float = 3.0, ahead: int = 10) -> None:
        self.most = most
        self.ahead = ahead

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """A row "foretold it" for each candidate that did."""
        bad = view.templates.filter(error_like(view.templates)).select("template")
        trouble = candidates.select("candidate", "service", "template", "start").join(
            bad, on="template", how="semi"
        )
        if trouble["template"].n_unique() < 2:
            return pl.DataFrame(schema=_FORM)
        later = trouble.group_by(other="template", there="service").agg(pl.col("start").min().alias("then"))
        wait = timedelta(microseconds=self.ahead * view.width)
        told = (
            trouble.join(kin(view.templates), on="template")
            .join(later, on="other")
            .filter((pl.col("then") - pl.col("start") > wait) & (pl.col("service") != pl.col("there")))
            .sort("candidate", "decades", "other", "there", descending=[False, True, False, False])
            .unique("candidate", keep="first", maintain_order=True)
        )
        minutes = ((pl.col("then") - pl.col("start")).dt.total_seconds() / 60).round(1)
        return told.select(
            "candidate",
            pl.lit("foretold it").alias("name"),
            pl.min_horizontal("decades", pl.lit(self.most)).alias("value"),
            pl.format("it spoke of {} {} min before others", pl.col("words").list.join(", "), minutes).alias(
                "why"
            ),
        )
