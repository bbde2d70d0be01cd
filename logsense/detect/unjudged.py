"""Sources that no detector could judge, and why."""

import polars as pl

from logsense.analysis import NotJudged

#: A source with fewer records than this says nothing about what is usual for it.
FEW = 5


def not_judged(sources: pl.DataFrame) -> tuple[NotJudged, ...]:
    """The sources of a run (SOURCES) whose records have no times, or are too few to know their usual."""
    rows = sources.filter(pl.col("records") > 0).sort("path")
    timed = rows["first"].is_not_null().any()
    found = []
    for path, records, first in rows.select("path", "records", "first").iter_rows():
        if first is None and timed:
            found.append(NotJudged(path, "no times"))
        elif records < FEW:
            found.append(NotJudged(path, f"only {records} record{'s' if records > 1 else ''}"))
    return tuple(found)
