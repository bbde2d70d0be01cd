"""How often a number that climbs makes an incident, and how often one does that was left alone.

Usage: climbs.py DIR…     DIR holds the logs of a run in which nothing is wrong

Each number of each message (of each form of it, too) of a run is a series, judged as one of as many as the
run has. Into each a climb to six times its value is planted, from a half, three fifths
and seven tenths of the run to its end, and judged again. The classes are told by the series as it was: steady
where it is less than a tenth off its median on average, noisy from a half on, and by its length, forty
buckets or fewer. Counters, and numbers that are better high, are left out.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl
from logsense_detectors.beyond import LEAST_QUIET
from logsense_detectors.measure import says
from logsense_detectors.value import Value

from logsense import detect, pipeline
from logsense.analysis import Windows
from logsense.api import View
from logsense.incident import ENOUGH, weigh
from logsense.schema import FORM_VALUES, VALUES

BY = ("service", "template", "name", "unit")
BEGINS, GROWS, LEAST, LONG = (0.5, 0.6, 0.7), 6.0, 4, 40


def series(view: View) -> Iterator[pl.DataFrame]:
    """The rows of VALUES of each number, and of each form of it as if that were a number of its own."""
    forms = view.form_values.with_columns(
        min=pl.col("sum") / pl.col("n"), max=pl.col("sum") / pl.col("n"), histogram=pl.lit([]), own="form"
    )
    whole = view.values.with_columns(own=pl.lit("", dtype=pl.String))
    for rows in (whole, forms):
        for _, part in rows.group_by(*BY, "own", maintain_order=True):
            name, unit = part["name"][0], part["unit"][0] or ""
            better = says(name, "good") or unit.endswith("/s") or name.endswith(" limit")
            if part.height >= LEAST_QUIET + 3 and not better and not says(name, "counters"):
                yield part.cast({"histogram": VALUES.columns["histogram"]}).select(list(VALUES.columns))


def alarms(view: View, rows: pl.DataFrame, tests: int) -> bool:
    """Whether the series, one of so many, would make an incident by itself."""
    alone = replace(view, values=VALUES.check(rows.sort("bucket")), form_values=FORM_VALUES.empty())
    found = Value().fit(alone).detect(alone).with_columns(pl.col("score") - np.log10(tests))
    return bool((weigh(found, view)["weight"] >= ENOUGH).any())


def climbing(rows: pl.DataFrame, begin: int, buckets: int) -> pl.DataFrame:
    """The rows, growing to so many times their value from a bucket on."""
    part = (pl.col("bucket").cast(pl.Float64) - begin) / (buckets - begin)
    times = 1.0 + (GROWS - 1.0) * part.clip(lower_bound=0.0)
    return rows.with_columns(pl.col("min", "max", "sum") * times)


def kind(rows: pl.DataFrame) -> str:
    """The class of a series as it was."""
    mean = (rows["sum"] / rows["n"]).to_numpy()
    middle = float(np.median(mean))
    off = float(np.abs(mean - middle).mean()) / middle if middle > 0 else np.inf
    words = "steady" if off < 0.1 else "medium" if off < 0.5 else "noisy"
    return f"{words}, {LONG} or more" if len(mean) >= LONG else f"{words}, fewer"


def judge(view: View, planted: Counter[str], found: Counter[str]) -> tuple[int, int]:
    """Adds the climbs of one run to both tallies; how many series, how many alarm as they were."""
    every = list(series(view))
    calm = sum(alarms(view, rows, len(every)) for rows in every)
    for rows in every:
        for share in BEGINS:
            begin = int(share * view.buckets)
            before = int((rows["bucket"] < begin).sum())
            if before < LEAST_QUIET or rows.height - before < LEAST:
                continue
            planted[kind(rows)] += 1
            found[kind(rows)] += alarms(view, climbing(rows, begin, view.buckets), len(every))
    return len(every), calm


def main(folders: list[str]) -> int:
    """Prints a line a class; 1 where a series that was left alone alarms."""
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    total = false = 0
    for folder in folders:
        basis = pipeline.analyze(folder).basis
        if basis is not None:
            seen, calm = judge(detect.windowed(basis.view, Windows()), planted, found)
            total, false = total + seen, false + calm
    for name in sorted(planted):
        print(f"{name:18} {planted[name]:6,} climbs, {found[name] / planted[name]:.3f} found")
    print(f"{'as they were':18} {total:6,} series, {false} alarms")
    return int(false > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
