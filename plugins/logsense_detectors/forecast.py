"""Numbers on their way to a limit."""

from datetime import datetime, timedelta
from typing import cast

import numpy as np
import polars as pl

from logsense.api import ANOMALIES, View, safe
from logsense_detectors.ahead import LEAST, Ahead, extrapolate
from logsense_detectors.drift import log_normal_tail, mann_kendall
from logsense_detectors.grid import LN10, Floats, anomalies, duration, quote, texts
from logsense_detectors.limits import Course, courses
from logsense_detectors.measure import measures, quantity

#: Windows, in points ending at the present, in which a trend is looked for.
WINDOWS = (24, 60, 10_000)
#: How many moments of the run a forecast is asked for, and how many in a row must agree.
REPLAYS, STANDING = 80, 4
#: What is this near to its limit (share of the whole way) has reached it.
REACHED = 0.005
LEAST_SCORE, CAP = 2.0, 8.0
#: A fall by such a share of what was used is a turn, and more than half of it a reset.
TURN = 0.2
DAY = 86_400.0
#: A daily wave climbs from trough to peak as far as its steepest slope would in so many seconds: a day / pi.
WAVE = DAY / np.pi
#: What counts down by nature is news when so little is left, in seconds.
NEAR_END = 3 * DAY


class Forecast:
    """A number that will reach its limit: a disk filling up, a pool or a quota running out, an expiry.

    Finds: percentages of what fills up on their way to 100, free and available things to 0, "n of m" and used
    beside max or total to the limit, expiries that are near. Says when, with an interval. Where the limit is
    reached within the run, it starts when that could have been foreseen.
    Misses: limits that no message names; trends of fewer than 20 values, or that a daily wave may be; limits
    further ahead than the run is long; forecasts that no longer held at the end.
    Cost: O(rows of VALUES), then a few hundred short fits for each number that has a limit.
    Source: the spread of past slopes (on simulated series 90 % intervals held .79 to 1.00 where those of
    Theil-Sen held .30 to .67), over windows of three lengths; score: Mann-Kendall, Hamed & Rao 1998.

    Args:
        horizon: the furthest ahead that is said, in lengths of the run.
        most_days: nor further than this, in days.
    """

    name = "forecast"
    finds = ("forecast",)

    def __init__(self, *, horizon: float = 1.0, most_days: float = 14.0) -> None:
        self.horizon = horizon
        self.most_days = most_days

    def fit(self, view: View) -> "Forecast":
        """Nothing is learned: a trend is read from the series itself."""
        self.reach_ = min(self.horizon * view.buckets * view.width / 1e6, self.most_days * DAY)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "forecast"; none where nothing has a time."""
        if view.start is None or not view.values.height:
            return ANOMALIES.empty()
        words = texts(view)
        known = courses(measures(view, least=3), words, view)
        rows = []
        told: set[tuple[str, str]] = set()
        # What is used and what is free of one thing are one forecast; the share says most.
        for course in sorted(known, key=lambda c: c.one.unit != "percent"):
            if (course.one.service, course.one.template) in told:
                continue
            row = self._row(course, view, words, float(np.log10(len(known))))
            if row is not None:
                rows.append(row)
                told.add((course.one.service, course.one.template))
        return anomalies(view, self.name, rows)

    def _row(
        self, course: Course, view: View, words: dict[str, str], tests: float
    ) -> dict[str, object] | None:
        found = _countdown(course) if course.nature else self._standing(course)
        if found is None:
            return None
        at, end, ahead, reached = found
        score = min(CAP, _score(course, at, end) - tests)
        if score < LEAST_SCORE:
            return None
        one, begin = course.one, cast("datetime", view.start)
        limit = quantity(abs(course.limit), one.unit)
        what = f"{safe(one.service)}: {one.label} of '{quote(words.get(one.template, ''))}'"
        now = f"{'was' if reached else 'is'} {quantity(one.mean[at if reached else end], one.unit)}"
        pace = f"{'grows' if course.sign > 0 else 'falls'} {_pace(ahead.slope, one.unit)}"
        then = f"; it did, {_span(course.time[end] - course.time[at])} later" if reached else ""
        return {
            "kind": "forecast",
            "service": one.service,
            "template": one.template,
            "start": begin + timedelta(seconds=float(course.time[at])),
            "end": begin + timedelta(seconds=float(course.time[end])),
            "score": score,
            "observed": f"{quantity(one.mean[end], one.unit)}, {pace}",
            "expected": f"below {limit}" if course.sign > 0 else f"above {limit}",
            "sentence": f"{what} {now}, {pace}, reaches {limit} {_when(ahead)}{then}",
        }

    def _standing(self, course: Course) -> tuple[int, int, Ahead, bool] | None:
        """When the forecast that held to the end (or to the limit) could first be made; None for none.

        Returns the point it was made at, the last point, the forecast made then, and whether it came true.
        """
        full = course.limit - (course.limit - course.floor) * REACHED
        there = np.flatnonzero(course.height >= full)
        reached = bool(len(there)) and bool(np.median(course.height[there[0] :]) >= full)
        end = int(there[0]) if reached else len(course.height) - 1
        if (len(there) and not reached) or end + 1 < LEAST:
            return None  # it has been there before, and nothing came of it
        begin = _since_reset(course.height[: end + 1], course)
        turned = _turned(course.height[: end + 1], course)
        first, last = begin + LEAST - 1, end - 1 if reached else end
        if first > last:
            return None
        held: list[tuple[int, Ahead]] = []
        for at in np.unique(np.linspace(first, last, REPLAYS).astype(int))[::-1].tolist():
            made = self._made(course, begin, at) if course.height[at] > turned[at] else None
            if made is None:
                break
            held.append((at, made))
        if len(held) < STANDING:
            return None
        at, made = held[-1]
        return at, end, made if reached else self._latest(course, begin, end) or held[0][1], reached

    def _latest(self, course: Course, begin: int, end: int) -> Ahead | None:
        """The forecast of the longest window that climbs evenly: the surest of those that hold."""
        for window in WINDOWS[::-1]:
            low = max(begin, end + 1 - window)
            made = extrapolate(course.time[low : end + 1], course.height[low : end + 1], course.limit)
            if made is not None and not made.faster:
                return made
        return None

    def _made(self, course: Course, begin: int, at: int) -> Ahead | None:
        """The forecast that the points from ``begin`` to ``at`` allow: from the shortest window that does."""
        for window in WINDOWS:
            low = max(begin, at + 1 - window)
            time, height = course.time[low : at + 1], course.height[low : at + 1]
            made = extrapolate(time, height, course.limit)
            if made is None or made.soon > self.reach_ or made.most > 3.0 * self.reach_:
                continue
            wave = made.slope * WAVE <= course.limit - course.floor and time[-1] - time[0] < DAY
            if course.steady or not wave:
                return made
            if low == begin:
                break
        return None


def _since_reset(height: Floats, course: Course) -> int:
    """Index of the first point after the last fall back by more than half of what was used."""
    used = height - course.floor
    falls = np.flatnonzero((used[1:] < 0.5 * used[:-1]) & (used[:-1] > 0.05 * (course.limit - course.floor)))
    return int(falls[-1]) + 1 if len(falls) else 0


def _turned(height: Floats, course: Course) -> Floats:
    """For each point the highest height the number has turned back from before: cleaned up, or a wave.

    A turn is a fall by more than a fifth of what was used. −inf where there was none.
    """
    out = np.full(len(height), -np.inf)
    peak, turned = -np.inf, -np.inf
    for i, now in enumerate(height.tolist()):
        if now - course.floor < (1.0 - TURN) * (peak - course.floor):
            turned, peak = max(turned, peak), now
        peak = max(peak, now)
        out[i] = turned
    return out


def _countdown(course: Course) -> tuple[int, int, Ahead, bool] | None:
    """An expiry that is near: it falls in step with the clock, was never renewed, and little is left."""
    time, left = course.time, -course.height
    if len(left) < 3 or time[-1] <= time[0] or (np.diff(left) > 0).any() or not 0 < left[-1] <= NEAR_END:
        return None
    slope = float((left[0] - left[-1]) / (time[-1] - time[0]))
    grain = float(np.diff(left).min() * -1.0)
    if abs(slope - 1.0) * (time[-1] - time[0]) > max(0.2 * (time[-1] - time[0]), grain):
        return None
    near = int(np.flatnonzero(left <= NEAR_END)[0])
    soon = float(left[-1])
    return near, len(left) - 1, Ahead(soon, soon * 0.9, soon + grain, slope, faster=False), False


def _score(course: Course, at: int, end: int) -> float:
    """−log10 p that there is no trend in the points up to ``end``, from a window before the forecast on."""
    if course.nature:
        return CAP
    low = max(0, at + 1 - WINDOWS[0])
    x = course.height[low : end + 1]
    if len(x) > 150:
        x = x[np.linspace(0, len(x) - 1, 150).astype(int)]
    z, _ = mann_kendall(x)
    return -log_normal_tail(z) / LN10 if z > 0 else 0.0


def _when(ahead: Ahead) -> str:
    if ahead.faster:
        return f"in {_span(ahead.soon)} at the latest, as it speeds up"
    return f"in {_span(ahead.soon)} ({_span(ahead.least)} to {_span(ahead.most)})"


def _span(seconds: float) -> str:
    return duration(seconds * 1e6)


def _pace(slope: float, unit: str) -> str:
    """A speed for a sentence, by the minute, the hour or the day, whichever gives a number worth reading."""
    worth = {"percent": 1.0, "bytes": 1024.0}.get(unit, 1.0)
    for name, seconds in (("min", 60.0), ("h", 3600.0)):
        if abs(slope) * seconds >= worth / 2.0:
            return f"{quantity(abs(slope) * seconds, unit)}/{name}"
    return f"{quantity(abs(slope) * DAY, unit)}/d"
