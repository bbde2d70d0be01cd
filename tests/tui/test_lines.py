"""The lines page: ways through the lines, and what hides some of them."""

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from logsense.analysis import Where
from logsense.tui.lines.sight import Sight
from logsense.tui.messages import Selected
from logsense.tui.screens.lines import LinesPage
from logsense.tui.widgets.listing import Listing
from tests.tui import looks


async def settled(pilot):
    """Once all that was begun is done."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def typed(pilot, text):
    """Typed into the prompt, and meant."""
    await pilot.press(*("space" if c == " " else c for c in text), "enter")
    await settled(pilot)


def page(pilot) -> LinesPage:
    assert isinstance(pilot.app.screen, LinesPage)
    return pilot.app.screen


@pytest.mark.parametrize("size", [looks.SMALL, looks.LARGE])
async def test_it_shows_the_lines_in_order_of_time(opened, sample, size):
    """The first records of all files, merged by time; the crumb line says where the cursor is."""
    async with opened(sample, at="lines/", size=size) as pilot:
        await settled(pilot)
        book = pilot.app.session.book
        first = book.lines([0])[0]
        assert await looks.shows(pilot, f"{first.source}:{first.line}")
        assert await looks.shows(pilot, first.service[:8])
        await pilot.press("G")
        assert page(pilot).line().row == book.height - 1


async def test_it_opens_at_a_record(opened, sample):
    """A place names a file and a line, or a time; the place it gives leads there again."""
    async with opened(sample, size=looks.SMALL) as pilot:
        evidence = pilot.app.session.analysis.incidents[0].causes[0].evidence[0]
        pilot.app.open(f"lines/{evidence.source}:{evidence.line}")
        await settled(pilot)
        assert (page(pilot).line().source, page(pilot).line().line) == (evidence.source, evidence.line)
        place = page(pilot).place
        pilot.app.open("lines/@50%")
        await settled(pilot)
        assert page(pilot).line().row == pilot.app.session.book.height // 2
        pilot.app.open(place)
        await settled(pilot)
        assert page(pilot).line().line == evidence.line


async def test_next_and_previous_of_a_kind(opened, sample):
    """e and E go through the errors and back, w through warnings, a through lines of anomalies."""
    async with opened(sample, at="lines/") as pilot:
        await settled(pilot)
        book = pilot.app.session.book
        errors = book.select(Where(levels=("ERROR", "FATAL")))
        await pilot.press("e")
        assert page(pilot).line().row == errors[0]
        await pilot.press("e", "E")
        assert page(pilot).line().row == errors[0]
        await pilot.press("home", "a")
        assert page(pilot).line().row == book.marked(pilot.app.session.analysis.anomalies)[0]
        assert await looks.shows(pilot, "●")


async def test_a_search_finds_and_marks(opened, sample):
    """Matches are counted and the cursor goes to the next one; a wrong pattern is said."""
    async with opened(sample, at="lines/") as pilot:
        await settled(pilot)
        book = pilot.app.session.book
        text = book.lines(book.select(Where(levels=("ERROR",))))[0].text.split()[-1]
        rows = book.search(text, literal=True)
        await pilot.press("slash")
        await typed(pilot, text)
        assert await looks.shows(pilot, f"{len(rows):,} match")
        assert page(pilot).line().row == rows[0]
        await pilot.press("slash")
        await pilot.press(*["backspace"] * 40)
        await typed(pilot, "(half")
        assert await looks.shows(pilot, "is no pattern")


async def test_a_filter_is_previewed_then_hides(opened, sample):
    """While it is typed it says how many lines would be shown; Enter hides the others; the cursor stays."""
    async with opened(sample, at="lines/") as pilot:
        await settled(pilot)
        book = pilot.app.session.book
        warnings = book.select(Where(levels=("WARN", "ERROR", "FATAL")))
        await pilot.press("e")
        row = page(pilot).line().row
        await pilot.press("ampersand", *"level:warn")
        await settled(pilot)
        assert await looks.shows(pilot, f"{len(warnings):,} of {book.height:,} would be shown")
        assert page(pilot).sight.height == book.height
        await pilot.press("enter")
        await settled(pilot)
        assert page(pilot).sight.height == len(warnings)
        assert page(pilot).line().row == row
        await pilot.press("H")
        assert page(pilot).sight.height == book.height
        assert page(pilot).line().row == row
        await pilot.press("H", "backspace")
        assert page(pilot).sight.height == book.height
        assert not page(pilot).sight.held


async def test_filters_stack_and_are_part_of_the_place(opened, sample):
    """Two filters hold both; the command that is copied brings them back; R takes all away."""
    async with opened(sample, at="lines/") as pilot:
        await settled(pilot)
        for text in ("level:warn", "-timeout"):
            await pilot.press("ampersand")
            await typed(pilot, text)
        height = page(pilot).sight.height
        place = page(pilot).place
        pilot.app.open(place)
        await settled(pilot)
        assert page(pilot).sight.height == height
        assert [held.says for held in page(pilot).sight.held] == ["level:warn", "-timeout"]
        await pilot.press("R")
        assert page(pilot).sight.height == pilot.app.session.book.height


async def test_time_is_zoomed(opened, sample):
    """z leaves half of the time around the cursor, Z gives it back; the span is said."""
    async with opened(sample, at="lines/@50%") as pilot:
        await settled(pilot)
        row, whole = page(pilot).line().row, page(pilot).sight.height
        await pilot.press("z", "z")
        assert page(pilot).sight.height < whole
        assert page(pilot).line().row == row
        assert await looks.shows(pilot, " to ")
        await pilot.press("Z", "Z", "Z", "Z", "Z")
        assert page(pilot).sight.span is None


async def test_going_to_a_time(opened, sample):
    """g asks; gg is the top; an incident's number leads to where it began."""
    async with opened(sample, at="lines/@50%") as pilot:
        await settled(pilot)
        start = pilot.app.session.analysis.incidents[0].start
        await pilot.press("g", "number_sign", "1", "enter")
        await settled(pilot)
        line = page(pilot).line()
        assert line.row == pilot.app.session.book.at(start)
        await pilot.press("g", "g")
        await settled(pilot)
        assert page(pilot).line().row == 0


