"""Pictures of the screens for README.md, made by the screens themselves on a recorded sample.

    python docs/screens.py

Writes docs/screens/*.svg. They hold no fonts: whoever shows them uses a monospaced one of their own.
"""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from logsense import pipeline
from logsense.config import Settings
from logsense.tui import reading
from logsense.tui.app import Triage
from logsense.tui.messages import Answered
from logsense.tui.session import Session

ROOT = Path(__file__).parents[1]
LOGS = "sample_logs/stock-pages/logs"
SIZE = (110, 30)


def picture(app: Triage) -> str:
    """The screen as SVG, less the fonts that it would fetch, with names that depend on nothing."""
    svg = app.export_screenshot(title=f"logsense tui {LOGS}")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+", "t", svg).replace("Fira Code", "monospace")
    return "\n".join(row.strip() for row in svg.splitlines() if row.strip()) + "\n"


async def settled(pilot: Pilot[None]) -> None:
    """Until nothing is under way any more."""
    for _ in range(3):
        await pilot.pause()
        try:
            await pilot.app.workers.wait_for_complete()
        except WorkerCancelled:
            continue
    await pilot.pause()


async def draw(place: str, name: str) -> None:
    """Open a place and write its picture."""
    app = Triage(Session((LOGS,), Settings.resolve({})), at=place)
    app.animation_level = "none"
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        (ROOT / "docs" / "screens" / f"{name}.svg").write_text(picture(app), encoding="utf-8")


def main() -> None:
    """All of them."""
    # How long the work took differs each time, and would make each picture a new one.
    analysis = replace(pipeline.analyze([str(ROOT / LOGS)], Settings.resolve({})), seconds=1.0)
    reading.read = lambda app: app.post_message(Answered(analysis))
    (ROOT / "docs" / "screens").mkdir(exist_ok=True)
    incident = analysis.incidents[0]
    line = incident.causes[0].evidence[0]
    places = {
        "incident": f"incident/{incident.id}",
        "lines": f"lines/{line.source}:{line.line}",
        "templates": "templates",
    }
    for name, place in places.items():
        asyncio.run(draw(place, name))
        print(f"docs/screens/{name}.svg")


if __name__ == "__main__":
    main()
