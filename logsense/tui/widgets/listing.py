"""A list of any length: only the rows in sight are asked for and drawn.

Textual's own ``DataTable`` takes all rows at once (50,000 rows: seconds), so it is left for this: a
``ScrollView`` with a virtual height, the way Textual's documentation shows for line-based widgets.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from logsense.tui.keys import LISTING
from logsense.tui.painting import Painted, Piece

#: Draws item ``index`` for a width: its rows of pieces.
Draw: TypeAlias = Callable[[int, int], Sequence[Sequence[Piece]]]

MARK = "▌"


class Listing(Painted, ScrollView, can_focus=True):
    """Items of ``tall`` rows each, one of them under the cursor.

    draw: called with the number of an item and the width it has; only for items in sight.
    """

    BINDINGS: ClassVar[list[BindingType]] = list(LISTING)
    DEFAULT_CSS = "Listing { height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }"
    cursor: reactive[int] = reactive(0)

    @dataclass
    class Moved(Message):
        """The cursor stands on another item."""

        listing: "Listing"
        index: int

        @property
        def control(self) -> "Listing":
            """The list it is about."""
            return self.listing

    @dataclass
    class Chosen(Message):
        """Enter was pressed on an item, or it was clicked."""

        listing: "Listing"
        index: int

        @property
        def control(self) -> "Listing":
            """The list it is about."""
            return self.listing

    def __init__(self, draw: Draw, *, tall: int = 1, name: str = "") -> None:
        super().__init__(id=name or None)
        self.draw = draw
        self.tall = tall
        self.items = 0
        self.shift = 0

    def show(self, items: int, *, cursor: int | None = None) -> None:
        """There are so many items now; the cursor stays where it is unless told."""
        self.items = items
        self.virtual_size = Size(0, items * self.tall)
        wanted = min(max(self.cursor if cursor is None else cursor, 0), max(items - 1, 0))
        if wanted == self.cursor:
            self._seen(wanted)
        self.cursor = wanted
        self.refresh()
        # A list that is new, or just became longer, cannot be scrolled before it was laid out.
        self.call_after_refresh(self._middle)

    def centre(self, index: int) -> None:
        """Put the cursor on an item; where that is out of sight, in the middle of what is shown."""
        self._middle(index)
        self.cursor = min(max(index, 0), max(self.items - 1, 0))
        self.call_after_refresh(self._middle)

    def _middle(self, index: int | None = None) -> None:
        """Scroll to an item, or to the cursor, where it is out of sight."""
        at = self.cursor if index is None else index
        top, height = self.scroll_offset.y, max(self.size.height, self.tall)
        if not top <= at * self.tall < top + height - self.tall + 1:
            y = max(at * self.tall - height // 2, 0)
            self.scroll_to(y=y, animate=False, immediate=True, force=True)

    def _bar(self) -> None:
        """Put the scroll bar where the list is: one that was not there yet took no notice of it."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = self.scroll_y

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        """A scroll bar appears where the list is."""
        if shown:
            self.call_after_refresh(self._bar)

    def render_line(self, y: int) -> Strip:
        """Row ``y`` of what is in sight."""
        width = self.scrollable_content_region.width
        index, part = divmod(y + self.scroll_offset.y, self.tall)
        if index >= self.items:
            return self.paint((), width)
        current = index == self.cursor
        rows = self.draw(index, width - 1)
        pieces = rows[part] if part < len(rows) else ()
        mark = ("mark" if current else "", MARK if current and self.has_focus else ("│" if current else " "))
        if not self.shift:
            return self.paint((mark, *pieces), width, cursor=current)
        rest = self.paint(pieces, width - 1, cursor=current, shift=self.shift)
        return Strip.join([self.paint((mark,), 1, cursor=current), rest])

    def watch_cursor(self, old: int, new: int) -> None:
        """Keep the cursor in sight and tell."""
        self._seen(new)
        if old != new:
            self.refresh()
            self.post_message(self.Moved(self, new))

    def _seen(self, index: int) -> None:
        # force: Textual does not scroll what has no bar yet, and the bar comes with the next layout.
        top, height = self.scroll_offset.y, max(self.size.height, self.tall)
        first, last = index * self.tall, (index + 1) * self.tall
        if first < top:
            self.scroll_to(y=first, animate=False, immediate=True, force=True)
        elif last > top + height:
            self.scroll_to(y=last - height, animate=False, immediate=True, force=True)

    def on_resize(self) -> None:
        """A smaller window must not hide the cursor."""
        self._seen(self.cursor)

    def on_focus(self) -> None:
        """The mark of the cursor says where keys go."""
        self.refresh()

    def on_blur(self) -> None:
        """As ``on_focus``."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; a second one chooses."""
        index = (event.y + self.scroll_offset.y) // self.tall
        if index < self.items:
            if index == self.cursor and event.chain > 1:
                self.action_choose()
            self.cursor = index

    def _step(self, by: int) -> None:
        if self.items:
            self.cursor = min(max(self.cursor + by, 0), self.items - 1)

    def action_move(self, by: int) -> None:
        """So many items on."""
        self._step(by)

    def action_page(self, by: float) -> None:
        """So many screens on."""
        self._step(int(by * max(self.size.height // self.tall - 1, 1)))

    def action_top(self) -> None:
        """To the first item."""
        self._step(-self.items)

    def action_bottom(self) -> None:
        """To the last item."""
        self._step(self.items)

    def action_choose(self) -> None:
        """Open what is under the cursor."""
        if self.items:
            self.post_message(self.Chosen(self, self.cursor))

    def action_aside(self, by: int) -> None:
        """See more of what lies to the right, or to the left again."""
        self.shift = max(self.shift + by, 0)
        self.refresh()
