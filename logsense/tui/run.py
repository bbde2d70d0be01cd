"""Starts the screens and gives their exit code."""

from logsense.tui.app import Triage
from logsense.tui.session import Session


def run(session: Session, *, at: str = "inbox", mouse: bool = False) -> int:
    """Show the screens until the user leaves; 70 after a defect of ours, else 0."""
    app = Triage(session, at=at)
    app.run(mouse=mouse)
    return 70 if app.return_code else 0
