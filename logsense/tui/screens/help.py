"""What can be done here, key by key, made from the keys that work at this moment; and what the signs mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.keys import format_key
from textual.screen import ModalScreen, Screen

from logsense import report
from logsense.tui.keys import EVERYWHERE, MODAL
from logsense.tui.page import Page
from logsense.tui.painting import SIGNS, Piece, column, wrapped
from logsense.tui.widgets.listing import Listing
from logsense.tui.widgets.says import Says

#: What each page is for.
PURPOSES: Mapping[str, str] = {
    "inbox": "What broke, most important first: each incident with its start, its services and one sentence.",
    "incident": "One incident: its likely causes, what they did over time, and the lines that prove it.",
    "templates": "What the logs say, each form of message once, with how often it came and when.",
    "template": "One form of message: its lines, and what stood in the places that change.",
    "lines": "The lines of all files in order of time: searched, filtered, followed from one id to the next.",
    "compare": "Two spans of time side by side: what is new, gone, more or fewer.",
    "panels": "What plugins show of these logs.",
    "files": "What was read and how, what was not and why: all lines are accounted for.",
}

#: What the signs and words mean; colours only repeat them.
LEGEND: Sequence[tuple[str, str, str]] = (
    ("critical", f"{SIGNS['critical']} CRITICAL", "much of what the services do fails"),
    ("major", f"{SIGNS['major']} MAJOR", "a part of it fails, or all of it slows down"),
    ("minor", f"{SIGNS['minor']} MINOR", "something is wrong that few will have noticed"),
    ("kind", "NEW GONE", "never seen in the normal time; seen there, and no more"),
    ("kind", "MORE FEWER", "more or less often than the normal time explains"),
    ("kind", "SILENT GAP", "a clockwork message stopped; or it came late"),
    ("kind", "WORSE VALUE", "a level rose; a number left its usual band"),
    ("kind", "ORDER AHEAD", "steps in another order; a trend that reaches its limit"),
    ("usual", "▁▂▃", "counts over time, within the usual band: dim"),
    ("hot", "▅▇█", "counts above everything seen in the normal time"),
    ("dim", "bottom row", "what this rests on: lines read and skipped, the clock, what counts as normal"),
)


@dataclass
class Group:
    """Keys under one heading: each with what it does."""

    head: str
    rows: list[tuple[str, str, str]] = field(default_factory=list)


def gathered(screen: Screen[Any]) -> list[Group]:
    """The keys that work on a screen now: of the part that has the focus, of the page, everywhere."""
    focused = screen.focused
    pane = Group(f"this part: {focused.id or type(focused).__name__.lower()}" if focused else "")
    page, every = Group("this page"), Group("everywhere")
    keys: dict[tuple[int, str], tuple[Group, list[str], str, str]] = {}
    ours = {binding.action: binding for binding in EVERYWHERE}
    for name, active in screen.active_bindings.items():
        # Textual binds some of the keys for every screen already, without a word on what they do.
        binding = active.binding if active.binding.tooltip else ours.get(active.binding.action)
        if binding is None or not active.enabled:
            continue
        general = active.node is screen.app or binding is not active.binding
        group = every if general else page if active.node is screen else pane
        known = keys.setdefault(
            (id(group), binding.action), (group, [], binding.description, binding.tooltip)
        )
        known[1].append(_named(name))
    for group, names, does, about in keys.values():
        group.rows.append((" ".join(dict.fromkeys(names)), does, about))
    return [group for group in (pane, page, every) if group.rows]


def _named(key: str) -> str:
    """A key as people write it."""
    *held, last = key.split("+") if key != "+" else [key]
    return "+".join([*held, format_key(last)])


class Help(ModalScreen[None]):
    """A window above the page it tells of."""

    CSS_PATH = "help.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = list(MODAL)

    def __init__(self, about: Screen[Any]) -> None:
        super().__init__()
        self.title_ = about.title_ if isinstance(about, Page) else ""
        self.groups = gathered(about)
        self._rows: list[list[Piece]] = []
        self._for = 0

    def compose(self) -> ComposeResult:
        """What the page is for, then all keys and signs as one list to scroll."""
        with Vertical(id="window"):
            yield Says(self._head, name="purpose")
            yield Listing(self._row, name="keys")
            yield Says(lambda _: [[("dim", "esc closes · ↓ ↑ pgdn scroll · ctrl+p finds an action by name")]])

    def _row(self, index: int, width: int) -> list[list[Piece]]:
        rows = self._all(width)
        return [rows[index]] if index < len(rows) else []

    def on_mount(self) -> None:
        """Something to draw; how many rows there are is found out with it."""
        self.query_one(Listing).show(1)

    def action_dismiss_window(self) -> None:
        """Back to the page."""
        self.dismiss()

    def _head(self, width: int) -> list[list[Piece]]:
        rows = wrapped(PURPOSES.get(self.title_, ""), width, rows=3)
        return [[("head", f"help › {self.title_}")], *rows]

    def _all(self, width: int) -> list[list[Piece]]:
        if self._for != width:
            self._for = width
            self._rows = [row for group in self.groups for row in _table(group.head, group.rows, width)]
            signs = [(sign, "", about) for _, sign, about in LEGEND]
            roles = [role for role, _, _ in LEGEND]
            self._rows += _table("signs and words", signs, width, roles)
            # How many rows it takes is known only now that it is drawn for this width.
            self.call_later(self.query_one(Listing).show, len(self._rows))
        return self._rows


def _table(
    head: str, rows: Iterable[tuple[str, str, str]], width: int, roles: Sequence[str] = ()
) -> list[list[Piece]]:
    """A heading and its rows; what does not fit beside the key goes on below itself."""
    out: list[list[Piece]] = [[("label", head)]]
    for number, (key, does, about) in enumerate(rows):
        role = roles[number] if roles else "mark"
        lead: list[Piece] = [("", "  "), (role, column(key, 17)), ("", " ")]
        lead += [("head", column(does, 15)), ("", " ")] if does else []
        taken = 20 + (16 if does else 0)
        told = report.wrap(about, max(width - taken, 20))
        out.append([*lead, ("", told[0] if told else "")])
        out += [[("", " " * taken), ("", row)] for row in told[1:]]
    return [*out, []]
