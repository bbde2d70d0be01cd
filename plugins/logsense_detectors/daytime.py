"""What the time of the day explains of a number that rises."""

import numpy as np
from numpy.typing import NDArray

from logsense.api import View
from logsense_detectors.grid import Floats

#: A day in µs: from a run of one and a half on, other days tell what is usual at an hour.
DAY = 86_400_000_000


def usual_at_that_hour(
    rest: Floats, bucket: NDArray[np.int64], limit: float, at: tuple[int, int], view: View
) -> NDArray[np.bool_]:
    """Which values are less than half the limit above those of the same hour on some other day.

    at: the stretch in question; what lasts for days is not explained by its own days.
    """
    day = DAY // view.width if view.start is not None and DAY % view.width == 0 else 0
    out = np.zeros(len(rest), dtype=np.bool_)
    if not day or view.buckets < 1.5 * day:
        return out
    half = max(1, day // 24)
    dense = np.full(view.buckets, np.nan)
    dense[bucket] = rest
    around = np.lib.stride_tricks.sliding_window_view(
        np.pad(dense, half, constant_values=np.nan), 2 * half + 1
    )
    first, last = bucket[at[0]], bucket[at[1]]
    for i in np.flatnonzero(rest > limit).tolist():
        mine, now = at[0] <= i <= at[1], int(bucket[i])
        days = (b for b in range(now % day, view.buckets, day) if abs(b - now) >= day)
        others = [around[b] for b in days if not (mine and first <= b <= last)]
        levels = [float(np.nanmedian(some)) for some in others if int(np.isfinite(some).sum()) >= 3]
        out[i] = bool(levels) and rest[i] - max(levels) < limit / 2.0
    return out


def may_be_a_day(rest: Floats, at: tuple[int, int, int], bucket: NDArray[np.int64], view: View) -> bool:
    """Whether a slow hump of hours may be the time of day, where the run is too short to show other days.

    Not where it came within an hour, or rose to more than four times the usual: days seldom do.
    """
    low, first, last = at
    span = view.buckets * view.width / DAY
    if view.start is None or not 0.3 <= span < 1.5 or (bucket[last] - bucket[first]) * view.width < DAY / 8:
        return False
    sudden = (bucket[first] - bucket[low]) * view.width <= DAY / 24
    return not sudden and float(np.quantile(rest[first : last + 1], 0.9)) < float(np.log(4.0))
