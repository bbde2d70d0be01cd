"""Runs one command and says what it cost: CPU of the process and its children, wall time, peak memory."""

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Cost:
    """cpu (user + system) and wall in seconds, rss in MB, status as a shell would say it."""

    cpu: float
    wall: float
    rss: float
    status: int = 0

    def scaled(self, factor: float) -> "Cost":
        """The same work ``factor`` times."""
        return Cost(self.cpu * factor, self.wall * factor, self.rss, self.status)

    def rounded(self) -> dict[str, float | int]:
        """The figures as they are printed."""
        rss = round(self.rss, 1)
        return {"cpu": round(self.cpu, 3), "wall": round(self.wall, 3), "rss": rss, "status": self.status}


def measure(command: list[str], out: Path, env: Mapping[str, str]) -> Cost:
    """Run the command with stdout in ``out`` and stderr beside it.

    The peak of a child begins at its parent's, so whoever calls this must be a small process: nothing
    heavy is imported here or by bench.py.
    """
    with out.open("wb") as stdout, Path(f"{out}.err").open("wb") as stderr:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=env)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)  # so that its __del__ does not wait for it again
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, process.returncode)


def middle(costs: list[Cost]) -> Cost:
    """The median of each figure; the worst status."""
    return Cost(
        median(c.cpu for c in costs),
        median(c.wall for c in costs),
        median(c.rss for c in costs),
        max((c.status for c in costs), key=abs),
    )
