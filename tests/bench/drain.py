"""The yardstick: Drain3 fed line by line, as its README shows, on the first LINES lines of FILE.

    python drain.py KIND LINES FILE

Each line is split by one header regex, its message given to ``TemplateMiner.add_log_message`` with four
masks, and counted by cluster and minute. Prints what the loop took; the start of Python is not counted.
"""

import json
import re
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.template_miner_config import TemplateMinerConfig

# Between characters that are no letters or digits, as in the README of Drain3.
MASKS = {
    "ID": r"((?<=[^A-Za-z0-9])|^)(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))((?=[^A-Za-z0-9])|$)",
    "IP": r"((?<=[^A-Za-z0-9])|^)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})((?=[^A-Za-z0-9])|$)",
    "HEX": r"((?<=[^A-Za-z0-9])|^)(0x[a-f0-9A-F]+)((?=[^A-Za-z0-9])|$)",
    "NUM": r"((?<=[^A-Za-z0-9])|^)([\-\+]?\d+)((?=[^A-Za-z0-9])|$)",
}


def main(kind: str, limit: int, path: Path) -> None:
    """Mine, and print seconds, lines and clusters as JSON."""
    kinds = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text(encoding="utf-8"))
    header = re.compile(kinds[kind]["header"])
    config = TemplateMinerConfig()
    config.masking_instructions = [MaskingInstruction(pattern, name) for name, pattern in MASKS.items()]
    miner = TemplateMiner(config=config)
    counts: Counter[tuple[int, str]] = Counter()
    cpu, wall, lines = time.process_time(), time.perf_counter(), 0
    with path.open(encoding="utf-8") as log:
        for line in log:
            if lines == limit:
                break
            lines += 1
            found = header.match(line)
            minute, message = (found["minute"], found["message"]) if found else ("", line.rstrip("\n"))
            cluster = miner.add_log_message(message)
            counts[cluster["cluster_id"], minute] += 1
    result = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "lines": lines}
    print(json.dumps(result | {"templates": len(miner.drain.clusters), "cells": len(counts)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
