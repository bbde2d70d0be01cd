"""The inbox: the incidents, most important first; where there are none, what came closest."""

from collections.abc import Iterable
from typing import ClassVar, TypeAlias

from textual.binding import BindingType
from textual.widget import Widget

from logsense.analysis import Incident, Muted, NearMiss
from logsense.tui.inbox import entries, heading
from logsense.tui.keys import INBOX, VERDICTS
from logsense.tui.page import Page
from logsense.tui.painting import Piece
from logsense.tui.widgets.listing import Listing
from logsense.tui.widgets.says import Says

Entry: TypeAlias = Incident | Muted | NearMiss


class Inbox(Page):
    """Opens at once and fills in while files are read."""

    title_ = "inbox"
    CSS_PATH = "inbox.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*INBOX, *VERDICTS]

    def __init__(self) -> None:
        super().__init__()
        self.muted = False
        self.entries: list[Entry] = []

    def body(self) -> Iterable[Widget]:
        """What was found so far, above it how reading goes on."""
        yield Says(self._head, name="head")
        yield Listing(self._item, tall=entries.TALL, name="incidents")

    @property
    def up_to(self) -> str:
        """The inbox is the top: Esc does nothing."""
        return ""

    def answered(self) -> None:
        """The list of the new answer; the cursor stays on its incident where that is still there."""
        analysis = self.session.analysis
        if analysis is None:
            return
        old = self.finding()
        self.entries = [*analysis.incidents, *(analysis.muted if self.muted else ())]
        if not self.entries:
            self.entries = list(analysis.near_misses)
        same = (
            n for n, one in enumerate(self.entries) if old and isinstance(one, Incident) and one.id == old.id
        )
        self.query_one(Listing).show(len(self.entries), cursor=next(same, None))
        self.query_one("#head", Says).refresh(layout=True)

    def told(self) -> str:
        """How many there are."""
        analysis = self.session.analysis
        if analysis is None or not analysis.incidents:
            return ""
        return f"{len(analysis.incidents):,} incident{'s' if len(analysis.incidents) != 1 else ''}"

    def under(self) -> Entry | None:
        """What is under the cursor."""
        at = self.query_one(Listing).cursor
        return self.entries[at] if at < len(self.entries) else None

    def finding(self) -> Incident | None:
        """The incident under the cursor, muted or not."""
        under = self.under()
        return under.incident if isinstance(under, Muted) else under if isinstance(under, Incident) else None

    def copied(self) -> str:
        """The sentence under the cursor."""
        under, found = self.under(), self.finding()
        return found.summary if found else under.sentence if isinstance(under, NearMiss) else ""

    def on_listing_chosen(self, message: Listing.Chosen) -> None:
        """Open the incident, or the template of what came close to one."""
        entry = self.entries[message.index]
        if isinstance(entry, NearMiss):
            if entry.template_id:
                self.triage.open(f"template/{entry.template_id}")
            return
        self.triage.open(f"incident/{(entry.incident if isinstance(entry, Muted) else entry).id}")

    def action_muted(self) -> None:
        """Show what verdicts mute, or hide it again."""
        self.muted = not self.muted
        self.answered()

    def action_stop(self) -> None:
        """End reading; what is known so far is judged."""
        self.session.stopped = True

    def _head(self, width: int) -> list[list[Piece]]:
        rows = max(min(self.size.height // 2, 10), 3)
        return heading.head(self.session, width, rows)

    def _item(self, index: int, width: int) -> list[list[Piece]]:
        analysis = self.session.analysis
        if analysis is None or index >= len(self.entries):
            return []
        return entries.rows(self.entries[index], analysis, width)
