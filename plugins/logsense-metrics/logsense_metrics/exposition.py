"""The text form of Prometheus and OpenMetrics, with timestamps."""

import re
from pathlib import Path

import polars as pl

from logsense_metrics import counters, labels
from logsense_metrics.times import numbered

_NAME, _VALUE = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r"[-+]?(?:\d[\d.]*(?:[eE][-+]?\d+)?|Inf|NaN)"
_SAMPLE = rf"^({_NAME})(?:\{{(.*)\}})?\s+({_VALUE})(?:\s+(\d+(?:\.\d+)?))?\s*$"
_TYPE = r"^#\s*TYPE\s+(\S+)\s+(\S+)"
#: Of histograms and summaries only their counts and sums are rates.
_BUCKETS = r"(?:^|,)\s*(?:le|quantile)=\""


class Exposition:
    """Reads text exposition: ``name{labels} value time``, times in ms (Prometheus) or s (OpenMetrics).

    Counters, by their TYPE or name, become rates a second. Lines without a time are left out; a file without
    any is a snapshot of one moment nobody knows, and is refused.
    """

    name = "prometheus"

    def example(self) -> dict[str, str]:
        """A file it reads: a gauge and a counter, a minute apart."""
        return {
            "memory.prom": "# TYPE memory_bytes gauge\n"
            'memory_bytes{service="cart"} 150000000 1767323040000\n'
            'memory_bytes{service="cart"} 160000000 1767323100000\n'
            "# TYPE requests_total counter\n"
            'requests_total{service="cart"} 10 1767323040000\n'
            'requests_total{service="cart"} 70 1767323100000\n'
        }

    def claims(self, name: str, head: str) -> bool:  # noqa: ARG002 - what it is, its lines say, not its name
        """Whether most lines are samples or comments of this form, and some say that they are."""
        lines = head.split("\n")
        lines = [line.strip() for line in (lines[:-1] if len(lines) > 2 else lines) if line.strip()]
        said = [line for line in lines if re.match(r"#\s*(TYPE|HELP|UNIT)\s+\S+", line)]
        samples = [line for line in lines if not line.startswith("#")]
        known = sum(re.match(_SAMPLE, _bare(line)) is not None for line in samples)
        return bool(said) and 2 * known >= len(samples)  # a broken line costs itself, not the file

    def series(self, path: Path) -> pl.DataFrame:
        """SERIES; ValueError where no sample has a time."""
        lines = pl.DataFrame({"text": path.read_text("utf-8", "replace").split("\n")}).with_row_index(
            "line", 1
        )
        types = lines.select(
            name=pl.col("text").str.extract(_TYPE, 1), type=pl.col("text").str.extract(_TYPE, 2)
        )
        types = types.drop_nulls().unique("name", keep="last")
        text = pl.col("text").str.replace(r"\s+#\s+\{.*$", "")
        rows = lines.filter(~pl.col("text").str.starts_with("#")).select(
            "line", text.str.extract_groups(_SAMPLE).struct.rename_fields(["name", "labels", "text", "stamp"])
        ).unnest("text").drop_nulls("name")  # fmt: skip
        rows = rows.filter(~pl.col("labels").fill_null("").str.contains(_BUCKETS))
        if rows.height and rows["stamp"].null_count() == rows.height:
            msg = (
                f"none of its {rows.height:,} samples has a time, so it cannot be said when they were taken; "
                "export them with times (promtool, query_range)"
            )
            raise ValueError(msg)
        return counters.series(_told(rows.drop_nulls("stamp"), types))


def _told(rows: pl.DataFrame, types: pl.DataFrame) -> pl.DataFrame:
    """The samples with what their series are; that is worked out once a series, not once a sample."""
    rows = rows.with_columns(id=pl.struct("name", "labels").rank("dense").cast(pl.UInt32))
    known = _series(rows.unique("id").select("id", "name", "labels"), types)
    return rows.join(known, on="id", maintain_order="left").select(
        "line",
        "id",
        "service",
        "metric",
        "counter",
        time=numbered(pl.col("stamp")),
        value=pl.col("text").str.to_lowercase().cast(pl.Float64, strict=False),
        unit=pl.lit(None, pl.String),
    )


def _series(rows: pl.DataFrame, types: pl.DataFrame) -> pl.DataFrame:
    """Whose each series (id, name, labels) is, what it measures, and whether it counts up."""
    said = pl.col("labels").fill_null("")
    of = {
        label: said.str.extract(rf'(?:^|,)\s*{label}="((?:[^"\\]|\\.)*)"').fill_null("")
        for label in {*labels.OWNERS, *labels.APART}
    }
    base = pl.col("name").str.replace(r"_(total|count|sum)$", "")
    counter = pl.col("name").is_in(_of(types, "counter")) | base.is_in(_of(types, "counter"))
    counter |= base.is_in(_of(types, "histogram")) | base.is_in(_of(types, "summary"))
    untyped = ~(pl.col("name").is_in(types["name"].implode()) | base.is_in(types["name"].implode()))
    return rows.select(
        "id",
        service=labels.owner(of),
        metric=labels.told_apart(pl.col("name"), of),
        counter=counter | (untyped & pl.col("name").str.contains(counters.COUNTER)),
    )


def _of(types: pl.DataFrame, wanted: str) -> pl.Expr:
    return pl.lit(types.filter(pl.col("type") == wanted)["name"].implode())


def _bare(line: str) -> str:
    return re.sub(r"\s+#\s+\{.*$", "", line)
