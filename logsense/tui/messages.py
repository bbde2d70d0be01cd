"""What the work beside the screens tells them: frozen, sent from its thread, the stale ones dropped."""

from dataclasses import dataclass

from textual.message import Message

from logsense.analysis import Analysis
from logsense.gather import Progress


@dataclass
class Progressed(Message):
    """How far reading has come; only the last one counts."""

    progress: Progress

    def can_replace(self, message: Message) -> bool:
        """Whether the other one, still waiting, need not be looked at any more."""
        return isinstance(message, Progressed)


@dataclass
class Answered(Message):
    """A new Analysis to be shown: so far, of all that was read, or of moved windows."""

    analysis: Analysis


@dataclass
class Failed(Message):
    """The work ended with an error; what was shown before stands."""

    reason: str
