"""Starts the screens and gives their exit code; whatever ends them, the terminal is as it was before."""

import asyncio
import signal
from functools import partial

from logsense.tui.app import Triage
from logsense.tui.session import Session
from logsense.tui.start.keymap import Keymap

#: What asks a program to end. Unanswered, it would leave the terminal without a cursor and in raw mode.
_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(session: Session, *, at: str = "inbox", mouse: bool = False, keymap: Keymap | None = None) -> int:
    """Show the screens until the user leaves; 128 and the signal's number where that ended them, else 0.

    A defect is raised once the terminal is restored: it is told where all defects are.
    """
    app = Triage(session, at=at, keymap=keymap)
    try:
        asyncio.run(_shown(app, mouse=mouse))
    finally:
        session.close()
    if app.defect is not None:
        raise app.defect
    return app.return_code or 0


async def _shown(app: Triage, *, mouse: bool) -> None:
    loop = asyncio.get_running_loop()
    for number in _ENDS:
        loop.add_signal_handler(number, partial(app.exit, return_code=128 + number))
    await app.run_async(mouse=mouse)
