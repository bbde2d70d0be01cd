"""Two windows side by side, or this run against what is usual: what is new, gone, more, fewer."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

import polars as pl
from textual import work
from textual.binding import BindingType
from textual.widget import Widget

from logsense import pipeline, report
from logsense.analysis import Analysis, Span
from logsense.errors import LogsenseError
from logsense.tui.incident import series
from logsense.tui.keys import COMPARE
from logsense.tui.listed import compared
from logsense.tui.page import Page
from logsense.tui.painting import Piece
from logsense.tui.widgets.listing import Listing
from logsense.tui.widgets.prompt import Prompt
from logsense.tui.widgets.says import Says
from logsense.tui.widgets.timeline import Axis, Marks, Timeline, Track

#: Seconds for which a window must stand still before it is compared.
STILL = 0.15
BEFORE, AFTER = "before", "after"


class ComparePage(Page):
    """``compare/FROM..TO/FROM..TO``: the window before and the one after; empty ones as logsense chose."""

    title_ = "compare"
    CSS_PATH = "compare.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(COMPARE)

    def __init__(self, before: Span | None = None, after: Span | None = None) -> None:
        super().__init__()
        self.before, self.after = before, after
        self.kinds: tuple[str, ...] = ("new", "gone", "more", "fewer")
        self.rows: list[dict[str, object]] = []
        self.all: pl.DataFrame | None = None
        self.said = ""
        self.turned = 0

    @classmethod
    def at(cls, rest: str) -> "ComparePage":
        """The page with windows; what is none is left to logsense."""
        before, _, after = rest.partition("/")
        return cls(_span(before), _span(after))

    def body(self) -> Iterable[Widget]:
        """The windows, how many of each kind, the list."""
        yield Says(self._head, name="head")
        yield Timeline(name="timeline")
        yield Listing(self._row, name="compared")

    def on_mount(self) -> None:
        """The list has the keys; the timeline takes them after tab."""
        super().on_mount()
        self.query_one(Listing).focus()

    @property
    def place(self) -> str:
        """The page with its windows."""
        if self.before is None and self.after is None:
            return "compare"
        return f"compare/{_text(self.before)}/{_text(self.after)}"

    def copied(self) -> str:
        """The sentence of the row under the cursor."""
        at = self.query_one(Listing).cursor
        return str(self.rows[at]["sentence"]) if at < len(self.rows) else ""

    @property
    def base(self) -> Analysis | None:
        """The answer with the windows that logsense chose: its counts are those of the whole run."""
        return self.session.base

    def answered(self) -> None:
        """Compare what this answer holds."""
        self._wish()

    # -- comparing -------------------------------------------------------------------------------------
    def _wish(self) -> None:
        self._draw()
        self._compare(self.before, self.after)

    @work(exclusive=True, exit_on_error=False, group="compare")
    async def _compare(self, before: Span | None, after: Span | None) -> None:
        await asyncio.sleep(STILL)
        base = self.base
        if base is None:
            return
        try:
            self.all = await asyncio.to_thread(pipeline.compare, base, before, after)
            self.said = ""
        except LogsenseError as error:
            self.all, self.said = None, str(error)
        self._show()

    def _show(self) -> None:
        base = self.base
        rows = (
            compared.ordered(self.all, base.templates, self.kinds).to_dicts()
            if base and self.all is not None
            else []
        )
        self.rows = rows
        self.query_one("#compared", Listing).show(len(rows), cursor=0)
        self.query_one("#head", Says).refresh(layout=True)

    def _draw(self) -> None:
        base = self.base
        axis = series.axis(base.view) if base else None
        timeline = self.query_one(Timeline)
        timeline.short = self.size.height < 30
        if base is None or axis is None:
            timeline.show(None, (), Marks())
            return
        errors, every = series.whole(base.view)
        tracks = (Track("errors", errors.values, "mark"), Track("all", every.values, "dim"))
        quiet = tuple(bucket for bucket in base.view.quiet if 0 <= bucket < axis.buckets)
        timeline.show(
            axis,
            tracks,
            Marks(suspect=_buckets(axis, self.after), usual=_buckets(axis, self.before), quiet=quiet),
        )

    # -- drawing ----------------------------------------------------------------------------------------
    def _head(self, width: int) -> list[list[Piece]]:
        base = self.base
        if base is None:
            return [[("dim", "reading…")]]
        if self.said:
            return [[("critical", report.fit(report.one_row(self.said), width))]]
        usual = "the known-good logs" if base.view.how.startswith("known-good") else "quiet time"
        before = self._window(self.before, usual)
        after = self._window(self.after, "the rest of the run" if usual == "quiet time" else "this run")
        windows: list[Piece] = [("good", f"normal {before}"), ("dim", "  →  "), ("hot", after)]
        counts = dict(self.all["kind"].value_counts().iter_rows()) if self.all is not None else {}
        kinds: list[Piece] = []
        for kind, (word, role) in compared.KINDS.items():
            shown = kind in self.kinds
            kinds += [
                (role if shown else "dim", f"{counts.get(kind, 0):,} {word}"),
                ("dim", "" if shown else " hidden"),
                ("", "  "),
            ]
        return [windows, kinds]

    def _window(self, span: Span | None, chosen: str) -> str:
        base = self.base
        if span is None or base is None:
            return chosen
        when = report.moments(base.start, base.end)
        return f"{when(span[0])} to {when(span[1])}"

    def _row(self, index: int, width: int) -> list[list[Piece]]:
        return [compared.row(self.rows[index], width)] if index < len(self.rows) else [[]]

    # -- keys ---------------------------------------------------------------------------------------------
    def on_listing_chosen(self, message: Listing.Chosen) -> None:
        """Open the template."""
        self.triage.open(f"template/{self.rows[message.index]['template']}")

    def on_timeline_moved(self, message: Timeline.Moved) -> None:
        """A window is somewhere else."""
        axis = message.timeline.axis
        if axis is None:
            return
        span = axis.time(message.span[0]), axis.time(message.span[1])
        if message.which == "suspect":
            self.after = span
        else:
            self.before = span
        self._wish()

    def action_border(self, which: str, side: str) -> None:
        """Put a border of a window at the cursor of the timeline."""
        self.query_one(Timeline).border(which, side)

    def action_slide(self, which: str, by: int) -> None:
        """Move a window."""
        self.query_one(Timeline).slide(which, by)

    def action_chosen(self) -> None:
        """The windows as logsense chose them."""
        self.before = self.after = None
        self._wish()

    def action_turn(self, by: int) -> None:
        """The window after is an incident, from its beginning to its last sign; then the next one."""
        base = self.base
        timed = [(one.start, one.end) for one in base.incidents if one.start and one.end] if base else []
        if not timed:
            self.notify("there is no incident with a time", severity="warning", markup=False)
            return
        self.turned += by
        start, end = timed[(self.turned - (by > 0)) % len(timed)]
        self.after = (start, max(end, start + timedelta(seconds=1)))
        self._wish()

    def action_kind(self, kind: str) -> None:
        """Show this kind, or hide it."""
        self.kinds = tuple(k for k in compared.KINDS if (k in self.kinds) != (k == kind))
        self._show()

    def action_type(self, which: str) -> None:
        """Ask for a window."""
        self.ask(which, f"the window {which} (10:00..10:05, 10:00 +5m, #1, empty: as chosen)")

    def on_prompt_done(self, message: Prompt.Done) -> None:
        """The window that was typed."""
        self.query_one(Listing).focus()
        base = self.base
        if base is None or message.purpose not in (BEFORE, AFTER):
            return
        try:
            span = compared.window(message.text, base.start, [one.start for one in base.incidents])
        except LogsenseError as error:
            self.notify(report.one_row(str(error)), severity="warning", markup=False)
            return
        if message.purpose == BEFORE:
            self.before = span
        else:
            self.after = span
        self._wish()

    def on_prompt_left(self, message: Prompt.Left) -> None:
        """As it was."""
        del message
        self.query_one(Listing).focus()


def _span(text: str) -> Span | None:
    first, _, last = text.partition("..")
    try:
        span = datetime.fromisoformat(first), datetime.fromisoformat(last)
    except ValueError:
        return None
    return span if span[0] < span[1] else None


def _text(span: Span | None) -> str:
    return f"{span[0].isoformat()}..{span[1].isoformat()}" if span else ""


def _buckets(axis: Axis, span: Span | None) -> tuple[int, int] | None:
    if span is None:
        return None
    first, last = axis.bucket(span[0]), axis.bucket(span[1])
    return first, max(last, first + 1)
