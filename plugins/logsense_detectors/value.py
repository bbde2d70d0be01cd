"""Numbers inside messages that grew."""

import numpy as np
import polars as pl

from logsense.api import ANOMALIES, View
from logsense_detectors.grid import Floats, anomalies, duration, number, quiet_of, quote, texts

LEAST_QUIET = 8
CAP = 12.0


class Value:
    """A number of a message (a duration, a size, a depth) that stays far above its quiet time.

    Finds: slow answers, growing queues, memory and delays, as soon as three buckets in a row lie above all
    quiet ones. Misses: single outliers; numbers that fall; counters and ids, which grow by nature.
    Cost: O(rows of VALUES). Source: rank among the quiet buckets, with the number of buckets reduced by
    their autocorrelation, and an effect of three robust deviations: on 173 quiet metric series the two
    together gave no false alarm where the tests alone gave 0.9 to 24 in a hundred.

    Args:
        ratio: least growth of the typical value.
        effect: least growth in robust standard deviations of the quiet buckets' logarithms.
        row: buckets in a row (of those with values) that must lie above.
        join: hits at most this many buckets with values apart are one anomaly.
    """

    name = "value"
    finds = ("value",)

    def __init__(self, *, ratio: float = 1.5, effect: float = 3.0, row: int = 3, join: int = 2) -> None:
        self.ratio = ratio
        self.effect = effect
        self.row = row
        self.join = join

    def fit(self, view: View) -> "Value":
        """Learn which buckets are quiet; each series is judged against its own."""
        self.quiet_ = quiet_of(view, least=LEAST_QUIET)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "value"."""
        if self.quiet_ is None or not view.values.height:
            return ANOMALIES.empty()
        by = ["service", "template", "name"]
        series = (
            view.values.filter((pl.col("n") > 0) & (pl.col("sum") > 0))
            .with_columns((pl.col("sum") / pl.col("n")).alias("mean"), pl.col("unit").fill_null(""))
            .sort(*by, "unit", "bucket")
            .group_by(*by, "unit", maintain_order=True)
            .agg("bucket", "mean")
            .filter(pl.col("bucket").list.len() >= LEAST_QUIET + self.row)
        )
        words, rows = texts(view), []
        for one in series.iter_rows(named=True):
            buckets, mean = np.array(one["bucket"]), np.array(one["mean"], dtype=np.float64)
            found = self._growth(np.log(mean), np.isin(buckets, self.quiet_))
            if found is None or found[2] - np.log10(series.height) < 1.0:
                continue
            first, last, score, usual = found
            seen, unit = float(np.exp(np.median(np.log(mean[first : last + 1])))), f" {one['unit']}".rstrip()
            span = duration((int(buckets[last]) - int(buckets[first]) + 1) * view.width)
            observed, expected = f"{number(seen)}{unit} for {span}", f"{number(usual)}{unit}"
            what = f"{one['name']} of '{quote(words.get(one['template'], ''))}'"
            rows.append(
                {
                    "kind": "value",
                    "service": one["service"],
                    "template": one["template"],
                    "from_bucket": int(buckets[first]),
                    "to_bucket": int(buckets[last]),
                    "score": score - np.log10(series.height),
                    "observed": observed,
                    "expected": expected,
                    "sentence": f"{one['service']}: {what} {observed}, usually {expected}"
                    f" (×{number(seen / usual)})",
                }
            )
        return anomalies(view, self.name, rows)

    def _growth(self, x: Floats, calm: np.ndarray) -> tuple[int, int, float, float] | None:
        """First and last index above, score, usual value of a series of logarithms; None if nothing grew."""
        base = x[calm]
        if len(base) < LEAST_QUIET or _counts_up(x, calm):
            return None
        usual = float(np.median(base))
        spread = max(1.4826 * float(np.median(np.abs(base - usual))), np.log(1.05))
        limit = max(float(base.max()), usual + self.effect * spread, usual + float(np.log(self.ratio)))
        first, last = _longest(x > limit, self.join)
        above = int((x[first : last + 1] > limit).sum()) if last >= first else 0
        if above < self.row:
            return None
        rest = base - usual
        power = float((rest * rest).sum())
        rho = min(max(float((rest[1:] * rest[:-1]).sum()) / power, 0.0), 0.9) if power > 0 else 0.0
        effective = max(1.0, above * (1.0 - rho) / (1.0 + rho))
        return first, last, min(CAP, effective * float(np.log10(len(base) + 1.0))), float(np.exp(usual))


def _longest(hit: np.ndarray, join: int) -> tuple[int, int]:
    """The longest stretch of hits, short breaks bridged; (0, -1) where there is none."""
    at = np.flatnonzero(hit)
    if not len(at):
        return 0, -1
    pieces = np.split(at, np.flatnonzero(np.diff(at) > join) + 1)
    best = max(pieces, key=len)
    return int(best[0]), int(best[-1])


def _counts_up(x: Floats, calm: np.ndarray) -> bool:
    """Whether the series grows by nature: nearly every step of its quiet time goes the same way."""
    steps = np.diff(x[calm])
    steps = steps[steps != 0]
    return len(steps) >= LEAST_QUIET // 2 and bool((steps > 0).mean() > 0.8)
