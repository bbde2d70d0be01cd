"""Records that got lost on their way: how large a share, and how much an absence can mean there."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import View

#: Series of so many steps tell, where this share of them is a multiple of the usual one, or nearly one.
LEAST, WHOLE, NEAR = 12, 0.9, 0.1
#: What stays away for longer has stopped: nobody dropped so many in a row.
MOST = 4
#: Comings that must be missing in all, in so many series, and the least share of them.
SEVERAL, SERIES, SHARE = 10, 3, 0.02


def dropped(view: View) -> float:
    """The share of the comings of regular series that are missing, one here and one there; 0 for hardly any.

    Of a series like clockwork with some records lost the steps are whole multiples of one. It takes several
    series: one alone may have a rhythm of its own. Asked of what is judged, of messages of at most one record
    a bucket.
    """
    frames = [(view.counts, ["service", "template"]), (view.forms, ["service", "template", "form"])]
    low, high = view.judged or (None, None)
    asked = pl.lit(value=True) if low is None else pl.col("bucket").is_between(low, high, closed="left")
    told = [_lost(first) for frame, by in frames for first in _times(frame.filter(asked), by)]
    # One shipper of several may drop what it is given.
    some = [(lost, due) for lost, due in told if lost]
    lost, due = sum(one for one, _ in some), sum(of for _, of in some)
    if lost < SEVERAL or len(some) < SERIES or lost < SHARE * sum(of for _, of in told):
        return 0.0
    return lost / due


def explained(share: float, missing: float) -> float:
    """−log10 P(so many records in a row are dropped): what their absence can mean at most."""
    return np.inf if share <= 0.0 else -missing * float(np.log10(share))


def _times(frame: pl.DataFrame, by: list[str]) -> list[NDArray[np.int64]]:
    """When the records came (µs) of each series that has one in a bucket at most."""
    rows = (
        frame.sort(*by, "bucket")
        .group_by(by, maintain_order=True)
        .agg(pl.col("first").dt.epoch("us"), pl.col("n").max())
        .filter((pl.col("n") == 1) & (pl.col("first").list.len() > LEAST))
    )
    return [np.array(first, dtype=np.int64) for first in rows["first"]]


def _lost(first: NDArray[np.int64]) -> tuple[int, int]:
    """How many comings of a series are missing, and how many were due; none and none where it has no beat."""
    steps = np.diff(first).astype(np.float64)
    beat = float(np.median(steps))
    times = np.round(steps / max(beat, 1.0))
    on_beat = (np.abs(steps - times * beat) <= NEAR * beat) & (times >= 1)
    if on_beat.mean() < WHOLE:
        return 0, 0
    counted = times[on_beat & (times <= MOST)]
    return int((counted - 1).sum()), int(counted.sum())
