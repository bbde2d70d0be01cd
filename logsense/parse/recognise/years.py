"""The year of dates that have none: the one that puts the file inside the span of the dated files.

Without a dated file in the run it stays what the planner took from the file's own time. syslog (RFC 3164)
and logcat write no year; a wrong one puts a file 365 days away from its neighbours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from logsense.parse import clock
from logsense.plans import Layout, SourcePlan


def align_years(plans: Mapping[int, SourcePlan], heads: Mapping[int, Sequence[str]]) -> dict[int, SourcePlan]:
    """The plans, those without a year moved into the span of those with one; ``note`` says so."""
    spans = {number: _span(plan, heads[number]) for number, plan in plans.items()}
    dated = [span for number, span in spans.items() if span and not _yearless(plans[number])]
    if not dated:
        return dict(plans)
    start, end = min(span[0] for span in dated), max(span[1] for span in dated)
    out = {}
    for number, plan in plans.items():
        span = spans[number]
        out[number] = _moved(plan, span[0], start, end) if span and _yearless(plan) else plan
    return out


def _yearless(plan: SourcePlan) -> bool:
    return any(layout.clock.year is not None for layout in plan.layouts)


def _span(plan: SourcePlan, head: Sequence[str]) -> tuple[datetime, datetime] | None:
    lines = pl.Series("text", head, dtype=pl.String)
    ends: list[datetime] = []
    for layout in plan.layouts:
        if layout.clock.pattern or layout.clock.start >= 0:
            times = clock.read_times(lines, layout.clock).drop_nulls()
            ends += [one for one in (times.min(), times.max()) if isinstance(one, datetime)]
    return (min(ends), max(ends)) if ends else None


def _moved(plan: SourcePlan, first: datetime, start: datetime, end: datetime) -> SourcePlan:
    def away(year: int) -> timedelta:
        day = min(first.day, 28) if first.month == 2 else first.day
        there = first.replace(year=year, day=day)
        return max(start - there, there - end, timedelta(0))

    shift = min(range(start.year - 1, end.year + 2), key=away) - first.year
    if not shift:
        return plan

    def later(layout: Layout) -> Layout:
        year = layout.clock.year
        return layout if year is None else replace(layout, clock=replace(layout.clock, year=year + shift))

    note = f"year {first.year + shift} inferred: it puts the file inside the span of the dated files"
    return replace(plan, layouts=tuple(later(layout) for layout in plan.layouts), note=note)
