"""The map of services over time: what its cells say, and where it leads."""

from datetime import timedelta

import numpy as np
import pytest
from logsense_panels import HeatMap
from logsense_panels.grid import grid, sign, spans
from logsense_panels.heat import Heat
from textual.geometry import Region

from logsense.places import lines_at
from logsense.testing import from_table
from logsense.testing.analyses import analysis_of
from logsense.testing.kinds.panels import seen
from logsense.tui.lines import condition
from logsense.tui.page import Page
from logsense.tui.widgets.listing import Listing
from tests.tui import looks
from tests.tui.seen import settled

BOTH = pytest.mark.parametrize("size", [looks.SMALL, looks.LARGE])


def view():
    """Two services in 40 buckets: calm says 4 a bucket; shaky 10, and in one 2 more that are errors."""
    n = np.zeros((3, 40))
    n[0], n[1], n[2, 30] = 4, 10, 2
    return from_table(n, ["calm", "shaky", "shaky"], ["beat", "served", "broke"], ["INFO", "INFO", "ERROR"])


def test_counts_add_up_in_any_number_of_columns():
    """Services with trouble come first; records and trouble are those of the counts, however wide the map."""
    of = grid(view())
    assert of.services == ("shaky", "calm")
    assert of.records[0, 30] == 12
    assert of.trouble[0].nonzero()[0].tolist() == [30]
    for columns in (1, 7, 39, 40, 200):
        records, trouble = of.cells(columns)
        assert records.shape == (2, min(columns, 40))
        assert records.sum(axis=1).tolist() == [402, 160]
        assert trouble.sum() == 2
        pieces = spans(of.buckets, columns)
        assert [left for left, _ in pieces[1:]] == [right for _, right in pieces[:-1]]


def test_only_what_is_judged_is_drawn():
    """Known-good logs that were laid out before the run are no part of it."""
    from dataclasses import replace

    of = grid(replace(view(), judged=(25, 35)))
    assert of.buckets == 10
    assert of.trouble[0].nonzero()[0].tolist() == [5]
    assert of.time(0) == view().start + timedelta(microseconds=25 * view().width)


def test_signs_tell_without_colour():
    """Trouble by its share in signs, the rest in shades from few to many; nothing is blank."""
    assert [sign(n, 0, n / 100) for n in (0, 1, 13, 25, 50, 100)] == [" ", "·", "░", "▒", "▓", "█"]
    assert [sign(100, bad, 1.0) for bad in (1, 9, 10, 49, 50, 100)] == ["+", "+", "x", "x", "#", "#"]


def test_what_is_even_looks_even():
    """Columns of one bucket and of two are shaded alike where as much comes in each bucket."""
    # 65 columns or so for 100 buckets: some hold two of them.
    even = from_table(np.full((1, 100), 4), ["even"], ["beat"], ["INFO"])
    rows = seen(HeatMap(), analysis_of(even), looks.SMALL).rows
    row = next(row for row in rows if row.strip().startswith("even"))
    assert len(row.split()[1]) > 50
    assert set(row.split()[1]) == {"█"}


def test_the_cell_is_said_in_words():
    """Whose, from when to when, how many records, how many of them trouble."""
    rows = seen(HeatMap(), analysis_of(view()), looks.SMALL).rows
    text = "\n".join(rows)
    assert "shaky  03:04:00 → 03:04:02" in text
    assert "10 records, none of them trouble (WARN and above)" in text
    rows = seen(HeatMap(), analysis_of(view()), looks.SMALL, ["e"]).rows
    text = "\n".join(rows)
    assert "shaky  03:05:00 → 03:05:02" in text
    assert "12 records, 2 of them trouble (WARN and above)" in text
    shaky = next(row for row in rows if row.strip().startswith("shaky "))
    assert shaky.count("x") == 1


@BOTH
async def test_cursor_keys_move_and_enter_goes_there(opened, sample, size):
    """Cells by the arrows; Enter opens the lines of that service at that time, with the record in sight."""
    async with opened(sample, at="panels/heat", size=size) as pilot:
        await settled(pilot)
        heat = pilot.app.focused
        assert isinstance(heat, Heat)
        before = heat.words()
        await pilot.press("down", "right", "right")
        assert heat.words()[0] != before[0]
        assert await looks.shows(pilot, heat.words()[0])
        service = heat.grid.services[heat.row]
        begin = heat.grid.time(heat.bucket)
        await pilot.press("enter")
        await settled(pilot)
        await settled(pilot)
        page = pilot.app.screen
        assert isinstance(page, Page)
        assert page.place.startswith("lines/")
        line = page.line()
        assert line.service == service
        assert begin <= line.time < begin + timedelta(seconds=60)
        listing = page.query_one("#records", Listing)
        inside = Region(0, listing.scroll_offset.y, 1, listing.size.height)
        assert inside.contains(0, listing.cursor)


async def test_a_place_of_lines_is_scrolled_to(opened, sample):
    """Lines opened at a time show the record at that time, though the list was not laid out before."""
    async with opened(sample) as pilot:
        start = pilot.app.session.analysis.start
        pilot.app.open(lines_at(start + timedelta(seconds=100)))
        await settled(pilot)
        listing = pilot.app.screen.query_one("#records", Listing)
        assert listing.cursor > 1000
        assert listing.scroll_offset.y <= listing.cursor < listing.scroll_offset.y + listing.size.height


@pytest.mark.parametrize(
    "service", ["web", "two words", "it's", 'a "b" c', "x:y", "&=?#%/", "-a", "all ' \" of"]
)
def test_a_place_holds_any_name(service):
    """A service of any name is that very service when the place is opened: it cannot add a condition."""
    from urllib.parse import parse_qs

    place = lines_at(None, (service, "other"))
    (text,) = parse_qs(place.partition("?")[2])["filter"]
    read = condition.parse(text)
    assert read.fields == {"service": (service, "other")}
    assert not read.words
    assert not read.without
