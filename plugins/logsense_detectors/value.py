"""Numbers inside messages that shifted or drifted."""

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import ANOMALIES, View
from logsense_detectors.beyond import LEAST_QUIET, best, grain, kept, log_more, spread, wander
from logsense_detectors.climb import (
    CLIMBS,
    ORDER,
    PARTS,
    SHORT,
    TAU,
    beginnings,
    came_back,
    counts_up,
    in_order,
    joined,
    steps_up,
)
from logsense_detectors.daytime import may_be_a_day, usual_at_that_hour
from logsense_detectors.drift import drift
from logsense_detectors.grid import LN10, Floats, anomalies, quiet_of, texts
from logsense_detectors.measure import (
    Measure,
    form_measures,
    loads,
    measures,
    measures_cost,
    more_is_good,
    says,
)
from logsense_detectors.shift import CAP, Shift, clear, row

#: What is so for more than this share of a series is its usual state, wherever the baseline lies; the second
#: is of a series that climbs, which has none.
MOST, MOST_CLIMBING = 0.65, 0.85
#: Scores that make no incident alone: of a constant that was set to another; of what may be the time of day;
#: of a drift, which overlaps every group of a run and must add to none.
CONSTANT_CAP, WAVE_CAP, DRIFT_CAP = 9.0, 4.9, 1.9


