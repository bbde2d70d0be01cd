"""How surprising, how bad and how early a candidate is."""

from datetime import datetime

import polars as pl

from logsense.api import View, error_like

#: Decades for the kind alone: a cause is new or gone more often than merely more or less.
KIND = {
    "new": 0.5,
    "vanished": 1.2,
    "silence": 0.8,
    "security": 0.8,
    "value": 0.2,
    "sequence": 0.4,
    "gap": 0.2,
    "forecast": 0.3,
    "rate up": 0.0,
    "rate down": -1.0,
    "severity": -0.8,
    "change": 0.3,
    "mix": -0.5,
}
LEVEL = {"FATAL": 0.9, "ERROR": 0.6, "WARN": 0.3}
#: How many records a candidate has, as its words say.
SEEN = (
    pl.col("observed")
    .str.extract(r"^([\d,]+)")
    .str.replace_all(",", "")
    .cast(pl.Float64, strict=False)
    .alias("seen")
)
ABSENT = ("vanished", "silence")


class Surprise:
    """Novelty, severity, size and earliness of a candidate, each in decades.

    Finds: causes that are new or gone, bad and early. Misses: causes logged long before their effects at a
    harmless level. Cost: O(candidates). Source: weights judged from general experience: evidence in one
    unit adds; half a decade a factor of about three.

    Args:
        most: decades of surprise that count at most; beyond, a small p says no more about cause or symptom.
        slack: seconds within which candidates count as equally early.
    """

    name = "surprise"

    def __init__(self, *, most: float = 6.0, slack: float = 3.0) -> None:
        self.most = most
        self.slack = slack

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """Rows surprise, kind, trouble, seen and early for each candidate."""
        words = view.templates.select("template", "level", error_like(view.templates).alias("trouble"))
        rows = candidates.select("candidate", "kind", "template", "score", "start", "end", SEEN).join(
            words, on="template", how="left", maintain_order="left"
        )
        loud = pl.col("level").cast(pl.String).replace_strict(LEVEL, default=0.0)
        absent = pl.col("kind").is_in(list(ABSENT))
        trouble = (
            pl.when(absent | pl.col("template").is_null())
            .then(0.0)
            .when(pl.col("trouble"))
            .then(0.5 + loud.fill_null(0.0))
            .otherwise(-0.7)
        )
        unit = "parts" if view.start is None else "s"
        span = _seconds(rows["start"].min(), rows["end"].max())
        late = (pl.col("start") - pl.col("start").min()).dt.total_microseconds() / 1e6
        excess = (late - self.slack).clip(0.0, None)
        scale = max(self.slack, 0.05 * span)
        rows = rows.with_columns(
            (pl.col("score").clip(0.0, self.most) * 0.4).alias("surprise"),
            pl.col("kind").replace_strict(KIND, default=0.0).alias("kind_value"),
            trouble.alias("trouble_value"),
            (-0.7 * (1.0 + excess / scale).log10()).alias("early"),
            late.alias("late"),
            pl.when(absent)
            .then(0.0)
            .otherwise((pl.col("seen").fill_null(10.0).clip(1.0, 10.0).log10() - 1.0) * 1.2)
            .alias("rare"),
        )
        return pl.concat(
            [
                _term(
                    rows,
                    "surprise",
                    pl.col("surprise"),
                    pl.format("1 in 10^{} by chance", pl.col("score").round(1)),
                ),
                _term(rows, "kind", pl.col("kind_value"), pl.format("it is of kind {}", pl.col("kind"))),
                _term(rows, "trouble", pl.col("trouble_value"), pl.lit("its level and words")),
                _term(
                    rows,
                    "seen",
                    pl.col("rare"),
                    pl.format("{} records of it", pl.col("seen").fill_null(0).cast(pl.Int64)),
                ),
                _term(
                    rows,
                    "early",
                    pl.col("early"),
                    pl.format("{} {} after the first oddity", pl.col("late").round(1), pl.lit(unit)),
                ),
            ]
        )


def _term(rows: pl.DataFrame, name: str, value: pl.Expr, why: pl.Expr) -> pl.DataFrame:
    return rows.select(
        "candidate", pl.lit(name).alias("name"), value.cast(pl.Float64).alias("value"), why.alias("why")
    )


def _seconds(first: object, last: object) -> float:
    """Length of the time between two stamps, one second at least."""
    if isinstance(first, datetime) and isinstance(last, datetime):
        return max((last - first).total_seconds(), 1.0)
    return 1.0
