"""Which numbers have a limit: full at 100 %, run out at nothing, named beside it, or due."""

from dataclasses import dataclass, replace

import numpy as np

from logsense.api import View
from logsense_detectors.ahead import LEAST
from logsense_detectors.grid import Floats
from logsense_detectors.measure import Measure, says, tells


@dataclass(frozen=True)
class Course:
    """A number on its way: seconds since the run's start, values, and the limit as a height.

    Heights grow towards the limit, whatever the direction: height = sign · value.
    """

    one: Measure
    time: Floats
    height: Floats
    limit: float
    sign: float
    floor: float  # the height of "nothing used", where known; else the lowest seen
    steady: bool  # not a thing of daily waves
    nature: bool = False  # counts down by nature


def courses(all_: list[Measure], words: dict[str, str], view: View) -> list[Course]:
    """The numbers that have a limit."""
    beside: dict[tuple[str, str, str], list[Measure]] = {}
    for one in all_:
        beside.setdefault((one.service, one.template, one.unit), []).append(one)
    out = []
    for one in all_:
        text = words.get(one.template, "")
        if one.name.endswith(" limit") or says(one.name, "progress") or not len(one.mean):
            continue
        made = _course(one, text, beside[one.service, one.template, one.unit], view)
        if made is not None:
            out.append(made)
    return out


def _course(one: Measure, text: str, beside: list[Measure], view: View) -> Course | None:
    """The course of a number that has a limit: named beside it, 100 %, or nothing left; None for none."""
    time = np.asarray((one.bucket + 0.5) * (view.width / 1e6), dtype=np.float64)
    steady = tells(f"{text} {one.name}", "stores")
    plain = Course(one, time, one.mean, 0.0, 1.0, 0.0, steady)
    down = replace(plain, height=-one.mean, sign=-1.0, floor=-float(one.mean.max()))
    if one.unit == "s":
        return replace(down, nature=True) if tells(f"{text} {one.name}", "expiry") else None
    if says(one.name, "running_out") or (says(one.name, "leftover") and steady):
        return down
    if tells(text, "progress"):
        return None
    bound = _bound(one, beside)
    if bound is None and one.unit == "percent":
        bound = 100.0 if says(one.name, "full_at_100") or tells(text, "full_at_100") else None
    return None if bound is None or (one.mean > bound).any() else replace(plain, limit=bound)


def _bound(one: Measure, beside: list[Measure]) -> float | None:
    """The limit that the same message names for this number, where it stays the same; else None."""
    for other in beside:
        own = other.name == f"{one.name} limit" and (says(one.name, "gauges") or says(one.name, "filling"))
        pair = says(one.name, "filling") and says(other.name, "bounds") and other.name != one.name
        if not (own or pair) or len(other.mean) < LEAST:
            continue
        recent = other.mean[-LEAST:]
        if float(recent.min()) > 0 and float(np.ptp(recent)) <= 0.02 * float(recent.max()):
            return float(recent[-1])
    return None
