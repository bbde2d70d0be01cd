"""An incident's page: its causes, what proves them, why, and what spread; at both sizes."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.worker import WorkerCancelled

from logsense import pipeline
from logsense.analysis import Windows
from logsense.errors import ConfigError
from logsense.tui.screens.incident import IncidentPage
from logsense.tui.widgets.listing import Listing
from logsense.tui.widgets.says import Says
from tests.tui import looks

SIZES = pytest.mark.parametrize("size", [looks.SMALL, looks.LARGE])


async def arrived(pilot):
    """Once all workers are done and what they told is drawn."""
    for _ in range(3):
        # What is asked for twice is done once: the first worker is cancelled.
        with suppress(WorkerCancelled):
            await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    return pilot.app.screen


async def entered(pilot, *keys):
    """The page of the first incident, after these keys."""
    await pilot.press("enter")
    await arrived(pilot)
    for key in keys:
        await pilot.press(key)
    page = await arrived(pilot)
    assert isinstance(page, IncidentPage)
    return page


@SIZES
@pytest.mark.parametrize("name", ["stock-pages", "stock-sync"])
async def test_the_causes_line_is_one_key_away(opened, samples, name, size):
    """Enter on the inbox shows what broke, and the first cause's own line marked among those around it."""
    async with opened(samples / name / "logs", size=size) as pilot:
        page = await entered(pilot)
        incident = pilot.app.session.analysis.incidents[0]
        evidence = incident.causes[0].evidence[0]
        text = looks.text(pilot)
        assert incident.severity.upper() in text
        assert incident.kind in text
        assert incident.start.strftime("%H:%M:%S") in text
        assert f"{evidence.source}:{evidence.line}"[:20] in text
        marked = [row for row in looks.rows(pilot) if "▶ " + evidence.time.strftime("%H:%M:%S") in row]
        assert marked
        line = page.pane.line(page.pane.cursor)
        assert (line.source, line.line) == (evidence.source, evidence.line)
        services = {page.pane.line(at).service for at in range(page.pane.cursor - 5, page.pane.cursor + 5)}
        assert len(services) > 1


async def test_lines_of_all_services_stand_in_order_of_time(opened, sample):
    """Evidence stands among the lines of 30 s around it, merged by time; errors are told by a word."""
    async with opened(sample) as pilot:
        page = await entered(pilot)
        evidence, state = page.cause.evidence, page.pane.state
        lines = pilot.app.session.book.lines([int(row) for row in state.rows if row != 0xFFFFFFFF])
        times = [line.time for line in lines]
        assert times == sorted(times)
        assert times[0] >= evidence[0].time - timedelta(seconds=30)
        assert times[-1] < evidence[-1].time + timedelta(seconds=30)
        assert {line.row for line in lines if line.level in {"ERROR", "FATAL"}} == set(state.errors.tolist())
        before = page.pane.cursor
        await pilot.press("e")
        assert page.pane.cursor > before
        assert page.pane.line(page.pane.cursor).level == "ERROR"


async def test_evidence_of_one_service(opened, sample):
    """s leaves only the lines of the cause's service, and again shows all."""
    async with opened(sample) as pilot:
        page = await entered(pilot)
        everything = page.pane.state.rows.size
        await pilot.press("s")
        await arrived(pilot)
        assert 0 < page.pane.state.rows.size < everything
        at = page.pane.cursor
        assert {page.pane.line(row).service for row in range(at, at + 5)} == {page.cause.service}
        assert await looks.shows(pilot, f"{page.cause.service} only")
        await pilot.press("s")
        await arrived(pilot)
        assert page.pane.state.rows.size == everything


async def test_another_cause_has_other_evidence(opened, sample):
    """Moving through the causes changes the evidence, the terms and the first row of the timeline."""
    async with opened(sample) as pilot:
        page = await entered(pilot)
        first, track = page.cause, page.timeline.tracks[0].values
        await pilot.press("j", "j", "j")
        await arrived(pilot)
        assert page.cause is not first
        line = page.pane.line(page.pane.cursor)
        assert (line.source, line.line) == (page.cause.evidence[0].source, page.cause.evidence[0].line)
        assert page.cause.terms[0].why[:20] in page.query_one("#side", Says).said
        assert page.timeline.tracks[0].values != track


@SIZES
async def test_why_it_was_ranked_so(opened, sample, size):
    """Every term of the score is told with its share; the shares and their sum are those of the cause."""
    async with opened(sample, size=size) as pilot:
        page = await entered(pilot, *(["w"] if size == looks.SMALL else []))
        said = page.query_one("#side", Says).said
        for term in page.cause.terms:
            assert f"{term.name}: {term.why}"[:20] in said
        assert f"={page.cause.score:.3f}" in said
        assert await looks.shows(pilot, page.cause.terms[0].name)


