"""A detector: services that say more in a bucket than in any quiet one."""

import math

import polars as pl

from logsense.api import ANOMALIES, Detector, View, hookimpl, safe
from logsense.testing import calm, planted


class Crowded:
    """A service says more in a bucket than in any bucket of the quiet time.

    Finds: surges of all kinds of messages together. Misses: what is usual somewhere in the quiet time.
    Cost: O(rows of COUNTS). Source: a rank test: the largest of q + 1 has p = 1 / (q + 1); Bonferroni.
    """

    name = "crowded"
    finds = ("rate up",)

    def __init__(self, *, times: float = 1.5) -> None:
        self.times = times

    def fit(self, view: View) -> "Crowded":
        quiet = per_service(view).filter(pl.col("bucket").is_in(list(view.quiet)))
        self.most_ = quiet.group_by("service").agg(most=pl.col("n").max(), usual=pl.col("n").mean())
        self.score_ = math.log10(len(view.quiet) + 1) - math.log10(max(self.most_.height, 1))
        return self

    def detect(self, view: View) -> pl.DataFrame:
        full = per_service(view).join(self.most_, on="service")
        full = full.filter(pl.col("n") > self.times * pl.col("most")) if self.score_ > 1 else full.clear()
        rows = [
            {
                "detector": self.name, "kind": "rate up", "service": one["service"],
                "start": one["first"], "end": one["last"], "score": self.score_,
                "observed": f"{one['n']} records", "expected": f"{one['usual']:.0f}",
                "sentence": f"{safe(one['service'])}: {one['n']} records, {one['most']} at most before",
            }
            for one in full.iter_rows(named=True)
        ]  # fmt: skip
        return ANOMALIES.of(rows).sort("start", "service")


def per_service(view: View) -> pl.DataFrame:
    cells = view.counts.group_by("service", "bucket")
    return cells.agg(pl.col("n").sum(), pl.col("first").min(), pl.col("last").max())


@hookimpl
def register_detectors() -> list[type[Detector]]:
    return [Crowded]


view = planted("rate up")  # from bucket 60 on, one message comes eight times as often
found = Crowded().fit(view).detect(view)
print(found["sentence"][0])
assert found.height > 3
assert Crowded().fit(calm()).detect(calm()).height < 3
