"""Surges: far more of the same work than usual, which only counts tell of."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from logsense.count.axis import Axis
from logsense.schema import CHANGES

#: The median of a series must be at least so many records a bucket for a surge to be told.
ENOUGH = 5
#: How far (Jensen-Shannon divergence, bits) the mix of messages may move in a surge of the same work.
SAME_MIX = 0.1
_Counts = npt.NDArray[np.float64]


class _Rule(NamedTuple):
    """A surge is so many times the median, in so many buckets on end, so many robust deviations up."""

    times: float
    buckets: int
    deviations: float


# Three times as much is a surge at once; half as much again is one if it lasts and the rest is steady.
_RULES = (_Rule(3.0, 3, 0.0), _Rule(1.4, 5, 4.0))
_SIDE = 10  # buckets looked at on either side, at least


def surges(counts: pl.DataFrame, axis: Axis) -> pl.DataFrame:
    """CHANGES of kind surge: more records than usual for a while, and much the same messages.

    Where all services together surge one change is told, of the service with most records more, and none
    of single services at that time. text says the numbers; the place is the first record of the surge.
    """
    if axis.start is None or axis.buckets < 4 * _RULES[0].buckets or not counts.height:
        return CHANGES.empty()
    services = counts["service"].unique().sort().to_list()
    places = counts["service"].replace_strict(services, range(len(services)), return_dtype=pl.Int64)
    grid = np.zeros((len(services), axis.buckets))
    np.add.at(grid, (places.to_numpy(), counts["bucket"].to_numpy()), counts["n"].to_numpy())
    whole = _high(grid.sum(axis=0))
    rows = [_surge(counts, axis, services[_most(grid, run)], run, None) for run in whole]
    for place, service in enumerate(services):
        for start, end in _high(grid[place]):
            if not any(start < b and a < end for a, b in whole):
                rows.append(_surge(counts, axis, service, (start, end), service))
    return CHANGES.of([row for row in rows if row is not None])


def _high(series: _Counts) -> list[tuple[int, int]]:
    """Runs of buckets (start, end exclusive) in which a series is well above its median."""
    median = float(np.median(series))
    if median < ENOUGH:
        return []
    deviation = 1.4826 * float(np.median(np.abs(series - median)))
    marked = np.zeros(len(series) + 2, dtype=bool)
    for rule in _RULES:
        high = series >= max(rule.times * median, median + rule.deviations * deviation)
        for start, end in _stretches(np.concatenate([[False], high, [False]])):
            if end - start >= rule.buckets and _stands_out(series, start, end):
                marked[start + 1 : end + 1] = True
    return _stretches(marked)


def _stands_out(series: _Counts, start: int, end: int) -> bool:
    """Whether a run is above what lies just before and just after it, too.

    Where a fault made a service quiet for most of the run, the median is no measure of what was usual.
    """
    reach = max(2 * (end - start), _SIDE)
    level = float(series[start:end].mean()) / _RULES[-1].times
    sides = (series[max(start - reach, 0) : start], series[end : end + reach])
    return all(len(side) < _RULES[-1].buckets or float(side.mean()) <= level for side in sides)


def _stretches(marked: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where a padded row of flags is true, in numbers of the row without its padding."""
    edges = np.flatnonzero(np.diff(marked.astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _most(grid: _Counts, run: tuple[int, int]) -> int:
    """The row of the grid with most records more than usual during the run."""
    usual = np.median(grid, axis=1)
    return int(np.argmax((grid[:, run[0] : run[1]] - usual[:, None]).sum(axis=1)))


def _surge(
    counts: pl.DataFrame, axis: Axis, service: str, run: tuple[int, int], only: str | None
) -> dict[str, object] | None:
    """A row of CHANGES for a run of buckets of one service (None: of all); None where the mix changed."""
    inside = pl.col("bucket").is_between(run[0], run[1] - 1)
    scope = counts if only is None else counts.filter(pl.col("service") == only)
    if _divergence(scope, inside) > SAME_MIX:
        return None
    first = counts.filter(inside & (pl.col("service") == service)).sort("first", "source", "line")
    per_bucket = scope.group_by("bucket").agg(pl.sum("n"))
    usual = float(
        np.median(np.pad(per_bucket["n"].to_numpy(), (0, max(axis.buckets - per_bucket.height, 0))))
    )
    n = int(scope.filter(inside)["n"].sum())
    times = n / ((run[1] - run[0]) * usual)
    seconds = (run[1] - run[0]) * axis.width / 1e6
    who = "all services" if only is None else service
    return {
        "time": first["first"][0],
        "service": service,
        "kind": "surge",
        "source": first["source"][0],
        "line": first["line"][0],
        "text": f"{n} records of {who} in {seconds:g} s, {times:.1f} times the usual, of the same mix",
    }


def _divergence(counts: pl.DataFrame, inside: pl.Expr) -> float:
    """Jensen-Shannon divergence in bits between the mixes of templates inside and outside (Lin 1991)."""
    mixes = counts.group_by("service", "template").agg(
        pl.col("n").filter(inside).sum().alias("in"), pl.col("n").filter(~inside).sum().alias("out")
    )
    a, b = mixes["in"].to_numpy().astype(np.float64), mixes["out"].to_numpy().astype(np.float64)
    if not a.sum() or not b.sum():
        return 1.0
    a, b = a / a.sum(), b / b.sum()
    mean = (a + b) / 2
    return sum(float(np.sum(one[one > 0] * np.log2(one[one > 0] / mean[one > 0]))) / 2 for one in (a, b))
