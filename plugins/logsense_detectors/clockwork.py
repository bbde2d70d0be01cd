"""Whether a series comes like clockwork, when it is due next, when it rests, and a pause of it in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logsense.api import safe
from logsense_detectors.grid import Floats, duration, quote
from logsense_detectors.jobs import time_of
from logsense_detectors.reloads import Turn, changed

#: Spread of the gaps of clockwork, as a share of their median, where there are few and where there are more.
TIGHT, CLOCKWORK = 0.05, 0.2
#: Records a bucket from which a series is more than one a bucket.
MANY = 1.5
#: Records a bucket from which a service is busy, and by which factor it may pause longer than was seen.
BUSY, BORDERS = 10.0, 3.0
#: Microseconds by which whole-second stamps may be off.
STAMP = 2e6
#: Pauses below this say nothing of clockwork: whole seconds make chance look even.
SLOW = 5 * STAMP
#: Gaps from which a series is more than a few repetitions, and from which even its trouble is a habit.
SEVERAL, HABIT = 8, 50
#: Who works by day and rests at night rests at least so long (two hours).
RESTS, DAY = 2 * 3600e6, 24 * 3600e6
#: Series with a clock of several fixed times (three past the hour, twenty past) repeat after so many gaps.
PHASES = (1, 2, 3, 4, 6)


@dataclass(frozen=True)
class Series:
    """When one series came: first and last record of each of its buckets (µs), records a bucket.

    whole: of a whole service; form: of one form of a template among others. exact: n, median and mad (µs) of
    its gaps between whole seconds, within buckets too; None where unknown.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    per_bucket: float
    whole: bool
    exact: Mapping[str, Any] | None
    form: bool = False

    @property
    def many(self) -> bool:
        """Whether it comes so often in a bucket that pauses lie within buckets, too, and are not all seen."""
        return self.per_bucket >= MANY

    def longest(self, seen: float, n: int, width: int) -> float:
        """The longest pause (µs) it may have made, given the longest of those across the borders of buckets.

        A border lies in a long pause rather than in a short one, so that those of a busy service are among
        the longest; of others a pause within a bucket or two is not seen.
        """
        if self.whole and self.per_bucket >= BUSY and n >= HABIT:
            return max(BORDERS * seen, 0.5 * width)
        return max(seen, 2.0 * width)


@dataclass(frozen=True)
class Gap:
    """A pause and the pauses before it: score, begin and stop (µs), usual and largest (µs), their number.

    within: records came between these pauses, too, which are those between buckets.
    """

    score: float
    begin: int
    stop: int
    usual: float
    largest: float
    n: int
    within: bool = False

    @property
    def due(self) -> int:
        """When it should have come next."""
        return int(self.begin + self.usual)

    @property
    def missing(self) -> int:
        """How many times it did not come."""
        return int((self.stop - self.begin) / max(self.usual, 1.0) - 0.5)


def rhythm(last: NDArray[np.int64], gaps: Floats, at: int, late: float, n: int) -> bool:
    """Whether a series is silent by habit: it rested as long at the same time of another day.

    late: how long the run had gone on before it came first; whoever comes as late may leave as early.
    """
    gap = gaps[at]
    if late >= gap and n < HABIT:
        return True
    if gap < RESTS:
        return False
    if late >= 0.5 * gap:
        return True
    days = (last[at + 1 :] - last[at]) / DAY
    same = (days > 0.5) & (np.abs(days - np.round(days)) * DAY < max(0.25 * gap, STAMP))
    return bool((same & (gaps[at + 1 :] >= 0.2 * gap)).any())


def due_pause(first: NDArray[np.int64], n: int, width: int) -> float | None:
    """The pause that was due (µs) of a series like clockwork, else None.

    first: its records, one a bucket. Clockwork comes at one distance, or at fixed times of a round: then
    what came one round ago, so many gaps before, was always the same time before.
    """
    steps = np.diff(first).astype(np.float64)
    share = CLOCKWORK if n >= SEVERAL else TIGHT
    for phases in PHASES:
        if len(steps) < max(3, 3 * phases):
            return None
        rounds = (first[phases:] - first[:-phases]).astype(np.float64)
        middle = float(np.median(rounds))
        allowed = max(share * middle / phases, STAMP * (middle > 4 * STAMP))
        if middle >= width and float(rounds.max() - rounds.min()) <= allowed:
            return float(steps[-phases])
    return None


def even(exact: Mapping[str, Any] | None, least: int) -> bool:
    """Whether a series that comes many times a bucket comes like clockwork all the same."""
    if exact is None or exact["n"] < least:
        return False
    return bool(exact["median"] >= SLOW and exact["mad"] <= TIGHT * exact["median"])


def said(
    gap: Gap, score: float, service: str, text: str | None, lost: Turn | None = None
) -> dict[str, object]:
    """The row of an anomaly; text: what stopped, None for a whole service.

    lost: what a configuration holds less of that was read after the last time and before the next was due.
    """
    silent, usual, largest = duration(gap.stop - gap.begin), duration(gap.usual), duration(gap.largest)
    what = "all of its usual work" if text is None else f"'{quote(text)}'"
    since = f"; {changed(lost.at, lost)}" if lost else ""
    came = f"came {gap.n + 1:,} times, {usual} apart (longest {largest})"
    if gap.within:
        came = f"came again and again, with pauses of {usual} and of {largest} at most"
    return {
        "service": service,
        "start": time_of(lost.at.time if lost else gap.due),
        "end": time_of(gap.stop),
        "score": score,
        "observed": f"none for {silent}",
        "expected": f"{'no pause beyond' if gap.within else f'every {usual}, longest pause'} {largest}",
        "sentence": f"{safe(service)}: {what} {came}, then not for {silent}{since}",
    }
