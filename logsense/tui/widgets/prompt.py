"""One row to type into: a search, a filter, a moment to go to. What is typed is previewed as it is typed."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from logsense.tui.keys import PROMPT
from logsense.tui.painting import Piece
from logsense.tui.widgets.says import Says


class Prompt(Horizontal):
    """Asks for a text.

    purpose: a word for what, told with each message. note: what to type. text: what stands there at first.
    typed: what was typed before, the newest last; what is meant now is put there, too.
    """

    BINDINGS: ClassVar[list[BindingType]] = list(PROMPT)
    DEFAULT_CSS = """
    Prompt { height: 1; background: $panel; }
    Prompt Says { width: auto; }
    Prompt Input { width: 1fr; height: 1; border: none; padding: 0 1; background: $panel; }
    """

    @dataclass
    class Typed(Message):
        """The text has changed: a preview is wanted."""

        purpose: str
        text: str

    @dataclass
    class Done(Message):
        """Enter: the text is meant."""

        purpose: str
        text: str

    @dataclass
    class Left(Message):
        """Esc: all is as it was before."""

        purpose: str

    def __init__(self, purpose: str, note: str, text: str = "", *, typed: list[str]) -> None:
        super().__init__()
        self.purpose = purpose
        self.note = note
        self.begun = text
        self.typed = typed
        self._at = 0

    def compose(self) -> ComposeResult:
        """The note, then where to type."""
        yield Says(self._note)
        yield Input(value=self.begun, compact=True, select_on_focus=False)

    def _note(self, width: int) -> list[list[Piece]]:
        del width
        return [[("label", f" {self.note} ")]]

    def on_mount(self) -> None:
        """Keys go here at once."""
        self.query_one(Says).styles.width = len(self.note) + 2
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Preview."""
        event.stop()
        self.post_message(self.Typed(self.purpose, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Meant; it can be recalled the next time."""
        event.stop()
        if event.value and event.value not in self.typed[-1:]:
            self.typed.append(event.value)
        self.post_message(self.Done(self.purpose, event.value))
        self.remove()

    def action_leave_prompt(self) -> None:
        """Not meant."""
        self.post_message(self.Left(self.purpose))
        self.remove()

    def action_recall(self, by: int) -> None:
        """What was typed before."""
        self._at = min(max(self._at + by, 0), len(self.typed))
        self.query_one(Input).value = self.typed[-self._at] if self._at else ""
