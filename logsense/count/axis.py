"""The time axis of a run: where it starts, how wide a bucket is, how many there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

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
class Piece:
    """A stretch of known-good logs, first to last (µs since 1970), laid out ``shift`` µs later."""

    first: int
    last: int
    shift: int


@dataclass(frozen=True)
class Axis:
    """start: the time of bucket 0, None where nothing has a time; width: µs a bucket; buckets: how many.

    judged: first bucket that is judged, and one more than the last; None: all. pieces: what is laid out
    before them, at other times than its own.
    """

    start: datetime | None
    width: int
    buckets: int
    judged: tuple[int, int] | None = None
    pieces: tuple[Piece, ...] = ()

    @property
    def grain(self) -> int:
        """µs of the cells records are first counted in; a bucket is made of whole ones."""
        return min(self.width, GRAIN)

    @property
    def origin(self) -> int:
        """``start`` as µs since 1970."""
        return micros(self.start) if self.start is not None else 0

    @property
    def within(self) -> tuple[int, int]:
        """``judged``, spelled out."""
        return self.judged or (0, self.buckets)

    @property
    def seams(self) -> tuple[tuple[int, bool], ...]:
        """Buckets in which a piece, or the run, follows on another; whether by whole days."""
        placed = sorted((piece.first + piece.shift, piece.shift) for piece in self.pieces)
        starts = [*placed, (self.origin + self.within[0] * self.width, 0)] if placed else []
        return tuple(
            ((at - self.origin) // self.width, (shift - before) % DAY == 0)
            for (_, before), (at, shift) in pairwise(starts)
        )

    def stretch(self, second: pl.Expr) -> pl.Expr:
        """Number of the recording a time (seconds since 1970) lies in: a pause between two means nothing."""
        starts = sorted(piece.first + piece.shift for piece in self.pieces)
        ends = [*starts[1:], self.origin + self.within[0] * self.width] if starts else []
        return pl.sum_horizontal(pl.lit(0), *(second * SECOND >= at for at in ends))

    def real(self, time: datetime) -> datetime:
        """The time at which that happened which the axis shows at this time."""
        shown = micros(time)
        for piece in self.pieces:
            if piece.first + piece.shift <= shown <= piece.last + piece.shift:
                return time - timedelta(microseconds=piece.shift)
        return time

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
    """The axis of a run from the times of its records."""
    found = ends(minutes(records))
    return Axis(start=None, width=1, buckets=PARTS) if found is None else axis_of(*found)


def minutes(records: pl.LazyFrame, *by: str) -> pl.DataFrame:
    """How many records each minute holds, and the times of its first and last: (by…, minute), in order.

    Reads the times once, so that memory grows with the minutes in which something was said.
    """
    minute = pl.col("time").dt.epoch("us").floordiv(MINUTE).alias("minute")
    return (
        records.filter(pl.col("time").is_not_null())
        .group_by(*by, minute)
        .agg(n=pl.len(), first=pl.min("time"), last=pl.max("time"))
        .collect(engine="streaming")
        .sort(*by, "minute")
    )


def ends(said: pl.DataFrame) -> tuple[int, int] | None:
    """First and last time (µs since 1970) of a run from its minutes; None where nothing has a time.

    A clock gone astray does not stretch it: times further from the bulk (all but ``TAIL`` at either end)
    than the bulk is long do not count.
    """
    if not said.height:
        return None
    first, last = _bulk(said)
    reach = max(last - first, timedelta(minutes=1))
    near = said.filter(pl.col("last") >= first - reach, pl.col("first") <= last + reach)
    return micros(near["first"][0]), micros(near["last"][-1])


def axis_of(first: int, last: int, width: int = 0) -> Axis:
    """The axis from one time to another (µs since 1970); width: 0 for the one that fits."""
    step = SECOND if last - first > MINUTE else SECOND // 10
    origin = first // step * step
    width = width or width_for(last - origin)
    start = _EPOCH + timedelta(microseconds=origin)
    return Axis(start=start, width=width, buckets=(last - origin) // width + 1)


def _bulk(said: pl.DataFrame) -> tuple[datetime, datetime]:
    """First and last time of the bulk of the run: what is left without a light tail at either end."""
    weight = said["n"].sqrt()
    spare = max(TAIL * float(weight.sum()), _STRAY if int(said["n"].sum()) >= _FEW else 0)
    early = weight.cum_sum()
    late = weight.cum_sum(reverse=True)
    kept = said.filter((early > spare) & (late > spare))
    if not kept.height:
        kept = said
    return kept["first"][0], kept["last"][-1]
