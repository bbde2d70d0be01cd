"""The lines of evidence in their place: a list that is filled by workers, so that no key waits for a file."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from textual.message import Message
from textual.worker import get_current_worker

from logsense import report
from logsense.analysis import Analysis, Book, Cause, Line, Rows
from logsense.errors import LogsenseError
from logsense.tui.incident.evidence import GAP, Around, Wanted, around, told
from logsense.tui.incident.values import begin, lit
from logsense.tui.painting import Piece, hue
from logsense.tui.widgets.listing import Listing
from logsense.tui.widgets.records import LEVELS, MOST, clock, short

#: Below this many cells a row has no room for the header of a line.
NARROW = 100
#: Lines that are fetched at a time.
PAGE = 200


@dataclass
class State:
    """What is shown. rows: of the book; apart: lines that are in no row, before all others.

    asked: the book in which they are looked for; placed: they were found.
    """

    wanted: Wanted | None = None
    rows: Rows = field(default_factory=lambda: np.empty(0, dtype=np.uint32))
    own: frozenset[int] = frozenset()
    errors: Rows = field(default_factory=lambda: np.empty(0, dtype=np.uint32))
    apart: tuple[Line, ...] = ()
    placed: bool = False
    asked: Book | None = None


class EvidencePane(Listing):
    """Rows of all services around the lines that prove a cause, these marked with a sign."""

    @dataclass
    class Surrounded(Message):
        """What stands around the evidence is known."""

        found: Around

    @dataclass
    class Fetched(Message):
        """Lines that were asked for."""

        lines: tuple[Line, ...]

    @dataclass
    class Unread(Message):
        """The lines cannot be read; the evidence itself stays."""

        reason: str

    def __init__(self, *, name: str) -> None:
        super().__init__(self._item, name=name)
        self.state = State()
        self.analysis: Analysis | None = None
        self.book: Book | None = None
        self.texts: dict[str, str] = {}
        self._lines: dict[int, Line] = {}
        self._asked: set[int] = set()

    # -- what to show ---------------------------------------------------------------------------------
    def about(self, analysis: Analysis, book: Book | None) -> None:
        """Another answer, or its records can be read now."""
        if analysis is not self.analysis:
            names, texts = analysis.templates["template"], analysis.templates["text"]
            self.texts = dict(zip(names, texts, strict=True))
        if book is not self.book:
            self._lines, self._asked = {}, set()
        self.analysis, self.book = analysis, book

    def prove(self, cause: Cause | None, *, only: bool) -> None:
        """Show the lines of a cause; only: of its service alone."""
        if cause is None:
            self.state = State()
            self.show(0)
            return
        wanted = Wanted(cause, (cause.service,) if only else ())
        old = self.state
        if old.wanted == wanted and old.asked is self.book:
            return
        if old.wanted is None or old.wanted.cause != cause:
            self.state = State(wanted, apart=told(cause))
            self.show(len(self.state.apart), cursor=0)
        else:
            self.state.wanted = wanted
        self.state.asked = self.book
        if self.book is not None:
            self._work(around, self.book, wanted)

    def _work(self, do: Callable[[Book, Wanted], Around], book: Book, wanted: Wanted) -> None:
        def look() -> None:
            worker = get_current_worker()
            try:
                found = do(book, wanted)
            except (LogsenseError, OSError) as error:
                self.post_message(self.Unread(str(error)))
            else:
                if not worker.is_cancelled:
                    self.post_message(self.Surrounded(found))

        self.run_worker(look, thread=True, exclusive=True, exit_on_error=False, group="evidence")

    def on_evidence_pane_surrounded(self, message: Surrounded) -> None:
        """Show them, the cursor on the line that proves most."""
        found = message.found
        if found.wanted != self.state.wanted or not (found.rows.size or found.apart):
            return
        self._lines.update((line.row, line) for line in found.lines)
        self.state = State(
            found.wanted,
            found.rows,
            frozenset(map(int, found.own)),
            found.errors,
            found.apart,
            placed=True,
            asked=self.book,
        )
        at = 0
        if found.first is not None:
            at = int(np.flatnonzero(found.rows == found.first)[0]) + len(found.apart)
        self.show(len(found.apart) + int(found.rows.size), cursor=at)
        self.call_after_refresh(self._frame)

    def _frame(self) -> None:
        """The cursor with more of what came after it in sight than of what came before."""
        self.scroll_to(
            y=max(self.cursor - self.size.height // 3, 0), animate=False, immediate=True, force=True
        )

    def on_resize(self) -> None:
        """The evidence must stay in sight."""
        self._frame()

    def on_evidence_pane_fetched(self, message: Fetched) -> None:
        """Draw them."""
        self._lines.update((line.row, line) for line in message.lines)
        self.refresh()

    def on_evidence_pane_unread(self, message: Unread) -> None:
        """Tell; what is shown stays."""
        self.notify(report.one_row(message.reason), severity="error", markup=False)

    # -- lines ----------------------------------------------------------------------------------------
    def line(self, index: int) -> Line | None:
        """The line of an item; None where it is not there yet, or where lines are left out."""
        apart = self.state.apart
        if index < len(apart):
            return apart[index]
        row = self._row(index)
        return None if row is None or row == GAP else self._lines.get(row)

    def _row(self, index: int) -> int | None:
        at = index - len(self.state.apart)
        return int(self.state.rows[at]) if 0 <= at < self.state.rows.size else None

    def _want(self, index: int) -> None:
        """Have the lines around an item fetched."""
        book, at = self.book, max(index - len(self.state.apart), 0)
        if book is None:
            return
        first = at // PAGE * PAGE
        page = [int(row) for row in self.state.rows[first : first + PAGE] if row != GAP]
        wanted = [row for row in page if row not in self._lines and row not in self._asked]
        self._asked.update(wanted)
        if not wanted:
            return

        def fetch() -> None:
            try:
                self.post_message(self.Fetched(tuple(book.lines(wanted))))
            except (LogsenseError, OSError) as error:
                self.post_message(self.Unread(str(error)))

        self.run_worker(fetch, thread=True, exit_on_error=False, group="lines of evidence")

    def next_error(self) -> bool:
        """To the next error, from the last on to the first; False where there is none."""
        errors, apart = self.state.errors, len(self.state.apart)
        if not errors.size:
            return False
        places = np.flatnonzero(np.isin(self.state.rows, errors)) + apart
        later = places[places > self.cursor]
        self.cursor = int(later[0] if later.size else places[0])
        self._frame()
        return True

    # -- drawing --------------------------------------------------------------------------------------
    def _item(self, index: int, width: int) -> list[list[Piece]]:
        row = self._row(index) if index >= len(self.state.apart) else -1
        if row == GAP:
            return [[("dim", "  ⋯ later")]]
        line = self.line(index)
        if line is None:
            self._want(index)
            return [[("dim", "  …")]]
        own = index < len(self.state.apart) or line.row in self.state.own
        return [self._said(line, width, own=own)]

    def _said(self, line: Line, width: int, *, own: bool) -> list[Piece]:
        """One record: whether it is evidence, time, level, service, text with its values marked."""
        role, level = LEVELS[line.level]
        room = 12 if width < NARROW else 18
        name = report.fit(report.one_row(line.service), room)
        when = clock(self.analysis, width)(line.time) if self.analysis else ""
        pieces: list[Piece] = [
            ("mark", "▶ " if own else "  "),
            ("head" if own else "dim", when + " "),
            (role, level + " "),
            (hue(line.service), name + " " * (room - report.cells(name) + 1)),
        ]
        text = report.one_row(short(line.text[:MOST]))
        template = self.texts.get(line.template or "", "")
        # Where it is narrow, the header of a line would leave no room for what it says.
        text = text[begin(text, template) :] if width < NARROW else text
        pieces += lit(text, template, "head" if own else "")
        return [*pieces, ("dim", f" ⏎{line.lines}")] if line.lines > 1 else pieces
