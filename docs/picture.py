"""Puts the real output of a command into README.md, between the two marks; --check compares it.

    python docs/picture.py [--check]

How long the work took differs from run to run: that figure of the first line is left out of the comparison.
"""

import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = ["analyze", "sample_logs/stock-pages/logs", "--exit-zero"]
BEGIN, END = "<!-- picture: make readme-picture -->", "<!-- end of picture -->"
WORK = re.compile(r"(?<=· )[0-9.]+ (ms|s|min)( [0-9.]+ s)?(?= ·)")  # of the first line: "· 1.3 s ·"


def picture() -> str:
    """The block as it stands in the README: the command and what it prints on 100 columns."""
    env = {**os.environ, "COLUMNS": "100", "PYTHONUTF8": "1", "NO_COLOR": "1"}
    command = [str(Path(sys.executable).with_name("logsense")), *COMMAND, "--no-progress"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        sys.exit(f"logsense {' '.join(COMMAND)} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    shown = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    return f"{BEGIN}\n```text\n$ logsense {' '.join(COMMAND[:-1])}\n{shown}\n```\n{END}"


def main() -> int:
    """Write or compare; status 1 where they differ."""
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        sys.exit(f"README.md has no marks {BEGIN} and {END}")
    begin, end = text.index(BEGIN), text.index(END) + len(END)
    fresh = picture()
    if "--check" not in sys.argv:
        path.write_text(text[:begin] + fresh + text[end:], encoding="utf-8")
        return 0
    old, new = (WORK.sub("(time)", block).splitlines() for block in (text[begin:end], fresh))
    changes = list(difflib.unified_diff(old, new, "README.md", "today", lineterm=""))
    print("\n".join(changes[:60]))
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())
