"""What is no longer said because something was wrong already."""

import polars as pl

from logsense.api import View, error_like, stated

_FORM = {"candidate": pl.UInt32, "name": pl.String, "value": pl.Float64, "why": pl.String}
ABSENT = ("vanished", "silence")
#: What trouble is no longer said, or said less, is no trouble that is there.
FADING = (*ABSENT, "rate down")


class Consequence:
    """An absence that begins while its service, or one it depends on, is in trouble already follows from it.

    Finds: usual work that is no longer done because something broke: the trouble is what to look at first.
    Misses: jobs whose absence is the cause of trouble that is told before they were due.
    Cost: O(absences × candidates of trouble). Source: an effect does not come before its cause; decades
    judged, not fitted: as much as a change takes off what it accounts for.

    Args:
        off: decades taken off.
        sure: score from which trouble counts.
        ahead: seconds by which it must have begun before.
    """

    name = "consequence"

    def __init__(self, *, off: float = 1.0, sure: float = 4.0, ahead: float = 3.0) -> None:
        self.off = off
        self.sure = sure
        self.ahead = ahead

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """A row "follows trouble" for each absence that does; the earliest trouble of those is named."""
        gone = candidates.filter(pl.col("kind").is_in(list(ABSENT))).select("candidate", "service", "start")
        trouble = self._trouble(view, candidates)
        if not gone.height or not trouble.height:
            return pl.DataFrame(schema=_FORM)
        calls = view.edges.select("service", whom="to")
        own = gone.select("service", whom="service")
        near = pl.concat([own, calls]).unique().join(trouble, on="whom")
        late = (pl.col("start") - pl.col("begun")).dt.total_microseconds() / 1e6
        after = (
            gone.join(near, on="service")
            .filter((late > self.ahead) & (pl.col("start") <= pl.col("until")))
            .sort("candidate", "begun", "whom")
            .unique("candidate", keep="first", maintain_order=True)
        )
        return after.select(
            "candidate",
            pl.lit("follows trouble").alias("name"),
            pl.lit(-self.off).alias("value"),
            pl.format("{} was in trouble {} s before", "whom", late.round(1)).alias("why"),
        )

    def _trouble(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """From when to when services were in trouble, in their own words: whom, begun, until.

        Who complains of another one that is gone does not say that it is in trouble itself.
        """
        bad = view.templates.filter(error_like(view.templates)).select("template", "text")
        bad = bad.filter(stated(bad["text"])["decades"] >= 0).select("template")
        firm = (pl.col("score") >= self.sure) & ~pl.col("kind").is_in(list(FADING))
        return (
            candidates.filter(firm)
            .join(bad, on="template", how="semi")
            .select(whom="service", begun="start", until="end")
        )


__all__ = ["Consequence"]
