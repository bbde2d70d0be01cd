"""A plugin for logsense to copy: it finds services that stall, all but for one message."""

import math
from typing import Any

import polars as pl
from logsense.api import ANOMALIES, Detector, View, hookimpl, safe

KEYS = ["service", "template"]
LEAST_QUIET = 8


class Stall:
    """One message of a service goes on while all else that the service says falls quiet.

    Finds: a loop of retries, refusals or health checks that is all a hanging service still does. The count of
    that message may be as usual; what is odd is its share.
    Misses: new messages; services that fall silent altogether, or say hardly anything but one thing anyway.
    Cost: O(rows of COUNTS).
    Source: Chernoff's bound on a binomial tail (Hoeffding 1963, theorem 1) for a share of a bucket's records;
    these are divided by a design effect (Rao and Scott 1992), as messages come in clusters; Bonferroni.

    Args:
        times: how many times the largest share of quiet time a share must be; it is at least a half, too.
        left: most of the other records that may be left, as a part of what is usual.
        at_least: records of its service in a bucket, below which no share is judged.
        join: odd buckets at most this many apart are one anomaly.
    """

    name = "stall"

    def __init__(self, *, times: float = 2.0, left: float = 0.25, at_least: int = 5, join: int = 5) -> None:
        self.times = times
        self.left = left
        self.at_least = at_least
        self.join = join

    @staticmethod
    def example() -> View:
        """A shop of which, from bucket 60 to 74, hardly more is left than a message that it retries."""
        import numpy as np  # here, as the kit alone asks for an example
        from logsense.testing import from_table

        n = np.random.default_rng(5).poisson([[20.0], [12.0], [6.0], [3.0]], (4, 100)).astype(float)
        n[:, 60:75] = [[0.0], [0.0], [1.0], [12.0]]
        texts = ["served page <num>", "read row", "wrote cart", "retrying <str>"]
        return from_table(n, ["shop"] * 4, texts, ["INFO", "INFO", "INFO", "WARN"], quiet=range(48))

    def fit(self, view: View) -> "Stall":
        """Learn what share of its service's records each message has in quiet buckets, and how it varies."""
        quiet = shares(view).filter(pl.col("bucket").is_in(list(view.quiet)))
        spoken = quiet.unique(["service", "bucket"])
        services = spoken.group_by("service").agg(records=pl.col("of").sum(), buckets=pl.len())
        series = quiet.group_by(KEYS, maintain_order=True).agg(
            pl.col("n").sum(), squares=(pl.col("n") ** 2 / pl.col("of")).sum(), most=pl.col("share").max()
        )
        usual, others = pl.col("n") / pl.col("records"), pl.col("records") - pl.col("n")
        effect = (pl.col("squares") / usual - pl.col("n")) / ((1 - usual) * (pl.col("buckets") - 1))
        self.usual_ = (
            series.join(services, on="service", maintain_order="left")
            .filter((others > 0) & (pl.col("buckets") >= LEAST_QUIET))
            .select(
                *KEYS,
                "most",
                usual=usual,
                others=others / len(view.quiet),
                effect=effect.clip(lower_bound=1.0),
            )
        )
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "mix": one for each stretch of buckets in which one message goes on alone."""
        cells = (
            shares(view)
            .filter(pl.col("of") >= self.at_least)
            .join(self.usual_, on=KEYS, maintain_order="left")
        )
        share, usual, records = pl.col("share"), pl.col("usual"), pl.col("of") / pl.col("effect")
        rest = pl.when(share < 1).then((1 - share) * ((1 - share) / (1 - usual)).log()).otherwise(0.0)
        nats = records * (share * (share / usual).log() + rest)
        odd = (
            cells.with_columns(score=(nats / math.log(10) - math.log10(max(cells.height, 1))).round(3))
            .filter(pl.col("score") >= 2.5, share >= 0.5, share >= self.times * pl.col("most"))
            .filter(pl.col("of") - pl.col("n") <= self.left * pl.col("others"))
            .with_columns(apart=pl.col("bucket").diff().over(KEYS).fill_null(0) > self.join)
            .with_columns(stretch=pl.col("apart").cum_sum().over(KEYS))
        )
        found = odd.group_by(*KEYS, "stretch", maintain_order=True).agg(
            pl.col("first").min(), pl.col("last").max(), pl.col("n", "of").sum(),
            pl.col("score").max(), pl.col("usual").first(),
        )  # fmt: skip
        texts = dict(view.templates.select("template", "text").iter_rows())
        rows = [_row(one, texts.get(one["template"], "")) for one in found.iter_rows(named=True)]
        return ANOMALIES.of(rows).sort("start", *KEYS)


def shares(view: View) -> pl.DataFrame:
    """COUNTS in one order, with ``of``: all records of the service in the bucket, and ``share``: n by of."""
    cells = view.counts.sort("bucket", *KEYS).with_columns(pl.col("n").cast(pl.Float64))
    cells = cells.with_columns(of=pl.col("n").sum().over("service", "bucket"))
    return cells.with_columns(share=pl.col("n") / pl.col("of"))


def _row(one: dict[str, Any], text: str) -> dict[str, object]:
    """A row of ANOMALIES. What comes from logs is foreign text: it goes through ``safe``."""
    share = f"{one['n'] / one['of']:.0%} of {one['of']:.0f} records"
    return {
        "detector": Stall.name, "kind": "mix", "service": one["service"], "template": one["template"],
        "start": one["first"], "end": one["last"], "score": min(one["score"], 12.0),
        "observed": share, "expected": f"{one['usual']:.1%}",
        "sentence": f"{safe(one['service'])}: '{safe(text)[:90]}' goes on almost alone, {share};"
        f" {one['usual']:.1%} in quiet time",
    }  # fmt: skip


@hookimpl
def register_detectors() -> list[type[Detector]]:
    """The classes that this plugin brings; each is made with its defaults, or with configured keywords."""
    return [Stall]
