"""Jobs of a time of the day that came on few days of the run, and then not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from logsense.api import ANOMALIES, COUNTS, LEVELS, View, error_like, safe
from logsense_detectors.dropped import dropped, explained
from logsense_detectors.grid import anomalies, quote, texts
from logsense_detectors.jobs import (
    DAY,
    HOUR,
    JITTER,
    LASTS,
    ROUNDS,
    SECOND,
    Job,
    alive,
    missed_jobs,
    otherwise,
    time_of,
    within,
)
from logsense_detectors.reloads import FELL, Reload, Turn, changed, fallen, moment, reloads, turns

#: Score at most, and from which on it is said: what is likely chance is not worth a near miss.
CAP, LEAST = 12.0, 4.0
#: Decades: all of a service, a change of the service that started the job, and (at most) being on the dot.
#: Chosen, not fitted.
WHOLE, STARTED, DOT = 2.0, 1.5, 1.5
#: Jobs start within so long of the line of who starts them (µs).
NEAR = 60 * SECOND
#: A time of the clock: every five minutes (µs).
MARK = 300 * SECOND


@dataclass(frozen=True)
class Said:
    """What changed before a job was missed: a count that fell, or the last; started: by its service."""

    turn: Turn | None
    last: Reload | None
    started: bool


class Missed:
    """A daily or hourly job that came one to a few times in this run and then not when it was due.

    Finds: jobs that were lost from a schedule, with the change of configuration that lost them. What came at
    the same time of three days is enough alone, of two where it is all of a service. What came once is enough
    only where it is all of a service and a configuration has since been read that holds less than before.
    Also finds: configurations that hold more or fewer things than at all reloads before (a small sign).
    Misses: weekly jobs; jobs of one time without any such change; jobs beside which no other service writes.
    What came on working days alone is not due at the weekend, nor the other way round; what came once on the
    first of a month is not due the day after. Known-good logs are left to ``Due``.
    Cost: O(rows of COUNTS), and a few reads for each rare series.
    Source: decades add: for each further time the share of the round within which the times differ, as chance
    would have it; how near a time of the clock it starts (one in 300 s); the rest chosen, not fitted.

    Args:
        lasts: a job lasts at most this part of a round.
        sharp: times are not known better than this, in seconds.
    """

    name = "missed"
    finds = ()

    def __init__(self, *, lasts: int = LASTS, sharp: float = 10.0) -> None:
        self.lasts = lasts
        self.sharp = sharp

    @staticmethod
    def example() -> View:
        """Four days; a service writes at 01:00 of three, and not on the last."""
        begin, hour = datetime(2026, 1, 5), timedelta(hours=1)  # noqa: DTZ001 - times of frames mean UTC
        at = [("web", "tick", n) for n in range(96)] + [("nightly", "done", n) for n in (1, 25, 49)]
        rows: list[dict[str, object]] = [
            {"bucket": n, "service": who, "template": what, "n": 1, "source": 0, "line": n + 1,
             "last_source": 0, "last_line": n + 1, "first": begin + n * hour, "last": begin + n * hour}
            for who, what, n in at
        ]  # fmt: skip
        none = pl.DataFrame()
        said = pl.DataFrame(
            {"template": ["tick", "done"], "text": ["tick", "all copied"], "level": ["INFO"] * 2},
            schema_overrides={"level": pl.Enum(LEVELS)},
        )
        return View(
            start=begin, width=HOUR, buckets=96, quiet=tuple(range(1, 95)), how="quiet time of this run",
            sources=none, templates=said, counts=COUNTS.of(rows), values=none, gaps=none, steps=none,
            changes=none, edges=none, series=none,
        )  # fmt: skip

    def fit(self, view: View) -> "Missed":
        """Learn the series of a job; trouble that ends is no loss."""
        bad = view.templates.filter(error_like(view.templates)).select("template")
        self.series_ = view.counts.join(bad, on="template", how="anti")
        self.dropped_ = dropped(view)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "silence" (a service), "vanished" (a template) and "change" (a reload)."""
        if view.start is None or not view.counts.height or view.usual is not None or view.seams:
            return ANOMALIES.empty()
        told = reloads(view)
        words = texts(view)
        rows = [_turned(turn, words) for turn in turns(told)]
        for length, called in ROUNDS:
            if view.width <= length // 4:
                rows += self._missing(view, told, length, called)
        return anomalies(view, self.name, rows)

    def _missing(self, view: View, told: list[Reload], length: int, called: str) -> list[dict[str, object]]:
        """Rows for all jobs of one round; those of a service that is gone as a whole are not told again."""
        services, lonely = missed_jobs(self.series_, ["service"], length, called, self.lasts)
        silent = self._judged(view, told, services, lonely)
        gone = {row["service"] for row in silent}
        series, several = missed_jobs(self.series_, ["service", "template"], length, called, self.lasts)
        parts = [
            job
            for job in series
            if len(job.starts) > 1 and job.service not in gone and not otherwise(self.series_, job)
        ]
        return silent + self._judged(view, told, parts, several)

    def _judged(
        self, view: View, told: list[Reload], jobs: list[Job], looked: int
    ) -> list[dict[str, object]]:
        """Rows for the jobs with enough evidence; looked: among how many services they were found."""
        words, rows = texts(view), []
        for job in jobs:
            said = self._said(told, job)
            if not alive(view.counts, job) or (len(job.starts) == 1 and said.turn is None):
                continue
            # What came once is not picked from among many by its rhythm, but by what changed.
            chance = float(np.log10(max(looked, 1))) if len(job.starts) > 1 else 0.0
            # A record that was dropped on its way is no job that was lost, whatever else speaks for one.
            lost = explained(self.dropped_, job.missing * job.n) + _told(said)
            score = min(self._evidence(job, said) - chance, CAP, lost)
            if score >= LEAST:
                rows.append(_row(job, said, score, words))
        return rows

    def _said(self, told: list[Reload], job: Job) -> Said:
        """What changed between the last time and the one that was missed."""
        turn = fallen(told, job.stop, job.due)
        between = [one for one in told if job.stop < one.time <= job.due]
        last = turn.at if turn else between[-1] if between else None
        return Said(turn, last, last is not None and self._started(last.service, job))

    def _started(self, service: str, job: Job) -> bool:
        """Whether this service said something whenever the job began, and at no other time."""
        mine = self.series_.filter(pl.col("service") == service)
        near = pl.any_horizontal([within(start - NEAR, start + NEAR) for start in job.starts])
        only = mine.group_by("template").agg(near.all().alias("only"), near.sum().alias("times"))
        return only.filter(pl.col("only") & (pl.col("times") >= len(job.starts))).height > 0

    def _evidence(self, job: Job, said: Said) -> float:
        """Decades that it is a job, and is lost."""
        k = len(job.starts)
        alike = float(np.log10(job.round / (2 * max(job.off, self.sharp * SECOND))))
        late = job.starts[0] % MARK / SECOND + 2.0
        dot = min(max(float(np.log10(MARK / SECOND / late)), 0.0), DOT)
        # Every hour comes what no clock bids as well: what is kept for an hour is asked for again then.
        whole = WHOLE if job.template is None and k > 1 and job.round >= DAY else 0.0
        decades = float(np.log10(k + 1)) + (k - 1) * alike + dot + whole + _told(said)
        return decades - max(job.missing - k, 0)