async def test_an_id_is_followed_through_services(opened, tmp_path):
    """Only lines with the id are left, whichever service wrote them, and the way is said."""
    for number, name in enumerate(("web", "cart", "db")):
        lines = [
            f"2026-01-02 10:00:{second:02}.{number}00 INFO work of {name} request_id=req{second:05}x7"
            for second in range(40)
        ]
        (tmp_path / f"{name}.log").write_text("\n".join(lines) + "\n")
    async with opened(tmp_path, at="lines/@50%") as pilot:
        await settled(pilot)
        await pilot.press("i")
        await settled(pilot)
        assert page(pilot).sight.height == 3
        assert await looks.shows(pilot, "web → cart → db: 3 records, 200 ms")


async def test_a_record_opens_whole(opened, tmp_path):
    """Enter shows all lines of a record and where it stands; Esc closes it and does not leave."""
    lines = [f"2026-01-02 10:00:{second:02} INFO tick {second}" for second in range(40)]
    lines[20:20] = ["2026-01-02 10:00:19 ERROR it broke", "Traceback of the matter", "  at needle.py"]
    (tmp_path / "a.log").write_text("\n".join(lines) + "\n")
    async with opened(tmp_path, at="lines/") as pilot:
        await settled(pilot)
        await pilot.press("e", "enter")
        await pilot.pause()
        assert await looks.shows(pilot, "at needle.py")
        assert await looks.shows(pilot, "a.log:21")
        assert await looks.shows(pilot, "⏎3")
        await pilot.press("escape")
        assert "at needle.py" not in looks.text(pilot)
        assert isinstance(pilot.app.screen, LinesPage)


async def test_the_editor_gets_the_file_at_the_line(opened, sample, monkeypatch):
    """v runs the user's editor with the file and the line, as words, and a packed file as a plain copy."""
    ran = []
    async with opened(sample, at="lines/") as pilot:
        await settled(pilot)
        monkeypatch.setattr(pilot.app, "suspend", nullcontext)
        monkeypatch.setattr("subprocess.run", lambda words, **more: ran.append(words))
        monkeypatch.setenv("VISUAL", "cat")
        line = page(pilot).line()
        await pilot.press("v")
        assert ran[0][:2] == ["cat", f"+{line.line}"]
        text = Path(ran[0][2]).read_text(encoding="utf-8")  # noqa: ASYNC240 - nothing else waits in a test
        assert text.splitlines()[line.line - 1] == line.text


async def test_many_lines_take_no_time_to_show(opened, sample, monkeypatch):
    """What is not in sight is not read: drawing a screen asks for as many records as it shows."""
    async with opened(sample, at="lines/", size=looks.SMALL) as pilot:
        await settled(pilot)
        book = pilot.app.session.book
        asked = []
        lines = book.lines
        monkeypatch.setattr(book, "lines", lambda rows: asked.extend(rows) or lines(rows))
        await pilot.press("pagedown")
        await pilot.pause()
        assert 0 < len(set(asked)) <= 3 * 24


async def test_a_sight_keeps_its_order(opened, sample):
    """Records in sight are those of all conditions, and their places lead back to them."""
    async with opened(sample, at="lines/") as pilot:
        await settled(pilot)
        listing = page(pilot).query_one("#records", Listing)
        assert listing.items == pilot.app.session.book.height
        sight = Sight(pilot.app.session.book)
        assert sight.index(sight.row(7)) == 7


def test_a_stale_word_on_a_search_is_dropped():
    """What a search found so far is dropped once it has found more; what it found in the end never."""
    rows = np.empty(0, np.uint32)
    early, late = Selected("search", "x", rows, 0.2), Selected("search", "x", rows)
    assert early.can_replace(late)
    assert not late.can_replace(early)
    assert not early.can_replace(Selected("search", "y", rows))
