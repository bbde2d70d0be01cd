"""Changes that messages tell of: deploys, restarts, changed configuration, rotated logs."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import polars as pl

from logsense.count.axis import Axis
from logsense.schema import CHANGES

#: Events of one kind of one service this close together (µs) are one change.
CLOSE = 10_000_000
#: What stands in more of the run's buckets than this is how the service works, no change; where it stands
#: in as few as these it may be one in a short run.
USUAL, SELDOM = 0.3, 3
#: A rhythm: at least so many gaps, whose deviation is so small a part of their median.
_GAPS, _EVEN = 5, 0.1


class Scan(NamedTuple):
    """Regexes on messages: a request, one that was refused, one that only a scanner makes."""

    request: str
    refused: str
    probes: str


class _Kind(NamedTuple):
    kind: str
    pattern: str
    excepted: str


@cache
def _data() -> tuple[tuple[_Kind, ...], Scan]:
    data = tomllib.loads(files("logsense.count.changes").joinpath("changes.toml").read_text(encoding="utf-8"))
    kinds = tuple(
        _Kind(
            one["kind"],
            f"(?i)(?:{'|'.join(one['patterns'])})",
            f"(?i){one['except']}" if "except" in one else "",
        )
        for one in data["change"]
    )
    scan = data["scan"]
    return kinds, Scan(scan["request"], f"(?i){scan['refused']}", f"(?i){scan['probes']}")


def scan_words() -> Scan:
    """What tells a scanner's requests."""
    return _data()[1]


def kind_of(text: pl.Expr) -> pl.Expr:
    """The kind of change a message tells of, null for none."""
    kind = pl.lit(None, pl.String)
    for one in reversed(_data()[0]):
        fits = text.str.contains(one.pattern)
        if one.excepted:
            fits = fits & ~text.str.contains(one.excepted)
        kind = pl.when(fits).then(pl.lit(one.kind)).otherwise(kind)
    return kind


def told(templates: pl.DataFrame, counts: pl.DataFrame, gaps: pl.DataFrame, axis: Axis) -> pl.DataFrame:
    """CHANGES that templates tell of, not yet folded. What occurs all the time or in a rhythm is none."""
    speaking = templates.select("template", "text", "example", kind=kind_of(pl.col("example"))).drop_nulls(
        "kind"
    )
    events = counts.join(speaking, on="template")
    most = max(USUAL * axis.buckets, SELDOM)
    rhythmic = gaps.filter((pl.col("n") >= _GAPS) & (pl.col("mad") <= _EVEN * pl.col("median")))
    events = events.filter(pl.len().over("service", "template") <= most)
    events = events.join(rhythmic.select("service", "template"), on=["service", "template"], how="anti")
    return events.select(
        "service", "kind", "template", "source", "line", time=pl.col("first"), text=pl.col("example")
    ).select(list(CHANGES.columns))


def rotated(sources: pl.DataFrame) -> pl.DataFrame:
    """CHANGES of kind rotation: where a rotated set goes on in its next file."""
    dated = sources.filter(pl.col("set").is_not_null() & pl.col("first").is_not_null()).sort(
        "set", "first", "source"
    )
    before = pl.col("path").shift(1).over("set")
    later = dated.with_columns(before=before).drop_nulls("before")
    text = pl.format("{} goes on where {} ends", "path", "before")
    return later.select(
        "service",
        "source",
        time=pl.col("first"),
        kind=pl.lit("rotation"),
        template=pl.lit(None, pl.String),
        line=pl.lit(1, pl.UInt32),
        text=text,
    ).select(list(CHANGES.columns))


def folded(changes: pl.DataFrame) -> pl.DataFrame:
    """CHANGES with those of one service and kind that follow within ``CLOSE`` as one, its first; by time.

    Scans come folded: their rows say how long they go on.
    """
    order = ["time", "source", "line", "template"]
    ordered = changes.drop_nulls("time").sort("service", "kind", *order, nulls_last=True)
    since = (pl.col("time") - pl.col("time").shift(1)).over("service", "kind").dt.total_microseconds()
    first = ordered.filter((since > CLOSE).fill_null(value=True) | (pl.col("kind") == "scan"))
    return first.sort("time", "service", "kind", "source", "line")
