"""CSV: a row a sample, or a column a series."""

import csv
import re
from pathlib import Path

import polars as pl
from logsense.api import SERIES

from logsense_metrics import counters, labels
from logsense_metrics.times import parsed

TIMES = ("time", "timestamp", "ts", "date", "datetime", "date_time", "@timestamp", "_time", "epoch", "clock")
VALUES = ("value", "val", "_value", "metric_value", "sample")
METRICS = (
    "metric",
    "metric_name",
    "metricname",
    "__name__",
    "_measurement",
    "measurement",
    "kpi",
    "kpi_name",
)
OWNERS = (*labels.OWNERS, "cmdb_id", "service_id", "servicename", "podname")
#: Columns that make a table a log of events, whatever else it holds.
EVENTS = (
    "message", "msg", "log", "level", "severity", "event", "method", "url", "uri", "path", "status",
    "status_code", "pid", "tid", "thread", "logger", "traceid", "trace_id", "spanid", "request", "user",
    "user_agent", "body",
)  # fmt: skip
#: Rows that are looked at to tell a table of numbers.
LOOKED_AT = 20
_NUMBER = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*%?\s*$"
#: A number with the comma of most of Europe, which separates cells by semicolons.
_COMMA = r"^(\s*[-+]?\d+),(\d+\s*%?\s*)$"
#: Names of columns of ours: no header has such ones.
_LINE, _TIME, _COLUMN, _TEXT = "\0line", "\0time", "\0column", "\0text"
_NONE = ("", "nan", "null", "none", "na", "n/a", "-", "inf", "+inf", "-inf")
#: What stands in front of a copy's name, and names of files that name no service.
_COPY, _PLAIN = r"^\d{6}-", ("metrics", "metric", "data", "export", "values", "series", "query")


class Table:
    """Reads CSV (comma, semicolon or tab) with a header; between semicolons ``0,5`` is a half.

    Long: a column for time, metric and value each, in any order and under usual names, and one for the
    service (service, pod, container, app, host, ...). Wide: a column for time, all others numbers, each
    named by metric and service (``cart_cpu``, ``cart/cpu``, ``cpu{pod="cart"}``), or by one of them while
    the file's name has the other. Claims nothing with a column that events have (message, level,
    status, ...).
    """

    name = "csv"

    def example(self) -> dict[str, str]:
        """A file it reads: a column a metric of each service."""
        return {
            "usage.csv": "time,cart_cpu,cart_memory_bytes\n"
            "2026-01-02T03:04:00Z,0.5,150000000\n2026-01-02T03:05:00Z,0.7,160000000\n"
        }

    def claims(self, name: str, head: str) -> bool:  # noqa: ARG002 - what it is, its columns say, not its name
        """Whether the header and the first rows are those of a table of numbers."""
        rows = _rows(head)
        if len(rows) < 2:
            return False
        header = _names(rows[0])
        time = _first(header, TIMES)
        if time is None or len(set(header)) < len(header) or set(header) & set(EVENTS):
            return False
        body = [row for row in rows[1 : LOOKED_AT + 1] if len(row) == len(header)]
        if not body or not _all_times([row[header.index(time)] for row in body]):
            return False
        value = _first(header, VALUES)
        if value is not None and _first(header, METRICS) is not None:
            # The header says enough: a word here and there costs its own row, not the file.
            return _numbers([row[header.index(value)] for row in body]) >= 0.5
        rest = [at for at, one in enumerate(header) if one != time]
        stamps = [row[header.index(time)] for row in body]
        grows = len(body) > 1 and len(set(stamps)) == len(stamps)
        return bool(rest) and grows and all(_numbers([row[at] for row in body]) == 1.0 for at in rest)

    def series(self, path: Path) -> pl.DataFrame:
        """SERIES; ValueError says what is wrong with a table that cannot be read."""
        with path.open(encoding="utf-8", errors="replace") as file:
            head = file.readline(65_536)
        if not head:
            return SERIES.empty()
        separator = _separator(head)
        frame = _cells(path, separator)
        frame = frame.rename({one: one.strip().strip("\ufeff") for one in frame.columns})
        lower = {one.lower(): one for one in frame.columns}
        time = _first(list(lower), TIMES)
        if time is None:
            msg = f"no column of times; one of {', '.join(TIMES)} is needed"
            raise ValueError(msg)
        frame = frame.with_columns(parsed(pl.col(lower[time])).alias(_TIME))
        value, metric = _first(list(lower), VALUES), _first(list(lower), METRICS)
        if value is not None and metric is not None:
            rows = _long(frame, lower, value, metric)
        else:
            rows = _wide(frame, [lower[time]], path)
        return counters.series(rows)


def _cells(path: Path, separator: str) -> pl.DataFrame:
    """All cells as text, with the number of the line; rows too short or too long as far as they go."""

    def read(quote: str | None) -> pl.DataFrame:
        return pl.read_csv(
            path,
            separator=separator,
            quote_char=quote,
            infer_schema=False,
            truncate_ragged_lines=True,
            encoding="utf8-lossy",
            row_index_name=_LINE,
            row_index_offset=2,
        )

    try:
        cells = read('"')
    except pl.exceptions.ComputeError:
        cells = read(None)  # a quotation mark that is never closed: it costs its own row alone
    return cells.with_columns(pl.col(pl.String).str.replace(_COMMA, "$1.$2")) if separator == ";" else cells