def _told(said: Said) -> float:
    """Decades that what changed before the job was missed had to do with it."""
    return (FELL if said.turn else 0.0) + STARTED * said.started


def _row(job: Job, said: Said, score: float, words: Mapping[str, str]) -> dict[str, object]:
    k, tied = len(job.starts), said.last if said.turn or said.started else None
    what = "" if job.template is None else f"'{quote(words.get(job.template, ''))}' "
    times = "came" if k == 1 else f"came {k} times, {job.called}, last"
    came = f"{times} {moment(job.starts[-1])} ({job.n:,} message{'s' if job.n > 1 else ''})"
    since = f"; {changed(tied, said.turn)}" if tied else ""
    missing = "did not come" if job.missing == 1 else f"did not come, nor {job.missing - 1} more"
    return {
        "kind": "silence" if job.template is None else "vanished",
        "service": job.service,
        "template": job.template,
        "start": time_of(tied.time if tied else job.due + job.round // JITTER),
        "end": time_of(job.until),
        "score": score,
        "observed": f"none since {moment(job.starts[-1])}",
        "expected": f"{job.called}, next {moment(job.due)}",
        "sentence": f"{safe(job.service)}: {what}{came}, due {moment(job.due)}, {missing}{since}",
    }


def _turned(turn: Turn, words: Mapping[str, str]) -> dict[str, object]:
    """The row of a reload that tells another number than all before it."""
    text = quote(words.get(turn.at.template or "", ""))
    fell = turn.now < turn.before
    time = time_of(turn.at.time)
    return {
        "kind": "change",
        "service": turn.at.service,
        "template": turn.at.template,
        "start": time,
        "end": time,
        "score": float(np.log10(turn.same + 1)) + (4.0 if fell else 2.0),
        "observed": f"{turn.noun}: {turn.now:,}",
        "expected": f"{turn.noun}: {turn.before:,}",
        "sentence": f"{safe(turn.at.service)}: '{text}' says {turn.now:,} {turn.noun},"
        f" {turn.before:,} before",
    }
