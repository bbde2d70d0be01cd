"""What the work beside the screens tells them: frozen, sent from its thread, the stale ones dropped."""

from dataclasses import dataclass

from textual.message import Message

from logsense.analysis import Analysis, Book, Parameter, Rows
from logsense.host import Host
from logsense.watch import File, Progress


@dataclass
class Found(Message):
    """The files that are going to be read, and those that are not."""

    files: tuple[File, ...]


@dataclass
class Progressed(Message):
    """How far reading has come; of a file only the last one counts."""

    progress: Progress

    def can_replace(self, message: Message) -> bool:
        """Whether the other one, still waiting, need not be looked at any more."""
        return isinstance(message, Progressed) and message.progress.source == self.progress.source


@dataclass
class Answered(Message):
    """A new Analysis to be shown: so far, of all that was read, or of moved windows."""

    analysis: Analysis


@dataclass
class Booked(Message):
    """The records of an Analysis can be read."""

    analysis: Analysis
    book: Book


@dataclass
class Selected(Message):
    """Records that were looked for. purpose: for what; text: what was looked for.

    share: how much of the work is done, 1.0 for all. error: why it could not be done.
    """

    purpose: str
    text: str
    rows: Rows | None
    share: float = 1.0
    error: str = ""

    def can_replace(self, message: Message) -> bool:
        """Whether the next one that waits makes this one stale: it says more of the same search."""
        if self.share >= 1.0 or not isinstance(message, Selected):
            return False
        return (message.purpose, message.text) == (self.purpose, self.text)


@dataclass
class Valued(Message):
    """What stood at the placeholders of a template."""

    template: str
    parameters: tuple[Parameter, ...]


@dataclass
class Panelled(Message):
    """The panels of plugins are loaded."""

    host: Host


@dataclass
class Failed(Message):
    """The work ended with an error; what was shown before stands."""

    reason: str


@dataclass
class Exported(Message):
    """A report was written. told: where, and what was redacted; reason: why it was not."""

    told: str
    reason: str = ""