def _long(frame: pl.DataFrame, lower: dict[str, str], value: str, metric: str) -> pl.DataFrame:
    owner = _first(list(lower), OWNERS)
    unit = lower.get("unit")
    rows = frame.select(
        _number(pl.col(lower[value])).alias("value"),
        line=_LINE,
        time=_TIME,
        service=pl.lit("") if owner is None else pl.col(lower[owner]).fill_null(""),
        metric=pl.col(lower[metric]).fill_null(""),
        unit=pl.lit(None, pl.String) if unit is None else pl.col(unit),
    )
    return _counted(rows.with_columns(id=pl.struct("service", "metric").rank("dense").cast(pl.UInt32)))


def _wide(frame: pl.DataFrame, times: list[str], path: Path) -> pl.DataFrame:
    columns = [one for one in frame.columns if one not in (*times, _LINE, _TIME)]
    names = pl.DataFrame(
        [(one, *named) for one, named in zip(columns, split(columns, _stem(path)), strict=True)],
        schema={_COLUMN: pl.String, "service": pl.String, "metric": pl.String},
        orient="row",
    ).with_row_index("id")
    rows = frame.unpivot(columns, index=[_LINE, _TIME], variable_name=_COLUMN, value_name=_TEXT)
    rows = rows.join(names, on=_COLUMN, how="left").select(
        "id",
        _number(pl.col(_TEXT)).alias("value"),
        "service",
        "metric",
        line=_LINE,
        time=_TIME,
        unit=pl.lit(None, pl.String),
    )
    return _counted(rows)


def split(columns: list[str], stem: str) -> list[tuple[str, str]]:
    """Service and metric of each column of a wide table.

    The name of a series of Prometheus says both; else a mark between the two does (/, |, : or a last _ whose
    end comes more than once); else the column is the metric, and the name of the file the service.
    """
    if all("{" in one for one in columns):
        return [_labelled(one) for one in columns]
    for mark in ("/", "|", ":"):
        if all(one.count(mark) == 1 for one in columns):
            parts = [one.split(mark) for one in columns]
            return [(a.strip(), b.strip()) for a, b in parts]
    ends = [one.rsplit("_", 1) for one in columns if "_" in one]
    heads, tails = [one[0] for one in ends], [one[1] for one in ends]
    if ends and len(ends) == len(columns) and len(set(tails)) < len(tails) and len(set(heads)) > 1:
        return [(one[0], one[1]) for one in ends]
    return [(stem, one) for one in columns]


def _labelled(column: str) -> tuple[str, str]:
    name, _, rest = column.partition("{")
    pairs = [pair.partition("=") for pair in rest.rstrip("} ").split(",")]
    of = {key.strip(): value.strip(' "') for key, _, value in pairs}
    owner = next((of[one] for one in labels.OWNERS if of.get(one, "") not in labels.NOBODY), "")
    return owner, name.strip() or of.get("__name__", "")


def _stem(path: Path) -> str:
    stem = pl.Series([path.name.split(".")[0]]).str.replace(_COPY, "")[0]
    return "" if stem.lower() in _PLAIN else str(stem)


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    """With whether each is a counter: by its name, and for never falling but when it is reset."""
    fell = (pl.col("value").diff() < 0).over("id").mean().over("id")
    named = pl.col("metric").str.contains(counters.COUNTER)
    return rows.sort("id", "time").with_columns(
        counter=(named & (fell.fill_null(0.0) <= 0.2)).fill_null(value=False)
    )


def _number(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars(" %").cast(pl.Float64, strict=False)


def _rows(head: str) -> list[list[str]]:
    """Header and rows of a head; the last line may be cut and is left out where there are others."""
    lines = head.lstrip("\ufeff").split("\n")
    lines = [line.rstrip("\r") for line in (lines[:-1] if len(lines) > 2 else lines) if line.strip()]
    if not lines:
        return []
    separator = _separator(lines[0])
    try:
        rows = list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return []
    return [[re.sub(_COMMA, r"\1.\2", cell) for cell in row] for row in rows] if separator == ";" else rows


def _separator(header: str) -> str:
    return max(",;\t", key=lambda one: (header.count(one), -",;\t".index(one)))


def _names(header: list[str]) -> list[str]:
    return [one.strip().lower() for one in header]


def _first(header: list[str], among: tuple[str, ...]) -> str | None:
    return next((one for one in among if one in header), None)


def _all_times(texts: list[str]) -> bool:
    return bool(pl.select(parsed(pl.lit(pl.Series(texts))).is_not_null().all()).item())


def _numbers(texts: list[str]) -> float:
    """Which share of the cells that are not empty, or words for nothing, are numbers; 1 where all are."""
    known = pl.Series(texts, dtype=pl.String).str.strip_chars().str.to_lowercase()
    given = known.filter(~known.is_in(list(_NONE)))
    return float(given.str.contains(_NUMBER).sum()) / given.len() if given.len() else 1.0
