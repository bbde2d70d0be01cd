"""What is usual beside what is judged: known-good logs before the run, or the lines around a window.

Known-good logs are laid out right before the run: their times are moved by whole buckets, and by whole days
where both are that long, so that the hours of a day fall on each other. Nothing is left between them: a
pause that is only one of recording would look like silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from logsense.count.axis import (
    DAY,
    LADDER,
    MOST,
    PARTS,
    Axis,
    Piece,
    axis_of,
    ends,
    find_axis,
    micros,
    minutes,
)
from logsense.schema import TIME

Window = tuple[datetime | None, datetime | None]
Stretch = tuple[int, int]  # first and last time, µs since 1970

#: Buckets that what is beside must have to be used at all, and those it and the run should have.
LEAST, ENOUGH, FINE = 8, 16, 24
#: Known-good logs that end so many buckets before a day is full count as whole days.
SLACK = 2
#: More stretches than this of one PATH are no runs of their own but single files of one.
MOST_RUNS = 20
#: An id of fewer characters counts together with the name of its field (as in ``steps``).
_SHORT = 8
#: Share of a bucket that must be covered for it to tell what is usual.
_COVERED = 0.9


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What is there only to tell what is usual.

    known: numbers of the sources that are known good, each with the number of the PATH it came from.
    window: since (belongs to it) and until (does not); what lies outside is around the judged part.
    """

    known: Mapping[int, int] = field(default_factory=dict)
    window: Window = (None, None)

    @property
    def nothing(self) -> bool:
        """Whether all of the run is judged."""
        return not self.known and self.window == (None, None)

    @property
    def is_known(self) -> pl.Expr:
        """Whether a record is of known-good logs."""
        return pl.col("source").is_in(pl.Series(sorted(self.known), dtype=pl.UInt32).implode())

    @property
    def inside(self) -> pl.Expr:
        """Whether a record lies in the window; without a window all do."""
        since, until = self.window
        bounds = [pl.lit(value=True)]
        bounds += [pl.col("time") >= since] if since is not None else []
        bounds += [pl.col("time") < until] if until is not None else []
        return pl.all_horizontal(bounds).fill_null(value=False)

    @property
    def is_judged(self) -> pl.Expr:
        """Whether a record is one of those that are judged."""
        return ~self.is_known & self.inside


def lay_out(records: pl.LazyFrame, beside: Beside) -> Axis:
    """The axis of a run with what lies beside it, as far as that is of use."""
    if beside.nothing:
        return find_axis(records)
    found = ends(minutes(records.filter(beside.is_judged)))
    if found is None:
        plain = Axis(start=None, width=1, buckets=PARTS)
        return replace(plain, buckets=2 * PARTS, judged=(PARTS, 2 * PARTS)) if beside.known else plain
    if beside.known:
        return _after(found, _runs(minutes(records.filter(beside.is_known), "source"), beside.known))
    return _around(found, ends(minutes(records)) or found)