class Value:
    """A number of a message (a duration, a size, a depth) that stays far off its quiet time, or climbs.

    Finds: slow answers, growing queues, memory and delays that stay up for at least three buckets; free
    space, hit ratios and throughput that stay down; slow climbs of memory and queues over the whole run;
    what held level when the run began and climbs from some time on to its end; the same of one host, disk
    or queue of several that a message names, which all together hide.
    Misses: single outliers; shifts of less than a half; what grows no more than the service's load;
    a host that is named by a number alone, or seen in few buckets;
    what is so at the same hour of other days; counters and ids, which grow by nature.
    Cost: O(rows of VALUES), then little for each series with three odd buckets.
    Source: an exact test (Fisher, hypergeometric) of how many buckets lie beyond an effect of three robust
    deviations, a factor and what the series wanders by itself, with the number of buckets reduced by their
    autocorrelation: as with Mann-Whitney, autocorrelation decides, not the test, and only test and effect
    together kept quiet on 173 metric series. Climbs hide in a baseline that lies partly in them: a series
    is judged against its first part, too, and that it rises in order (Kendall, exact) is a second test,
    joined to the first by Fisher's method; the part may be short where Student's test of the steps, which
    holds for a random walk, says that they go up. Drift: Mann-Kendall, variance of Hamed and Rao 1998.

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
            if found and not found.slow and (of not in alone or clear(found) > clear(alone[of][1])):
                alone[of] = one, found
        rows = [row(one, found, view, words) for one, found in [*seen, *alone.values()]]
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
        bad = -1.0 if more_is_good(one) else 1.0
        busy = np.maximum(overall, own.get(one.service, overall))[one.bucket]
        lost = float(np.log10(max(tests, 1)))
        found = self._shift(one, quiet[one.bucket], bad, busy, view)
        climbs = steps_up(one.mean, bad) >= CLIMBS
        early = (
            self._since(one, part, bad, busy, view, climbs=climbs)
            for part in beginnings(one.bucket, one.mean, climbs=climbs)
        )
        shifts = [shift for shift in (found, *early) if shift is not None]
        if shifts:
            found = max(shifts, key=lambda shift: (min(shift.cap, shift.score - lost), shift.stays))
            score = min(found.cap, found.score - lost)
            return replace(found, score=score) if score >= 1.0 else None
        slow = drift(one, bad, view.buckets)
        if slow is None or slow[0] - lost < 2.0:
            return None
        return Shift(slow[3], len(one.mean) - 1, min(DRIFT_CAP, slow[0] - lost), slow[1], slow[2], slow=True)

    def _shift(
        self,
        one: Measure,
        calm: NDArray[np.bool_],
        bad: float,
        busy: Floats,
        view: View,
        *,
        climbs: bool = False,
    ) -> Shift | None:
        """The stretch that lies beyond what the calm buckets explain; None where there is none."""
        few, most = (SHORT, MOST_CLIMBING) if climbs else (LEAST_QUIET, MOST)
        if int(calm.sum()) < few or (one.mean < 0).any():
            return None
        x = bad * np.log(one.mean + grain(one.mean))
        usual = float(np.median(x[calm]))
        if int((x > usual + np.log(self.ratio)).sum()) < self.row or counts_up(one, calm):
            return None
        rest = x - usual
        least = float(np.log(self.ratio))
        # Load makes answers slower and queues longer: a rise in step with it is no fault of its own.
        idle = rest > least + np.log(busy) if bad > 0 else rest > least
        at = best(idle & (rest > self.effect * spread(rest[calm], outer=False)))
        # The baseline was chosen by other signs: what of it lies inside the stretch is no base here.
        base = calm.copy()
        base[at[0] : at[1] + 1] = False
        if int(base.sum()) < few or at[1] - at[0] >= most * len(x):
            return None
        usually = spread(rest[base], outer=True)
        limit = max(least, self.effect * usually, wander(x, base, one.bucket))
        beyond = idle & (rest > limit) & ~usual_at_that_hour(rest, one.bucket, limit, at, view)
        first, last = at = best(beyond)
        if int(beyond[first : last + 1].sum()) < self.row:
            return None
        share = kept(rest, base, one.bucket, usually)
        score = self._score(beyond, base, at, share)
        low, apart = first, 3.0 * float(np.median(np.diff(one.bucket)))
        while low > 0 and rest[low - 1] > usually and one.bucket[low] - one.bucket[low - 1] <= apart:
            low -= 1
        inside, before = one.mean[first : last + 1], one.mean[base]
        found = Shift(low, last, score, float(np.median(before)), float(np.median(inside)), kept=share)
        if float(np.ptp(before)) == 0.0 and float(np.ptp(inside)) == 0.0:
            found = replace(found, cap=CONSTANT_CAP)
        if may_be_a_day(rest, (low, first, last), one.bucket, view):
            found = replace(found, cap=WAVE_CAP)
        return found

    def _since(
        self,
        one: Measure,
        part: NDArray[np.bool_],
        bad: float,
        busy: Floats,
        view: View,
        *,
        climbs: bool,
    ) -> Shift | None:
        """The stretch that leaves what the first part of the series was and goes on to its end; or None.

        That later values lie higher and that they rise in order are two things which chance would have to
        bring. What is steady instead may be how the run is once it has begun: only of a state or a cost is
        it told.
        """
        found = self._shift(one, part, bad, busy, view, climbs=climbs)
        if found is None or came_back((found.first, found.last), one.bucket, view.buckets):
            return None
        choice = float(np.log10(len(PARTS)))
        order, tau = in_order(bad * one.mean[found.first :])
        if tau < TAU or order * found.kept < ORDER:
            told = measures_cost(one) and found.cap == CAP  # a constant that was set to another is a setting
            return replace(found, score=found.score - choice, stays=True) if told else None
        score = joined(found.score, order * found.kept) - choice
        # Of what climbs the end is told, not the middle.
        length = found.last + 1 - found.first
        seen = float(np.median(one.mean[: found.last + 1][-max(1, length // 10) :]))
        return replace(found, score=score, climbs=True, stays=True, seen=seen)

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
        return -p / LN10 - float(places)


def _name(one: Measure) -> tuple[str, ...]:
    """What the number is of, whatever the form."""
    return one.service, one.template, one.name, one.unit


def _limit(one: Measure) -> bool:
    """Whether the number is a bound that another number of the message may reach."""
    return one.name.endswith(" limit")
