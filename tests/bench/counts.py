"""Whether the count test keeps its level on quiet series, and what it finds there.

Usage: counts.py [DIR…]     DIR holds quiet logs, a directory (or .tar.gz) a case

A cell is one series in one bucket. Three splits a run: each third is judged by the other two. FPR is the
share of untouched cells with p below the nominal level (w3, w8: at 1e-3, windows of 3 and 8 buckets); power
the share of cells with p < 1e-3 after one bucket was multiplied (×5) or raised (+10). The classes are told
by the counts that the test learns from:

  rare           less than one record in ten buckets
  sparse         less than one a bucket
  zero-inflated  one or more a bucket, and more than half of the buckets empty
  medium         one to ten a bucket
  dense          more than ten
"""

import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from logsense_detectors.counts import log_p
from logsense_detectors.grid import Floats, grid
from numpy.typing import NDArray

from logsense import listing

LEVELS = (1e-2, 1e-3, 1e-4)
CLASSES = ("rare", "sparse", "zero-inflated", "medium", "dense")
#: What must hold at a nominal 1e-3: the largest share of false cells, the least power.
MOST_FALSE = {"rare": 0.002, "sparse": 0.002, "zero-inflated": 0.002, "medium": 0.004, "dense": 0.002}
LEAST_FOUND = {("medium", "x5"): 0.40, ("sparse", "+10"): 0.75}
SPLITS = 3
WIDER = (3, 8)


@dataclass
class Tally:
    """Cells of one class: how many, how many below each level, how many found of each fault.

    up and down by level, wide (up at 1e-3) by length of the window.
    """

    cells: int = 0
    wide: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    up: dict[float, int] = field(default_factory=lambda: defaultdict(int))
    down: dict[float, int] = field(default_factory=lambda: defaultdict(int))
    found: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def false(self, level: float) -> float:
        """Share of untouched cells below the level, counts that rose."""
        return self.up[level] / max(self.cells, 1)

    def power(self, fault: str) -> float:
        """Share of cells found at 1e-3 after the fault."""
        return self.found[fault] / max(self.cells, 1)


def classes(base: Floats) -> NDArray[np.str_]:
    """The class of each row of the counts that are learnt from."""
    mean, empty = base.mean(axis=1), (base == 0).mean(axis=1)
    return np.select(
        [mean < 0.1, mean < 1.0, empty > 0.5, mean < 10.0],
        ["rare", "sparse", "zero-inflated", "medium"],
        "dense",
    )


def judge(n: Floats, tallies: dict[str, Tally]) -> None:
    """Adds the cells of one run, counts[series, bucket], to the tallies of their classes."""
    parts = np.array_split(np.arange(n.shape[1]), SPLITS)
    for held in parts:
        quiet = np.setdiff1d(np.arange(n.shape[1]), held)
        known = n[n[:, quiet].sum(axis=1) > 0]
        if not len(known):
            continue
        names = classes(known[:, quiet])
        up, down = (p[:, held] for p in log_p(known, quiet))
        wide = {width: log_p(known, quiet, width)[0][:, held] for width in WIDER}
        risen = {}
        for fault, raised in (("x5", known * 5), ("+10", known + 10)):
            changed = known.copy()
            changed[:, held] = raised[:, held]
            risen[fault] = log_p(changed, quiet)[0][:, held]
        for name in CLASSES:
            mine, tally = names == name, tallies[name]
            tally.cells += int(mine.sum()) * len(held)
            for level in LEVELS:
                tally.up[level] += int((up[mine] < np.log(level)).sum())
                tally.down[level] += int((down[mine] < np.log(level)).sum())
            for width, p in wide.items():
                tally.wide[width] += int((p[mine] < np.log(1e-3)).sum())
            for fault, p in risen.items():
                tally.found[fault] += int((p[mine] < np.log(1e-3)).sum())


