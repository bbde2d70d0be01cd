"""The time axis of a run: where it starts, how wide a bucket is, how many there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
#: Times are packed with a line number into 64 bits within a grain, and an hour of µs fits 32 of them.
GRAIN = HOUR
#: No run has more buckets: what detectors cost grows with them.
MOST = 2000
#: Buckets of a run none of whose records has a time: parts of equal length of each source.
PARTS = 120
#: Share of the run at either end that may not say where the run begins and ends (stray clocks). A minute
#: weighs the root of its records, so that a quiet service's week is not stray beside another's busy hour.
TAIL = 0.005
_STRAY, _FEW = 2, 20  # two records may always be stray, where there are twenty
# (a span up to this, the width for it): 60 to 400 buckets for runs of up to days, more for months.
LADDER = (
    (20 * SECOND, SECOND // 10),
    (40 * SECOND, SECOND // 5),
    (MINUTE, SECOND // 2),
    (2 * MINUTE, SECOND),
    (6 * MINUTE, 2 * SECOND),
    (15 * MINUTE, 5 * SECOND),
    (30 * MINUTE, 10 * SECOND),
    (90 * MINUTE, 30 * SECOND),
    (6 * HOUR, MINUTE),
    (36 * HOUR, 5 * MINUTE),
    (4 * DAY, 10 * MINUTE),
    (10 * DAY, 30 * MINUTE),
    (60 * DAY, HOUR),
    (365 * DAY, 6 * HOUR),
    (5 * 365 * DAY, DAY),
)
_EPOCH = datetime(1970, 1, 1)  # all times of frames are naive and mean UTC


@dataclass(frozen=True)
class Axis:
    """start: the time of bucket 0, None where nothing has a time; width: µs a bucket; buckets: how many."""

    start: datetime | None
    width: int
    buckets: int

    @property
    def grain(self) -> int:
        """µs of the cells records are first counted in; a bucket is made of whole ones."""
        return min(self.width, GRAIN)

    @property
    def origin(self) -> int:
        """``start`` as µs since 1970."""
        return micros(self.start) if self.start is not None else 0

    def cell(self, time: pl.Expr, width: int) -> pl.Expr:
        """Number (Int64) of the cell of ``width`` µs a time lies in; -1 off the axis, null without a time."""
        since = time.dt.epoch("us") - self.origin
        inside = (since >= 0) & (since < self.buckets * self.width)
        return pl.when(inside).then(since // width).when(time.is_not_null()).then(-1)

    def bucket(self, time: pl.Expr) -> pl.Expr:
        """Number (Int32) of the bucket a time lies in; -1 off the axis, null without a time."""
        return self.cell(time, self.width).cast(pl.Int32)


def micros(time: datetime) -> int:
    """A naive UTC time as µs since 1970, exact (a float's seconds are not)."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def width_for(span: int) -> int:
    """The width of a bucket in µs that fits a run of ``span`` µs; at most ``MOST`` buckets follow from it."""
    for longest, width in LADDER:
        if span <= longest:
            return width
    width = 7 * DAY
    while span // width >= MOST:
        width *= 2
    return width


def find_axis(records: pl.LazyFrame) -> Axis:
    """The axis of a run from the times of its records.

    A clock gone astray does not stretch it: times further from the bulk (all but ``TAIL`` at either end)
    than the bulk is long lie off the axis. Reads the times once, by minutes, so that memory grows with
    the minutes in which something was said.
    """
    minutes = (
        records.filter(pl.col("time").is_not_null())
        .group_by(pl.col("time").dt.epoch("us").floordiv(MINUTE).alias("minute"))
        .agg(n=pl.len(), first=pl.min("time"), last=pl.max("time"))
        .collect(engine="streaming")
        .sort("minute")
    )
    if not minutes.height:
        return Axis(start=None, width=1, buckets=PARTS)
    first, last = _bulk(minutes)
    reach = max(last - first, timedelta(minutes=1))
    near = minutes.filter(pl.col("last") >= first - reach, pl.col("first") <= last + reach)
    first, last = near["first"][0], near["last"][-1]
    step = SECOND if micros(last) - micros(first) > MINUTE else SECOND // 10
    origin = micros(first) // step * step
    width = width_for(micros(last) - origin)
    return Axis(
        start=_EPOCH + timedelta(microseconds=origin),
        width=width,
        buckets=(micros(last) - origin) // width + 1,
    )


def _bulk(minutes: pl.DataFrame) -> tuple[datetime, datetime]:
    """First and last time of the bulk of the run: what is left without a light tail at either end."""
    weight = minutes["n"].sqrt()
    spare = max(TAIL * float(weight.sum()), _STRAY if int(minutes["n"].sum()) >= _FEW else 0)
    early = weight.cum_sum()
    late = weight.cum_sum(reverse=True)
    kept = minutes.filter((early > spare) & (late > spare))
    if not kept.height:
        kept = minutes
    return kept["first"][0], kept["last"][-1]