@SIZES
async def test_how_the_fault_spread(opened, sample, size):
    """g shows the services in the order in which they showed it, who calls whom, and where it began."""
    async with opened(sample, size=size) as pilot:
        page = await entered(pilot, "g")
        said = page.query_one("#side", Says).said
        assert "✱ inventory first ━▶ web +" in said
        assert "◀━ ✱ inventory" in said
        assert "address ×" in said
        assert await looks.shows(pilot, "✱ inventory")


@SIZES
async def test_what_followed_and_what_was_changed_before(opened, sample, size):
    """t lists symptoms and the changes before; enter on one opens its line."""
    async with opened(sample, size=size) as pilot:
        page = await entered(pilot, "t")
        text = looks.text(pilot)
        incident = pilot.app.session.analysis.incidents[0]
        assert "FOLLOWS" in text
        assert incident.symptoms[0].template[:20] in text
        change = next(entry for entry in page.entries if "restart" in "".join(t for _, t in entry.pieces))
        assert change.place.startswith("inventory.log.gz:")
        await pilot.press("j", "enter")
        lines = await arrived(pilot)
        assert lines.place.startswith("lines/")
        assert lines.place.startswith(f"lines/{page.entries[1].place}")


async def test_where_it_is_narrow_esc_shows_the_evidence_again(opened, sample):
    """In one column the terms take the place of the evidence; esc closes them, then leads to the inbox."""
    async with opened(sample, size=looks.SMALL) as pilot:
        page = await entered(pilot, "w")
        assert not page.query_one("#below").display or page.query_one("#below").size.height == 0
        await pilot.press("escape")
        await arrived(pilot)
        assert await looks.shows(pilot, "▶ ")
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.screen.place == "inbox"


async def test_enter_opens_the_lines_there(opened, sample):
    """From a cause, and from a line of evidence, Enter leads to that very line in the file."""
    async with opened(sample) as pilot:
        page = await entered(pilot)
        evidence = page.cause.evidence[0]
        await pilot.press("enter")
        lines = await arrived(pilot)
        assert lines.place.startswith(f"lines/{evidence.source}:{evidence.line}")
        await pilot.press("minus")
        await arrived(pilot)
        page.pane.focus()
        await pilot.press("down")
        line = page.pane.line(page.pane.cursor)
        await pilot.press("enter")
        lines = await arrived(pilot)
        assert lines.place.startswith(f"lines/{line.source}:{line.line}")


async def test_the_timeline_says_what_stands_at_its_cursor(opened, sample):
    """The cursor begins at the onset; moved, it tells the time and the counts there."""
    async with opened(sample) as pilot:
        page = await entered(pilot)
        page.timeline.focus()
        await pilot.press("right", "right")
        timeline = page.timeline
        at = timeline.cursor
        assert timeline.axis.time(at) > page.incident.start
        said = timeline.said
        assert timeline.axis.time(at).strftime("%H:%M:%S") in said
        assert f"cause {timeline.tracks[0].values[at]}" in said.splitlines()[-1]
        assert "suspect" in said
        assert "normal" in said


def rethought(monkeypatch, change):
    """Have windows thought about by this; gives the windows that were asked for."""
    asked = []

    def rethink(analysis, windows, host):
        asked.append(windows)
        return replace(change(analysis), windows=windows)

    monkeypatch.setattr(pipeline, "rethink", rethink)
    return asked


async def test_a_moved_window_is_thought_about(opened, sample, monkeypatch):
    """Both windows move by keys; only the last of many moves is judged, from the run as it was read."""
    asked = rethought(monkeypatch, lambda analysis: analysis)
    async with opened(sample) as pilot:
        page = await entered(pilot)
        base, first = pilot.app.session.analysis, page.timeline.marks.suspect
        await pilot.press("shift+right", "shift+right")
        assert page.timeline.marks.suspect == (first[0] + 2, first[1] + 2)
        await pilot.press("right_square_bracket", "ctrl+left")
        await arrived(pilot)
        assert len(asked) == 1
        time = page.timeline.axis.time
        assert asked[0].suspect == (time(page.timeline.marks.suspect[0]), time(page.timeline.cursor + 1))
        assert asked[0].usual is not None
        assert pilot.app.session.analysis.windows == asked[0]
        assert pilot.app.session.base is base
        assert "windows moved" in looks.rows(pilot)[0]
        await pilot.press("0")
        await arrived(pilot)
        assert pilot.app.session.analysis is base
        assert "windows moved" not in looks.rows(pilot)[0]