def made(seed: int = 0, *, runs: int = 12, series: int = 40, buckets: int = 240) -> Iterator[Floats]:
    """Quiet runs of made series: over-dispersed, zero-inflated, periodic and bursty ones of all sizes."""
    random = np.random.default_rng(seed)
    for _ in range(runs):
        mean = np.geomspace(0.03, 200.0, series)[:, None]
        shape = (series, buckets)
        wild = np.exp(random.uniform(np.log(0.01), np.log(1.0), size=(series, 1)))
        dispersed = random.negative_binomial(1.0 / wild, 1.0 / (1.0 + wild * mean), size=shape)
        period = random.integers(2, 13, size=(series, 1))
        due = (np.arange(buckets)[None, :] + random.integers(0, 12, size=(series, 1))) % period == 0
        periodic = np.where(due, random.poisson(np.maximum(mean, 1.0), size=shape), 0)
        open_ = random.random(shape) < 0.3
        inflated = np.where(open_, random.negative_binomial(2.0, 2.0 / (2.0 + 3.0 * mean), size=shape), 0)
        size = random.geometric(0.3, size=shape) * (random.random(shape) < 0.15)
        bursty = random.poisson(mean * size)
        yield np.vstack([dispersed, periodic, inflated, bursty]).astype(np.float64)


def counted(path: Path) -> Floats:
    """Counts[series, bucket] of the logs of a directory, as logsense counts them; the last bucket is cut."""
    view = listing.templates(str(path)).view
    return grid(view.counts, view.buckets, at_least=1).n[:, :-1]


def real(folder: Path) -> Iterator[tuple[str, Floats]]:
    """Name and counts of each case of a folder: its archives, and its directories."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield path.name, counted(path)
        elif path.name.endswith(".tar.gz"):
            with tempfile.TemporaryDirectory() as place, tarfile.open(path) as archive:
                logs = [m for m in archive.getmembers() if "/logs/" in m.name]
                archive.extractall(place, logs, filter="data")
                yield path.name, counted(Path(place))


def table(tallies: dict[str, Tally]) -> str:
    """The figures, a line a class."""
    head = (
        f"{'class':14} {'cells':>9}  {'FPR up 1e-2 / 1e-3 / 1e-4':26} {'down 1e-3':>9} {'x5':>6} {'+10':>6}"
    )
    rows = [head]
    for name in CLASSES:
        t = tallies[name]
        false = " ".join(f"{t.false(level):8.5f}" for level in LEVELS)
        wide = " ".join(f"{t.wide[width] / max(t.cells, 1):8.5f}" for width in WIDER)
        down = f"{t.down[1e-3] / max(t.cells, 1):9.5f}"
        found = f"{t.power('x5'):6.3f} {t.power('+10'):6.3f}"
        rows.append(f"{name:14} {t.cells:9,}  {false:26} {wide} {down} {found}")
    return "\n".join(rows)


def missed(tallies: dict[str, Tally]) -> list[str]:
    """What of the bars does not hold, in words."""
    out = [
        f"{name}: {tallies[name].false(1e-3):.4f} false at 1e-3, {most} allowed"
        for name, most in MOST_FALSE.items()
        if tallies[name].false(1e-3) > most
    ]
    return out + [
        f"{name}: {fault} found {tallies[name].power(fault):.2f}, {least} wanted"
        for (name, fault), least in LEAST_FOUND.items()
        if tallies[name].cells and tallies[name].power(fault) < least
    ]


def main(folders: list[str]) -> int:
    """Prints the table of made series, then that of each folder; 1 where a bar does not hold."""
    bad = []
    tallies: dict[str, Tally] = defaultdict(Tally)
    for n in made():
        judge(n, tallies)
    print(f"made series\n{table(tallies)}")
    bad += [f"made series: {words}" for words in missed(tallies)]
    for folder in folders:
        total: dict[str, Tally] = defaultdict(Tally)
        for _, n in real(Path(folder)):
            judge(n, total)
        print(f"\n{folder}\n{table(total)}")
        bad += [f"{folder}: {words}" for words in missed(total)]
    print("\n" + ("\n".join(f"NOT HELD: {words}" for words in bad) or "all bars hold"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
