"""What the detectors share: counts as a dense table of series × buckets, and anomalies from rows of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import ANOMALIES, View, safe

Floats = NDArray[np.float64]
LN10 = float(np.log(10.0))
#: Longest text of a template inside a sentence, in characters.
QUOTE = 90


@dataclass(frozen=True)
class Grid:
    """Counts of each (service, template), zeros included: n[series, bucket]. Series are sorted."""

    services: Sequence[str]
    templates: Sequence[str]
    n: Floats


def grid(counts: pl.DataFrame, buckets: int, *, at_least: int = 1) -> Grid:
    """The dense table of COUNTS; series of fewer than ``at_least`` records are left out."""
    series = (
        counts.group_by("service", "template")
        .agg(pl.col("n").sum().alias("total"))
        .filter(pl.col("total") >= at_least)
        .sort("service", "template")
        .with_row_index("row")
    )
    cells = counts.join(series, on=["service", "template"]).select("row", "bucket", "n")
    cells = cells.filter(pl.col("bucket").is_between(0, buckets - 1))
    n = np.zeros((series.height, max(buckets, 0)))
    np.add.at(n, (cells["row"].to_numpy(), cells["bucket"].to_numpy()), cells["n"].to_numpy())
    return Grid(series["service"].to_list(), series["template"].to_list(), n)


def windows(n: Floats, width: int) -> Floats:
    """Trailing sums over ``width`` buckets; the first ones hold what there is."""
    if width == 1:
        return n
    total = np.cumsum(n, axis=-1)
    out = total.copy()
    out[..., width:] -= total[..., :-width]
    return out


def quiet_of(view: View, *, least: int) -> NDArray[np.intp] | None:
    """The numbers of the quiet buckets, or None where they are too few to judge by."""
    quiet = np.array(sorted(b for b in view.quiet if 0 <= b < view.buckets), dtype=np.intp)
    return quiet if len(quiet) >= least else None


def episodes(hit: NDArray[np.bool_], *, join: int) -> list[tuple[int, int]]:
    """First and last index of each stretch of hits; stretches at most ``join`` apart are one."""
    at = np.flatnonzero(hit)
    if not len(at):
        return []
    cut = np.flatnonzero(np.diff(at) > join)
    first, last = at[np.concatenate(([0], cut + 1))], at[np.concatenate((cut, [len(at) - 1]))]
    return list(zip(first.tolist(), last.tolist(), strict=True))


def duration(microseconds: float) -> str:
    """A length of time for a sentence: 340 ms, 45 s, 2 min, 3.5 h, 2 d."""
    seconds = microseconds / 1e6
    for limit, unit, name in ((1, 1e-3, "ms"), (120, 1, "s"), (7200, 60, "min"), (172800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds / 86400:.3g} d"


def span(view: View, buckets: int) -> str:
    """How long so many buckets are: a length of time, or a share of the lines where nothing has a time."""
    if view.start is None:
        return f"{buckets} of {view.buckets} parts"
    return duration(buckets * view.width)


def number(x: float) -> str:
    """A count for a sentence: whole from 10 on, else two significant digits."""
    return f"{x:,.0f}" if x >= 10 or x == int(x) else f"{x:.2g}"


def quote(text: str) -> str:
    """A template's text for a sentence: safe, and no longer than can be read."""
    one = safe(text)
    return one if len(one) <= QUOTE else one[: QUOTE - 1] + "…"


def texts(view: View) -> dict[str, str]:
    """Text of each template by its id."""
    return dict(zip(view.templates["template"].to_list(), view.templates["text"].to_list(), strict=True))


def anomalies(view: View, detector: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    """ANOMALIES from rows with from_bucket and to_bucket in place of times.

    start is the time of the first record of the series in the first bucket that holds one, end that of
    the last one in the last: exact to the record. Rows whose buckets hold no record of the series (an
    absence) must bring start and end themselves. Scores are kept within 0..300.
    """
    if not rows:
        return ANOMALIES.empty()
    made = [{"detector": detector, **row} for row in rows]
    for row in made:
        row["score"] = float(min(max(float(str(row["score"])), 0.0), 300.0))
        if "start" not in row:
            row["start"], row["end"] = _times(view, row)
    return ANOMALIES.of([{name: row.get(name) for name in ANOMALIES.columns} for row in made]).sort(
        "start", "service", "template", "kind", nulls_last=True
    )


def _times(view: View, row: dict[str, object]) -> tuple[object, object]:
    low, high = int(str(row["from_bucket"])), int(str(row["to_bucket"]))
    mine = view.counts.filter((pl.col("service") == row["service"]) & pl.col("bucket").is_between(low, high))
    if (template := row.get("template")) is not None:
        mine = mine.filter(pl.col("template") == template)
    elif (only := row.get("among")) is not None:
        mine = mine.filter(pl.col("template").is_in(list(cast("list[str]", only))))
    if mine.height:
        return mine["first"].min(), mine["last"].max()
    step = timedelta(microseconds=view.width)
    begin = cast(
        "datetime", view.start or view.counts.select(pl.col("first") - pl.col("bucket") * step).min().item()
    )
    return begin + low * step, begin + (high + 1) * step
