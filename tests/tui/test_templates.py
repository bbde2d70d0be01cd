"""Templates, one of them, and a comparison: what is shown, in which order, and where it leads."""

import asyncio

import pytest

from logsense.tui.screens.compare import ComparePage
from logsense.tui.screens.lines import LinesPage
from logsense.tui.screens.template import TemplatePage
from logsense.tui.screens.templates import TemplatesPage
from logsense.tui.widgets.listing import Listing
from tests.tui import looks

BOTH = pytest.mark.parametrize("size", [looks.SMALL, looks.LARGE])


async def settled(pilot):
    """Once all that was begun is done."""
    for _ in range(3):
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def shown(pilot):
    """Until the comparison is there."""
    async with asyncio.timeout(30):
        while pilot.app.screen.all is None and not pilot.app.screen.said:
            await pilot.pause(0.02)
    await pilot.pause()


@BOTH
async def test_all_templates_are_listed(opened, sample, size):
    """Each with how often it came, its share, its level and its text; the most frequent first."""
    async with opened(sample, at="templates", size=size) as pilot:
        page = pilot.app.screen
        assert isinstance(page, TemplatesPage)
        templates = pilot.app.session.analysis.templates
        assert len(page.rows) == templates.height
        counts = [row["count"] for row in page.rows]
        assert counts == sorted(counts, reverse=True)
        text = looks.text(pilot)
        assert f"{counts[0]:,}" in text
        assert str(page.rows[0]["text"])[:20] in text
        assert any(bar in text for bar in "▃▄▅▆▇█")


async def test_templates_are_filtered_while_it_is_typed(opened, sample):
    """What fits is shown at once; Esc brings back what was; Enter holds it, and the place has it."""
    async with opened(sample, at="templates") as pilot:
        page = pilot.app.screen
        total = len(page.rows)
        await pilot.press("slash", *"level:error")
        await pilot.pause()
        few = len(page.rows)
        assert 0 < few < total
        assert await looks.shows(pilot, f"{few:,} of {total:,} templates shown")
        await pilot.press("escape")
        await pilot.pause()
        assert len(page.rows) == total
        await pilot.press("slash", *"level:error", "enter")
        await pilot.pause()
        assert len(page.rows) == few
        assert page.place == "templates/level%3Aerror"
        pilot.app.open(page.place)
        await pilot.pause()
        assert len(pilot.app.screen.rows) == few
        await pilot.press("backspace")
        await pilot.pause()
        assert len(pilot.app.screen.rows) == total


async def test_a_filter_that_is_none_is_said_and_changes_nothing(opened, sample):
    """A wrong level is named where it is typed; all templates stay in sight."""
    async with opened(sample, at="templates") as pilot:
        total = len(pilot.app.screen.rows)
        await pilot.press("slash", *"level:loud")
        await pilot.pause()
        assert await looks.shows(pilot, "there is no level 'loud'")
        assert len(pilot.app.screen.rows) == total


async def test_templates_are_sorted_and_services_left_out(opened, sample):
    """s goes through the orders, S turns them; i keeps a service, X leaves it out, R takes all back."""
    async with opened(sample, at="templates") as pilot:
        page = pilot.app.screen
        total = len(page.rows)
        await pilot.press("s")
        assert page.order == "level"
        ranks = [row["rank"] for row in page.rows]
        assert ranks == sorted(ranks, reverse=True)
        await pilot.press("S")
        assert [row["rank"] for row in page.rows] == sorted(ranks)
        await pilot.press("R", "i")
        service = page.rows[0]["services"][0]
        assert all(service in row["services"] for row in page.rows)
        kept = len(page.rows)
        await pilot.press("R", "X")
        assert len(page.rows) <= total - 1
        assert kept < total
        await pilot.press("R")
        assert len(page.rows) == total


