"""An incident: its causes, the counts over time, the lines that prove it, and why it was ranked so."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar
from urllib.parse import quote

from textual import work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget

from logsense import pipeline, report
from logsense.analysis import Analysis, Cause, Incident, Windows
from logsense.errors import LogsenseError
from logsense.tui.incident import after, causes, series, spread, windows
from logsense.tui.incident.head import head
from logsense.tui.incident.pane import EvidencePane
from logsense.tui.incident.why import why
from logsense.tui.keys import INCIDENT, VERDICTS
from logsense.tui.messages import Answered
from logsense.tui.page import Page
from logsense.tui.painting import Piece, wrapped
from logsense.tui.widgets.listing import Listing
from logsense.tui.widgets.says import Says
from logsense.tui.widgets.timeline import Timeline, Track

#: Windows that are still being moved are not thought about: this long after the last key, in seconds.
STILL = 0.25
#: What stands at the side, and what it is called.
SIDES = {"why": "WHY", "spread": "SERVICES", "after": "FOLLOWS"}


#: How windows are moved, said where the timeline has the keys.
MOVING = "[ ] suspect, { } normal to the cursor; ⇧←→ ^←→ move them"


class IncidentPage(Page):
    """Causes at the left, beside them why, services or what followed; the timeline above, evidence below."""

    title_ = "incident"
    CSS_PATH = "incident.tcss"
    AUTO_FOCUS = "#causes"
    BINDINGS: ClassVar[list[BindingType]] = [*INCIDENT, *VERDICTS]
    # Textual declares it as a variable of the instance, so that it cannot be a ClassVar here.
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]  # noqa: RUF012 - as Textual has it

    def __init__(self, number: str = "") -> None:
        super().__init__()
        self.number = number
        self.incident: Incident | None = None
        self.wanted = Windows()
        self.aside = "why"
        self.only = False
        self.entries: list[after.Entry] = []
        self._drawn: Analysis | None = None
        self._counted: tuple[Analysis | None, list[Track]] = (None, [])
        self._asided: tuple[object, list[list[Piece]]] = (None, [])

    @classmethod
    def at(cls, rest: str) -> "IncidentPage":
        """The page of the incident with that id, or the one of that number in the inbox, from 1."""
        return cls(rest)

    def body(self) -> Iterable[Widget]:
        """What broke, the timeline, the causes and the side, the evidence."""
        yield Says(self._head, name="head")
        yield Timeline(name="timeline")
        with Horizontal(id="middle"):
            with Vertical(id="left"):
                yield Says(self._causes_heading, name="causes-heading")
                yield Listing(self._cause, name="causes")
            with Vertical(id="right"):
                yield Says(self._side_heading, name="side-heading")
                with VerticalScroll(id="text"):
                    yield Says(self._side, name="side")
                yield Listing(self._entry, name="after")
        with Vertical(id="below"):
            yield Says(self._evidence_heading, name="evidence-heading")
            yield EvidencePane(name="evidence")

    # -- where it stands --------------------------------------------------------------------------------
    @property
    def place(self) -> str:
        """The incident it is about."""
        return f"incident/{self.number}"

    @property
    def cause(self) -> Cause | None:
        """The cause under the cursor."""
        found = self.incident.causes if self.incident else ()
        at = self.query_one("#causes", Listing).cursor
        return found[at] if at < len(found) else None

    @property
    def pane(self) -> EvidencePane:
        """The lines of evidence."""
        return self.query_one(EvidencePane)

    @property
    def timeline(self) -> Timeline:
        """The counts over time."""
        return self.query_one(Timeline)

    def told(self) -> str:
        """Which incident of how many; that windows were moved."""
        found = self.session.analysis.incidents if self.session.analysis else ()
        at = next((n for n, one in enumerate(found, 1) if one is self.incident), 0)
        parts = [f"{at} of {len(found)}"] if at else []
        parts += ["windows moved (0: back)"] if self.wanted != Windows() else []
        parts += [MOVING] if self.focused is self.timeline else []
        return " · ".join(parts)

    def copied(self) -> str:
        """The line, the row or the sentence under the cursor."""
        if self.focused is self.pane:
            line = self.pane.line(self.pane.cursor)
            return f"{line.source}:{line.line}  {line.text}" if line else ""
        after_ = self.query_one("#after", Listing)
        if self.focused is after_ and after_.cursor < len(self.entries):
            return self.entries[after_.cursor].text
        cause = self.cause
        return cause.summary if cause else ""

    # -- another answer ---------------------------------------------------------------------------------
    def answered(self) -> None:
        """Draw it: the same incident where it is still there, else the nearest, and say so."""
        analysis = self.session.analysis
        if analysis is None or analysis is self._drawn:
            return
        self._drawn = analysis
        self.wanted = analysis.windows
        self._find(analysis)
        self.pane.about(analysis, self.session.book)
        self._show()
        self.triage.want_book()

    def booked(self) -> None:
        """The records can be read."""
        if self.session.analysis is not None:
            self.pane.about(self.session.analysis, self.session.book)
            self.pane.prove(self.cause, only=self.only)

    def _find(self, analysis: Analysis) -> None:
        found, old = analysis.incidents, self.incident
        if old is None:
            self.incident = self.session.incident(self.number)
            if self.incident is None and self.number.isdecimal() and 0 < int(self.number) <= len(found):
                self.incident = found[int(self.number) - 1]
        else:
            self.incident = windows.same(found, old)
            if self.incident is None and found:
                self.incident = windows.nearest(found, old)
                self.notify("it is none any more: the nearest one is shown", severity="warning", markup=False)
        if self.incident is not None:
            self.number = self.incident.id

    def _show(self) -> None:
        """Everything, for the incident that is looked at."""
        listing = self.query_one("#causes", Listing)
        listing.tall = 1 if self.has_class("-narrow") else 3
        listing.show(len(self.incident.causes) if self.incident else 0)
        analysis = self.session.analysis
        self.entries = after.entries(analysis, self.incident) if analysis and self.incident else []
        self.query_one("#after", Listing).show(len(self.entries))
        self._look()

    def _look(self) -> None:
        """What depends on the cause under the cursor, or on the windows."""
        base = self.session.base
        if base is None:
            return
        axis = series.axis(base.view)
        timeline = self.timeline
        timeline.short = not self.has_class("-tall")
        if base is not self._counted[0]:
            self._counted = (base, series.whole(base.view))
        drawn = [*series.tracks(base.view, self.incident, self.cause), *self._counted[1]]
        timeline.show(axis, drawn, windows.marks(base, axis, self.incident, self.wanted))
        self.pane.prove(self.cause, only=self.only)
        self._say()

    def _say(self) -> None:
        """What is said, said again."""
        self.query_one("#text").display = self.aside != "after"
        self.query_one("#after").display = self.aside == "after"
        for one in self.query(Says):
            one.refresh(layout=True)

    def on_resize(self) -> None:
        """Another size has another layout."""
        self.call_after_refresh(self._resized)

    def _resized(self) -> None:
        if self._drawn is not None and self.is_attached:
            self._show()

    # -- what is drawn ----------------------------------------------------------------------------------
    def _head(self, width: int) -> list[list[Piece]]:
        analysis = self.session.analysis
        if analysis is None:
            return [[("dim", "reading…")]]
        if self.incident is None:
            none = "with these windows there is no incident; 0 puts them back"
            if self.wanted == Windows():
                none = f"there is no incident {self.number} in these logs; esc leads to those there are"
            return wrapped(none, width, role="major")
        return head(self.incident, analysis, width)

    def _causes_heading(self, width: int) -> list[list[Piece]]:
        del width
        found = len(self.incident.causes) if self.incident else 0
        return [[("label", " CAUSES "), ("dim", f"{found}, most likely first")]]

    def _cause(self, index: int, width: int) -> list[list[Piece]]:
        if self.incident is None or index >= len(self.incident.causes):
            return []
        return causes.item(self.incident.causes[index], width, self.query_one("#causes", Listing).tall)

    def _side_heading(self, width: int) -> list[list[Piece]]:
        pieces: list[Piece] = []
        for key, (name, title) in zip("wgt", SIDES.items(), strict=True):
            pieces += [("dim", f" {key} "), ("label" if name == self.aside else "dim", title)]
        close = "  esc: the evidence again" if self.has_class("-narrow") else ""
        return [[*pieces, ("dim", report.fit(close, max(width - 30, 0)))]]

    def _side(self, width: int) -> list[list[Piece]]:
        analysis = self.session.analysis
        if self.incident is None or analysis is None or self.aside == "after":
            return []
        # Asked for row by row, and a graph is not drawn in no time: made once for what it shows.
        shown = (analysis, self.incident, self.cause if self.aside == "why" else None, self.aside, width)
        if not (isinstance(self._asided[0], tuple) and all(map(_same, self._asided[0], shown))):
            if self.aside == "spread":
                self._asided = shown, spread.rows(analysis, self.incident, width)
            else:
                self._asided = shown, why(self.incident, self.cause, width)
        return self._asided[1]

    def _entry(self, index: int, width: int) -> list[list[Piece]]:
        del width
        return [list(self.entries[index].pieces)] if index < len(self.entries) else []

    def _evidence_heading(self, width: int) -> list[list[Piece]]:
        cause, state = self.cause, self.pane.state
        if cause is None:
            return [[("label", " EVIDENCE")]]
        first = cause.evidence[0] if cause.evidence else None
        place = report.one_row(f"{first.source}:{first.line}") if first else "no line of its own"
        whose = f"{report.one_row(cause.service)} only" if self.only else "all services"
        facts = f"▶ its lines among {whose}, ±30 s"
        if state.placed:
            facts += f" · {report.count(int(state.rows.size), 'row')}"
            facts += f" · {report.count(int(state.errors.size), 'error')}"
        elif self.session.book is None:
            facts = "the other lines come once they are read"
        lead = f" EVIDENCE {cause.rank} "
        room = max(width - len(lead) - 2 - report.cells(place), 8)
        return [[("label", lead), ("place", place), ("dim", "  " + report.fit(facts, room))]]

    # -- messages ---------------------------------------------------------------------------------------
    def on_listing_moved(self, message: Listing.Moved) -> None:
        """Another cause: its evidence, its terms."""
        if message.listing.id == "causes":
            self._look()

    def on_evidence_pane_surrounded(self) -> None:
        """How many there are is said."""
        self._say()

    def on_listing_chosen(self, message: Listing.Chosen) -> None:
        """Open the lines there."""
        place = ""
        if message.listing.id == "causes":
            cause = self.cause
            first = cause.evidence[0] if cause and cause.evidence else None
            place = f"{first.source}:{first.line}" if first else ""
        elif message.listing.id == "evidence":
            line = self.pane.line(message.index)
            place = f"{line.source}:{line.line}" if line else ""
        elif message.index < len(self.entries):
            place = self.entries[message.index].place
        if place:
            self.triage.open(f"lines/{quote(place, safe='/:')}")
        elif message.listing.id != "after" or self.entries[message.index].pieces:
            self.notify("there is no line to open here", severity="warning", markup=False)

    def on_timeline_moved(self, message: Timeline.Moved) -> None:
        """A window is somewhere else: mark it at once, think once it stands still."""
        base, axis = self.session.base, message.timeline.axis
        if base is None or axis is None:
            return
        if self.session.reading:
            self.notify("windows can be moved once all is read", severity="warning", markup=False)
            return
        self._wish(windows.moved(self.wanted, axis, message.which, message.span))

    def _wish(self, wanted: Windows) -> None:
        self.wanted = wanted
        self._look()
        self.query_one("#crumb", Says).refresh()
        self._think(wanted)

    @work(exclusive=True, exit_on_error=False, group="rethink")
    async def _think(self, wanted: Windows) -> None:
        """Judge again with these windows; the answer comes as any other, to every page."""
        await asyncio.sleep(STILL)
        base = self.session.base
        if base is None:
            return
        try:
            answer = base
            if wanted != Windows():
                answer = await asyncio.to_thread(pipeline.rethink, base, wanted, self.session.judge())
        except Exception as error:  # noqa: BLE001 - a defect must be told, and what is on screen must stay
            ours = "" if isinstance(error, LogsenseError) else f"a defect of ours: {type(error).__name__}: "
            self.notify(report.one_row(f"{ours}{error}"), severity="error", markup=False)
            self.wanted = self.session.analysis.windows if self.session.analysis else Windows()
            self._look()
            self.query_one("#crumb", Says).refresh()
            return
        self.session.chosen = base
        self.triage.post_message(Answered(answer))

    def on_descendant_focus(self) -> None:
        """The crumb line says what the timeline can do while it has the keys."""
        self.query_one("#crumb", Says).refresh()

    def on_descendant_blur(self) -> None:
        """As ``on_descendant_focus``."""
        self.query_one("#crumb", Says).refresh()

    # -- actions ----------------------------------------------------------------------------------------
    def closes(self) -> bool:
        """Where there is one column, Esc first closes what lies over the evidence."""
        if self.has_class("-narrow") and self.has_class("-aside"):
            self._open_side(shown=False)
            return True
        return False

    def _open_side(self, *, shown: bool) -> None:
        self.set_class(shown, "-aside")
        self._say()
        side = "#after" if self.aside == "after" else "#text"
        self.query_one(side if shown else "#causes").focus()

    def action_side(self, which: str) -> None:
        """Show this at the side; again: the lines of evidence where there is one column, else why."""
        again = self.aside == which and (self.has_class("-aside") or not self.has_class("-narrow"))
        self.aside = which if not again or self.has_class("-narrow") else "why"
        self.query_one("#text").scroll_home(animate=False)
        self._open_side(shown=not again)

    def action_turn(self, by: int) -> None:
        """To another incident, from the last on to the first."""
        found = self.session.analysis.incidents if self.session.analysis else ()
        if len(found) < 2:
            self.notify("there is no other incident", markup=False)
            return
        at = next((n for n, one in enumerate(found) if one is self.incident), 0)
        self.incident = found[(at + by) % len(found)]
        self.number = self.incident.id
        self.query_one("#causes", Listing).cursor = 0
        self._show()
        self.query_one("#crumb", Says).refresh()

    def action_error(self) -> None:
        """To the next error among the lines of evidence."""
        if not self.pane.next_error():
            self.notify("there is no error among these lines", markup=False)

    def action_only(self) -> None:
        """Evidence of one service, or of all again."""
        self.only = not self.only
        self.pane.prove(self.cause, only=self.only)
        self._say()

    def action_border(self, which: str, side: str) -> None:
        """Put a border of a window at the cursor of the timeline."""
        self.timeline.border(which, side)

    def action_slide(self, which: str, by: int) -> None:
        """Move a window."""
        self.timeline.slide(which, by)

    def action_chosen(self) -> None:
        """The windows as logsense chose them."""
        if self.wanted != Windows():
            self._wish(Windows())


def _same(one: object, other: object) -> bool:
    """Comparing two answers frame by frame would take long; the same one is the same object."""
    return one is other or (isinstance(one, str | int) and one == other)
