"""A ranker that adds a decade for each minute that a candidate leads, without end."""

import polars as pl

from specimens.good import Ranker


class Bad(Ranker):
    """Leads. Finds: who was first. Misses: all else. Cost: none. Source: none. decades: a minute's."""

    def score(self, view: object, candidates: pl.DataFrame) -> pl.DataFrame:
        said = super().score(view, candidates).drop("value").join(candidates, on="candidate", how="inner")
        lead = candidates["end"].max() if candidates.height else None
        minutes = (pl.lit(lead, pl.Datetime("us")) - pl.col("start")).dt.total_minutes()
        value = (minutes * self.decades / 60.0).cast(pl.Float64).fill_null(0.0)
        return said.select("candidate", "name", "why", value=value + 1.0).sort("candidate")


MEANT, PLUGIN = "scores_in_reach", Bad
