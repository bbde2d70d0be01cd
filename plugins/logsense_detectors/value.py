"""Numbers inside messages that shifted or drifted."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import ANOMALIES, View
from logsense_detectors.beyond import LEAST_QUIET, best, grain, kept, log_more, spread, wander
from logsense_detectors.drift import drift
from logsense_detectors.grid import LN10, Floats, anomalies, number, quiet_of, quote, span, texts
from logsense_detectors.measure import Measure, loads, measures, quantity, says

CAP = 12.0
#: What is so for more than this share of a series is its usual state, wherever the baseline lies.
MOST = 0.65
#: Scores that make no incident alone: of a constant that was set to another; of what may be the time of day;
#: of a drift, which overlaps every group of a run and must add to none.
CONSTANT_CAP, WAVE_CAP, DRIFT_CAP = 9.0, 4.9, 1.9
#: A day in µs: from a run of one and a half on, other days tell what is usual at an hour.
DAY = 86_400_000_000


@dataclass(frozen=True)
class Shift:
    """A stretch of a series that lies off its quiet time: indices, −log10 p, usual value (linear)."""

    first: int
    last: int
    score: float
    usual: float
    seen: float


class Value:
    """A number of a message (a duration, a size, a depth) that stays far off its quiet time, or climbs.

    Finds: slow answers, growing queues, memory and delays that stay up for at least three buckets; free
    space, hit ratios and throughput that stay down; slow climbs of memory and queues over the whole run.
    Misses: single outliers; shifts of less than a half; what grows no more than the service's load;
    what is so at the same hour of other days; counters and ids, which grow by nature.
    Cost: O(rows of VALUES), then little for each series with three odd buckets.
    Source: an exact test (Fisher, hypergeometric) of how many buckets lie beyond an effect of three robust
    deviations, a factor and what the series wanders by itself, with the number of buckets reduced by their
    autocorrelation: as with Mann-Whitney, autocorrelation decides, not the test, and only test and effect
    together kept quiet on 173 metric series. Drift: Mann-Kendall with the variance of Hamed and Rao 1998.

    Args:
        ratio: least change of the typical value, as a factor.
        effect: least change in robust standard deviations of the quiet buckets' logarithms.
        row: buckets (of those with values) that must lie beyond.
    """

    name = "value"
    finds = ("value",)

    def __init__(self, *, ratio: float = 1.5, effect: float = 3.0, row: int = 3) -> None:
        self.ratio = ratio
        self.effect = effect
        self.row = row

    def fit(self, view: View) -> "Value":
        """Learn which buckets are quiet; each series is judged against its own."""
        self.quiet_ = quiet_of(view, least=LEAST_QUIET)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "value"."""
        if self.quiet_ is None or not view.values.height:
            return ANOMALIES.empty()
        quiet = np.zeros(view.buckets, dtype=np.bool_)
        quiet[self.quiet_] = True
        series = [one for one in measures(view, least=LEAST_QUIET + self.row) if not _limit(one)]
        (overall, own), words, rows = loads(view, self.quiet_), texts(view), []
        tests = float(np.log10(max(len(series), 1)))
        for one in series:
            if says(one.name, "counters"):
                continue
            bad = -1.0 if says(one.name, "good") or one.unit.endswith("/s") else 1.0
            busy = np.maximum(overall, own.get(one.service, overall))[one.bucket]
            found = self._shift(one, quiet[one.bucket], bad, busy, view)
            if found is not None:
                score = found.score - tests
                if score >= 1.0:
                    rows.append(_row(one, found, score, view, words))
                continue
            slow = drift(one, bad, view.buckets)
            if slow is not None and slow[0] - tests >= 2.0:
                whole = Shift(slow[3], len(one.mean) - 1, min(DRIFT_CAP, slow[0] - tests), slow[1], slow[2])
                rows.append(_row(one, whole, whole.score, view, words, slow=True))
        return anomalies(view, self.name, rows)

    def _shift(
        self, one: Measure, calm: NDArray[np.bool_], bad: float, busy: Floats, view: View
    ) -> Shift | None:
        """The stretch that lies beyond what the quiet buckets explain; None where there is none."""
        if int(calm.sum()) < LEAST_QUIET or (one.mean < 0).any():
            return None
        x = bad * np.log(one.mean + grain(one.mean))
        usual = float(np.median(x[calm]))
        if int((x > usual + np.log(self.ratio)).sum()) < self.row or _counts_up(one, calm):
            return None
        rest = x - usual
        least = float(np.log(self.ratio))
        # Load makes answers slower and queues longer: a rise in step with it is no fault of its own.
        idle = rest > least + np.log(busy) if bad > 0 else rest > least
        at = best(idle & (rest > self.effect * spread(rest[calm], outer=False)))
        # The baseline was chosen by other signs: what of it lies inside the stretch is no base here.
        base = calm.copy()
        base[at[0] : at[1] + 1] = False
        if int(base.sum()) < LEAST_QUIET or at[1] - at[0] >= MOST * len(x):
            return None
        usually = spread(rest[base], outer=True)
        limit = max(least, self.effect * usually, wander(x, base, one.bucket))
        beyond = idle & (rest > limit) & ~_usual_at_that_hour(rest, one.bucket, limit, at, view)
        first, last = at = best(beyond)
        if int(beyond[first : last + 1].sum()) < self.row:
            return None
        score = self._score(beyond, base, at, kept(rest, base, one.bucket, usually))
        low, apart = first, 3.0 * float(np.median(np.diff(one.bucket)))
        while low > 0 and rest[low - 1] > usually and one.bucket[low] - one.bucket[low - 1] <= apart:
            low -= 1
        inside, before = one.mean[first : last + 1], one.mean[base]
        if float(np.ptp(before)) == 0.0 and float(np.ptp(inside)) == 0.0:
            score = min(score, CONSTANT_CAP)
        if _may_be_a_day(rest, (low, first, last), one.bucket, view):
            score = min(score, WAVE_CAP)
        return Shift(low, last, score, float(np.median(before)), float(np.median(inside)))

    @staticmethod
    def _score(
        beyond: NDArray[np.bool_], calm: NDArray[np.bool_], at: tuple[int, int], share: float
    ) -> float:
        """−log10 p that so many buckets of the stretch lie beyond by chance, corrected for its choice."""
        inside = np.zeros(len(beyond), dtype=np.bool_)
        inside[at[0] : at[1] + 1] = True
        m, k = float(inside.sum()), float((inside & beyond).sum())
        outside = calm & ~inside
        n, a = float(outside.sum()), float((outside & beyond).sum())
        p = log_more(k * share, m * share, a * share, n * share)
        places = np.log10(max(1.0, len(beyond) / max(m, 1.0)))
        return min(CAP, -p / LN10 - float(places))


