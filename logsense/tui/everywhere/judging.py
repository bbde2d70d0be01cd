"""Verdicts as they are said on the screens: written to the user's file, honoured at once, taken back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from textual.notifications import SeverityLevel

from logsense import report, verdicts
from logsense.analysis import Incident
from logsense.errors import LogsenseError, UsageError
from logsense.tui.session import Session

#: What prompts of verdicts are about.
FILE, UNTIL = "verdicts are kept in", "expected until"
#: Where verdicts are kept if the user does not choose otherwise, and for how long something is expected.
DEFAULT, DAYS = "logsense-verdicts.toml", 7


@dataclass
class Judging:
    """What is being said. ask: asks for a text, see ``Page.ask``; tell: a word on what became of it."""

    session: Session
    ask: Callable[[str, str, str], None]
    tell: Callable[[str, SeverityLevel], None]
    incident: Incident | None = None
    says: str = ""

    def judge(self, incident: Incident | None, says: str) -> None:
        """Say it of an incident; asks first for what is not known: the file, the day."""
        if incident is None:
            self.tell("there is no incident under the cursor", "warning")
            return
        self.incident, self.says = incident, says
        if self.session.verdicts is None:
            self.ask(FILE, "keep verdicts in the file", DEFAULT)
        elif says == "expected":
            today = datetime.now(UTC).date()
            begun = incident.start.date() if incident.start else today
            until = max(today, begun) + timedelta(days=DAYS)
            self.ask(UNTIL, "expected until the end of (a date, or 7d)", until.isoformat())
        else:
            self.write(None)

    def answer(self, purpose: str, text: str) -> None:
        """What was typed."""
        try:
            if purpose == FILE:
                self.session.verdicts = Path(text.strip() or DEFAULT).expanduser()
                self.judge(self.incident, self.says)
            elif purpose == UNTIL:
                self.write(day(text))
        except LogsenseError as error:
            self.tell(str(error), "error")

    def write(self, until: date | None) -> None:
        """Write it, and look at the incidents again."""
        analysis, path = self.session.analysis, self.session.verdicts
        if analysis is None or path is None or self.incident is None:
            return
        try:
            verdict = verdicts.of(self.incident, self.says, analysis.view.templates, until=until)
            before = verdicts.add(path, verdict)
            self.session.said.append((verdict, before))
            self.again(path)
        except LogsenseError as error:
            self.tell(str(error), "error")
            return
        day_ = f" until {until}" if until else ""
        self.tell(
            f"{self.says}{day_}: written to {report.one_row(str(path))} (u takes it back)", "information"
        )

    def undo(self) -> None:
        """Take the last one back; what it took the place of holds again."""
        path = self.session.verdicts
        if not self.session.said or path is None:
            self.tell("there is no verdict of this session to take back", "warning")
            return
        verdict, before = self.session.said.pop()
        try:
            verdicts.remove(path, verdict)
            for one in before:
                verdicts.add(path, one)
            self.again(path)
        except LogsenseError as error:
            self.tell(str(error), "error")
            return
        self.tell(f"taken back: {verdict.says} of {report.one_row(verdict.service)}", "information")

    def again(self, path: Path) -> None:
        """Honour what the file says now."""
        found, _ = verdicts.read(path)
        session = self.session
        if session.analysis is not None:
            session.analysis = verdicts.judged(session.analysis, found)
        if session.chosen is not None:
            session.chosen = verdicts.judged(session.chosen, found)
        # Another look at the logs (moved windows) reads the same file.
        session.settings = replace(session.settings, verdicts=str(path))


def day(text: str) -> date:
    """A day as it is typed: ISO 8601, or so many days or weeks from today; UsageError else."""
    words = text.strip().lower()
    count, unit = words[:-1], words[-1:]
    if count.isdecimal() and unit in ("d", "w") and len(count) < 5:
        return datetime.now(UTC).date() + timedelta(days=int(count) * (7 if unit == "w" else 1))
    try:
        return date.fromisoformat(words)
    except ValueError as error:
        msg = f"{text!r} is no day; type one such as 2026-01-31, or 7d, or 2w"
        raise UsageError(msg) from error
