"""The inbox: the incidents, most important first; where there are none, what came closest."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from logsense import report
from logsense.analysis import Incident
from logsense.tui.keys import INBOX, VERDICTS
from logsense.tui.page import Page
from logsense.tui.painting import SIGNS, Piece, wrapped
from logsense.tui.pictures import banded
from logsense.tui.widgets.listing import Listing
from logsense.tui.widgets.says import Says

#: Rows of an incident: its facts, then its sentence.
TALL = 3


class Inbox(Page):
    """Opens at once and fills in while files are read."""

    title_ = "inbox"
    CSS_PATH = "inbox.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*INBOX, *VERDICTS]

    def body(self) -> Iterable[Widget]:
        """What was found so far, above it how reading goes on."""
        yield Says(self._head, name="head")
        yield Listing(self._item, tall=TALL, name="incidents")

    @property
    def up_to(self) -> str:
        """The inbox is the top: Esc does nothing."""
        return ""

    def answered(self) -> None:
        """The list of the new answer; the cursor stays on its incident where that is still there."""
        self.query_one(Listing).show(len(self._incidents))

    @property
    def _incidents(self) -> Sequence[Incident]:
        return self.session.analysis.incidents if self.session.analysis else ()

    def on_listing_chosen(self, message: Listing.Chosen) -> None:
        """Open the incident."""
        self.triage.open(f"incident/{self._incidents[message.index].id}")

    def copied(self) -> str:
        """The sentence of the incident under the cursor."""
        at = self.query_one(Listing).cursor
        return self._incidents[at].summary if at < len(self._incidents) else ""

    def finding(self) -> Incident | None:
        """The incident under the cursor."""
        at = self.query_one(Listing).cursor
        return self._incidents[at] if at < len(self._incidents) else None

    def _head(self, width: int) -> list[list[Piece]]:
        analysis = self.session.analysis
        if analysis is None:
            return self._reading(width)
        return []

    def _reading(self, width: int) -> list[list[Piece]]:
        step = self.session.progress
        if step is None:
            return [[("dim", "finding the files…")]]
        share = min(step.done / step.total, 1.0) if step.total else 0.0
        bar = max(width - 50, 10)
        full = int(share * bar)
        return [
            [
                ("mark", "█" * full + "░" * (bar - full)),
                ("", f" {share:.0%}  "),
                ("dim", report.one_row(step.source)),
            ]
        ]

    def _item(self, index: int, width: int) -> list[list[Piece]]:
        incident = self._incidents[index]
        analysis = self.session.analysis
        when = report.moments(analysis.start, analysis.end) if analysis else report.moments(None, None)
        role = incident.severity
        lead: list[Piece] = [
            (role, f"{SIGNS.get(role, '·')} {incident.severity.upper():<8} "),
            ("kind", f"{incident.kind:<12} "),
            ("head", f"{when(incident.start)}  "),
        ]
        spark = banded(incident, analysis.view, 24 if width < 100 else 40) if analysis else []
        tail: list[Piece] = [("place", "  " + ", ".join(map(report.one_row, incident.services)))]
        rows = wrapped(incident.summary, min(width, 120), rows=TALL - 1, indent="  ")
        return [[*lead, *spark, *tail], *rows]
