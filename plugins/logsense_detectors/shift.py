"""A stretch of a number that lies off its usual, and how it is told."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from logsense.api import View, safe
from logsense_detectors.grid import number, quote, span
from logsense_detectors.measure import Measure, quantity

#: The highest score of a shift.
CAP = 12.0


@dataclass(frozen=True)
class Shift:
    """A stretch of a series that lies off its usual time: indices, −log10 p, usual value (linear).

    slow: it drifts over the whole run. climbs: it goes up step by step. stays: it has not come back when the
    run ends. cap: what its score may be at most, whatever its p. kept: the share of buckets that count as
    independent.
    """

    first: int
    last: int
    score: float
    usual: float
    seen: float
    slow: bool = False
    climbs: bool = False
    stays: bool = False
    cap: float = CAP
    kept: float = 1.0


def clear(found: Shift) -> tuple[float, float]:
    """What orders shifts: scores have a cap, beyond which the change as a factor tells."""
    low, high = sorted((found.usual, found.seen))
    return found.score, high / low if low > 0 else np.inf


def row(one: Measure, found: Shift, view: View, words: dict[str, str]) -> dict[str, object]:
    """An anomaly of a measure, as ``grid.anomalies`` takes it; words: the text of each template."""
    first, last = int(one.bucket[found.first]), int(one.bucket[found.last])
    seen, usual = quantity(found.seen, one.unit), quantity(found.usual, one.unit)
    lasted = span(view, last - first + 1)
    factor = f" (×{number(found.seen / found.usual)})" if found.usual > 0 and found.seen > 0 else ""
    what = f"{safe(one.service)}: {one.label} of '{quote(one.form or words.get(one.template, ''))}'"
    told = f"{seen} for {lasted}, usually {usual}"
    if found.slow:
        told = f"drifts from {usual} to {seen}, half of it in the last {lasted}"
    elif found.climbs:
        told = f"{_way(found)} from {usual} to {seen} within {lasted} and goes on"
    return {
        "kind": "value",
        "service": one.service,
        "template": one.template,
        "from_bucket": first,
        "to_bucket": last,
        "score": found.score,
        "observed": f"{seen} {'after' if found.climbs else 'for'} {lasted}",
        "expected": usual,
        "sentence": f"{what} {told}{factor}",
        "lasts": found.stays,
    } | ({} if one.form is None else _place(one, first, last, view))


def _way(found: Shift) -> str:
    return "climbs" if found.seen > found.usual else "falls"


def _place(one: Measure, first: int, last: int, view: View) -> dict[str, object]:
    """The form, and when its records of these buckets begin and end."""
    names = ("service", "template", "form")
    mine = view.form_values.filter(*(pl.col(name) == getattr(one, name) for name in names))
    mine = mine.filter(pl.col("bucket").is_between(first, last))
    return {"form": one.form, "start": mine["first"].min(), "end": mine["last"].max()}
