"""A detector: services that say far more in a bucket than is usual."""

import math

import polars as pl

from logsense.api import ANOMALIES, Detector, View, hookimpl, safe
from logsense.testing import calm, planted


class Crowded:
    """A service says far more in a bucket than in the quiet time.

    Finds: surges of one message or of all. Misses: what is rare; services with less than eight quiet buckets.
    Cost: O(rows of COUNTS). Source: Chernoff's bound on a normal tail of log counts; Bonferroni.

    Args:
        spread: least spread of the logarithms that is assumed; the smaller, the more is found.
    """

    name = "crowded"
    finds = ("rate up",)

    def __init__(self, *, spread: float = 0.2) -> None:
        self.spread = spread

    def fit(self, view: View) -> "Crowded":
        quiet = per_service(view).filter(pl.col("bucket").is_in(list(view.quiet)))
        log = pl.col("n").log()
        usual = quiet.group_by("service").agg(buckets=pl.len(), mean=log.mean(), std=log.std())
        self.usual_ = usual.filter(pl.col("buckets") >= 8)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        cells = per_service(view).join(self.usual_, on="service", maintain_order="left")
        z = (pl.col("n").log() - pl.col("mean")) / pl.col("std").clip(lower_bound=self.spread)
        tested = math.log10(max(cells.height, 1))
        odd = cells.with_columns(score=z**2 / (2 * math.log(10)) - tested).filter(
            z > 0, pl.col("score") >= 2.5
        )
        odd = odd.with_columns(usual=pl.col("mean").exp().round().cast(pl.Int64))
        rows = [
            {
                "detector": self.name, "kind": "rate up", "service": one["service"],
                "start": one["first"], "end": one["last"], "score": one["score"],
                "observed": f"{one['n']} records", "expected": str(one["usual"]),
                "sentence": f"{safe(one['service'])}: {one['n']} records, {one['usual']} are usual",
            }
            for one in odd.iter_rows(named=True)
        ]  # fmt: skip
        return ANOMALIES.of(rows).sort("start", "service")


def per_service(view: View) -> pl.DataFrame:
    """How much each service says in each bucket, in one order."""
    cells = view.counts.group_by("service", "bucket")
    sums = cells.agg(pl.col("n").sum(), pl.col("first").min(), pl.col("last").max())
    return sums.sort("service", "bucket")


@hookimpl
def register_detectors() -> list[type[Detector]]:
    return [Crowded]


view = planted("rate up")  # from bucket 60 on, one message comes eight times as often
found = Crowded().fit(view).detect(view)
print(found["sentence"][0])
assert found.height > 10
assert Crowded().fit(calm()).detect(calm()).height == 0
