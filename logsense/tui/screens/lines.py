"""The lines of all files, in order of time: what is in sight, and the ways through it."""

from collections.abc import Iterable
from typing import ClassVar
from urllib.parse import parse_qs, quote, unquote, urlencode

import numpy as np
from textual.binding import BindingType
from textual.widget import Widget

from logsense import report
from logsense.analysis import Book, Line, Rows
from logsense.errors import LogsenseError
from logsense.tui.keys import LINES
from logsense.tui.lines import condition, moment
from logsense.tui.lines.heading import heading
from logsense.tui.lines.ids import ids
from logsense.tui.lines.jumps import Jumps
from logsense.tui.lines.looking import look, way
from logsense.tui.lines.opening import opened
from logsense.tui.lines.sight import Held, Sight
from logsense.tui.messages import Selected
from logsense.tui.page import Page
from logsense.tui.painting import Piece
from logsense.tui.widgets import records
from logsense.tui.widgets.listing import Listing
from logsense.tui.widgets.prompt import Prompt
from logsense.tui.widgets.says import Says


class LinesPage(Page):
    """Opens on a record where one is named: ``lines/SOURCE:LINE``, ``lines/@TIME``, then ``?filter=``."""

    title_ = "lines"
    CSS_PATH = "lines.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(LINES)

    def __init__(self, wanted: str = "") -> None:
        super().__init__()
        self.wanted, _, query = wanted.partition("?")
        self.asked = parse_qs(query).get("filter", [])
        self.sight: Sight | None = None
        self.jumps: Jumps | None = None
        self.preview: Held | None = None
        self.said = "opening the lines…"
        self.find = ""
        self.reached = ""  # the pattern whose next match the cursor was put on
        self.raw = False

    @classmethod
    def at(cls, rest: str) -> "LinesPage":
        """The page at a record."""
        return cls(rest)

    def body(self) -> Iterable[Widget]:
        """What is in sight, the records, and one of them whole."""
        yield Says(self._head, name="sight")
        yield Listing(self._row, name="records")
        yield Listing(self._record_row, name="record")

    # -- getting there ---------------------------------------------------------------------------------
    def answered(self) -> None:
        """Another answer may have other records."""
        book = self.session.book
        if self.sight is None or book is None or self.sight.book is not book:
            self.triage.want_book()

    def booked(self) -> None:
        """Show the records, and go to the one that is wanted."""
        book = self.session.book
        if book is None:
            return
        if self.sight is None or self.sight.book is not book:
            analysis = self.session.analysis
            self.sight = Sight(book)
            self.jumps = Jumps(book, analysis.anomalies if analysis else None)
            self._say("")
            self.query_one("#records", Listing).show(self.sight.height)
            for text in self.asked:
                self._look("filter", text)
            self._arrive(book)
        self.query_one("#crumb", Says).refresh()

    def _arrive(self, book: Book) -> None:
        """Go to the place that the page was opened with."""
        wanted, self.wanted = unquote(self.wanted), ""
        if wanted.startswith("@"):
            self._go(wanted[1:])
        elif wanted:
            source, _, line = wanted.rpartition(":")
            row = book.of(source, int(line)) if line.isdecimal() else None
            if row is None:
                self._warn(f"there is no record at {wanted}")
            else:
                self._to(row)

    @property
    def here(self) -> int | None:
        """The record under the cursor."""
        sight = self.sight
        return sight.row(self.query_one("#records", Listing).cursor) if sight and sight.height else None

    def line(self) -> Line | None:
        """The record under the cursor, as it is shown."""
        here = self.here
        return None if here is None or self.sight is None else self.sight.book.lines([here])[0]

    @property
    def place(self) -> str:
        """This record, under these filters."""
        line = self.line()
        held = [("filter", one.says) for one in self.sight.held] if self.sight else []
        spot = f"{quote(line.source)}:{line.line}" if line else ""
        return f"lines/{spot}" + (f"?{urlencode(held)}" if held else "")

    def copied(self) -> str:
        """Where the record stands, and what it says."""
        line = self.line()
        if line is None or self.sight is None:
            return ""
        text = "\n".join(self.sight.book.whole(line.row))
        return f"{line.source}:{line.line}  {text}"

    def told(self) -> str:
        """Where the cursor is."""
        line = self.line()
        return f"{line.source}:{line.line}" if line else ""

    def closes(self) -> bool:
        """Esc stops a search, then closes the record."""
        if any(
            not worker.is_finished
            for worker in self.workers
            if worker.group == "look" and worker.node is self
        ):
            self.workers.cancel_group(self, "look")
            self._say("stopped")
            return True
        if self.has_class("-open"):
            self.remove_class("-open")
            self.query_one("#records", Listing).focus()
            return True
        return False

    # -- drawing ------------------------------------------------------------------------------------------
    def _head(self, width: int) -> list[list[Piece]]:
        del width
        return [heading(self.sight, self.preview, self.said)]

    def _row(self, index: int, width: int) -> list[list[Piece]]:
        sight, analysis = self.sight, self.session.analysis
        if sight is None or analysis is None or index >= sight.height:
            return [[]]
        row = sight.row(index)
        line = sight.book.lines([row])[0]
        odd = self.jumps is not None and self.jumps.odd(row)
        gutter: Piece = ("hot", "●") if odd else ("", " ")
        return [
            [
                gutter,
                *records.row(line, width - 1, records.clock(analysis, width), raw=self.raw, find=self.find),
            ]
        ]

    def _record_row(self, index: int, width: int) -> list[list[Piece]]:
        rows = self._whole(width)
        return [rows[index] if index < len(rows) else []]

    def _whole(self, width: int) -> list[list[Piece]]:
        line = self.line()
        analysis = self.session.analysis
        return opened(self.sight.book, line, analysis, width) if line and analysis and self.sight else []

    def on_listing_moved(self, message: Listing.Moved) -> None:
        """The crumb line says where; an open record follows."""
        if message.listing.id != "records":
            return
        self.query_one("#crumb", Says).refresh()
        if self.has_class("-open"):
            self._open()

    def on_listing_chosen(self, message: Listing.Chosen) -> None:
        """Open the record whole, or close it again."""
        if self.has_class("-open"):
            self.closes()
        else:
            self.add_class("-open")
            self._open()
        del message

    def _open(self) -> None:
        record = self.query_one("#record", Listing)
        width = max(self.size.width - 2, 20)
        record.show(len(self._whole(width)), cursor=0)

    def _say(self, text: str) -> None:
        self.said = text
        self.query_one("#sight", Says).refresh(layout=True)

    def _warn(self, text: str) -> None:
        self.notify(report.one_row(text), severity="warning", markup=False)

    # -- ways through it ---------------------------------------------------------------------------------
    def _to(self, row: int) -> None:
        """Put the cursor on a record, in the middle where it was out of sight."""
        if self.sight is None or not self.sight.height:
            return
        listing = self.query_one("#records", Listing)
        listing.centre(self.sight.index(row))

    def action_jump(self, kind: str, by: int) -> None:
        """To the next of a kind, or to the one before."""
        if self.sight is None or self.jumps is None or self.here is None:
            return
        row = self.jumps.next(kind, self.sight, self.here, by)
        if row is None:
            which = "more" if by > 0 else "earlier"
            self._warn(
                f"no {which} {self.jumps.NAMES[kind]}{' in sight' if self.sight.rows is not None else ''}"
            )
        else:
            self._to(row)

    def action_go_to(self) -> None:
        """Ask where to."""
        self.ask("go to", f"go to ({moment.HINT})")

    def _go(self, text: str) -> None:
        sight, line, analysis = self.sight, self.line(), self.session.analysis
        if sight is None or not sight.height or analysis is None:
            return
        begun = [one.start for one in analysis.incidents]
        try:
            found = 0.0 if text == "g" else moment.parse(text, line.time if line else None, begun)
        except LogsenseError as error:
            self._warn(str(error))
            return
        if isinstance(found, float):
            self._to(sight.row(min(int(found * sight.height), sight.height - 1)))
        else:
            self._to(min(sight.book.at(found), sight.book.height - 1))

    def action_zoom(self, factor: float) -> None:
        """Half of the time in sight around the cursor, or twice as much."""
        sight, line, analysis = self.sight, self.line(), self.session.analysis
        if sight is None or line is None or line.time is None or analysis is None:
            return
        self._see(sight.zoomed(line.time, factor, (analysis.start, analysis.end)))

    # -- filters, searches --------------------------------------------------------------------------------
    def _see(self, sight: Sight) -> None:
        """Show another sight; the cursor stays on its record, or on the nearest."""
        here = self.here
        self.sight = sight
        self.preview = None
        listing = self.query_one("#records", Listing)
        listing.show(sight.height, cursor=sight.index(here) if here is not None else 0)
        self._say(self.said if sight.height else "nothing is in sight: backspace takes the last filter off")

    def action_narrow(self) -> None:
        """Ask what to show."""
        self.ask("filter", "show (words, -word, level:warn, service:web, source:a.log)")

    def action_find(self) -> None:
        """Ask what to look for."""
        self.ask("search", "search (pattern)", self.find)

    def on_prompt_typed(self, message: Prompt.Typed) -> None:
        """Preview a filter; go at once where that is plain."""
        if message.purpose == "filter":
            self._look("preview", message.text)
        elif message.purpose == "go to" and message.text == "g":
            self.query_one(Prompt).remove()
            self._go("g")
            self.query_one("#records", Listing).focus()

    def on_prompt_done(self, message: Prompt.Done) -> None:
        """What was typed is meant."""
        self.query_one("#records", Listing).focus()
        if message.purpose == "go to":
            self._go(message.text)
        elif message.text:
            self._look(message.purpose, message.text)
        elif message.purpose == "search":
            self._found("", None)

    def on_prompt_left(self, message: Prompt.Left) -> None:
        """As it was."""
        del message
        self.workers.cancel_group(self, "look")
        self.preview = None
        self._say("")
        self.query_one("#records", Listing).focus()

    def _look(self, purpose: str, text: str) -> None:
        """Look for records beside the screens; what is found comes as ``Selected``."""
        sight = self.sight
        if sight is None:
            return
        self._say("looking…")

        self.run_worker(
            lambda: look(self, sight, purpose, text),
            thread=True,
            exclusive=purpose != "filter",
            exit_on_error=False,
            group="look",
        )

    def on_selected(self, message: Selected) -> None:
        """What was looked for."""
        sight = self.sight
        if sight is None:
            return
        if message.rows is None:
            self._say(message.error)
        elif message.purpose == "search":
            self._found(message.text, message.rows, message.share)
        elif message.purpose == "preview":
            shown = sight.among(message.rows)
            self.preview = Held(message.text, shown) if message.text.strip() else None
            self.find = condition.parse(message.text).pattern
            self._say("")
            self.query_one("#records", Listing).refresh()
        else:
            says = message.text if message.purpose == "filter" else f'"{message.text}"'
            self._say(way(sight.book, message.rows) if message.purpose == "id" else "")
            self._see(sight.changed(held=(*sight.held, Held(says, message.rows)), aside=False))

    def _found(self, pattern: str, rows: Rows | None, share: float = 1.0) -> None:
        """Matches of a search: they are counted as they come, and the cursor goes to the next one at once."""
        if self.jumps is None or self.sight is None:
            return
        self.find = pattern
        none = np.empty(0, np.uint32)
        self.jumps.know("found", none if rows is None else rows)
        count = 0 if rows is None else len(self.sight.among(rows))
        far = f", {share:.0%} searched (esc stops)" if share < 1 else ""
        self._say(
            f"/{report.one_row(pattern)}/ {count:,} match{'es' if count != 1 else ''}{far}" if pattern else ""
        )
        here = self.here
        if count and self.reached != pattern and here is not None:
            self.reached = pattern
            row = self.jumps.next("found", self.sight, here - 1, 1)
            self._to(row if row is not None else int(self.sight.among(rows if rows is not None else none)[0]))
        self.query_one("#records", Listing).refresh()

    def action_widen(self) -> None:
        """Take the last filter off."""
        if self.sight is not None and self.sight.held:
            self._say("")
            self._see(self.sight.changed(held=self.sight.held[:-1]))

    def action_set_aside(self) -> None:
        """Set all filters aside, or back."""
        if self.sight is not None and self.sight.held:
            self._see(self.sight.changed(aside=not self.sight.aside))

    def action_reset(self) -> None:
        """As it was at first."""
        if self.sight is not None and self.jumps is not None:
            self.find = ""
            self.jumps.forget("found")
            self._say("")
            self._see(self.sight.changed(held=(), aside=False, span=None))

    def action_raw(self) -> None:
        """Lines with the time that stands in them, or without."""
        self.raw = not self.raw
        self.query_one("#records", Listing).refresh()

    # -- an id ------------------------------------------------------------------------------------------
    def action_follow(self) -> None:
        """Only lines with an id of this one; pressed again on the same line, with its next id."""
        line, sight = self.line(), self.sight
        if line is None or sight is None:
            return
        found = ids("\n".join(sight.book.whole(line.row)[:50]))
        if not found:
            self._warn("no id was found in this line")
            return
        last = sight.held[-1].says.strip('"') if sight.held else ""
        if last in found:
            self._see(sight.changed(held=sight.held[:-1]))
        self._look("id", found[(found.index(last) + 1) % len(found)] if last in found else found[0])

    def action_edit(self, which: str) -> None:
        """Open the file at this line."""
        line = self.line()
        if line is not None and self.sight is not None:
            self.triage.edit(which, self.sight.book, line)
