"""What every page is: a crumb line, its own body, the strip that says what it rests on, the keys."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

from logsense import report
from logsense.analysis import Incident
from logsense.tui.painting import Piece
from logsense.tui.strip import honesty
from logsense.tui.widgets.prompt import Prompt
from logsense.tui.widgets.says import Says

if TYPE_CHECKING:
    from logsense.tui.app import Triage
    from logsense.tui.session import Session


class Page(Screen[None]):
    """A page answers one question. Its name and place stand in the crumb line at the top.

    title_: what it is called. A page gives its ``body`` and draws in ``answered``; it may also say ``at``
    (how it is made from a place), ``place``, ``up_to``, ``told``, ``copied``.
    """

    title_: ClassVar[str] = ""
    # Textual declares it as a variable of the instance, so that it cannot be a ClassVar here.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (150, "-vast")]  # noqa: RUF012 - as Textual has it

    def compose(self) -> ComposeResult:
        """The frame; a page fills its middle."""
        yield Says(self._crumb, name="crumb")
        yield from self.body()
        yield Says(self._strip, name="strip")
        yield Footer(compact=True, show_command_palette=False)

    @classmethod
    def at(cls, rest: str) -> "Page":
        """The page of a place, made from what follows its name there."""
        del rest
        return cls()

    def body(self) -> Iterable[Widget]:
        """The middle of the page."""
        return ()

    @property
    def triage(self) -> "Triage":
        """The app, as what it is."""
        return cast("Triage", self.app)

    @property
    def session(self) -> "Session":
        """What is known."""
        return self.triage.session

    @property
    def place(self) -> str:
        """Where this is, as ``--open`` takes it; empty: it cannot be opened by that."""
        return self.title_

    @property
    def up_to(self) -> str:
        """The place that Esc leads to; empty for none."""
        return "inbox"

    def told(self) -> str:
        """What the crumb line says beside the name."""
        return ""

    def copied(self) -> str:
        """The text that ``c`` copies."""
        return ""

    def finding(self) -> Incident | None:
        """The incident that this is about, which ``o`` writes; None for all of them."""
        kind, _, number = self.place.partition("/")
        return self.session.incident(number.partition("/")[0]) if kind == "incident" else None

    def ask(self, purpose: str, note: str, text: str = "") -> None:
        """Ask for a text in a row above the strip; what comes of it are the messages of ``Prompt``."""
        for old in self.query(Prompt):
            old.remove()
        self.mount(
            Prompt(purpose, note, text, typed=self.session.typed.setdefault(purpose, [])), before="#strip"
        )

    def closes(self) -> bool:
        """Close what is open on the page, for Esc; False where there is nothing, so that Esc leads up."""
        return False

    def booked(self) -> None:
        """The records can be read (``session.book``); asked for by ``triage.want_book``."""

    def answered(self) -> None:
        """There is another Analysis: draw it."""

    def on_mount(self) -> None:
        """Draw what is known already."""
        if self.session.analysis is not None:
            self.answered()

    def renew(self) -> None:
        """Something about the run has changed: what is said is drawn again, then the page."""
        said = self.query(Says)
        if not said:
            return  # not composed yet; mounting draws it
        for one in said:
            one.refresh(layout=True)
        if self.session.analysis is not None:
            self.answered()

    def _crumb(self, width: int) -> list[list[Piece]]:
        left: list[Piece] = [("head", "logsense"), ("dim", " › "), ("head", self.title_)]
        told = self.told()
        left += [("dim", " › "), ("", report.one_row(told))] if told else []
        right = self.triage.state()
        taken = sum(report.cells(text) for _, text in left)
        room = width - sum(report.cells(text) for _, text in right) - 1
        if taken > room:
            left = [
                *left[:-1],
                (left[-1][0], report.fit(left[-1][1], max(report.cells(left[-1][1]) - taken + room, 1))),
            ]
            taken = sum(report.cells(text) for _, text in left)
        return [[*left, ("", " " * max(room - taken + 1, 1)), *right]]

    def _strip(self, width: int) -> list[list[Piece]]:
        return [honesty(self.session, width)]
