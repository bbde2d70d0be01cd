"""Metrics: files of tab-separated values, whose first line says what stands in them."""

import tempfile
from pathlib import Path

import polars as pl

from logsense.api import SERIES, Metrics, hookimpl

COLUMNS = "time\tservice\tmetric\tvalue"


class Tabs:
    """Files that begin with the line ``time service metric value``; times are ISO 8601 in UTC."""

    name = "tabs"

    def claims(self, name: str, head: str) -> bool:
        return name.endswith(".tsv") and head.startswith(COLUMNS + "\n")

    def series(self, path: Path) -> pl.DataFrame:
        rows = pl.read_csv(path, separator="\t", schema_overrides={"value": pl.Float64})
        rows = rows.with_columns(
            pl.col("time").str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us"),
            unit=pl.lit(None, pl.String),
        )
        return SERIES.check(rows.drop_nulls("time"))


@hookimpl
def register_metrics() -> list[type[Metrics]]:
    return [Tabs]


with tempfile.TemporaryDirectory() as place:
    path = Path(place, "cpu.tsv")
    path.write_text(f"{COLUMNS}\n2026-01-02T03:04:05\tcart\tcpu\t93.5\n", encoding="utf-8")
    assert Tabs().claims(path.name, path.read_text(encoding="utf-8")[:4096])
    assert not Tabs().claims("cart.log", "2026-01-02 03:04:05 INFO up\n")
    assert Tabs().series(path)["value"].to_list() == [93.5]
