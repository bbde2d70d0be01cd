"""The inbox: what broke is on the screen at once."""

from dataclasses import replace
from datetime import date

import pytest
from textual.widgets import Input

from logsense import verdicts
from logsense.tui.messages import Answered, Found, Progressed
from logsense.tui.screens.inbox import Inbox
from logsense.watch import File, Progress
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


async def test_nothing_found_offers_what_came_closest(opened, samples):
    """A quiet run says that nothing was found, how much was read, and what came closest to an alarm."""
    async with opened(samples / "quiet" / "logs", size=looks.SMALL) as pilot:
        analysis = pilot.app.session.analysis
        text = looks.text(pilot)
        assert "NOTHING FOUND" in text
        assert f"{int(analysis.sources['lines'].sum()):,} lines" in text
        for near in analysis.near_misses[:1]:
            assert near.sentence[:30] in text
            await pilot.press("enter")
            await pilot.pause()
            wanted = f"template/{near.template_id}" if near.template_id else "inbox"
            assert pilot.app.screen.place == wanted


async def test_reading_is_shown_file_by_file(opened, tmp_path):
    """While files are read each is named with how far it is: ✔ done, ✘ failed and why."""
    async with opened(tmp_path, size=looks.SMALL) as pilot:
        session = pilot.app.session
        session.analysis, session.reading = None, True
        pilot.app.post_message(Found((File("a.log", 100), File("b.log", 100), File("c.gz", 100))))
        for step in (
            Progress(100, 300, "a.log", 100, 100, finished=True),
            Progress(130, 300, "b.log", 30, 100),
            Progress(130, 300, "c.gz", 0, 100, note="is cut short", failed=True),
        ):
            pilot.app.post_message(Progressed(step))
        await pilot.pause()
        text = looks.text(pilot)
        assert "✔ a.log" in text
        assert "… b.log 30%" in text
        assert "✘ c.gz" in text
        assert "is cut short" in text
        assert "43%" in text
        await pilot.press("s")
        assert session.stopped


async def test_answers_so_far_are_labelled(opened, sample):
    """A provisional answer is shown, and said to be one; the final one takes its place."""
    async with opened(sample) as pilot:
        whole = pilot.app.session.analysis
        pilot.app.post_message(Answered(replace(whole, partial="so far: 1 of 3 files, 20 % of the bytes")))
        await pilot.pause()
        assert await looks.shows(pilot, "so far: 1 of 3 files")
        assert pilot.app.session.reading
        pilot.app.post_message(Answered(whole))
        await pilot.pause()
        assert "so far" not in looks.text(pilot)


async def test_verdicts_are_said_and_taken_back(opened, sample, tmp_path):
    """x asks for a file, writes it, and mutes the incident; the count stays in sight; u takes it back."""
    file = tmp_path / "my verdicts.toml"
    async with opened(sample) as pilot:
        app = pilot.app
        incident = app.session.analysis.incidents[0]
        await pilot.press("x")
        await pilot.press(*["backspace"] * 40)
        app.screen.query_one(Input).value = str(file)
        await pilot.press("enter")
        await pilot.pause()
        assert [one.says for one in verdicts.read(file)[0]] == ["noise"]
        assert incident.id not in {one.id for one in app.session.analysis.incidents}
        assert await looks.shows(pilot, "1 muted")
        await pilot.press("v")
        assert await looks.shows(pilot, "MUTED noise")
        await pilot.press("u")
        await pilot.pause()
        assert app.session.analysis.incidents[0].id == incident.id
        assert not verdicts.read(file)[0]


async def test_what_is_expected_asks_until_when(opened, sample, tmp_path):
    """m asks for a day and writes it; + marks the incident as confirmed."""
    file = tmp_path / "verdicts.toml"
    async with opened(sample) as pilot:
        pilot.app.session.verdicts = file
        await pilot.press("m")
        pilot.app.screen.query_one(Input).value = "2099-01-31"
        await pilot.press("enter")
        await pilot.pause()
        assert verdicts.read(file)[0][0].until == date(2099, 1, 31)
        assert pilot.app.session.analysis.muted
        await pilot.press("v", "plus")
        await pilot.pause()
        assert pilot.app.session.analysis.incidents[0].verdict == "real"
        assert await looks.shows(pilot, "CONFIRMED")


async def test_a_file_of_verdicts_that_is_broken_is_said(opened, sample, tmp_path):
    """Nothing is written over a file that cannot be read; why is said."""
    file = tmp_path / "verdicts.toml"
    file.write_text("[[verdict]]\nsays = 'loud'\n")
    async with opened(sample) as pilot:
        pilot.app.session.verdicts = file
        await pilot.press("x")
        await pilot.pause()
        assert any("must be one of" in str(one.message) for one in pilot.app._notifications)
        assert file.read_text() == "[[verdict]]\nsays = 'loud'\n"
        assert pilot.app.session.analysis.incidents


async def test_verdicts_work_on_the_page_of_an_incident(opened, sample, tmp_path):
    """x on an incident mutes it there, too: the page says what became of it, and u brings it back."""
    file = tmp_path / "verdicts.toml"
    async with opened(sample) as pilot:
        app = pilot.app
        app.session.verdicts = file
        number = len(app.session.analysis.incidents)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("x")
        await pilot.pause()
        assert len(app.session.analysis.incidents) == number - 1
        assert await looks.shows(pilot, "1 muted")
        await pilot.press("u")
        await pilot.pause()
        assert len(app.session.analysis.incidents) == number
        assert await looks.shows(pilot, app.session.analysis.incidents[0].summary[:30])
