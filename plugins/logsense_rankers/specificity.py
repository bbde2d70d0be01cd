"""What a candidate's words state."""

import polars as pl

from logsense.api import View, stated

ABSENT = ("vanished", "silence", "rate down")
#: Decades from which words tell of the speaker itself: who says that another is gone is not where it arose.
FIRM = 1.0


class Specificity:
    """Words that name a resource, limit, refusal, signal, expiry or permission speak for a cause.

    Finds: causes that say so. Misses: causes in words of the application's own. Cost: O(candidates).
    Source: families of words of software at large, reviewed by reading; decades judged, not fitted.

    Args:
        weight: decades are multiplied by it.
        first: decades for the first of several services that state the same.
    """

    name = "specificity"

    def __init__(self, *, weight: float = 1.0, first: float = 0.7) -> None:
        self.weight = weight
        self.first = first

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """A row for each candidate whose template states something."""
        rows = candidates.select("candidate", "service", "template", "kind", "start").join(
            view.templates.select("template", "text"), on="template", how="left", maintain_order="left"
        )
        said = stated(rows["text"].fill_null(""))
        rows = rows.with_columns(said["decades"].alias("decades"), said["why"].alias("states")).filter(
            (pl.col("decades") != 0) & ~pl.col("kind").is_in(list(ABSENT))
        )
        words = rows.select(
            "candidate",
            pl.lit("states").alias("name"),
            (pl.col("decades") * self.weight).alias("value"),
            pl.format("its words: {}", pl.col("states")).alias("why"),
        )
        return pl.concat([words, self._first(rows)])

    def _first(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Of several services that state the same, the one that did so first is nearest to where it arose."""
        same = (
            rows.filter(pl.col("decades") >= FIRM)
            .sort("start", "candidate")
            .with_columns(
                pl.col("service").n_unique().over("states").alias("services"),
                pl.col("candidate").first().over("states").alias("origin"),
            )
        )
        first = same.filter((pl.col("services") > 1) & (pl.col("candidate") == pl.col("origin")))
        return first.select(
            "candidate",
            pl.lit("first to say so").alias("name"),
            pl.lit(self.first).alias("value"),
            pl.format("{} services state: {}; this one first", "services", "states").alias("why"),
        )
