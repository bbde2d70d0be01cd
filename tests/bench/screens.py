"""How quickly the screens answer: time to the first paint and to the answer, and keys on ten million lines.

    python screens.py first DIR...     first paint and answer of each directory (a fresh process each)
    python screens.py keys LOGS [N]    keys pressed on the lines page of these logs, and memory meanwhile

A key counts from being pressed until the screen is drawn again; ``textual``'s pilot drives the real app
without a terminal. Print-outs are for people and for docs/figures.md; nothing is asserted.
"""

import asyncio
import os
import random
import subprocess
import sys
import time
from pathlib import Path

KEYS = ("j", "pagedown", "pageup", "e", "E", "end", "home", "a", "n", "k", "ctrl+d")


def memory() -> str:
    """Resident memory now, of it what is mapped from files and can be dropped at any time, and the peak."""
    rows = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    size = {row.split(":")[0]: int(row.split()[1]) * 1024 / 1e6 for row in rows if row.endswith("kB")}
    return f"{size['VmRSS']:.0f} MB ({size['RssFile']:.0f} of files; peak {size['VmHWM']:.0f})"


async def first(path: str, begun: float) -> None:
    """Open a directory: when the first page is drawn, and when the answer is on it."""
    from logsense.config import Settings
    from logsense.tui.app import Triage
    from logsense.tui.session import Session

    app = Triage(Session((path,), Settings.resolve()))
    async with app.run_test(size=(120, 40)) as pilot:
        painted = time.time() - begun
        while app.session.reading:
            await pilot.pause(0.01)
        print(f"{Path(path).parent.name:<14} first paint {painted:.2f} s, answer {time.time() - begun:.2f} s")


async def keys(path: str, count: int) -> None:
    """Press keys on the lines page."""
    from logsense.config import Settings
    from logsense.tui.app import Triage
    from logsense.tui.screens.lines import LinesPage
    from logsense.tui.session import Session

    begun = time.time()
    app = Triage(Session((path,), Settings.resolve()), at="lines/")
    async with app.run_test(size=(120, 40)) as pilot:
        while app.session.reading or app.session.book is None:
            await pilot.pause(0.05)
        page = app.screen
        assert isinstance(page, LinesPage)
        height = app.session.book.height
        print(f"{height:,} records open after {time.time() - begun:.1f} s, {memory()}")
        page._look("search", "ERROR|WARN")  # a search on the way, as a person would have one
        chance, taken = random.Random(7), list[float]()
        for _ in range(count):
            pressed = chance.choice(KEYS)
            start = time.perf_counter()
            app.simulate_key(pressed)
            await pilot.pause(0)
            taken.append(time.perf_counter() - start)
        taken.sort()
        shares = ", ".join(
            f"p{share} {taken[int(len(taken) * share / 100)] * 1e3:.0f} ms" for share in (50, 95, 99)
        )
        print(f"{count} keys: {shares}, longest {taken[-1] * 1e3:.0f} ms; {memory()}")


def main(what: str, *arguments: str) -> None:
    """Measure what is asked for."""
    if what == "keys":
        asyncio.run(keys(arguments[0], int(arguments[1]) if len(arguments) > 1 else 300))
    elif what == "one":
        asyncio.run(first(arguments[0], float(arguments[1])))
    else:
        for path in arguments:
            words = [sys.executable, __file__, "one", path, str(time.time())]
            subprocess.run(words, check=True, env=os.environ)


if __name__ == "__main__":
    main(*sys.argv[1:])
