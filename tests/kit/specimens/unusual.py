"""Good plugins of unusual build: each keeps every promise, in a way that few write it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

import polars as pl

from logsense.api import ANOMALIES, SERIES, View, safe
from specimens import good


@dataclass(kw_only=True, slots=True)
class Data:
    """Messages of trouble that the quiet time does not know, as a dataclass with slots and a list.

    Finds: new errors. Misses: all else. Cost: O(rows). Source: counting.

    Args:
        at_least: records from which it counts.
        levels: those that tell of trouble.
    """

    name: ClassVar[str] = "data"
    finds: ClassVar[tuple[str, ...]] = ("new",)
    at_least: int = 5
    levels: list[str] = field(default_factory=lambda: ["ERROR", "FATAL"])
    known_: list[str] = field(default_factory=list, init=False, repr=False)

    def fit(self, view: View) -> Self:
        quiet = view.counts.filter(pl.col("bucket").is_in(list(view.quiet)))
        self.known_ = quiet["template"].unique().sort().to_list()
        return self

    def detect(self, view: View) -> pl.DataFrame:
        if view.start is None or not view.quiet:
            return ANOMALIES.empty()
        bad = view.templates.filter(
            pl.col("level").cast(pl.String).is_in(self.levels), ~pl.col("template").is_in(self.known_)
        )
        rows = (
            view.counts.join(bad.select("template", "text"), on="template")
            .group_by("service", "template", "text")
            .agg(pl.col("n").sum(), pl.col("first").min(), pl.col("last").max())
            .filter(pl.col("n") >= self.at_least)
            .sort("service", "template")
        )
        return ANOMALIES.of([good.Detector.row(self, view, row) for row in rows.iter_rows(named=True)])

    def score_of(self, n: int) -> float:
        return good.Detector.score_of(self, n)


class Nested(good.Detector):
    """Messages of trouble, with tables within tables as keywords.

    Finds: new errors. Misses: all else. Cost: O(rows). Source: counting.

    Args:
        limits: by kind, and within that by what.
        weights: of levels.
    """

    name = "nested"

    def __init__(
        self,
        *,
        limits: dict[str, Any] = {"new": {"at_least": 5, "spans": [1, 2]}},  # noqa: B006 - as strangers write it
        weights: tuple[tuple[str, float], ...] = (("ERROR", 1.0), ("FATAL", 2.0)),
    ) -> None:
        self.limits = limits
        self.weights = weights

    @property
    def at_least(self):
        return self.limits["new"]["at_least"]


class Reordered(good.Detector):
    """Messages of trouble, in columns of another order, also where there is no row; it writes, too.

    Finds: new errors. Misses: all else. Cost: O(rows). Source: counting.

    Args:
        at_least: records from which it counts.
    """

    name = "reordered"

    def detect(self, view: View) -> pl.DataFrame:
        frame = super().detect(view)
        return frame.select(sorted(frame.columns))

    def write(self, path: str) -> None:
        Path(path).write_text(str(self.known_))


class Mean:
    """A number far beyond its mean: sums that end in other digits where rows come in another order.

    Finds: numbers. Misses: all else. Cost: O(rows). Source: none.
    """

    name = "mean"
    finds = ("value",)

    def fit(self, view: View) -> Self:
        quiet = view.values.filter(pl.col("bucket").is_in(list(view.quiet)))
        self.usual_ = quiet.group_by("service", "template").agg(usual=(pl.col("sum") / pl.col("n")).mean())
        return self

    def detect(self, view: View) -> pl.DataFrame:
        keys = ["service", "template"]
        odd = (
            view.values.join(self.usual_, on=keys)
            .filter(pl.col("sum") / pl.col("n") > 4 * pl.col("usual"))
            .join(view.counts.select("bucket", *keys, "first", "last"), on=["bucket", *keys])
            .group_by(keys)
            .agg(
                pl.col("first").min(),
                pl.col("last").max(),
                times=(pl.col("sum") / pl.col("n") / pl.col("usual") / 3).sum(),
            )
            .sort(keys)
        )
        rows = [
            {"detector": self.name, "kind": "value", "service": row["service"], "template": row["template"],
             "start": row["first"], "end": row["last"], "score": min(row["times"], 300.0),
             "observed": f"{row['times']:.3g}", "expected": "1",
             "sentence": f"{safe(row['service'])}: {row['times']:.3g} times the usual"}
            for row in odd.iter_rows(named=True)
        ]  # fmt: skip
        return ANOMALIES.of(rows)


class Wide(good.Ranker):
    """Candidates of trouble, with numbers of other widths and columns in another order.

    Finds: trouble. Misses: all else. Cost: O(candidates). Source: judged.

    Args:
        decades: for a message of trouble.
    """

    name = "wide"

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        told = super().score(view, candidates)
        return told.select("why", pl.col("value").cast(pl.Int64), pl.col("candidate").cast(pl.Int64), "name")


class Document:
    """Reads a list of samples in JSON, whole or not at all."""

    name = "document"
    whole = True

    def example(self) -> dict[str, str]:
        rows = [{"at": 1767323040 + 60 * n, "who": "shop", "what": "cpu", "value": n / 8} for n in range(5)]
        return {"cpu.json": json.dumps({"samples": rows})}

    def claims(self, name: str, head: str) -> bool:
        return head.lstrip("\ufeff").startswith('{"samples": [')

    def series(self, path: Path) -> pl.DataFrame:
        try:
            told = json.loads(path.read_text("utf-8-sig", "replace"))["samples"]
            return SERIES.of(
                [
                    {"time": datetime.fromtimestamp(one["at"], UTC).replace(tzinfo=None),
                     "service": one["who"], "metric": one["what"], "value": float(one["value"])}
                    for one in told
                    if abs(float(one["value"])) < 1e300
                ]
            )  # fmt: skip
        except (ValueError, OverflowError, OSError, TypeError) as error:
            msg = f"no list of samples: {error}"
            raise ValueError(msg) from error


ALL = [Data, Nested, Reordered, Mean, Wide, Document]
