"""Screens on an answer that is there already, and pictures of them that can be compared.

pytest-textual-snapshot is left: through syrupy it allows no pytest newer than 8, and what it does is little.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from textual.pilot import Pilot

from logsense import pipeline
from logsense.analysis import Analysis
from logsense.config import Settings
from logsense.tui import reading
from logsense.tui.app import Triage
from logsense.tui.messages import Answered
from logsense.tui.session import Session


def answer(path: str) -> Analysis:
    """What the pipeline says of these logs, in no time: how long it took differs each time."""
    return replace(pipeline.analyze([path], Settings.resolve({}, threads=1)), seconds=1.0)


async def settled(pilot: Pilot[None]) -> None:
    """Until nothing is under way and what is on the screen stays: some work begins after a moment."""
    seen: list[str] = []
    for _ in range(1000):
        await pilot.pause(0.05)
        # Not wait_for_complete: it ends as soon as one worker was overtaken by the next.
        if any(not worker.is_finished for worker in pilot.app.workers):
            seen.clear()
            continue
        seen.append(picture(pilot.app))
        if len(seen) >= 5 and len(set(seen[-5:])) == 1:
            return
    msg = "the screen never comes to rest"
    raise AssertionError(msg)


@asynccontextmanager
async def shown(
    analysis: Analysis, at: str, size: tuple[int, int], monkeypatch: object
) -> AsyncIterator[Pilot[None]]:
    """A page on an answer."""
    monkeypatch.setattr(reading, "read", lambda app: app.post_message(Answered(analysis)))
    app = Triage(Session(("logs",), Settings.resolve({})), at=at)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield pilot


def picture(app: Triage) -> str:
    """The screen as SVG: without the fonts that it would fetch, and with names that do not depend on it."""
    svg = app.export_screenshot(title="logsense")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+", "t", svg).replace("Fira Code", "monospace")
    return "\n".join(row.strip() for row in svg.splitlines() if row.strip()) + "\n"
