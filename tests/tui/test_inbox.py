"""The inbox: what broke is on the screen at once."""

import pytest

from logsense.tui.screens.inbox import Inbox
from tests.tui import looks


@pytest.mark.parametrize("size", [looks.SMALL, looks.LARGE])
async def test_it_opens_on_the_incidents(opened, sample, size):
    """The first page shows each incident with its severity, kind, start, services and sentence."""
    async with opened(sample, size=size) as pilot:
        incident = pilot.app.session.analysis.incidents[0]
        assert isinstance(pilot.app.screen, Inbox)
        text = looks.text(pilot)
        assert incident.severity.upper() in text
        assert incident.kind in text
        assert incident.start.strftime("%H:%M:%S") in text
        assert incident.services[0] in text
        assert incident.summary[:40] in text
