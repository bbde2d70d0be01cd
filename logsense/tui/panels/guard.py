"""The place of one panel: its widget, or why there is none."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from logsense import report
from logsense.analysis import Analysis, PluginFailure
from logsense.errors import FrameError
from logsense.host import Host, Loaded
from logsense.tui.painting import Piece, wrapped
from logsense.tui.panels.containing import MARK
from logsense.tui.widgets.says import Says


class Guard(Vertical):
    """Makes the widget of a panel and holds it; what it raises is told in its place.

    go: called with the place that a message of the panel asks for. told: called when it has failed.
    """

    DEFAULT_CSS = """
    Guard { height: 1fr; }
    Guard > .failure { padding: 0 1; }
    """

    def __init__(
        self, host: Host, loaded: Loaded, *, go: Callable[[str], None], told: Callable[[], None]
    ) -> None:
        super().__init__()
        self.host = host
        self.loaded = loaded
        self.package = str(loaded.thing.__module__).partition(".")[0]
        self.failure: PluginFailure | None = None
        self.panel: Widget | None = None
        self._go = go
        self._told = told
        setattr(self, MARK, self)

    def compose(self) -> ComposeResult:
        """Nothing yet: what is mounted afterwards is guarded."""
        yield from ()

    async def show(self, analysis: Analysis) -> None:
        """Make the widget for an answer."""
        try:
            made = self.loaded.make().widget(analysis)
            if not isinstance(made, Widget) or isinstance(made, Screen):
                msg = f"widget returned {type(made).__name__}, not a Textual widget"
                raise FrameError(msg)  # noqa: TRY301 - told like all that it may raise
            self.panel = made
            await self.mount(made)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything; it is named on the page
            self.failed("widget", error)

    @property
    def broken(self) -> bool:
        """Whether it has failed."""
        return self.failure is not None

    def failed(self, hook: str, error: Exception) -> None:
        """Say so in its place; only the first failure is told, the others follow from it."""
        if self.failure is None:
            self.failure = self.host.blame(self.loaded, hook, error)
            self.call_later(self._replace)

    def _replace(self) -> None:
        """Away with its widgets: not while the screen is drawn, that is where many failures come from."""
        for child in self.children:
            child.display = False
        self.remove_children()
        self.panel = None
        failure = self.failure
        if failure is not None:
            says = Says(lambda width: sentences(failure, width))
            says.add_class("failure")
            self.mount(says)
        self._told()

    def post_message(self, message: Message) -> bool:
        """Where a message that bubbles up names a place, go there."""
        place = getattr(message, "place", None)
        if isinstance(place, str):
            message.stop()
            self._go(place)
            return True
        return super().post_message(message)

    def copied(self) -> str:
        """The text that the panel has for ``c``, in a method ``copied`` of its widget."""
        copied = getattr(self.panel, "copied", None)
        if not callable(copied):
            return ""
        try:
            return str(copied())
        except Exception as error:  # noqa: BLE001 - as above
            self.failed("copied", error)
            return ""


def sentences(failure: PluginFailure, width: int) -> list[list[Piece]]:
    """What became of a panel."""
    where = "could not be loaded" if failure.hook == "load" else f"failed ({failure.hook})"
    said = f"✘ the panel {failure.plugin} {failure.version} {where}"
    rows = wrapped(report.one_row(said), width, rows=2, role="critical")
    rows += wrapped(report.one_row(failure.reason), width, rows=6)
    return [*rows, [("dim", report.fit("all else works: this is an error of that plugin", width))]]