def _limit(one: Measure) -> bool:
    """Whether the number is a bound that another number of the message may reach."""
    return one.name.endswith(" limit")


def _usual_at_that_hour(
    rest: Floats, bucket: NDArray[np.int64], limit: float, at: tuple[int, int], view: View
) -> NDArray[np.bool_]:
    """Which values are less than half the limit above those of the same hour on some other day.

    at: the stretch in question; what lasts for days is not explained by its own days.
    """
    day = DAY // view.width if view.start is not None and DAY % view.width == 0 else 0
    out = np.zeros(len(rest), dtype=np.bool_)
    if not day or view.buckets < 1.5 * day:
        return out
    half = max(1, day // 24)
    dense = np.full(view.buckets, np.nan)
    dense[bucket] = rest
    around = np.lib.stride_tricks.sliding_window_view(
        np.pad(dense, half, constant_values=np.nan), 2 * half + 1
    )
    first, last = bucket[at[0]], bucket[at[1]]
    for i in np.flatnonzero(rest > limit).tolist():
        mine, now = at[0] <= i <= at[1], int(bucket[i])
        days = (b for b in range(now % day, view.buckets, day) if abs(b - now) >= day)
        others = [around[b] for b in days if not (mine and first <= b <= last)]
        levels = [float(np.nanmedian(some)) for some in others if int(np.isfinite(some).sum()) >= 3]
        out[i] = bool(levels) and rest[i] - max(levels) < limit / 2.0
    return out


def _may_be_a_day(rest: Floats, at: tuple[int, int, int], bucket: NDArray[np.int64], view: View) -> bool:
    """Whether a slow hump of hours may be the time of day, where the run is too short to show other days.

    Not where it came within an hour, or rose to more than four times the usual: days seldom do.
    """
    low, first, last = at
    span = view.buckets * view.width / DAY
    if view.start is None or not 0.3 <= span < 1.5 or (bucket[last] - bucket[first]) * view.width < DAY / 8:
        return False
    sudden = (bucket[first] - bucket[low]) * view.width <= DAY / 24
    return not sudden and float(np.quantile(rest[first : last + 1], 0.9)) < float(np.log(4.0))


def _counts_up(one: Measure, calm: NDArray[np.bool_]) -> bool:
    """Whether the series counts by nature: nearly every step goes the same way.

    Asked of the quiet time alone: what stood still and now climbs is news. What measures a state or a cost
    by its name or unit may climb for long, so that it must have moved there most of the time.
    """
    state = bool(one.unit) or says(one.name, "gauges")
    steps = np.diff(one.mean[calm])
    moves = steps[steps != 0]
    often = 2 / 3 if state else 1 / 4
    if len(moves) < LEAST_QUIET // 2 or len(moves) < often * len(steps):
        return False
    return bool(max((moves > 0).mean(), (moves < 0).mean()) > 0.8)


def _row(
    one: Measure, found: Shift, score: float, view: View, words: dict[str, str], *, slow: bool = False
) -> dict[str, object]:
    first, last = int(one.bucket[found.first]), int(one.bucket[found.last])
    seen, usual = quantity(found.seen, one.unit), quantity(found.usual, one.unit)
    lasted = span(view, last - first + 1)
    factor = f" (×{number(found.seen / found.usual)})" if found.usual > 0 and found.seen > 0 else ""
    what = f"{one.service}: {one.label} of '{quote(words.get(one.template, ''))}'"
    told = (
        f"drifts from {usual} to {seen}, half of it in the last {lasted}"
        if slow
        else f"{seen} for {lasted}, usually {usual}"
    )
    return {
        "kind": "value",
        "service": one.service,
        "template": one.template,
        "from_bucket": first,
        "to_bucket": last,
        "score": score,
        "observed": f"{seen} for {lasted}",
        "expected": usual,
        "sentence": f"{what} {told}{factor}",
    }
