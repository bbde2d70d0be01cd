"""How surprising, how bad and how early a candidate is."""

from datetime import datetime

import polars as pl

from logsense.api import View, error_like

#: Decades for the kind alone: a cause is new or gone more often than merely more or less.
KIND = {
    "new": 0.5,
    "vanished": 1.2,
    "silence": 0.8,
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
#: Of security the kind counts by its score: a success after many failures of one actor is what happened, not
#: a sign of it; a new account may be anything.
PROVEN = 0.4
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
        odd: score from which more of what is harmless is an oddity that others are late to.
        slack: seconds within which candidates count as equally early.
    """

    name = "surprise"

    def __init__(self, *, most: float = 6.0, slack: float = 3.0, odd: float = 6.0) -> None:
        self.most = most
        self.odd = odd
        self.slack = slack

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """Rows surprise, kind, trouble, seen and early for each candidate."""
        words = view.templates.select("template", "level", error_like(view.templates).alias("trouble"))
        rows = candidates.select("candidate", "kind", "template", "score", "start", "end", SEEN).join(
            words, on="template", how="left", maintain_order="left"
        )
        score, kind, seen = pl.col("score"), pl.col("kind"), pl.col("seen")
        absent = kind.is_in(list(ABSENT))
        rare = (seen.fill_null(10.0).clip(1.0, 10.0).log10() - 1.0) * 1.2
        proven = pl.when(kind == "security").then(score.clip(0.0, 10.0) * PROVEN)
        terms = [
            _term(
                rows,
                "surprise",
                score.clip(0.0, self.most) * 0.4,
                pl.format("1 in 10^{} by chance", score.round(1)),
            ),
            _term(
                rows,
                "kind",
                proven.otherwise(kind.replace_strict(KIND, default=0.0)),
                pl.format("it is of kind {}", kind),
            ),
            _term(rows, "trouble", _trouble(absent), pl.lit("its level and words")),
            _term(
                rows,
                "seen",
                pl.when(absent).then(0.0).otherwise(rare),
                pl.format("{} records of it", seen.fill_null(0).cast(pl.Int64)),
            ),
            self._early(view, rows),
        ]
        return pl.concat(terms)

    def _early(self, view: View, rows: pl.DataFrame) -> pl.DataFrame:
        """How late each candidate is to the first oddity of the incident, beside the incident's length."""
        # A slow drift, or more of what is harmless (a surge, a crawl), is no oddity others could be late to.
        calm = pl.col("kind").is_in(["rate up", "rate down"]) & ~pl.col("trouble").fill_null(value=False)
        odd = ~(calm | (pl.col("kind") == "value")) | (pl.col("score") >= self.odd)
        begun = pl.coalesce(pl.col("start").filter(odd).min(), pl.col("start").min())
        late = (pl.col("start") - begun).dt.total_microseconds().clip(0, None) / 1e6
        scale = max(self.slack, 0.05 * _seconds(rows["start"].min(), rows["end"].max()))
        value = -0.7 * (1.0 + (late - self.slack).clip(0.0, None) / scale).log10()
        unit = "parts" if view.start is None else "s"
        why = pl.format("{} {} after the first oddity", late.round(1), pl.lit(unit))
        return _term(rows, "early", value, why)


def _trouble(absent: pl.Expr) -> pl.Expr:
    """Decades for words and level; absences have none of their own."""
    loud = pl.col("level").cast(pl.String).replace_strict(LEVEL, default=0.0)
    silent = pl.when(absent | pl.col("template").is_null()).then(0.0)
    return silent.when(pl.col("trouble")).then(0.5 + loud.fill_null(0.0)).otherwise(-0.7)


def _term(rows: pl.DataFrame, name: str, value: pl.Expr, why: pl.Expr) -> pl.DataFrame:
    return rows.select(
        "candidate", pl.lit(name).alias("name"), value.cast(pl.Float64).alias("value"), why.alias("why")
    )


def _seconds(first: object, last: object) -> float:
    """Length of the time between two stamps, one second at least."""
    if isinstance(first, datetime) and isinstance(last, datetime):
        return max((last - first).total_seconds(), 1.0)
    return 1.0
