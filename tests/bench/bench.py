"""make bench: what `logsense templates` and `analyze` cost, next to Drain3 fed line by line and to lnav.

Logs are generated into a temporary folder (seeded). Tools take turns within each run, so that a busy
moment of the machine hits all of them; shown are medians. CPU is user + system of the whole process,
start included, all threads added; ratios are of CPU, which other work disturbs less than wall time.
Drain3 is given the header's pattern and the first 200,000 lines, its loop alone is counted, and its
figure scaled to the size; above 2 M lines its figure comes from a log of that size in the same way.
lnav is given a format. The last line of stdout holds all of it as JSON.

`--sizes 1M` or BENCH=1M leaves the ten million lines out (1.5 GB of disk); only two kinds are grown.
Exit status 1: a bar was missed or a command failed.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lnav
from findings import Row, growth, judged, result, table
from measure import Cost, measure, middle

HERE = Path(__file__).parent
KINDS: dict[str, Any] = tomllib.loads((HERE / "kinds.toml").read_text(encoding="utf-8"))
DRAIN_LINES = 200_000
LARGE, LARGE_KINDS = 2_000_000, ("blocks", "tasks")  # above so many lines one run, and of these kinds alone


@dataclass(frozen=True)
class Log:
    """A generated log and where tools may write while they read it."""

    kind: str
    lines: int
    path: Path

    @property
    def folder(self) -> Path:
        """The temporary folder of this benchmark."""
        return self.path.parent


def main() -> int:
    """Generate, measure, print."""
    options = arguments()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="logsense-bench-", dir=options.dir) as folder:
        for kind, lines in plan(options):
            log = generated(kind, lines, Path(folder))
            rows += compared(log, options.logsense, 1 if lines > LARGE else options.runs)
            log.path.unlink()
    grown = growth(rows)
    print("\n" + table(rows) + "\n")
    for line in grown:
        print(line["said"])
    if not shutil.which("lnav"):
        print("lnav is not on the PATH, so it is not compared (on Debian: apt-get install lnav)")
    print(json.dumps({"schema": "logsense-bench/1", "cpus": os.cpu_count(), "rows": rows, "growth": grown}))
    return 1 if any("MISS" in row["bar"] for row in [*rows, *grown]) else 0


def arguments() -> argparse.Namespace:
    """The options; sizes come from BENCH where not given."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    sizes = os.environ.get("BENCH") or "1M,10M"
    installed = str(Path(sys.executable).with_name("logsense"))
    parser.add_argument("--kinds", default=",".join(KINDS), help="kinds of logs (%(default)s)")
    parser.add_argument("--sizes", default=sizes, help="lines, such as 200k,1M,10M (%(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="runs up to 2M lines (%(default)s)")
    parser.add_argument("--dir", help="where the temporary folder is made")
    parser.add_argument("--logsense", default=installed, help="the command to measure (%(default)s)")
    options = parser.parse_args()
    unknown = set(options.kinds.split(",")) - set(KINDS)
    if unknown:
        parser.error(f"unknown kinds: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    return options


def plan(options: argparse.Namespace) -> Iterator[tuple[str, int]]:
    """Which kind at which size."""
    unit = {"k": 1_000, "M": 1_000_000}
    for text in options.sizes.split(","):
        lines = int(float(text[:-1]) * unit[text[-1]]) if text[-1] in unit else int(text)
        for kind in options.kinds.split(","):
            if lines <= LARGE or kind in LARGE_KINDS:
                yield kind, lines


def generated(kind: str, lines: int, folder: Path) -> Log:
    """The log, written by a process of its own."""
    path = folder / f"{kind}-{lines}.log"
    command = [sys.executable, str(HERE / "generate.py"), kind, str(lines), str(path)]
    if measure(command, folder / "out", os.environ).status:
        sys.exit(f"cannot generate {kind}: {(folder / 'out.err').read_text(encoding='utf-8')}")
    print(f"{kind}: {lines:,} lines, {path.stat().st_size / lines:.0f} bytes each", flush=True)
    return Log(kind, lines, path)


def compared(log: Log, logsense: str, runs: int) -> list[Row]:
    """All tools on one log: a row a tool."""
    costs: dict[str, list[Cost]] = {}
    found: dict[str, dict[str, Any]] = {}
    out = log.folder / "out"
    for _ in range(runs):
        for tool, command in commands(log, logsense):
            home = log.folder / "home"
            cost = measure(command, out, fresh(home))
            found.setdefault(tool, result(tool, out, log.path))
            if tool == "drain3":
                cost = loop(cost, found[tool], out, log.lines)
            costs.setdefault(tool, []).append(cost)
            shutil.rmtree(home, ignore_errors=True)
    about = {"kind": log.kind, "lines": log.lines}
    rows = [about | {"tool": tool} | middle(each).rounded() | found[tool] for tool, each in costs.items()]
    kind = KINDS[log.kind]
    bar = kind.get("bar_large", kind["bar"]) if log.lines > LARGE else kind["bar"]
    return judged(rows, bar, kind["bar_analyze"])


def fresh(home: Path) -> dict[str, str]:
    """An environment without anything of runs before. Without a home lnav writes where it stands."""
    home.mkdir()
    return dict(os.environ) | {"HOME": str(home), "XDG_CACHE_HOME": str(home), "XDG_STATE_HOME": str(home)}


def loop(cost: Cost, found: dict[str, Any], out: Path, lines: int) -> Cost:
    """What Drain3's loop alone took, scaled to all lines."""
    if "error" in found:
        return cost
    told = json.loads(out.read_text(encoding="utf-8"))
    return Cost(told["cpu"], told["wall"], cost.rss).scaled(lines / told["lines"])


def commands(log: Log, logsense: str) -> Iterator[tuple[str, list[str]]]:
    """What is run in turn on a log."""
    path = str(log.path)
    yield "templates", [logsense, "templates", path, "--format", "json"]
    yield "analyze", [logsense, "analyze", path, "--format", "json", "--exit-zero"]
    yield "drain3", [sys.executable, str(HERE / "drain.py"), log.kind, str(DRAIN_LINES), path]
    reader = shutil.which("lnav")
    if reader:
        yield "lnav", lnav.command(reader, log.kind, log.path, log.folder / "lnav")


if __name__ == "__main__":
    sys.exit(main())
