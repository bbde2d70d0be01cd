"""Recorded cases, altered as logs are in life: what holds of them is no matter of chance.

Usage: altered.py HOW FROM TO     FROM and TO are folders of cases (docs/truth.md); cases in FROM are folders

  late     the first three fifths of the time before the fault are not there: logs were kept for a while only
  early    the logs end three fifths into the fault: somebody looks while it lasts
  lost     every fourth record is missing, at random: a shipper dropped them
  without  one file is missing in which neither the cause nor a service at fault is told
Of a run without a fault its middle stands for the beginning of one.
"""

import json
import random
import shutil
import sys
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import polars as pl

from logsense import listing

PART, KEPT = 0.6, 0.75
HOWS = ("late", "early", "lost", "without")


def moment(text: str) -> datetime:
    """A time of a truth file, naive UTC as in frames."""
    return datetime.fromisoformat(text).replace(tzinfo=None)


def window(how: str, records: pl.DataFrame, truth: dict[str, Any]) -> tuple[datetime, datetime]:
    """From when to when records stay."""
    begin, end = records["time"].min(), records["time"].max()
    assert isinstance(begin, datetime)
    assert isinstance(end, datetime)
    fault = truth.get("fault")
    start = moment(fault["start"]) if fault else begin + (end - begin) / 2
    stop = moment(fault["end"]) if fault else end
    if how == "late":
        return begin + PART * (start - begin), end
    return (begin, start + PART * (stop - start)) if how == "early" else (begin, end)


def spare(names: list[str], truth: dict[str, Any], chance: random.Random) -> str | None:
    """A file in which neither the cause nor a service at fault is told."""
    alias = truth.get("aliases", {})
    guilty = {one for service in truth.get("services", []) for one in (service, *alias.get(service, []))}
    telling = [cause["source"] for cause in truth.get("cause", [])]
    free = [
        name
        for name in names
        if not any(one in name for one in guilty)
        and not any(fnmatch(name.rsplit("/", 1)[-1], pattern) for pattern in telling)
    ]
    return chance.choice(free) if free else None


def alter(how: str, case: Path, target: Path) -> None:
    """Writes the altered case."""
    truth = json.loads((case / "truth.json").read_text(encoding="utf-8"))
    chance = random.Random(case.name)
    logs = case / "logs"
    records = pl.concat(list(listing.parse(str(logs), templates=False)), how="vertical_relaxed")
    low, high = window(how, records, truth)
    names = sorted(path.relative_to(logs).as_posix() for path in logs.rglob("*") if path.is_file())
    missing = spare(names, truth, chance) if how == "without" else None
    for name in names:
        if name == missing:
            continue
        file = target / "logs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        mine = records.filter(pl.col("source") == name).sort("line")
        if how == "without" or not mine.height:
            shutil.copy2(logs / name, file)
            continue
        lines = (logs / name).read_bytes().split(b"\n")
        firsts = mine["line"].to_list()
        keep = []
        for first, following, time in zip(firsts, [*firsts[1:], len(lines)], mine["time"], strict=True):
            if chance.random() < KEPT if how == "lost" else time is None or low <= time <= high:
                keep += lines[first - 1 : following - 1]
        if keep:
            file.write_bytes(b"\n".join(keep) + b"\n")
            shutil.copystat(logs / name, file)
    if truth.get("fault") and how == "early":
        truth["fault"]["end"] = f"{high.isoformat()}Z"
    (target / "truth.json").write_text(json.dumps(truth), encoding="utf-8")


def main(how: str, source: Path, target: Path) -> int:
    """Writes all cases of a folder; 2 for a way that is none."""
    if how not in HOWS:
        print(__doc__, file=sys.stderr)
        return 2
    for truth in sorted(source.glob("*/truth.json")):
        alter(how, truth.parent, target / truth.parent.name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
