"""What plugins show of these logs: the panels there are, and one of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.containers import Container, Vertical
from textual.widget import Widget

from logsense import report
from logsense.analysis import Analysis, PluginFailure
from logsense.host import Host, Loaded
from logsense.tui.messages import Panelled
from logsense.tui.page import Page
from logsense.tui.painting import Piece
from logsense.tui.panels.containing import Contained
from logsense.tui.panels.guard import Guard, sentences
from logsense.tui.widgets.listing import Listing
from logsense.tui.widgets.says import Says

NONE = (
    "no panel is installed: a plugin brings one by an entry point of the group logsense.panels"
    " (docs/panels.md)"
)


@dataclass(frozen=True)
class Entry:
    """A panel of the list; loaded, or the failure instead."""

    name: str
    title: str
    loaded: Loaded | None = None
    failure: PluginFailure | None = None


def entries(host: Host) -> list[Entry]:
    """The panels that are there, then those that could not be loaded."""
    there = [Entry(one.name, one.thing.title, one) for one in host.panels()]
    lost = [one for one in host.failures if one.hook == "load"]
    return there + [Entry(one.plugin.partition(" ")[0], one.plugin, failure=one) for one in lost]


class PanelsPage(Contained, Page):
    """``panels/NAME``: plugins are looked for and imported when it is opened for the first time."""

    title_ = "panels"
    CSS_PATH = "panels.tcss"

    def __init__(self, wanted: str = "") -> None:
        super().__init__()
        self.wanted = wanted
        self.entries: list[Entry] = []
        self.guards: dict[str, Guard] = {}
        self.drawn: Analysis | None = None
        self.add_class("-single")  # until there is more than one, the list must not take the keys

    @classmethod
    def at(cls, rest: str) -> "PanelsPage":
        """The page on a panel."""
        return cls(rest)

    def body(self) -> Iterable[Widget]:
        """What there is to say, the list, the panel."""
        yield Says(self._head, name="head")
        yield Container(Listing(self._row, name="panels"), Vertical(id="panel"), id="shown")

    # -- the panels ------------------------------------------------------------------------------------
    def answered(self) -> None:
        """Look for the panels, once; show the one that is wanted, made anew where the answer is another."""
        host, analysis = self.session.panels, self.session.analysis
        if host is None:
            self._load()
        elif analysis is not None and self.drawn is not analysis:
            self.drawn = analysis
            inside = self.focused is not None and self.focused is not self.query_one(Listing)
            for guard in self.guards.values():
                guard.remove()
            self.guards = {}
            self._list(host)
            self._choose(self.query_one(Listing).cursor, enter=inside)

    def _load(self) -> None:
        self.run_worker(self._loaded, thread=True, exclusive=True, exit_on_error=False, group="panels")

    def _loaded(self) -> None:
        """In a thread: plugins may import much."""
        host = Host(kinds=("panels",), plugins=self.session.settings.plugins)
        host.panels()
        self.post_message(Panelled(host))

    def on_panelled(self, message: Panelled) -> None:
        """They are loaded."""
        if self.session.panels is None:
            self.session.panels = message.host
        self.answered()
        self._told()

    def _list(self, host: Host) -> None:
        self.entries = entries(host)
        self.set_class(len(self.entries) < 2, "-single")
        at = next((n for n, one in enumerate(self.entries) if one.name == self.wanted), None)
        if at is None and self.wanted:
            self.notify(report.one_row(f"there is no panel {self.wanted}"), severity="warning", markup=False)
        self.query_one(Listing).show(len(self.entries), cursor=at)
        self.query_one(Listing).styles.max_height = len(self.entries) if self.has_class("-narrow") else None

    @property
    def current(self) -> Entry | None:
        """The panel under the cursor."""
        at = self.query_one(Listing).cursor
        return self.entries[at] if at < len(self.entries) else None

    def _choose(self, at: int, *, enter: bool = False) -> None:
        """Show a panel; the others wait. enter: the keys go there."""
        entry, host, analysis = self.current, self.session.panels, self.drawn
        if entry is None or host is None or analysis is None or self.entries[at] is not entry:
            return
        self.wanted = entry.name
        for name, guard in self.guards.items():
            guard.display = name == entry.name
        if entry.loaded is not None and entry.name not in self.guards:
            guard = Guard(host, entry.loaded, go=self.triage.open, told=self._told)
            self.guards[entry.name] = guard
            self.query_one("#panel").mount(guard)
            guard.call_later(self._fill, guard, analysis, enter=enter or len(self.entries) == 1)
        for says in self.query(Says):
            says.refresh(layout=True)

    async def _fill(self, guard: Guard, analysis: Analysis, *, enter: bool) -> None:
        await guard.show(analysis)
        if enter:
            self._enter()

    def _enter(self) -> None:
        """The keys go to the panel."""
        guard = self.guards.get(self.wanted)
        inside = [node for node in self.focus_chain if guard is not None and guard in node.ancestors]
        if inside:
            self.set_focus(inside[0])

    def on_listing_moved(self, message: Listing.Moved) -> None:
        """Another panel."""
        self._choose(message.index)

    def on_listing_chosen(self) -> None:
        """Into the panel."""
        self._enter()

    def _told(self) -> None:
        """A panel failed, or they are loaded: the list and the strip say so."""
        for drawn in self.query(Listing):
            drawn.refresh()
        for says in self.query(Says):
            says.refresh(layout=True)

    def fences(self) -> Sequence[Guard]:
        """The guards of the panels that are shown."""
        return tuple(self.guards.values())

    # -- what is said ------------------------------------------------------------------------------------
    @property
    def place(self) -> str:
        """This panel."""
        return f"panels/{self.wanted}" if self.wanted else "panels"

    def told(self) -> str:
        """Its title."""
        entry = self.current if self.entries else None
        return entry.title if entry else ""

    def copied(self) -> str:
        """What the panel has to copy."""
        guard = self.guards.get(self.wanted)
        return guard.copied() if guard is not None else ""

    def _head(self, width: int) -> list[list[Piece]]:
        if self.session.panels is None or self.drawn is None:
            waits = "loading the panels…" if self.session.analysis else "nothing is known yet"
            return [[("dim", waits)]]
        entry = self.current
        if entry is None:
            return [[("dim", row)] for row in report.wrap(NONE, width)]
        return sentences(entry.failure, width) if entry.failure is not None else []

    def _row(self, index: int, width: int) -> list[list[Piece]]:
        entry = self.entries[index]
        guard = self.guards.get(entry.name)
        failed = entry.failure is not None or (guard is not None and guard.broken)
        sign: Piece = ("critical", "✘ ") if failed else ("", "  ")
        return [[sign, ("head", report.fit(report.one_row(entry.title), max(width - 2, 1)))]]
