"""Resources of a service that it uses more of than it usually does, or has less left of."""

from typing import Self

import polars as pl
from logsense.api import ANOMALIES, View, safe

from logsense_metrics import shifts
from logsense_metrics.families import families


class Resources:
    """A resource of a service (CPU, memory, disk, restarts, throttling, ...) that leaves its usual range.

    Finds: jumps and rises that the service's own usual samples, and those of the same metric in other
    services, do not explain; from three usual samples on. Misses: slow growth within the usual spread; what
    is no resource (latency, counts of requests), on purpose: those move in the callers of the culprit.
    Cost: O(samples). Source: moderated t on log values (Smyth 2004), held to what the bursts of other
    services allow (peaks over threshold, Pickands 1975); Bonferroni over the samples. A sample must also be
    ``times`` the usual level.

    Args:
        at_least: score from which a shift is told.
        times: how many times the usual level a sample must reach.
    """

    name = "resources"

    def __init__(self, *, at_least: float = 1.5, times: float = 1.5) -> None:
        self.at_least = at_least
        self.times = times

    @staticmethod
    def example() -> View:
        """A run in which the CPU of one service of three is five times as busy for half a minute."""
        from logsense.testing import planted  # here: only the kit asks for it

        return planted("metric")

    def fit(self, view: View) -> Self:
        """Learn level and spread of each series from the samples of usual time."""
        usual = shifts.learn(shifts.samples(view))
        self.usual_, self.tests_ = usual.rows.to_dict(as_series=False), usual.tests
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "value" without a template; ``metric`` names the series that proves them."""
        rows = shifts.samples(view)
        if not rows.height or not self.usual_.get("service"):
            return ANOMALIES.empty()
        usual = shifts.Usual(pl.DataFrame(self.usual_, schema_overrides={"sign": pl.Int8}), self.tests_)
        found = shifts.spans(shifts.judge(rows, usual, self.times), usual.tests, self.at_least)
        known = families(found["metric"].to_list())
        return ANOMALIES.of(
            [self._told(row, known[row["metric"]].says) for row in found.iter_rows(named=True)]
        )

    def _told(self, row: dict[str, object], says: str) -> dict[str, object]:
        unit = row["unit"] or ""
        near = f"{row['middle']:.4g}{unit} (at most {row['high']:.4g})"
        if float(str(row["value"])) < float(str(row["low"])):
            near = f"{row['middle']:.4g}{unit} (at least {row['low']:.4g})"
        value = f"{row['value']:.4g}{unit}"
        told = f"{row['metric']} {value} at {row['at']:%H:%M:%S}"
        who = row["service"] or "what names no service"
        return {
            "detector": self.name,
            "kind": "value",
            "service": row["service"],
            "template": None,
            "start": row["begin"],
            "end": row["end"],
            "score": row["decades"],
            # A number in front would be taken for a number of records.
            "observed": safe(f"{row['metric']} {value}"),
            "expected": safe(f"about {near}"),
            "sentence": safe(f"{who} {says}: {told}, usual are {near}"),
            "lasts": row["lasts"],
            "metric": row["metric"],
        }
