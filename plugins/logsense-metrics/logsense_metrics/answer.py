"""Answers of the HTTP API of Prometheus to a query over a range, as curl or promtool keep them."""

import json
import re
from pathlib import Path

import polars as pl

from logsense_metrics import counters, labels
from logsense_metrics.times import numbered


class Answer:
    """Reads ``{"status": "success", "data": {"resultType": "matrix", "result": [...]}}``.

    Numbers are taken as they are: of a counter one asks for its rate.
    """

    name = "prometheus-json"
    #: It is read whole or refused, as a document is.
    whole = True

    def example(self) -> dict[str, str]:
        """A file it reads: the memory of a service, a minute apart."""
        return {
            "cart.json": '{"status": "success", "data": {"resultType": "matrix", "result": [\n'
            '{"metric": {"__name__": "memory_bytes", "service": "cart"},\n'
            '"values": [[1767323040, "150000000"], [1767323100, "160000000"]]}\n]}}\n'
        }

    def claims(self, name: str, head: str) -> bool:  # noqa: ARG002 - what it is, its text says, not its name
        """Whether it begins like such an answer."""
        start = head.lstrip()[:400]
        return start.startswith("{") and bool(re.search(r'"resultType"\s*:\s*"matrix"', start))

    def series(self, path: Path) -> pl.DataFrame:
        """SERIES; ValueError for what is no such answer."""
        try:
            told = json.loads(path.read_text("utf-8-sig", "replace"))
        except (ValueError, RecursionError) as error:
            msg = f"it is not JSON as a whole, perhaps cut short: {error}; ask for it again"
            raise ValueError(msg) from error
        try:
            found = [(one["metric"], one["values"]) for one in told["data"]["result"]]
            names = pl.DataFrame(
                [(number, *_named(metric)) for number, (metric, _) in enumerate(found)],
                schema={"id": pl.UInt32, "service": pl.String, "metric": pl.String},
                orient="row",
            )
            # Columns, not rows: an answer may hold millions of samples.
            frame = pl.DataFrame(
                {
                    "id": [number for number, (_, values) in enumerate(found) for _ in values],
                    "stamp": [str(time) for _, values in found for time, _ in values],
                    "text": [str(value) for _, values in found for _, value in values],
                },
                schema={"id": pl.UInt32, "stamp": pl.String, "text": pl.String},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            msg = f"no answer to a query over a range: {type(error).__name__} {error}"
            raise ValueError(msg) from error
        return counters.series(
            frame.join(names, on="id", maintain_order="left").select(
                "id",
                "service",
                "metric",
                time=numbered(pl.col("stamp")),
                value=pl.col("text").str.to_lowercase().cast(pl.Float64, strict=False),
                counter=pl.lit(value=False),
                unit=pl.lit(None, pl.String),
                line=pl.lit(1),
            )
        )


def _named(metric: dict[str, str]) -> tuple[str, str]:
    owner = next((metric[one] for one in labels.OWNERS if metric.get(one, "") not in labels.NOBODY), "")
    apart = [f"{one}={metric[one]}" for one in labels.APART if metric.get(one)]
    name = metric.get("__name__", "query")
    return str(owner), f"{name}{{{','.join(apart)}}}" if apart else str(name)
