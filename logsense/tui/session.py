"""What is known while the screens are open: what was asked for, how far reading is, the Analysis."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from logsense.analysis import Analysis, Book, Incident, Verdict, Windows
from logsense.config import Settings
from logsense.host import Host
from logsense.watch import File, Progress


@dataclass
class Session:
    """The one thing that changes.

    arguments: the words of the command line that lead to these logs.
    chosen: the answer before any window was moved, once one is. book: the records, once they are wanted.
    panels: the plugins of panels, once their page was opened. judges: those that judge moved windows: one
    host for all moves, since a worker takes a moment to start.
    typed: what was typed into prompts, a list a purpose. files: what was found; steps: how far each of them
    is, by its name. stopped: reading is to end with what is known.
    verdicts: the file they are kept in; said: those of this session, each with what it took the place of.
    """

    paths: tuple[str, ...]
    settings: Settings
    arguments: tuple[str, ...] = ()
    analysis: Analysis | None = None
    chosen: Analysis | None = None
    book: Book | None = None
    files: tuple[File, ...] = ()
    progress: Progress | None = None
    steps: dict[str, Progress] = field(default_factory=dict)
    reading: bool = True
    stopped: bool = False
    failed: str | None = None
    verdicts: Path | None = None
    said: list[tuple[Verdict, tuple[Verdict, ...]]] = field(default_factory=list)
    panels: Host | None = None
    judges: Host | None = None
    typed: dict[str, list[str]] = field(default_factory=dict)

    def judge(self) -> Host:
        """The host that ``pipeline.rethink`` is given."""
        if self.judges is None:
            from logsense.pipeline import JUDGES  # when windows move it has long been loaded

            self.judges = Host(kinds=JUDGES, plugins=self.settings.plugins)
        return self.judges

    def close(self) -> None:
        """End what plugins run in."""
        for host in (self.panels, self.judges):
            if host is not None:
                host.close()

    @property
    def base(self) -> Analysis | None:
        """The answer with the windows that logsense chose: its counts are those of the whole run."""
        moved = self.analysis is not None and self.analysis.windows != Windows()
        return self.chosen if moved else self.analysis

    def incident(self, number: str) -> Incident | None:
        """The incident of that id, or the one that is the nearest to it after another look at the logs."""
        incidents = self.analysis.incidents if self.analysis else ()
        return next((one for one in incidents if one.id == number), None)

    def command(self, place: Sequence[str] = ()) -> str:
        """The command that opens the same logs, at this place."""
        words = ["logsense", "tui", *place, *(self.arguments or self.paths)]
        return shlex.join(words)
