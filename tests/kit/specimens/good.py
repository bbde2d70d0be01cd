"""A plugin of each kind that keeps every promise, as short as it can be."""

import csv
import math
import subprocess
from datetime import datetime
from pathlib import Path

import click
import polars as pl

from logsense.api import ANOMALIES, SERIES, error_like, lines_at, safe


class Detector:
    """Messages of trouble that the quiet time does not know.

    Finds: new errors. Misses: all else. Cost: O(rows). Source: counting.

    Args:
        at_least: records from which it counts.
    """

    name = "news"
    finds = ("new",)

    def __init__(self, *, at_least: int = 5) -> None:
        self.at_least = at_least

    def fit(self, view) -> "Detector":
        quiet = view.counts.filter(pl.col("bucket").is_in(list(view.quiet)))
        self.known_ = quiet["template"].unique().sort().to_list()
        return self

    fit.__annotations__["view"] = object

    def rows(self, view):
        bad = view.templates.filter(error_like(view.templates), ~pl.col("template").is_in(self.known_))
        return (
            view.counts.join(bad.select("template", "text"), on="template")
            .group_by("service", "template", "text")
            .agg(pl.col("n").sum(), pl.col("first").min(), pl.col("last").max())
            .filter(pl.col("n") >= self.at_least)
            .sort("service", "template")
        )

    def detect(self, view: object) -> pl.DataFrame:
        if view.start is None or not view.quiet:
            return ANOMALIES.empty()
        return ANOMALIES.of([self.row(view, row) for row in self.rows(view).iter_rows(named=True)])

    def row(self, view, row):
        text = safe(row["text"])[:60]
        return {
            "detector": self.name,
            "kind": "new",
            "service": row["service"],
            "template": row["template"],
            "start": row["first"],
            "end": row["last"],
            "score": self.score_of(row["n"]),
            "observed": f"{row['n']}",
            "expected": "0",
            "sentence": f"{safe(row['service'])}: '{text}' ×{row['n']}, never before",
        }

    def score_of(self, n):
        return min(2.0 + math.log2(n), 12.0)


class Ranker:
    """Candidates of trouble before others.

    Finds: trouble. Misses: all else. Cost: O(candidates). Source: judged.

    Args:
        decades: for a message of trouble.
    """

    name = "trouble"

    def __init__(self, *, decades: float = 1.0) -> None:
        self.decades = decades

    def score(self, view: object, candidates: pl.DataFrame) -> pl.DataFrame:
        bad = view.templates.filter(error_like(view.templates)).select("template")
        return (
            candidates.join(bad, on="template", how="semi", maintain_order="left")
            .sort("candidate")
            .select(
                "candidate",
                pl.lit("trouble").alias("name"),
                pl.lit(float(self.decades)).alias("value"),
                pl.lit("it tells of trouble").alias("why"),
            )
        )


class Reporter:
    """A line a thing."""

    name = "short"

    def write(self, analysis: object, *, width: int, color: bool, verbose: int):
        yield f"{len(analysis.incidents)} incidents in {analysis.sources.height} files\n"
        if analysis.stopped:
            yield f"stopped early: {self.shown(analysis.stopped)}\n"
        for incident in analysis.incidents:
            yield f"{self.shown(incident.summary)}\n"
            for line in incident.causes[0].evidence:
                yield f"  {self.shown(line.source)}:{line.line} {self.shown(line.text)}\n"
        for one in analysis.plugins_failed:
            yield f"failed: {self.shown(one.plugin)} {one.version}: {self.shown(one.reason)}\n"

    write.__annotations__["return"] = object

    def shown(self, text):
        return safe(text)


class Source:
    """The spool of a program named spoolcat: spool://NAME.

    Args:
        lines: how many, at most.
    """

    name = "spool"
    schemes = ("spool",)

    def __init__(self, *, lines: int = 1000) -> None:
        self.lines = lines

    def fetch(self, scheme: str, address: str, folder: Path) -> None:
        if not address.replace("-", "").isalnum() or address.startswith("-"):
            msg = f"spool://{safe(address)[:60]}: a spool is named by letters and digits"
            raise ValueError(msg)
        self.get(address, folder)

    def get(self, address, folder):
        command = ["spoolcat", "--lines", str(self.lines), "--", address]
        try:
            done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        except FileNotFoundError as error:
            msg = "spoolcat is not installed: install it, or give files"
            raise RuntimeError(msg) from error
        (folder / f"{address}.log").write_bytes(done.stdout)

    fetch.__annotations__["return"] = object


class Metrics:
    """Tables of time, service, metric and value, with just this head."""

    name = "table"

    @staticmethod
    def example() -> dict[str, str]:
        rows = [f"2026-01-02T03:04:{s:02},shop,cpu,0.{s + 10}" for s in range(30)]
        return {"cpu.csv": "\n".join(["time,service,metric,value", *rows]) + "\n"}

    def claims(self, name: str, head: str) -> bool:
        return head.removeprefix("\ufeff").startswith("time,service,metric,value")

    def series(self, path: Path) -> pl.DataFrame:
        text = path.read_bytes().decode("utf-8-sig", "replace")
        rows = [row for row in map(self.row, csv.reader(text.replace("\0", "").splitlines())) if row]
        return SERIES.of(rows)

    def row(self, cells):
        try:
            time, service, metric, value = cells
            return {
                "time": datetime.fromisoformat(time),
                "service": service,
                "metric": metric,
                "value": self.number(value),
            }
        except ValueError:
            return None

    def number(self, text):
        value = float(text)
        if not math.isfinite(value):
            raise ValueError(text)
        return value


class Panel:
    """Services, each in a row."""

    name = "services"
    title = "services"

    def widget(self, analysis: object) -> object:
        from textual.content import Content
        from textual.widgets import Static

        names = analysis.view.counts["service"].unique().sort().to_list()
        return Static(Content("\n".join(["services:", *map(safe, names)])), markup=False)


@click.command("count-lines", help="Count the lines of a file.")
@click.option("--blank", is_flag=True, help="Blank ones, too.")
@click.argument("path")
def command(path, blank):
    lines = Path(path).read_text().splitlines()
    click.echo(sum(1 for line in lines if blank or line.strip()))


PLACE = lines_at
