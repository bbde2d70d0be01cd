"""The map as a widget: a row a service, a column a piece of time, and the cell under the cursor in words."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import ClassVar

import numpy as np
import polars as pl
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from logsense.api import Analysis, lines_at, safe
from logsense_panels.grid import SHADES, SIGNS, Grid, grid, sign, spans

#: Rows around the services: the head above; the ruler and the cell in words (two rows) below.
ABOVE, BELOW = 1, 3
#: Cells that names of services may take, by the width there is.
LEAST_NAMES, SHARE = 8, 4
LEGEND = f"records {SHADES[0]} few … {SHADES[-1]} many   trouble + below 10 % · x below 50 % · # more"


class Heat(Widget, can_focus=True):
    """Cursor keys move over cells; Enter goes to the lines of the service at that time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(0,-1)", "earlier", tooltip="one column earlier", key_display="←"),
        Binding("right,l", "move(0,1)", "later", tooltip="one column later", key_display="→"),
        Binding("up,k", "move(-1,0)", "up", tooltip="the service above", show=False),
        Binding("down,j", "move(1,0)", "down", tooltip="the service below", show=False),
        Binding("pageup", "move(-10,0)", "ten up", tooltip="ten services up", show=False),
        Binding("pagedown", "move(10,0)", "ten down", tooltip="ten services down", show=False),
        Binding("home", "edge(0)", "first", tooltip="the first column", show=False),
        Binding("end", "edge(1)", "last", tooltip="the last column", show=False),
        Binding(
            "e", "trouble(1)", "trouble", tooltip="the next cell with trouble, of this service or the next"
        ),
        Binding("E", "trouble(-1)", "trouble before", tooltip="the cell with trouble before", show=False),
        Binding("enter", "lines", "lines", tooltip="the lines of this service at this time", key_display="⏎"),
    ]
    DEFAULT_CSS = "Heat { height: 1fr; padding: 0 1; text-wrap: nowrap; text-overflow: clip; }"
    row: reactive[int] = reactive(0)
    bucket: reactive[int] = reactive(0)

    class Wanted(Message):
        """The user wants to go to a place."""

        def __init__(self, place: str) -> None:
            super().__init__()
            self.place = place

    def __init__(self, analysis: Analysis) -> None:
        super().__init__()
        self.grid: Grid | None = grid(analysis.view)
        self.counts = analysis.counts
        self.top = 0
        begun = next((one.start for one in analysis.incidents if one.start is not None), None)
        if self.grid is not None and begun is not None:
            self.set_reactive(Heat.bucket, self._bucket(self.grid, begun))

    @staticmethod
    def _bucket(of: Grid, time: datetime) -> int:
        at = int((time - of.start).total_seconds() * 1_000_000 // of.width)
        return min(max(at, 0), of.buckets - 1)

    # -- where things are ------------------------------------------------------------------------------
    def _names(self, of: Grid) -> int:
        longest = max(Content(safe(name)).cell_length for name in of.services)
        return max(min(longest, self.size.width // SHARE), LEAST_NAMES)

    def _spans(self, of: Grid) -> list[tuple[int, int]]:
        return spans(of.buckets, self.size.width - self._names(of) - 1)

    def _column(self, of: Grid) -> int:
        return next(at for at, (left, right) in enumerate(self._spans(of)) if left <= self.bucket < right)

    def _seen(self) -> int:
        """Rows of services that are in sight; they move along with the cursor."""
        room = max(self.size.height - ABOVE - BELOW, 1)
        self.top = min(max(self.top, self.row - room + 1), self.row)
        return room

    # -- drawing -----------------------------------------------------------------------------------------
    def render(self) -> Content:
        """All of it, as wide and as high as there is room."""
        of = self.grid
        if of is None:
            return Content("no line has a time: what happened when is not known")
        cells = self._cells(of)
        rows = [Content.styled(LEGEND, "$text-muted"), *cells]
        rows.append(self._ruler(of))
        words = [Content(row) for row in self.words()]
        return Content("\n").join([row.truncate(self.size.width) for row in (*rows, *words)])

    def _cells(self, of: Grid) -> list[Content]:
        names, room, column = self._names(of), self._seen(), self._column(of)
        records, trouble = of.cells(len(self._spans(of)))
        # Columns may stand for one bucket more or less than others: what is compared is records a bucket.
        dense = records / np.array([right - left for left, right in self._spans(of)])
        full = dense / np.maximum(dense.max(axis=1, keepdims=True), 1e-9)
        rows = []
        for at in range(self.top, min(self.top + room, len(of.services))):
            counts = zip(records[at].tolist(), trouble[at].tolist(), full[at].tolist(), strict=True)
            marks = [sign(*cell) for cell in counts]
            here = at == self.row
            name = Content(safe(of.services[at])).truncate(names, ellipsis=True, pad=True)
            rows.append(
                Content.assemble(
                    name.stylize("bold") if here else name, " ", *_styled(marks, column if here else None)
                )
            )
        return rows

    def _ruler(self, of: Grid) -> Content:
        said = _clock(of)
        first, last = said(of.time(0)), said(of.time(of.buckets))
        column, many = self._column(of), len(self._spans(of))
        rule = f"{first}{last.rjust(max(many - len(first), len(last) + 1))}"
        if len(first) < column < many - len(last) - 1:
            rule = f"{rule[:column]}▲{rule[column + 1 :]}"
        return Content.styled(" " * (self._names(of) + 1) + rule, "$text-muted")

    def words(self) -> tuple[str, str]:
        """The cell under the cursor: whose and when, and what was counted there."""
        of = self.grid
        if of is None:
            return "", ""
        left, right = self._spans(of)[self._column(of)]
        records, bad = (int(one[self.row, left:right].sum()) for one in (of.records, of.trouble))
        said = _clock(of)
        count = f"{records:,} record{'' if records == 1 else 's'}" if records else "no records"
        odd = f"{bad:,} of them trouble (WARN and above)" if bad else "none of them trouble (WARN and above)"
        head = f"{safe(of.services[self.row])}  {said(of.time(left))} → {said(of.time(right))}"
        return head, f"{count}, {odd}" if records else count

    def copied(self) -> str:
        """The cell under the cursor, for ``c``."""
        return "  ".join(self.words())

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as there is room."""
        del viewport, width
        return container.height

    # -- actions -----------------------------------------------------------------------------------------
    def action_move(self, rows: int, columns: int) -> None:
        """So many services down, so many columns later."""
        of = self.grid
        if of is None:
            return
        self.row = min(max(self.row + rows, 0), len(of.services) - 1)
        pieces = self._spans(of)
        at = min(max(self._column(of) + columns, 0), len(pieces) - 1)
        if columns:
            self.bucket = pieces[at][0]

    def action_edge(self, last: int) -> None:
        """To the first column, or to the last."""
        if self.grid is not None:
            self.bucket = (self.grid.buckets - 1) * last

    def action_trouble(self, by: int) -> None:
        """To the next cell with trouble, going on with the next service; or back."""
        of = self.grid
        if of is None:
            return
        pieces = self._spans(of)
        _, trouble = of.cells(len(pieces))
        here = self.row * len(pieces) + self._column(of)
        found = trouble.ravel().nonzero()[0]
        there = found[found > here][:1] if by > 0 else found[found < here][-1:]
        if not len(there):
            self.notify(f"no {'more' if by > 0 else 'earlier'} trouble", severity="warning", markup=False)
            return
        self.row, at = divmod(int(there[0]), len(pieces))
        self.bucket = pieces[at][0]

    def action_lines(self) -> None:
        """To the first record of the cell; where it has none, to that time."""
        of = self.grid
        if of is None:
            return
        left, right = self._spans(of)[self._column(of)]
        service, begin, end = of.services[self.row], of.time(left), of.time(right)
        inside = self.counts.filter(
            (pl.col("service") == service) & (pl.col("first") < end) & (pl.col("last") >= begin)
        )
        first = inside["first"].min()
        time = first if isinstance(first, datetime) and first >= begin else begin
        self.post_message(self.Wanted(lines_at(time, (service,))))


def _styled(marks: list[str], cursor: int | None) -> Iterable[tuple[str, str]]:
    """Cells with colours that only repeat what the signs say; the one under the cursor is turned round."""
    odd = {mark for _, mark in SIGNS}
    for at, mark in enumerate(marks):
        style = "$text-error" if mark == "#" else "$text-warning" if mark in odd else "$text-muted"
        yield mark, "reverse" if at == cursor else style


def _clock(of: Grid) -> Callable[[datetime], str]:
    """How times are written: with the day where there is more than one."""
    form = "%H:%M:%S" if of.time(0).date() == of.time(of.buckets).date() else "%m-%d %H:%M"
    return lambda time: time.strftime(form)
