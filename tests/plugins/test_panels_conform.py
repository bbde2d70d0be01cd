"""The bundled panels keep what every panel promises, and the kit fails those that do not."""

import logsense_panels
import pytest
from textual.content import Content
from textual.widget import Widget

from logsense.testing import CheckFailed, checks_for, parametrize_with_checks


@parametrize_with_checks([made() for made in logsense_panels.register_panels()])
def test_conforms(plugin, check):
    """Each check of the kit holds."""
    check(plugin)


def panel(draw, called="bad", says="a title", widget=None):
    """A panel that draws what ``draw`` gives."""

    class Shown(Widget, can_focus=True):
        def __init__(self, analysis):
            super().__init__()
            self.analysis = analysis

        def render(self):
            return Content(draw(self.analysis), strip_control_codes=False)

    class Made:
        """Shows something."""

        name = called
        title = says

        def widget(self, analysis):
            return (widget or Shown)(analysis)

    return Made()


class Escaping(Widget, can_focus=True):
    BINDINGS = [("escape", "x", "x")]  # noqa: RUF012 - as plugins write it

    def __init__(self, analysis):
        super().__init__()

    def render(self):
        return Content("x")


def printing(analysis):
    print("here I am")
    return Widget()


@pytest.mark.parametrize(
    "bad,check",
    [
        (panel(lambda _: "x", says="two\nlines"), "titled"),
        (panel(lambda _: ""), "draws_at_every_size"),
        (panel(lambda analysis: str(analysis.view.start.year)), "draws_where_nothing_is"),
        (panel(lambda analysis: analysis.counts["service"][0]), "same_twice"),
        (panel(lambda analysis: "\n".join(analysis.counts["service"].unique().sort())), "foreign_text"),
        (panel(None, widget=Escaping), "keys_work"),
        (panel(None, widget=printing), "stdout_silent"),
        (panel(lambda _: "x", called="Not A Name"), "named"),
    ],
)
def test_what_does_not_conform_fails(bad, check):
    """Each check has something that it refuses."""
    checks = checks_for(bad)
    with pytest.raises(CheckFailed):
        checks[check](bad)
