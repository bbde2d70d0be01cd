"""A row a record in order of time: what is needed to find, to select and to read it, as NumPy arrays."""

import mmap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

#: Runs of fewer records stay in memory: 10 MB.
SMALL = 500_000
#: A record without a time, and without one before it in its file: it comes before all others. Differences
#: of times must fit 64 bits, so that it is not the least number there is.
NEVER = -(2**61)
_LINE = 32
_STRETCH = 1_000_000
_PLACE = pl.col("source").cast(pl.UInt64) * 2**_LINE + pl.col("line")


@dataclass(frozen=True)
class Index:
    """Arrays of one length, in order of time, source and line.

    time: µs UTC, ``NEVER`` where unknown, taken over from the record before in the file where it has none.
    place: source << 32 | line. kind: row of ``kinds`` (level, service, template). order: records by place:
    ``place[order]`` rises. long_place, long_last: of the records with more than one line, by place, the last.
    untimed: records that have no time of their own.
    """

    time: NDArray[np.int64]
    place: NDArray[np.uint64]
    kind: NDArray[np.uint32]
    order: NDArray[np.uint32]
    kinds: pl.DataFrame
    long_place: NDArray[np.uint64]
    long_last: NDArray[np.uint32]
    untimed: NDArray[np.uint32]

    @property
    def height(self) -> int:
        """How many records there are."""
        return len(self.time)

    def starts(self, low: int, high: int) -> NDArray[np.uint32]:
        """The lines with which the records begin that are ``low`` to ``high`` by place.

        Put together in pieces: what is made on the way would be several times as large.
        """
        lines = np.empty(high - low, np.uint32)
        for first in range(low, high, _STRETCH):
            last = min(first + _STRETCH, high)
            lines[first - low : last - low] = self.place[self.order[first:last]] & np.uint64(2**_LINE - 1)
        return lines

    def rest(self) -> None:
        """Let the pages of mapped arrays go after a walk through all of them.

        They stay in the cache of the system, and come back when they are looked at; until then they are not
        counted as memory of this process.
        """
        for array in (self.time, self.place, self.kind, self.order):
            mapped = getattr(array, "_mmap", None)
            if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
                mapped.madvise(mmap.MADV_DONTNEED)


def index(
    records: pl.LazyFrame,
    multi: pl.DataFrame,
    says: pl.DataFrame,
    services: Mapping[int, str],
    path: Callable[[str], Path],
    *,
    small: int = SMALL,
) -> Index:
    """The index of a run.

    records: RECORDS in any order. multi: MULTI. says: a row a key: key, level, service ("" where no field
    names one), template. services: the service of each source. path: gives a new file, for arrays of
    more than ``small`` records.

    Only one column of a large run is in memory at a time, beside what sorts it.
    """
    coded, kinds = _coded(records, says, services)
    height = int(records.select(pl.len()).collect(engine="streaming").item())
    keep = _Keep(path, small=height <= small)
    column = _columns(coded, None if height <= small else path)
    # Blocks come nearly in order, and a merge sort of runs takes time in proportion to the records.
    by_place = _ordering(column("place"))
    places = keep("places by place", column("place")[by_place])
    times = column("time")[by_place]
    bare = np.flatnonzero(times == NEVER).astype(np.uint32)
    times = _carried(times, places) if len(bare) else times
    by_time = _ordering(times)
    time = keep("times", times[by_time])
    del times
    place = keep("places", places[by_time])
    kind = keep("kinds", column("kind")[by_place[by_time]])
    del by_place
    order = np.empty(len(by_time), np.uint32)
    order[by_time] = np.arange(len(by_time), dtype=np.uint32)
    longer = multi.select(place=_PLACE, last="last").sort("place")
    whole = Index(
        time=time,
        place=place,
        kind=kind,
        kinds=kinds,
        long_place=longer["place"].to_numpy(),
        long_last=longer["last"].to_numpy(),
        untimed=np.sort(order[bare]),
        order=keep("order", order),
    )
    whole.rest()
    return whole


def _ordering(values: NDArray[Any]) -> NDArray[np.uint32]:
    return np.argsort(values, kind="stable").astype(np.uint32)


def _columns(coded: pl.LazyFrame, path: Callable[[str], Path] | None) -> Callable[[str], NDArray[Any]]:
    """Gives a column of the records: of a large run out of a file, each time anew."""
    if path is None:
        frame = coded.collect()
        return lambda name: frame[name].to_numpy()
    file = path("coded.arrow")
    coded.sink_ipc(file, engine="streaming")
    return lambda name: _filled(pl.scan_ipc(file).select(name).collect()[name])


def _filled(column: pl.Series) -> NDArray[Any]:
    """The column as one array, filled piece by piece: its pieces lie in the file, joined they would not."""
    pieces = column.get_chunks()
    out = np.empty(len(column), pieces[0].to_numpy().dtype if pieces else np.int64)
    at = 0
    for piece in pieces:
        out[at : at + len(piece)] = piece.to_numpy()
        at += len(piece)
    return out


def _coded(
    records: pl.LazyFrame, says: pl.DataFrame, services: Mapping[int, str]
) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """The records with place, time and kind; and what the kinds are."""
    columns = ["level", "service", "template"]
    said = says.select("key", pl.col("level").cast(pl.String), "service", "template")
    own = pl.DataFrame(
        {"source": list(services), "own": list(services.values())},
        schema={"source": pl.UInt32, "own": pl.String},
    )
    met = records.select("source", "key").unique().collect(engine="streaming")
    met = met.join(said, on="key", how="left").join(own, on="source", how="left")
    named = pl.when(pl.col("service") != "").then("service")
    met = met.with_columns(service=pl.coalesce(named, "own", pl.lit("")))
    kinds = met.select(columns).unique().sort(columns).with_row_index("kind")
    met = met.join(kinds, on=columns, nulls_equal=True).select("source", "key", "kind")
    coded = records.join(met.lazy(), on=["source", "key"], how="left")
    return coded.select(
        place=_PLACE, time=pl.col("time").cast(pl.Int64).fill_null(NEVER), kind="kind"
    ), kinds.select(columns)


def _carried(times: NDArray[np.int64], places: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Times in order of place, each unknown one that of the record before it in the same file."""
    known = np.where(times != NEVER, np.arange(len(times)), 0)
    source = places >> np.uint64(_LINE)
    begins = np.flatnonzero(np.diff(source, prepend=source[:1] ^ np.uint64(1)))
    known[begins] = begins  # nothing is carried over from another file
    return times[np.maximum.accumulate(known)]


class _Keep:
    """Where the arrays stay: as they are, or in a file that is mapped."""

    def __init__(self, path: Callable[[str], Path], *, small: bool) -> None:
        self.path = path
        self.small = small

    def __call__(self, name: str, array: NDArray[Any]) -> NDArray[Any]:
        if self.small or not len(array):  # an empty file cannot be mapped
            return array
        file = self.path(f"{name}.npy")
        np.save(file, array, allow_pickle=False)
        mapped: NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
        return mapped
