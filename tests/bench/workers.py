"""What it costs that a detector runs in a worker: the same calls here and there, on a view of many rows.

Usage: workers.py [ROWS]     rows of counts in the view, 100,000 without

The detector does nothing but touch every row, so that what is left is the way: the view is written once and
mapped, the answer is sent back. Times are by the clock, and of the processor of this process: on a
machine that is busy only the second means something. The bar: 50 ms a call at 100,000 rows.
"""

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from logsense.config import PluginSettings
from logsense.host import BUNDLED, Host, sentence
from logsense.schema import COUNTS, View
from logsense.testing import planted

BAR = 0.05
CALLS = 20
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


def measured(seen: View, trusted: tuple[str, ...]) -> tuple[list[float], list[float]]:
    """Seconds a call, the first among them: by the clock, and of this process."""
    settings = PluginSettings(disabled=(BUNDLED,), trusted=trusted)
    wall, own = [], []
    with Host(kinds=("detectors",), plugins=settings) as host:
        (who,) = host.detectors()
        for _ in range(CALLS):
            begun, used = time.perf_counter(), time.process_time()
            host.detect(who, seen)
            wall.append(time.perf_counter() - begun)
            own.append(time.process_time() - used)
        if host.failures:
            sys.exit(sentence(host.failures[0]))
    return wall, own


def main(rows: int = 100_000) -> int:
    """Print the figures; 1 where the bar is missed."""
    with tempfile.TemporaryDirectory() as folder:
        installed(Path(folder))
        here, _ = measured(view(rows), ("idle-stranger",))
        there, own = measured(view(rows), ())
        begun = time.perf_counter()
        settings = PluginSettings(disabled=(BUNDLED,))
        with Host(kinds=("detectors",), plugins=settings) as host:
            host.detectors()
            start = time.perf_counter() - begun
    more = statistics.median(there) - statistics.median(here)
    print(f"{rows:,} rows, {CALLS} calls; start of a worker, import included: {start * 1000:.0f} ms")
    for name, values in (("here", here), ("worker", there), ("worker, this process alone", own)):
        first, rest = values[0] * 1000, statistics.median(values[1:]) * 1000
        print(f"{name:28} first {first:7.2f} ms, then {rest:7.2f} ms")
    print(f"overhead a call {more * 1000:.2f} ms, of the first {(there[0] - here[0]) * 1000:.2f} ms")
    return int(rows <= 100_000 and more > BAR)


if __name__ == "__main__":
    sys.exit(main(*(int(one) for one in sys.argv[1:2])))
