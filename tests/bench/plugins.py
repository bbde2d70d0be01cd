"""What ``logsense plugins list`` costs with fifty plugins installed: CPU of the process, start included.

They are installed as far as their metadata go, in a temporary folder; the bar is 0.3 s. The last line of
stdout is JSON. Exit status 1: the bar was missed, or the command failed.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from measure import measure, middle

ROOT = Path(__file__).parents[2]
PLUGINS, RUNS, BAR = 50, 5, 0.3
METADATA = (
    """Metadata-Version: 2.1
Name: logsense-stranger-{0}
Version: 1.{0}
Summary: Finds what number {0} is for.
Requires-Dist: logsense-aiops>=0.1,<1

"""
    + "What it finds, and how it is configured.\n" * 200
)


def main() -> int:
    """Install, list, print."""
    with tempfile.TemporaryDirectory(prefix="logsense-bench-") as folder:
        for number in range(PLUGINS):
            info = Path(folder, f"logsense_stranger_{number}-1.{number}.dist-info")
            info.mkdir()
            info.joinpath("METADATA").write_text(METADATA.format(number), encoding="utf-8")
            points = f"[logsense.detectors]\nstranger-{number} = stranger_{number}\n"
            info.joinpath("entry_points.txt").write_text(points, encoding="utf-8")
        path = os.pathsep.join([folder, str(ROOT), str(ROOT / "plugins")])
        out = Path(folder, "out")
        command = [sys.executable, "-m", "logsense.cli.main", "plugins", "list"]
        cost = middle([measure(command, out, {**os.environ, "PYTHONPATH": path}) for _ in range(RUNS)])
        listed = out.read_text(encoding="utf-8").count("logsense-stranger-")
    said = "ok" if cost.cpu <= BAR and listed == PLUGINS and not cost.status else "MISS"
    print(f"plugins list, {listed} plugins: {cost.cpu:.2f} s CPU (bar {BAR} s): {said}")
    print(json.dumps({"schema": "logsense-bench-plugins/1", "listed": listed, "bar": BAR, **cost.rounded()}))
    return 1 if said == "MISS" else 0


if __name__ == "__main__":
    sys.exit(main())
