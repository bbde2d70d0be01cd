"""Data that leaves in unusual size."""

import math
from dataclasses import replace
from typing import Self

import numpy as np
import polars as pl
from logsense.api import View, safe

from logsense_security.knowledge import techniques
from logsense_security.telling import Row, anomalies, quiet_of, quote, row

#: Names of numbers that say how much was sent.
SENT = (
    r"(?i)^(?:.*[._-])?(?:bytes[._-]?(?:sent|out|tx)|(?:sent|tx|out|outbound|egress|upload(?:ed)?)[._-]?"
    r"(?:bytes|size)|egress|uploaded|sent)$"
)


class Outflow:
    """Far more bytes sent in a stretch of time than the quiet time ever sent.

    Finds: numbers named as bytes sent (``bytes_sent``, ``tx_bytes``, ``egress``) whose sum a bucket is many
    times the largest of the quiet time (T1048).
    Misses: what trickles out; sizes that logs give no name.
    Cost: O(rows of VALUES).
    Source: of N quiet buckets and a new one the new one is largest by chance once in N + 1 (exchangeability);
    beyond that largest a Pareto tail of index 1, as heavy as sizes of transfers are known to be (Crovella and
    Bestavros 1997). Bonferroni over the series.

    Args:
        times: less than this multiple of the quiet time's largest is no matter.
        least: fewer bytes a bucket are none either.
        at_least: lowest score told.
    """

    name = "outflow"

    def __init__(self, *, times: float = 10.0, least: float = 1e7, at_least: float = 2.5) -> None:
        self.times = times
        self.least = least
        self.at_least = at_least

    @staticmethod
    def example() -> View:
        """A shop that sends a megabyte in each bucket, and 500 of them in bucket 60."""
        from logsense.testing import from_table  # here: only the kit asks for it

        view = from_table(np.ones((1, 80)), ["shop"], ["order taken"], ["INFO"], quiet=range(50))
        template = view.templates["template"][0]
        rows = [
            {"bucket": bucket, "service": "shop", "template": template, "name": "bytes_sent", "n": 1,
             "min": size, "max": size, "sum": size, "histogram": [{"bin": int(8 * math.log2(size)), "n": 1}]}
            for bucket in range(80) for size in [5e8 if bucket == 60 else 1e6]
        ]  # fmt: skip
        return replace(view, values=pl.DataFrame(rows, schema=view.values.schema))

    def fit(self, view: View) -> Self:
        """Learn which buckets are quiet."""
        self.quiet_ = quiet_of(view)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "security", one a series."""
        sent = view.values.filter(pl.col("name").str.contains(SENT))
        if not self.quiet_ or not sent.height:
            return anomalies(self.name, [], self.at_least)
        series = ["service", "template", "name"]
        sums = sent.group_by(*series, "bucket").agg(pl.sum("sum").alias("sent"))
        calm = pl.col("sent").filter(pl.col("bucket").is_in(self.quiet_))
        usual = sums.group_by(series).agg(calm.max().alias("most"), calm.len().alias("calm"))
        judged = sums.join(usual.filter(pl.col("calm") > 0), on=series)
        ratio = (pl.col("sent") / pl.col("most").clip(1.0)).alias("ratio")
        odd = judged.with_columns(ratio).filter((ratio >= self.times) & (pl.col("sent") >= self.least))
        times = view.counts.select("service", "template", "bucket", "first", "last")
        odd = odd.join(times, on=["service", "template", "bucket"]).sort("bucket", *series)
        best = odd.sort("ratio", "bucket", descending=[True, False], maintain_order=True)
        rows: list[Row] = []
        for one in best.unique(series, keep="first", maintain_order=True).sort(series).iter_rows(named=True):
            score = math.log10(one["calm"] + 1) + math.log10(one["ratio"]) - math.log10(usual.height)
            most = f"{one['most']:,.0f} at most in the quiet time"
            words = f"'{quote(one['name'], 40)}' sums to {one['sent']:,.0f} in {view.width / 1e6:g} s, {most}"
            more = {"observed": f"{one['sent']:,.0f}", "expected": f"{one['most']:,.0f}"}
            rows.append(row({**one, "n": 1}, techniques()["T1048"], score, safe(words), **more))
        return anomalies(self.name, rows, self.at_least)
