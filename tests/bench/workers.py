"""What it costs that a detector runs in a worker: the same calls here and there, on a view of many rows.

Usage: workers.py [ROWS]     rows of counts in the view, 100,000 without

The detector does nothing but touch every row, so that what is left is the way: the view is written once and
mapped, the answer is sent back. Times are by the clock: on a busy machine give it priority, as in
``chrt -f 50``. The bar: 50 ms a call at 100,000 rows, also for the first, which writes the view.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from logsense.config import PluginSettings
from logsense.host import BUNDLED, Host, sentence
from logsense.schema import COUNTS, View
from logsense.testing import planted

BAR = 0.05
#: Views, calls on each, and workers that are started.
VIEWS, CALLS, STARTS = 10, 10, 5
CODE = """
from logsense.api import ANOMALIES, hookimpl

class Idle:
    name = "idle"

    def fit(self, view):
        self.total = view.counts["n"].sum()
        return self

    def detect(self, view):
        return ANOMALIES.empty()

@hookimpl
def register_detectors():
    return [Idle]
"""


def view(rows: int) -> View:
    """A view with so many rows of counts."""
    start = datetime(2026, 1, 1)
    number = pl.int_range(rows, eager=True)
    first = pl.Series([start]).new_from_index(0, rows) + number * timedelta(seconds=1)
    columns = {
        "bucket": number % 1000, "service": "service-" + (number % 20).cast(pl.String),
        "template": (number // 1000).cast(pl.String).str.pad_start(12, "0"), "n": number % 7 + 1,
        "source": number % 20, "line": number, "last_source": number % 20, "last_line": number,
        "first": first, "last": first,
    }  # fmt: skip
    frame = pl.DataFrame(columns).cast(dict(COUNTS.columns))  # type: ignore[arg-type]  # names and types
    return replace(planted("new"), counts=COUNTS.check(frame), start=start, buckets=1000)


def installed(folder: Path) -> None:
    """A distribution of a stranger."""
    (folder / "idle_stranger.py").write_text(CODE, encoding="utf-8")
    info = folder / "idle_stranger-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: idle-stranger\nVersion: 1\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text("[logsense.detectors]\nidle = idle_stranger\n", encoding="utf-8")
    sys.path.insert(0, str(folder))


def measured(views: Sequence[View], trusted: tuple[str, ...]) -> tuple[list[float], list[float]]:
    """Seconds by the clock: of the first call on each view, and of the others."""
    settings = PluginSettings(disabled=(BUNDLED,), trusted=trusted)
    first, rest = [], []
    with Host(kinds=("detectors",), plugins=settings) as host:
        (who,) = host.detectors()
        for seen in views:
            for number in range(CALLS):
                begun = time.perf_counter()
                host.detect(who, seen)
                (rest if number else first).append(time.perf_counter() - begun)
        if host.failures:
            sys.exit(sentence(host.failures[0]))
    return first, rest


def started(seen: View) -> tuple[float, float]:
    """Seconds until a worker has imported its plugin, and of its first call."""
    begun = time.perf_counter()
    with Host(kinds=("detectors",), plugins=PluginSettings(disabled=(BUNDLED,))) as host:
        (who,) = host.detectors()
        ready = time.perf_counter()
        host.detect(who, seen)
        return ready - begun, time.perf_counter() - ready


def main(rows: int = 100_000) -> int:
    """Print the figures; 1 where the bar is missed."""
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        installed(Path(folder))
        views = [view(rows) for _ in range(VIEWS)]
        here = measured(views, ("idle-stranger",))
        there = measured(views, ())
        starts, calls = zip(*(started(views[0]) for _ in range(STARTS)), strict=True)
    print(f"plugins in workers, a view of {rows:,} rows: milliseconds that a call takes more than here")
    told = {
        "first call of a run": (calls, here[0]),
        "first of a view": (there[0], here[0]),
        "others": (there[1], here[1]),
    }
    for name, (worker, ours) in told.items():
        base = statistics.median(ours)
        more, worst = statistics.median(worker) - base, max(worker) - base
        missed |= more > BAR
        print(f"  {name:20} median {more * 1000:6.2f}  worst {worst * 1000:6.2f}")
    start = statistics.median(starts) * 1000
    print(f"  start of a worker    median {start:6.0f}, import included; while files are found")
    print(f"  bar: {BAR * 1000:.0f} ms for the medians; {'missed' if missed else 'met'}")
    return int(rows <= 100_000 and missed)


if __name__ == "__main__":
    sys.exit(main(*(int(one) for one in sys.argv[1:2])))
