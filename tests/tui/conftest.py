"""Screens driven without a terminal, on a recorded sample."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from logsense import pipeline
from logsense.analysis import Analysis
from logsense.config import Settings
from logsense.tui.app import Triage
from logsense.tui.session import Session
from logsense.tui.start.keymap import Keymap
from tests.tui.looks import LARGE

Opened = Callable[..., AbstractAsyncContextManager[Pilot[None]]]


@pytest.fixture(scope="session")
def answers() -> dict[object, Analysis]:
    """What was analysed once: the samples are looked at by many tests."""
    return {}


@pytest.fixture
def opened(answers, samples, monkeypatch) -> Opened:
    """Screens on logs, once the answer is there: an asynchronous context that gives the pilot."""
    analyze = pipeline.analyze

    def once(paths, settings, *, watch=None):
        if not all(Path(path).is_relative_to(samples) for path in paths):
            return analyze(paths, settings, watch=watch)
        key = (tuple(paths), replace(settings, origins={}))
        if str(key) not in answers:
            answers[str(key)] = analyze(paths, settings)
        return answers[str(key)]

    monkeypatch.setattr(pipeline, "analyze", once)

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
            async with asyncio.timeout(60):
                while pilot.app.session.reading:  # the answer is on its way from its thread
                    await pilot.pause(0.01)
            await pilot.pause()
            yield pilot

    return open_


@pytest.fixture
def sample(samples: Path) -> Path:
    """Logs of a recorded incident."""
    return samples / "stock-pages" / "logs"
