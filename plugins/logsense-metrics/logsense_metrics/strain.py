"""Evidence from resources: a service that ran short of something is likelier the cause than one that did not."""

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
    latency made the ranking worse; decades judged: a part of those of chance, since victims strain, too.

    Args:
        weight: decades for each decade of the shift.
        most: decades at most.
        at_least, times: as for the detector.
    """

    name = "strain"

    def __init__(
        self, *, weight: float = 0.6, most: float = 3.0, at_least: float = 1.0, times: float = 1.5
    ) -> None:
        self.weight = weight
        self.most = most
        self.at_least = at_least
        self.times = times

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """A row "strain" for each candidate of a service that was short of something."""
        rows = shifts.samples(view)
        if not rows.height or not candidates.height:
            return pl.DataFrame(schema=_FORM)
        usual = shifts.learn(rows)
        found = shifts.spans(shifts.judge(rows, usual, self.times), self.at_least)
        begin, end = candidates["start"].min(), candidates["end"].max()
        found = found.filter(pl.col("begin") <= pl.lit(end), pl.col("end") >= pl.lit(begin))
        best = found.sort("decades", "metric", descending=[True, False]).unique(
            "service", keep="first", maintain_order=True
        )
        says = {metric: one.says for metric, one in families(best["metric"].to_list()).items()}
        return (
            candidates.select("candidate", "service")
            .join(best, on="service", maintain_order="left")
            .select(
                "candidate",
                pl.lit("strain").alias("name"),
                (pl.col("decades") * self.weight).clip(0.0, self.most).alias("value"),
                pl.format(
                    "it {}: {} {} times the usual",
                    pl.col("metric").replace_strict(says, default=""),
                    "metric",
                    pl.col("times").round_sig_figs(3),
                ).alias("why"),
            )
        )
