"""Evidence from resources: who ran short of something is likelier the cause than who did not."""

import math

import polars as pl
from logsense.api import View

from logsense_metrics import shifts
from logsense_metrics.families import families

_FORM = {"candidate": pl.UInt32, "name": pl.String, "value": pl.Float64, "why": pl.String}


class Strain:
    """A service whose resource shifted while the incident lasted, in decades for its candidates.

    Finds: faults of a resource (CPU taken, memory eaten, a disk that fills, restarts), also where nothing but
    slowness is in the logs. Misses: all other faults; nothing is ever counted against a service, since most
    causes leave its resources alone. A sample stands for the interval before it: one interval of lag is
    allowed on either side. Of several shifts of a service the strongest counts.
    Cost: O(samples). Source: on recorded faults of microservices CPU named those of CPU and nothing else, and
    latency made the ranking worse. A p-value p, of the samples of a service in that time, becomes decades
    by the bound on what it can say at most, -e p ln p (Sellke, Bayarri and Berger 2001).

    Args:
        most: decades at most.
        times: how many times the usual level a sample must reach.
    """

    name = "strain"

    def __init__(self, *, most: float = 4.0, times: float = 1.5) -> None:
        self.most = most
        self.times = times

    @staticmethod
    def example() -> View:
        """A run in which the CPU of one service of three is five times as busy for half a minute."""
        from logsense.testing import planted  # here: only the kit asks for it

        return planted("metric")

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """A row "strain" for each candidate of a service that was short of something."""
        rows = shifts.samples(view)
        if not rows.height or not candidates.height:
            return pl.DataFrame(schema=_FORM)
        judged = shifts.judge(rows, shifts.learn(rows), self.times)
        begin, end = candidates["start"].min(), candidates["end"].max()
        lag = pl.col("time") - pl.col("before")
        inside = judged.filter(pl.col("time") >= pl.lit(begin), pl.col("before") - lag <= pl.lit(end))
        best = (
            inside.with_columns(tests=pl.len().over("service"))
            .sort("chance", "metric", "time")
            .unique("service", keep="first", maintain_order=True)
            .with_columns(p=(10.0 ** pl.col("chance") * pl.col("tests")).clip(1e-300, 1.0))
            .filter(pl.col("p") < math.exp(-1.0))
            .with_columns(decades=-(math.e * pl.col("p") * -pl.col("p").log()).log10())
        )
        says = {metric: one.says for metric, one in families(best["metric"].to_list()).items()}
        return (
            candidates.select("candidate", "service")
            .join(best.select("service", "metric", "over", "decades"), on="service", maintain_order="left")
            .select(
                "candidate",
                pl.lit("strain").alias("name"),
                pl.col("decades").clip(0.0, self.most).alias("value"),
                pl.format(
                    "it {}: {} {} times the usual",
                    pl.col("metric").replace_strict(says, default=""),
                    "metric",
                    pl.col("over").round_sig_figs(3),
                ).alias("why"),
            )
        )