async def test_the_ranking_follows_the_windows(opened, sample):
    """With what is suspect moved, only what happens in it is judged, by what is said to be normal."""
    async with opened(sample) as pilot:
        page = await entered(pilot)
        base, incident, axis = pilot.app.session.analysis, page.incident, page.timeline.axis
        page.timeline.cursor = axis.bucket(incident.start) + 10
        await pilot.press("left_square_bracket")
        await arrived(pilot)
        answer = pilot.app.session.analysis
        assert answer is not base
        assert answer.windows.suspect[0] == axis.time(page.timeline.cursor)
        assert page.incident.start >= answer.windows.suspect[0]
        assert page.incident is answer.incidents[0]
        assert page.timeline.axis == axis
        assert page.timeline.tracks[-1].values == tuple(base.incidents[0].timeline.total)
        assert page.incident.causes[0].start >= answer.windows.suspect[0]
        assert page.incident.causes[0].score != incident.causes[0].score
        # Both windows at one place cannot be: the reason is told, and the last answer stands.
        await pilot.press("left_curly_bracket")
        await arrived(pilot)
        assert pilot.app.session.analysis is answer
        assert any(note.severity == "error" for note in pilot.app._notifications)
        await pilot.press("0")
        await arrived(pilot)
        assert page.incident is incident


async def test_a_window_that_cannot_be_is_told(opened, sample, monkeypatch):
    """What is wrong with a window is shown, and the windows stay as they were."""

    def rethink(analysis, windows, host):
        msg = "the windows overlap: [1] and [2]"
        raise ConfigError(msg)

    monkeypatch.setattr(pipeline, "rethink", rethink)
    async with opened(sample) as pilot:
        page = await entered(pilot)
        before = page.timeline.marks
        await pilot.press("left_curly_bracket")
        await arrived(pilot)
        assert page.timeline.marks == before
        assert page.wanted == Windows()
        assert any("the windows overlap: [1]" in note.message for note in pilot.app._notifications)


async def test_the_page_stays_on_its_incident(opened, sample, monkeypatch):
    """After windows moved it shows the incident of the same first cause; where none is, it says so."""
    async with opened(sample) as pilot:
        page = await entered(pilot)
        old = page.incident
        other = replace(old, id="other", causes=old.causes[1:])
        moved = replace(old, id="moved")
        rethought(monkeypatch, lambda analysis: replace(analysis, incidents=(other, moved)))
        await pilot.press("shift+left")
        await arrived(pilot)
        assert page.incident is moved
        assert page.place == "incident/moved"
        rethought(monkeypatch, lambda analysis: replace(analysis, incidents=(other,)))
        await pilot.press("shift+left")
        await arrived(pilot)
        assert page.incident is other
        assert any("nearest" in note.message for note in pilot.app._notifications)
        rethought(monkeypatch, lambda analysis: replace(analysis, incidents=()))
        await pilot.press("shift+left")
        await arrived(pilot)
        assert await looks.shows(pilot, "no incident")


async def test_the_next_incident(opened, sample):
    """n and p go through the incidents and round; the place is that of the one that is shown."""
    async with opened(sample) as pilot:
        page = await entered(pilot)
        one = page.incident
        two = replace(one, id="two", causes=one.causes[1:2])
        pilot.app.session.analysis = replace(pilot.app.session.analysis, incidents=(one, two))
        await pilot.press("n")
        await arrived(pilot)
        assert page.place == "incident/two"
        assert "2 of 2" in looks.rows(pilot)[0]
        assert page.query_one("#causes", Listing).items == 1
        await pilot.press("n")
        await pilot.pause()
        assert page.incident is one


async def test_a_place_that_is_not_there(opened, sample):
    """An unknown incident is said; one can be opened by its number in the inbox, too."""
    async with opened(sample, at="incident/nowhere[/b]") as pilot:
        await arrived(pilot)
        assert await looks.shows(pilot, "there is no incident nowhere[/b] in these logs")
    async with opened(sample, at="incident/1") as pilot:
        page = await arrived(pilot)
        assert page.number == pilot.app.session.analysis.incidents[0].id


async def test_what_is_copied(opened, sample):
    """c copies the sentence of the cause, or the line of evidence with its place."""
    async with opened(sample) as pilot:
        page = await entered(pilot)
        assert page.copied() == page.cause.summary
        page.pane.focus()
        await pilot.pause()
        evidence = page.cause.evidence[0]
        assert page.copied().startswith(f"{evidence.source}:{evidence.line}  ")
