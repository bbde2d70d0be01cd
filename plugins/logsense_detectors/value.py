"""Numbers inside messages that shifted or drifted."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import ANOMALIES, View, safe
from logsense_detectors.beyond import LEAST_QUIET, best, grain, kept, log_more, spread, wander
from logsense_detectors.daytime import may_be_a_day, usual_at_that_hour
from logsense_detectors.drift import drift
from logsense_detectors.grid import LN10, Floats, anomalies, number, quiet_of, quote, span, texts
from logsense_detectors.measure import Measure, form_measures, loads, measures, quantity, says

CAP = 12.0
#: What is so for more than this share of a series is its usual state, wherever the baseline lies.
MOST = 0.65
#: Scores that make no incident alone: of a constant that was set to another; of what may be the time of day;
#: of a drift, which overlaps every group of a run and must add to none.
CONSTANT_CAP, WAVE_CAP, DRIFT_CAP = 9.0, 4.9, 1.9


@dataclass(frozen=True)
class Shift:
    """A stretch of a series that lies off its quiet time: indices, −log10 p, usual value (linear)."""

    first: int
    last: int
    score: float
    usual: float
    seen: float
    slow: bool = False


class Value:
    """A number of a message (a duration, a size, a depth) that stays far off its quiet time, or climbs.

    Finds: slow answers, growing queues, memory and delays that stay up for at least three buckets; free
    space, hit ratios and throughput that stay down; slow climbs of memory and queues over the whole run;
    the same of one host, disk or queue of several that a message names, which all together hide.
    Misses: single outliers; shifts of less than a half; what grows no more than the service's load;
    a host that is named by a number alone, or seen in few buckets;
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
        least = LEAST_QUIET + self.row
        series = [one for one in measures(view, least=least) if not _limit(one)]
        forms = [one for one in form_measures(view, least=least) if not _limit(one)]
        lively, words = loads(view, self.quiet_), texts(view)
        judged = [(one, self._judged(one, quiet, lively, view, len(series))) for one in series]
        seen = [(one, found) for one, found in judged if found is not None]
        # What the whole of a template tells is said once; of its forms the clearest stands for the others.
        whole = {_name(one) for one, found in seen if not found.slow}
        alone: dict[tuple[str, ...], tuple[Measure, Shift]] = {}
        for one in forms:
            of = _name(one)
            found = None if of in whole else self._judged(one, quiet, lively, view, len(series) + len(forms))
            if found and not found.slow and (of not in alone or _clear(found) > _clear(alone[of][1])):
                alone[of] = one, found
        rows = [_row(one, found, view, words) for one, found in [*seen, *alone.values()]]
        return anomalies(view, self.name, rows)

    def _judged(
        self,
        one: Measure,
        quiet: NDArray[np.bool_],
        lively: tuple[Floats, dict[str, Floats]],
        view: View,
        tests: int,
    ) -> Shift | None:
        """The shift or the drift of a series, its score corrected for so many tests; None for none."""
        if says(one.name, "counters"):
            return None
        overall, own = lively
        bad = -1.0 if says(one.name, "good") or one.unit.endswith("/s") else 1.0
        busy = np.maximum(overall, own.get(one.service, overall))[one.bucket]
        lost = float(np.log10(max(tests, 1)))
        found = self._shift(one, quiet[one.bucket], bad, busy, view)
        if found is not None:
            return replace(found, score=found.score - lost) if found.score - lost >= 1.0 else None
        slow = drift(one, bad, view.buckets)
        if slow is None or slow[0] - lost < 2.0:
            return None
        return Shift(slow[3], len(one.mean) - 1, min(DRIFT_CAP, slow[0] - lost), slow[1], slow[2], slow=True)

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
        beyond = idle & (rest > limit) & ~usual_at_that_hour(rest, one.bucket, limit, at, view)
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
        if may_be_a_day(rest, (low, first, last), one.bucket, view):
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


def _name(one: Measure) -> tuple[str, ...]:
    """What the number is of, whatever the form."""
    return one.service, one.template, one.name, one.unit


def _clear(found: Shift) -> tuple[float, float]:
    """What orders shifts: scores have a cap, beyond which the change as a factor tells."""
    low, high = sorted((found.usual, found.seen))
    return found.score, high / low if low > 0 else np.inf


def _limit(one: Measure) -> bool:
    """Whether the number is a bound that another number of the message may reach."""
    return one.name.endswith(" limit")


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


def _row(one: Measure, found: Shift, view: View, words: dict[str, str]) -> dict[str, object]:
    first, last = int(one.bucket[found.first]), int(one.bucket[found.last])
    seen, usual = quantity(found.seen, one.unit), quantity(found.usual, one.unit)
    lasted = span(view, last - first + 1)
    factor = f" (×{number(found.seen / found.usual)})" if found.usual > 0 and found.seen > 0 else ""
    what = f"{safe(one.service)}: {one.label} of '{quote(one.form or words.get(one.template, ''))}'"
    told = (
        f"drifts from {usual} to {seen}, half of it in the last {lasted}"
        if found.slow
        else f"{seen} for {lasted}, usually {usual}"
    )
    return {
        "kind": "value",
        "service": one.service,
        "template": one.template,
        "from_bucket": first,
        "to_bucket": last,
        "score": found.score,
        "observed": f"{seen} for {lasted}",
        "expected": usual,
        "sentence": f"{what} {told}{factor}",
    } | ({} if one.form is None else _place(one, first, last, view))


def _place(one: Measure, first: int, last: int, view: View) -> dict[str, object]:
    """The form, and when its records of these buckets begin and end."""
    names = ("service", "template", "form")
    mine = view.form_values.filter(*(pl.col(name) == getattr(one, name) for name in names))
    mine = mine.filter(pl.col("bucket").is_between(first, last))
    return {"form": one.form, "start": mine["first"].min(), "end": mine["last"].max()}
