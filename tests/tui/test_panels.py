"""Panels of plugins: shown, and contained wherever they raise."""

from types import SimpleNamespace

import pytest
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from logsense.api import Panel, hookimpl
from logsense.config import Settings
from logsense.host import Host
from logsense.tui.app import Triage
from logsense.tui.panels.guard import Guard
from logsense.tui.screens.panels import PanelsPage
from logsense.tui.session import Session
from logsense.tui.widgets.listing import Listing
from tests.tui import looks
from tests.tui.seen import answer, settled

BOTH = pytest.mark.parametrize("size", [looks.SMALL, looks.LARGE])


@pytest.fixture(scope="module")
def analysis(samples):
    return answer(str(samples / "stock-pages" / "logs"))


class Asks(Message):
    def __init__(self, place):
        super().__init__()
        self.place = place


class Fine(Widget, can_focus=True):
    BINDINGS = [Binding("x", "act", "act", tooltip="does something")]  # noqa: RUF012 - as plugins write it
    acted = 0

    def render(self):
        return Content("[b]all is well[/b]")

    def action_act(self):
        self.acted += 1

    def copied(self):
        return "copied words"


def panel(called: str, make) -> type[Panel]:
    """A panel whose widget is what ``make`` gives."""

    class Made:
        name = called
        title = f"the {called} one"

        def widget(self, analysis):
            return make(analysis)

    return Made


def plugin(*panels):
    return SimpleNamespace(register_panels=hookimpl(lambda: list(panels)))


def screens(analysis, *plugins, at="panels"):
    """Screens on an answer, with these plugins and no others."""
    objects = [("panels", f"p{n}", one) for n, one in enumerate(plugins)]
    host = Host(kinds=("panels",), objects=objects, installed=False)
    session = Session(("logs",), Settings.resolve({}), analysis=analysis, reading=False, panels=host)
    return Triage(session, at=at)


FINE = panel("fine", lambda _: Fine())


class Making(Fine):
    def __init__(self):
        raise ZeroDivisionError("boom \x1b[31m[b]")


class Composing(Fine):
    def compose(self) -> ComposeResult:
        yield Static("x", markup=False)
        raise ZeroDivisionError("boom \x1b[31m[b]")


class Mounting(Fine):
    def on_mount(self):
        raise ZeroDivisionError("boom \x1b[31m[b]")


class Rendering(Fine):
    def render(self):
        raise ZeroDivisionError("boom \x1b[31m[b]")


class Lines(Fine):
    def render_line(self, y):
        raise ZeroDivisionError("boom \x1b[31m[b]")


class Measuring(Fine):
    DEFAULT_CSS = "Measuring { height: auto; width: auto; }"

    def get_content_height(self, container, viewport, width):
        raise ZeroDivisionError("boom \x1b[31m[b]")


class Nested(Fine):
    """What it holds raises, not it itself."""

    def compose(self) -> ComposeResult:
        yield Rendering()


class Timed(Fine):
    def on_mount(self):
        self.set_interval(0.01, self.tick)

    def tick(self):
        raise ZeroDivisionError("boom \x1b[31m[b]")


class Working(Fine):
    def on_mount(self):
        self.run_worker(self.work, thread=True)

    def work(self):
        raise ZeroDivisionError("boom \x1b[31m[b]")


class Later(Fine):
    def on_mount(self):
        self.app.call_later(broken)


def broken():
    raise ZeroDivisionError("boom \x1b[31m[b]")


class Checking(Fine):
    def check_action(self, action, parameters):
        raise ZeroDivisionError("boom \x1b[31m[b]")


class Styled(Fine):
    DEFAULT_CSS = "Styled { color: boom; nonsense"


RAISING = [
    Making, Composing, Mounting, Rendering, Lines, Measuring, Nested, Timed, Working, Later, Styled,
]  # fmt: skip


@pytest.mark.parametrize("kind", RAISING)
async def test_a_panel_that_raises_is_named_in_its_place(analysis, kind):
    """Wherever it raises, the page says so in its place and in the strip; another panel and pages work on."""
    app = screens(analysis, plugin(panel("bad", lambda _: kind()), FINE), at="panels/bad")
    async with app.run_test(size=looks.SMALL) as pilot:
        for _ in range(20):
            await settled(pilot)
            if app.session.panels.failures:
                break
        await settled(pilot)
        assert [one.plugin for one in app.session.panels.failures] == ["bad"]
        text = looks.text(pilot)
        assert "✘ the panel bad" in text
        assert ("boom" in text) == (kind is not Styled)
        assert "✘ 1 plugin failed: bad" in looks.rows(pilot)[-2]
        app.screen.query_one(Listing).focus()
        await pilot.press("down")
        await settled(pilot)
        assert app.screen.place == "panels/fine"
        assert await looks.shows(pilot, "all is well")
        await pilot.press("enter", "x")
        assert app.screen.query_one(Fine).acted == 1
        await pilot.press("1")
        await settled(pilot)
        assert app.screen.place == "inbox"
        assert await looks.shows(pilot, analysis.incidents[0].summary[:30])
    assert app.defect is None


