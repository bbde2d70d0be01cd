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
        # Rows may be cut or dirty: what cannot be read is null, and rows without a number are left out.
        text = path.read_text(encoding="utf-8", errors="replace")
        rows = [line.split("\t") for line in text.splitlines()[1:]]
        four = [row for row in rows if len(row) == 4]
        frame = pl.DataFrame(four, schema=dict.fromkeys(COLUMNS.split("\t"), pl.String), orient="row")
        frame = frame.with_columns(
            pl.col("time").str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False),
            pl.col("value").cast(pl.Float64, strict=False),
            unit=pl.lit(None, pl.String),
        )
        return SERIES.check(frame.drop_nulls(["time", "value"]).filter(pl.col("value").is_finite()))

    def example(self) -> dict[str, str]:
        rows = [f"2026-01-02T03:04:{second:02}\tcart\tcpu\t{90 + second}.5\n" for second in range(3)]
        return {"cpu.tsv": f"{COLUMNS}\n{''.join(rows)}"}


@hookimpl
def register_metrics() -> list[type[Metrics]]:
    return [Tabs]


with tempfile.TemporaryDirectory() as place:
    path = Path(place, "cpu.tsv")
    path.write_text(Tabs().example()["cpu.tsv"], encoding="utf-8")
    assert Tabs().claims(path.name, path.read_text(encoding="utf-8")[:4096])
    assert not Tabs().claims("cart.log", "2026-01-02 03:04:05 INFO up\n")
    assert Tabs().series(path)["value"].to_list() == [90.5, 91.5, 92.5]
