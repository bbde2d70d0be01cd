"""Screens driven without a terminal, on a recorded sample."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from logsense.config import Settings
from logsense.tui.app import Triage
from logsense.tui.session import Session
from logsense.tui.start.keymap import Keymap
from tests.tui.looks import LARGE

Opened = Callable[..., AbstractAsyncContextManager[Pilot[None]]]


@pytest.fixture
def opened() -> Opened:
    """Screens on logs, once the answer is there: an asynchronous context that gives the pilot."""

    @asynccontextmanager
    async def open_(
        *paths: Path | str,
        at: str = "inbox",
        size: tuple[int, int] = LARGE,
        keymap: Keymap | None = None,
        **options: object,
    ) -> AsyncIterator[Pilot[None]]:
        settings = Settings.resolve({}, threads=1, **options)
        app = Triage(Session(tuple(map(str, paths)), settings), at=at, keymap=keymap)
        async with app.run_test(size=size) as pilot:
            await app.workers.wait_for_complete()
            await pilot.pause()
            yield pilot

    return open_


@pytest.fixture
def sample(samples: Path) -> Path:
    """Logs of a recorded incident."""
    return samples / "stock-pages" / "logs"
