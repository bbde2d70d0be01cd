"""Series that come as jobs of a time of the day (or of the hour) do, and what says that one was missed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

DAY, HOUR = 86_400_000_000, 3_600_000_000
SECOND = 1_000_000
#: The rounds that jobs keep, with the words for them.
ROUNDS = ((DAY, "daily"), (HOUR, "hourly"))
#: A job lasts at most this part of its round, and comes earlier or later by at most that part of it.
LASTS, JITTER = 12, 144
#: From so many times on a job may have begun within the run, or have been left out between others.
SEVERAL = 3
#: So many times as often as it came it may be missing; what is gone for longer was for a while.
GONE = 2
#: Series of more rows of COUNTS are no job of a few times.
MOST_ROWS = 200
#: Share of the other records of the last time that must come when it is due: else nothing came.
ALIVE = 0.3


@dataclass(frozen=True)
class Job:
    """A series that came as a job does, and did not when it was due. Times in µs.

    starts: when each time began; n: messages of the last time; longest: how long it took at most; until: when
    it came again, or the end of the run; off: by how much the rounds differed at most.
    """

    service: str
    template: str | None
    round: int
    called: str
    starts: tuple[int, ...]
    stop: int
    n: int
    longest: int
    until: int
    off: int

    @property
    def due(self) -> int:
        """When it should have come next."""
        return self.starts[-1] + self.round

    @property
    def wait(self) -> int:
        """How long after that it would be told."""
        return self.longest + 3 * self.round // JITTER

    @property
    def missing(self) -> int:
        """How many times it did not come."""
        return (self.until - self.due - self.round // JITTER) // self.round + 1


def missed_jobs(
    series: pl.DataFrame, by: list[str], length: int, called: str, lasts: int
) -> tuple[list[Job], int]:
    """The jobs of one round (length, µs) that were missed, and how many services were looked at for them.

    series: COUNTS; by: what one job is told by; lasts: a job lasts at most this part of its round.
    """
    run = series.select(pl.col("first").min().dt.epoch("us"), pl.col("last").max().dt.epoch("us"))
    if not series.height:
        return [], 0
    begin, end = run.row(0)
    rows = (
        series.group_by(*by, "bucket")
        .agg(pl.col("first").min().dt.epoch("us"), pl.col("last").max().dt.epoch("us"), pl.col("n").sum())
        .sort(*by, "bucket")
        .group_by(by, maintain_order=True)
        .agg("first", "last", "n")
        .filter(pl.col("first").list.len() <= MOST_ROWS, pl.col("first").list.first() + length <= end)
    )
    found = [(row, _job(row, (begin, end), (length, called), lasts)) for row in rows.iter_rows(named=True)]
    return [job for _, job in found if job is not None], len({row["service"] for row, _ in found})


def _job(row: Mapping[str, Any], run: tuple[int, int], round_: tuple[int, str], lasts: int) -> Job | None:
    """The series as a job, where it came like one from its first time on and was then missed."""
    length, called = round_
    first, last = np.array(row["first"], dtype=np.int64), np.array(row["last"], dtype=np.int64)
    cut = np.flatnonzero(first[1:] - last[:-1] > length // lasts) + 1
    at, ends = first[np.append(0, cut)], last[np.append(cut, len(first)) - 1]
    took = int((ends - at).max())
    if took > length // lasts:
        return None
    slack = length // JITTER
    off = np.abs(np.diff(at) - length)
    k = int(np.argmax(np.append(off, length) > slack)) + 1
    until = int(at[k]) if k < len(at) else run[1]
    n = sum(row["n"][int(np.append(0, cut)[k - 1]) : int(np.append(cut, len(first))[k - 1])])
    starts = tuple(at[:k].tolist())
    job = Job(
        row["service"], row.get("template"), length, called, starts, int(ends[k - 1]), n, took, until,
        int(off[: k - 1].max(initial=0)),
    )  # fmt: skip
    return job if _is_missed(job, run, returns=k < len(at)) else None


def otherwise(series: pl.DataFrame, job: Job) -> bool:
    """Whether its service said something when it was due which it did not say at the times before."""
    mine = series.filter((pl.col("service") == job.service) & (pl.col("template") != job.template))
    slack = job.round // JITTER
    now = mine.filter(within(job.due - slack, job.due + job.wait))["template"].unique()
    for start in job.starts:
        before = mine.filter(within(start - slack, start + job.wait))["template"].unique()
        now = now.filter(~now.is_in(before.implode()))
    return now.len() > 0


def _is_missed(job: Job, run: tuple[int, int], *, returns: bool) -> bool:
    """Whether the run tells that the job was due and did not come."""
    k, slack = len(job.starts), job.round // JITTER
    if job.due + job.wait > run[1] or (returns and k < SEVERAL):
        return False
    if returns and job.until < job.due + job.round - slack:
        return False  # early or late, not missed
    if k < SEVERAL and job.starts[0] - job.round > run[0]:
        return False  # it was not there the day before
    return job.missing <= GONE * k and _of_that_day(job)


def _of_that_day(job: Job) -> bool:
    """Whether the job may be due on that day: no weekend and no first of a month is taken for every day."""
    if job.round < DAY:
        return True
    weekend = {time_of(start).weekday() >= 5 for start in job.starts}
    monthly = len(job.starts) == 1 and time_of(job.starts[0]).day == 1
    return not monthly and (time_of(job.due).weekday() >= 5) in weekend


def alive(counts: pl.DataFrame, job: Job) -> bool:
    """Whether what else was written at the last time was written when it was due as well."""
    own = pl.col("service") == job.service
    if job.template is not None:
        own &= pl.col("template") == job.template
    others = counts.filter(~own)
    slack = job.round // JITTER
    now, then = (
        int(others.filter(within(start - slack, start + job.wait))["n"].sum())
        for start in (job.due, job.starts[-1])
    )
    return now > 0 and now >= ALIVE * then


def within(low: int, high: int) -> pl.Expr:
    """Rows of COUNTS with records from low to high (µs), as far as their first and last tell."""
    return (pl.col("first").dt.epoch("us") <= high) & (pl.col("last").dt.epoch("us") >= low)


def time_of(microseconds: int) -> datetime:
    """The time of so many microseconds since 1970, UTC."""
    return datetime.fromtimestamp(0, UTC).replace(tzinfo=None) + timedelta(microseconds=microseconds)
