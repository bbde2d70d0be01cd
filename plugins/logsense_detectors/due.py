"""Jobs that known-good logs show like clockwork, and that did not come when they were due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import ANOMALIES, COUNTS, LEVELS, View, error_like, safe
from logsense_detectors.dropped import dropped, explained
from logsense_detectors.grid import Floats, anomalies, duration, quote, texts
from logsense_detectors.jobs import time_of
from logsense_detectors.reloads import FELL, Turn, changed, fallen, reloads

DAY = 86_400_000_000
#: Score at most: the law of the tail is chosen, not fitted.
CAP = 12.0


@dataclass(frozen=True)
class Missed:
    """A pause that is too long: score, begin and stop (µs), the usual pause, how many there were before."""

    score: float
    begin: int
    stop: int
    usual: float
    n: int

    @property
    def due(self) -> int:
        """When it should have come next."""
        return int(self.begin + self.usual)


class Due:
    """A job that came a few times at the same pauses, to a few per cent, and then did not.

    Finds: daily and hourly jobs that cease, from few repetitions. Where a configuration that holds less than
    before was read after the last time, the loss is dated to it, and less delay is enough. Says nothing
    without known-good logs: what came four times in one run may well be over.
    Misses: jobs whose time changes. Where the known-good logs hold no weekend, a job of working days is
    reported on the first one.
    Cost: O(rows of COUNTS). Source: p = (largest / pause)^tail / (pauses + 1), the law of ``Silence`` with a
    steeper tail, since clockwork does not jitter: chosen, so that a daily job counts when some seven hours
    late.

    Args:
        few: pauses needed before anything is said; many: with more, buckets tell it better.
        even: spread of the pauses at most, as a share of their median.
        tail: how steeply the score grows with the pause.
        buckets: shortest pause that is looked at, in buckets.
    """

    name = "due"
    finds = ()

    def __init__(
        self, *, few: int = 3, many: int = 40, even: float = 0.03, tail: float = 60.0, buckets: int = 6
    ) -> None:
        self.few = few
        self.many = many
        self.even = even
        self.tail = tail
        self.buckets = buckets

    @staticmethod
    def example() -> View:
        """Four known-good days and one to judge; the nightly job does not come in the last."""
        begin, hour = datetime(2026, 1, 5), timedelta(hours=1)  # noqa: DTZ001 - times of frames mean UTC
        at = [("tick", n) for n in range(120)] + [("nightly", n) for n in (1, 25, 49, 73)]
        rows: list[dict[str, object]] = [
            {"bucket": n, "service": "jobs", "template": name, "n": 1, "source": 0, "line": n + 1,
             "last_source": 0, "last_line": n + 1, "first": begin + n * hour, "last": begin + n * hour}
            for name, n in at
        ]  # fmt: skip
        none = pl.DataFrame()
        said = pl.DataFrame(
            {"template": ["tick", "nightly"], "text": ["tick", "backup finished"], "level": ["INFO"] * 2},
            schema_overrides={"level": pl.Enum(LEVELS)},
        )
        return View(
            start=begin, width=3_600_000_000, buckets=120, quiet=tuple(range(96)), how="known-good logs",
            sources=none, templates=said, counts=COUNTS.of(rows), values=none, gaps=none, steps=none,
            changes=none, edges=none, series=none, judged=(96, 120),
        )  # fmt: skip

    def fit(self, view: View) -> "Due":
        """Learn which series the known-good logs hold; trouble that ends is no loss."""
        self.series_ = view.counts.clear()
        self.dropped_ = 0.0
        if view.apart and view.start is not None:
            bad = view.templates.filter(error_like(view.templates)).select("template")
            calm = view.counts.filter(pl.col("bucket").is_in(list(view.quiet))).select("service", "template")
            kept = view.counts.join(calm.unique(), on=["service", "template"], how="semi")
            self.series_ = kept.join(bad, on="template", how="anti")
            self.dropped_ = dropped(view)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "vanished", from when the job was due, or from the reload that lost it."""
        if not self.series_.height or view.judged is None:
            return ANOMALIES.empty()
        by = ["service", "template"]
        times = pl.col("first").dt.epoch("us"), pl.col("last").dt.epoch("us")
        few = self.series_.group_by(by).agg(pl.len().alias("rows")).filter(pl.col("rows") <= 3 * self.many)
        lists = (
            self.series_.join(few, on=by)
            .sort(*by, "bucket")
            .group_by(by, maintain_order=True)
            .agg("bucket", *times)
        )
        horizon = int(view.counts.select(pl.col("last").dt.epoch("us").max()).item())
        clockwork: list[tuple[dict[str, Any], Missed | None]] = []
        for row in lists.iter_rows(named=True):
            told, missed = self._missed(row, horizon, view)
            if told:
                clockwork.append((row, missed))
        jobs = len({row["service"] for row, _ in clockwork})  # what one job says comes and goes together
        words, changes = texts(view), reloads(view)
        correction = float(np.log10(max(jobs, 1)))
        rows = [
            self._row(row, one, fallen(changes, one.begin, one.due), correction, words)
            for row, one in clockwork
            if one is not None
        ]
        return anomalies(view, self.name, rows)

    def _missed(self, row: dict[str, Any], horizon: int, view: View) -> tuple[bool, Missed | None]:
        """Whether the series is clockwork, and the worst pause of it that ends where it is judged."""
        bucket = np.array(row["bucket"], dtype=np.int64)
        # What lies side by side is one time.
        starts = np.flatnonzero(np.diff(bucket, prepend=bucket[0] - 3) > 2)
        first = np.array(row["first"], dtype=np.int64)[starts]
        last = np.array(row["last"], dtype=np.int64)[np.append(starts[1:] - 1, len(bucket) - 1)]
        pauses = np.append(np.diff(first), max(horizon - int(first[-1]), 0)).astype(np.float64)
        if len(pauses) <= self.few or len(pauses) > self.many or view.judged is None:
            return False, None
        at = bucket[starts]
        known = int((at < view.judged[0]).sum())
        best: Missed | None = None
        told = False
        for i in range(max(self.few, known - 1), len(pauses)):
            usual = float(np.median(pauses[:i]))
            broken = _broken(np.append(at, view.buckets), usual, view)
            past, pause = pauses[:i][~broken[:i]], float(pauses[i]) - usual * bool(broken[i])
            steady = len(past) >= self.few and self._even(past, usual, view.width)
            if usual < self.buckets * view.width or not steady:
                break
            told = True
            score = self._score(pause, past)
            if score > 0 and (best is None or score > best.score):
                stop = horizon if i == len(pauses) - 1 else int(first[i + 1])
                best = Missed(min(score, CAP), int(last[i]), stop, usual, i)
        return told, best

    def _even(self, past: Floats, usual: float, width: int) -> bool:
        return float(np.abs(past - usual).max()) <= min(self.even * usual, 3.0 * width)

    def _score(self, pause: float, past: Floats) -> float:
        times = pause / float(past.max())
        if times <= 1.0 + self.even:
            return 0.0
        return float(np.log10(len(past) + 1.0) + self.tail * np.log10(times))

    def _row(
        self,
        row: dict[str, Any],
        missed: Missed,
        lost: Turn | None,
        correction: float,
        words: dict[str, str],
    ) -> dict[str, object]:
        """The row of an anomaly; lost: what a configuration held less of from then on, if any."""
        usual, silent = duration(missed.usual), duration(missed.stop - missed.begin)
        text = quote(words.get(row["template"], ""))
        since = f"; {changed(lost.at, lost)}" if lost else ""
        score = min(missed.score, explained(self.dropped_, (missed.stop - missed.begin) / missed.usual - 1.0))
        return {
            "kind": "vanished",
            "service": row["service"],
            "template": row["template"],
            "start": time_of(lost.at.time if lost else missed.due),
            "end": time_of(missed.stop),
            "score": min(score + (FELL if lost else 0.0), CAP) - correction,
            "observed": f"none for {silent}",
            "expected": f"every {usual}",
            "sentence": f"{safe(row['service'])}: '{text}' came {missed.n + 1} times, every {usual},"
            f" then not for {silent}{since}",
        }


def _broken(at: NDArray[np.int64], usual: float, view: View) -> NDArray[np.bool_]:
    """Which pauses between these buckets lie over a seam at which this rhythm does not go on.

    Only what keeps the hours of the day goes on where the recordings are moved by whole days.
    """
    daily = abs(DAY - round(DAY / usual) * usual) <= 3 * view.width if usual else False
    cut = np.array([seam for seam, agree in view.seams if not (agree and daily)], dtype=np.int64)
    over: NDArray[np.bool_] = np.searchsorted(cut, at[:-1], "right") < np.searchsorted(cut, at[1:], "right")
    return over