async def test_a_key_of_a_panel_that_raises(analysis):
    """An action is run by the app: what it raises ends the panel, not the app."""

    class Acting(Fine):
        def action_act(self):
            raise ZeroDivisionError("boom")

    app = screens(analysis, plugin(panel("bad", lambda _: Acting())))
    async with app.run_test(size=looks.LARGE) as pilot:
        await settled(pilot)
        assert isinstance(app.focused, Acting)
        await pilot.press("x")
        await settled(pilot)
        assert await looks.shows(pilot, "✘ the panel bad ? failed (action_act)")
        assert not app.screen.query(Acting)
        await pilot.press("1")
        assert app.screen.place == "inbox"


async def test_asking_a_panel_for_its_keys_may_raise(analysis):
    """The footer and the help ask which keys work: an error there is the panel's; both are drawn."""
    app = screens(analysis, plugin(panel("bad", lambda _: Checking())))
    async with app.run_test(size=looks.LARGE) as pilot:
        await settled(pilot)
        assert await looks.shows(pilot, "✘ the panel bad ? failed (keys)")
        assert "help" in looks.rows(pilot)[-1]


async def test_a_plugin_that_cannot_be_loaded_is_in_the_list(analysis):
    """One that raises when it is asked for its panels, or gives none, is named where its panel would be."""

    def raising():
        raise ImportError("no module named nonsense")

    lost = SimpleNamespace(register_panels=hookimpl(raising))
    app = screens(analysis, lost, plugin(FINE), plugin(object))
    async with app.run_test(size=looks.LARGE) as pilot:
        await settled(pilot)
        assert [one.name for one in app.screen.entries] == ["fine", "p0", "p2"]
        await pilot.press("down")
        await settled(pilot)
        assert await looks.shows(pilot, "the panel p0 ? could not be loaded")
        assert await looks.shows(pilot, "no module named nonsense")
        assert "2 plugins failed: p0, p2" in looks.rows(pilot)[-2]
        await pilot.press("down")
        await settled(pilot)
        assert await looks.shows(pilot, "name, title, widget")


async def test_what_is_no_widget_is_refused(analysis):
    """A text instead of a widget: said with its type."""
    app = screens(analysis, plugin(panel("text", lambda _: "words")))
    async with app.run_test(size=looks.SMALL) as pilot:
        await settled(pilot)
        assert await looks.shows(pilot, "widget returned str, not a Textual widget")


@BOTH
async def test_a_single_panel_is_shown_at_once(analysis, size):
    """Without a list; it has the keys, its words are copied, its message goes to a place."""
    app = screens(analysis, plugin(FINE))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        page = app.screen
        assert isinstance(page, PanelsPage)
        assert not page.query_one(Listing).display
        assert isinstance(app.focused, Fine)
        assert page.place == "panels/fine"
        assert "the fine one" in looks.rows(pilot)[0]
        assert await looks.shows(pilot, "[b]all is well[/b]")
        assert page.copied() == "copied words"
        assert "act" in looks.rows(pilot)[-1]
        page.query_one(Fine).post_message(Asks("files"))
        await settled(pilot)
        assert app.screen.place == "files"
        await pilot.press("minus")
        await settled(pilot)
        assert app.screen is page


@BOTH
async def test_several_panels_are_listed(analysis, size):
    """At the left, or above where it is narrow; the other one is made when it is chosen, and kept."""
    made = []
    other = panel("other", lambda _: made.append(1) or Fine())
    app = screens(analysis, plugin(FINE, other))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        listing, held = app.screen.query_one(Listing), app.screen.query_one("#panel")
        assert listing.display
        beside = listing.region.right <= held.region.x
        assert beside == (size == looks.LARGE)
        assert held.region.height > 10
        assert not made
        await pilot.press("down")
        await settled(pilot)
        await pilot.press("up", "down")
        await settled(pilot)
        assert made == [1]
        assert [one.display for one in app.screen.query(Guard)] == [False, True]


async def test_another_answer_makes_panels_anew(analysis):
    """While files are read answers follow each other: the panel gets each; who failed, another chance."""
    from dataclasses import replace

    given = []

    def make(one):
        given.append(one)
        if len(given) == 1:
            raise ValueError("not yet")
        return Fine()

    app = screens(analysis, plugin(panel("late", make)))
    async with app.run_test(size=looks.SMALL) as pilot:
        await settled(pilot)
        assert await looks.shows(pilot, "not yet")
        app.session.analysis = replace(analysis, seconds=9.0)
        app.screen.renew()
        app.screen.renew()
        await settled(pilot)
        assert await looks.shows(pilot, "all is well")
        assert [one.seconds for one in given] == [1.0, 9.0]
        assert isinstance(app.focused, Fine)


async def test_without_panels_the_page_says_so(analysis):
    """Nothing is installed, or the place names none: said, no error."""
    app = screens(analysis, at="panels/heat")
    async with app.run_test(size=looks.SMALL) as pilot:
        await settled(pilot)
        assert await looks.shows(pilot, "no panel is installed")
