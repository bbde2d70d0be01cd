"""Far more of what is refused all day."""

import math
from typing import Self

import numpy as np
import polars as pl
from logsense.api import View

from logsense_security.knowledge import Family, families
from logsense_security.telling import Row, anomalies, fits, length, quiet_of, quote, row, tail

#: Stretches of odd buckets at most this many apart are one.
JOIN = 3


class Surges:
    """Refusals of a firewall far beyond the usual level: somebody tries all ports.

    Finds: a scan of ports in the log of a firewall, whatever its pace is beside the usual noise (T1046).
    Misses: a scan slower than that noise; what a firewall does not log.
    Cost: O(rows of COUNTS), and the words once a template.
    Source: negative binomial whose mean and variance are those of the quiet buckets (moments, the dispersion
    at least 0.5). Bonferroni over buckets and services.

    Args:
        least: fewer in a bucket are no scan.
        times: less than this multiple of the usual is none either, however certain.
        at_least: lowest score told.
    """

    name = "surges"

    def __init__(self, *, least: int = 30, times: float = 5.0, at_least: float = 3.0) -> None:
        self.least = least
        self.times = times
        self.at_least = at_least

    @staticmethod
    def example() -> View:
        """A firewall that refuses four packets in a bucket, and four hundred in three of them."""
        from logsense.testing import from_table  # here: only the kit asks for it

        refused = np.full((1, 80), 4.0)
        refused[0, 60:63] = 400.0
        text = families("surge")[0].samples[0]
        return from_table(refused, ["kernel"], [text], ["INFO"], quiet=range(50))

    def fit(self, view: View) -> Self:
        """Learn which buckets are quiet."""
        self.quiet_ = quiet_of(view)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "security", one a service and stretch of time."""
        rows: list[Row] = []
        for family in families("surge") if self.quiet_ else ():
            mine = view.templates.filter(fits(family)).select("template", "example")
            counts = view.counts.join(mine, on="template").filter(
                pl.col("bucket").is_between(0, view.buckets - 1)
            )
            for service in counts["service"].unique().sort():
                own = counts.filter(pl.col("service") == service)
                rows += self._of(view, family, own, counts["service"].n_unique())
        return anomalies(self.name, rows, self.at_least)

    def _of(self, view: View, family: Family, own: pl.DataFrame, services: int) -> list[Row]:
        n = np.zeros(view.buckets)
        np.add.at(n, own["bucket"].to_numpy(), own["n"].to_numpy())
        calm = n[self.quiet_]
        mean = max(float(calm.mean()), 0.5)
        dispersion = max((float(calm.var(ddof=1)) - mean) / mean**2, 0.5)
        odd = np.flatnonzero(n >= max(self.least, self.times * mean))
        rows: list[Row] = []
        for at in np.split(odd, np.flatnonzero(np.diff(odd) > JOIN) + 1) if len(odd) else []:
            score = tail(float(n[at].max()), mean, dispersion) - math.log10(view.buckets * services)
            inside = own.filter(pl.col("bucket").is_between(int(at[0]), int(at[-1])))
            top = inside.sort("n", "template", descending=[True, False]).row(0, named=True)
            first, last = inside["first"].min(), inside["last"].max()
            one: Row = {**top, "n": int(n[at].sum()), "first": first, "last": last}
            usual = f"{mean:.2g} in {view.width / 1e6:g} s"
            spent = length(first, last)  # type: ignore[arg-type]  # the run has times
            words = (
                f"{family.what} ×{int(n[at].sum()):,} in {spent}, {usual} usual; '{quote(top['example'])}'"
            )
            rows.append(row(one, family.technique, score, words, expected=usual))
        return rows
