"""When a climbing number reaches a height, with an interval."""

from dataclasses import dataclass

import numpy as np

from logsense_detectors.grid import Floats

#: Fewest points a trend is read from.
LEAST = 20
#: Upper 5 % points of Student's t by 1/degrees of freedom.
_T_AT = (0.0, 1 / 30, 1 / 15, 1 / 10, 1 / 8, 1 / 6, 1 / 5, 1 / 4, 1 / 3, 1 / 2)
_T = (1.645, 1.697, 1.753, 1.812, 1.860, 1.943, 2.015, 2.132, 2.353, 2.920)


@dataclass(frozen=True)
class Ahead:
    """Seconds until the limit, with an interval; the slope (a second); whether it speeds up."""

    soon: float
    least: float
    most: float
    slope: float
    faster: bool


def extrapolate(time: Floats, height: Floats, limit: float) -> Ahead | None:
    """When a series reaches a limit above it; None where it may never, or too little is known.

    The slope is that from end to end; its spread is that of the slopes over sixths of the series, which holds
    for steps, noise and walks alike. 90 % interval; none with an infinite end. faster: the second half climbs
    more than 1.3 times as fast as the first. A climb that has all but stopped (a third) is none.
    """
    n = len(height)
    if n < LEAST or time[-1] <= time[0]:
        return None
    m = max(4, n // 6)
    slopes = (height[m:] - height[:-m]) / (time[m:] - time[:-m])
    slope = float((height[-1] - height[0]) / (time[-1] - time[0]))
    freedom = n / m - 1.0
    sd = float(slopes.std()) / float(np.sqrt(freedom))
    reach = float(np.interp(1.0 / freedom, _T_AT, _T)) * sd
    if slope - reach <= 0.0:
        return None
    half = n // 2
    first = (height[half] - height[0]) / (time[half] - time[0])
    second = (height[-1] - height[half]) / (time[-1] - time[half])
    if second < slope / 3.0:
        return None
    way = limit - float(height[-1])
    return Ahead(
        way / slope, way / (slope + reach), way / (slope - reach), slope, bool(second > 1.3 * max(first, 0.0))
    )