@BOTH
async def test_a_template_shows_its_values_and_lines(opened, sample, size):
    """Enter on a template: its text, how often each value stood at its placeholders, its lines."""
    async with opened(sample, at="templates", size=size) as pilot:
        rows = pilot.app.screen.rows
        at = next(n for n, row in enumerate(rows) if "<path>" in row["text"])
        pilot.app.screen.query_one(Listing).cursor = at
        await pilot.press("enter")
        await settled(pilot)
        page = pilot.app.screen
        assert isinstance(page, TemplatePage)
        assert page.parameters
        assert page.query_one("#records", Listing).items == rows[at]["count"]
        text = looks.text(pilot)
        assert f"{rows[at]['count']:,} record" in text
        assert "█" in text
        kinds = {one.kind for one in page.parameters}
        assert "path" in kinds
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, LinesPage)
        assert pilot.app.screen.line().template == rows[at]["template"]


async def test_a_template_that_is_none_says_so(opened, sample):
    """An id of another run is no error."""
    async with opened(sample, at="template/nothing") as pilot:
        assert await looks.shows(pilot, "there is no template nothing")


@BOTH
async def test_a_run_is_compared_with_its_quiet_time(opened, sample, size):
    """What is new and gone stands there with its word and counts; Enter opens the template."""
    async with opened(sample, at="compare", size=size) as pilot:
        await shown(pilot)
        page = pilot.app.screen
        assert isinstance(page, ComparePage)
        assert page.rows
        text = looks.text(pilot)
        assert "NEW" in text
        assert "quiet time" in text
        cause = pilot.app.session.analysis.incidents[0].causes[0]
        assert cause.template_id in {row["template"] for row in page.rows}
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, TemplatePage)


async def test_windows_of_a_comparison_are_typed_and_moved(opened, sample):
    """A window can be typed, be an incident, be moved with keys; the place brings both back."""
    async with opened(sample, at="compare") as pilot:
        await shown(pilot)
        page = pilot.app.screen
        incident = pilot.app.session.analysis.incidents[0]
        await pilot.press("n")
        assert page.after[0] == incident.start
        before = page.after
        await pilot.press("shift+left")
        await pilot.pause()
        assert page.after[0] < before[0]
        start = pilot.app.session.analysis.start
        await pilot.press("b", *f"{start:%H:%M:%S}..{incident.start:%H:%M:%S}", "enter")
        await pilot.pause()
        assert page.before[1] == incident.start.replace(microsecond=0)
        place = page.place
        pilot.app.open(place)
        await shown(pilot)
        assert pilot.app.screen.before == page.before
        assert pilot.app.screen.after == page.after
        await pilot.press("0")
        assert pilot.app.screen.place == "compare"


async def test_windows_that_cannot_be_compared_say_why(opened, sample):
    """Windows that overlap are named with what is possible; nothing that is no window is taken for one."""
    async with opened(sample, at="compare") as pilot:
        await shown(pilot)
        page = pilot.app.screen
        start = pilot.app.session.analysis.start
        page.before = page.after = (start, pilot.app.session.analysis.end)
        page.answered()
        async with asyncio.timeout(30):
            while not page.said:
                await pilot.pause(0.02)
        assert "overlap" in page.said
        await pilot.press("a", *"nonsense", "enter")
        await pilot.pause()
        assert any("is no window" in str(one.message) for one in pilot.app._notifications) or any(
            "is no place" in str(one.message) for one in pilot.app._notifications
        )


async def test_kinds_are_hidden_and_shown(opened, sample):
    """s shows what is the same, N hides what is new."""
    async with opened(sample, at="compare") as pilot:
        await shown(pilot)
        page = pilot.app.screen
        few = len(page.rows)
        await pilot.press("s")
        assert {row["kind"] for row in page.rows} >= {"same"}
        assert len(page.rows) > few
        await pilot.press("N")
        assert "new" not in {row["kind"] for row in page.rows}


async def test_a_run_is_compared_with_known_good_logs(opened, samples):
    """With --baseline the known-good logs are what is normal, and the whole run is compared with them."""
    bad, good = (samples / name / "logs" for name in ("stock-pages", "quiet"))
    async with opened(bad, at="compare", baseline=(str(good),)) as pilot:
        await shown(pilot)
        page = pilot.app.screen
        assert not page.said
        assert await looks.shows(pilot, "the known-good logs")
        cause = pilot.app.session.analysis.incidents[0].causes[0]
        new = {row["template"] for row in page.rows if row["kind"] == "new"}
        assert cause.template_id in new