def _after(run: Stretch, known: Sequence[Stretch]) -> Axis:
    """The axis of a run with known-good stretches before it, the latest of them as far as there is room."""
    width = _width(run[1] - run[0], sum(last - first for first, last in known))
    axis = axis_of(*run, width)
    daily = run[1] - run[0] >= DAY and DAY % width == 0
    pieces: list[Piece] = []
    odd: list[Stretch] = []
    at = axis.origin
    for first, last in reversed(known):
        days = (last - first + SLACK * width) // DAY if daily else 0
        if days:
            pieces += _turned(last, at, days)
            at -= days * DAY
        begin = last + 1 - days * DAY
        if begin > first:
            odd.append((first, begin - 1))
    for first, last in odd:
        shift = (at - 1 - last) // width * width
        pieces.append(Piece(first, last, shift))
        at = axis.origin - -(-(axis.origin - first - shift) // width) * width
    before = min((axis.origin - at) // width, max(MOST - axis.buckets, 0))
    grown = _grown(axis, before, 0)
    grown = replace(grown, pieces=_cropped(pieces, grown.origin))
    return grown if len(covered(grown)) >= LEAST else replace(axis, pieces=())


def _turned(last: int, at: int, days: int) -> list[Piece]:
    """The last whole days up to ``last``, laid out so that they end at ``at`` with every hour in its place.

    What comes in them after the hour of ``at`` goes before the rest.
    """
    cut = last + 1 - (last + 1 - at) % DAY
    head = Piece(last + 1 - days * DAY, cut - 1, at - cut)
    tail = Piece(cut, last, at - cut - days * DAY)
    return [piece for piece in (head, tail) if piece.first <= piece.last]


def _cropped(pieces: Sequence[Piece], start: int) -> tuple[Piece, ...]:
    """The pieces as far as the axis, which begins at ``start``, holds them; earliest first."""
    cut = [replace(piece, first=max(piece.first, start - piece.shift)) for piece in pieces]
    return tuple(sorted((p for p in cut if p.first <= p.last), key=lambda p: p.first + p.shift))


def _around(run: Stretch, whole: Stretch) -> Axis:
    """The axis of a window with what lies around it, the nearest on both sides as far as there is room."""
    width = _width(run[1] - run[0], whole[1] - whole[0] - (run[1] - run[0]))
    axis = axis_of(*run, width)
    room = max(MOST - axis.buckets, 0)
    before = max(axis.origin - whole[0], 0) // width
    after = max(whole[1] - axis.origin, 0) // width + 1 - axis.buckets
    if before + after < LEAST:
        return axis_of(*run)
    least = min(before, after, room // 2)
    return _grown(axis, min(before, room - least), min(after, room - least))


def _grown(axis: Axis, before: int, after: int) -> Axis:
    start = axis.start - timedelta(microseconds=before * axis.width) if axis.start is not None else None
    judged = (before, before + axis.buckets)
    return replace(axis, start=start, buckets=before + axis.buckets + after, judged=judged)


def _width(run: int, beside: int) -> int:
    """The width of a bucket for a run of so many µs: that of the run alone, as far as all of it finds room.

    Wider where the axis would be too long, but never so wide that the run has next to no buckets; narrower
    where next to none would be left for what is beside it.
    """
    width = axis_of(0, run).width
    widths = [one for _, one in LADDER]
    for wider in [one for one in widths if one > width]:
        if (run + beside) // width + 2 <= MOST or run // wider < FINE:
            break
        width = wider
    for finer in [one for one in reversed(widths) if one < width]:
        if beside // width >= ENOUGH or run // finer >= MOST // 2:
            break
        width = finer
    return width


def _runs(said: pl.DataFrame, known: Mapping[int, int]) -> list[Stretch]:
    """The stretches of time that known-good logs cover, in order; none overlaps another.

    What one PATH says is one run, unless it pauses for longer than half of what it says before or after;
    different PATHs are different runs, unless their times overlap.
    """
    paths = pl.DataFrame(
        {"source": list(known), "path": list(known.values())}, schema={"source": pl.UInt32, "path": pl.Int64}
    )
    placed = said.join(paths, on="source").sort("path", "minute", "source")
    runs: list[Stretch] = []
    for (_,), frame in placed.group_by("path", maintain_order=True):
        merged = frame.group_by("minute").agg(pl.sum("n"), pl.min("first"), pl.max("last")).sort("minute")
        found = ends(merged)
        if found is None:
            continue
        each = frame.group_by("source").agg(pl.min("first").dt.epoch("us"), pl.max("last").dt.epoch("us"))
        spans = [(max(a, found[0]), min(b, found[1])) for a, b in each.select("first", "last").iter_rows()]
        joined = _joined([span for span in spans if span[0] <= span[1]], pause=0.5)
        runs += joined if len(joined) <= MOST_RUNS else [found]
    return _joined(runs, pause=0.0)


def _joined(spans: Sequence[Stretch], pause: float) -> list[Stretch]:
    """Spans that overlap, or pause for no longer than that share of the shorter of two, as one."""
    out: list[Stretch] = []
    for first, last in sorted(spans):
        before = out[-1] if out else None
        if before and first - before[1] <= pause * min(before[1] - before[0], last - first):
            out[-1] = (before[0], max(before[1], last))
        else:
            out.append((first, last))
    return out


def covered(axis: Axis) -> tuple[int, ...]:
    """The numbers of the buckets that known-good logs cover."""
    share = np.zeros(axis.buckets)
    lower = axis.origin + np.arange(axis.buckets, dtype=np.int64) * axis.width
    for piece in axis.pieces:
        first, last = piece.first + piece.shift, piece.last + piece.shift + 1
        share += np.clip(np.minimum(last, lower + axis.width) - np.maximum(first, lower), 0, None)
    return tuple(np.flatnonzero(share >= _COVERED * axis.width).tolist())


def place(records: pl.LazyFrame, axis: Axis, beside: Beside) -> pl.LazyFrame:
    """The records (any frame with source and time) that count, known-good ones at the times of the axis.

    Of what is beside only that is kept which the axis holds outside the judged buckets.
    """
    if beside.nothing:
        return records
    if axis.start is None:
        return records.filter(beside.inside)
    moved = records
    if beside.known:
        moved = records.with_columns(
            time=pl.when(beside.is_known).then(_moved(axis.pieces)).otherwise("time").cast(TIME)
        )
    bucket, (low, high) = axis.bucket(pl.col("time")), axis.within
    around = ((bucket >= 0) & ~bucket.is_between(low, high - 1)).fill_null(value=False)
    if beside.known:
        return moved.filter(beside.is_judged | (beside.is_known & around))
    return moved.filter(beside.inside | around) if axis.judged else moved.filter(beside.inside)


def _moved(pieces: Sequence[Piece]) -> pl.Expr:
    """The time as the pieces lay it out; null outside all of them."""
    time = pl.col("time").dt.epoch("us")
    out = pl.lit(None, pl.Int64)
    for piece in pieces:
        out = pl.when(time.is_between(piece.first, piece.last)).then(time + piece.shift).otherwise(out)
    return out.cast(TIME)


def apart(links: pl.DataFrame, axis: Axis, beside: Beside) -> pl.DataFrame:
    """LINKS, placed; ids of known-good logs differ from those of the run and of each other's pieces.

    An id that comes again after a seam is another piece of work.
    """
    placed = place(links.lazy().with_columns(was=pl.col("time")), axis, beside).collect()
    if not beside.known:
        return placed.drop("was")
    own = pl.when(pl.col("id").str.len_chars() >= _SHORT).then("id")
    named = pl.coalesce(own, pl.concat_str("kind", "id", separator="="))
    shift = (pl.col("time") - pl.col("was")).dt.total_microseconds().fill_null(0).cast(pl.String)
    renamed = pl.concat_str(named, shift, separator="~")
    return placed.with_columns(id=pl.when(beside.is_known).then(renamed).otherwise("id")).drop("was")


def judged_times(axis: Axis) -> tuple[datetime, datetime] | None:
    """From when to when the axis is judged, the end excluded; None where nothing has a time."""
    if axis.start is None:
        return None
    low, high = axis.within
    step = timedelta(microseconds=axis.width)
    return axis.start + low * step, axis.start + high * step


def real_span(axis: Axis) -> tuple[datetime, datetime] | None:
    """From when to when the known-good logs on the axis really go."""
    if axis.start is None or not axis.pieces:
        return None
    first = min(piece.first for piece in axis.pieces)
    last = max(piece.last for piece in axis.pieces)
    zero = axis.start - timedelta(microseconds=micros(axis.start))
    return zero + timedelta(microseconds=first), zero + timedelta(microseconds=last)
