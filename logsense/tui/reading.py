"""Runs the pipeline beside the screens, in a thread, and tells them of it by messages alone."""

from typing import TYPE_CHECKING

from textual.message import Message
from textual.worker import get_current_worker

from logsense import engine, pipeline
from logsense.analysis import Analysis
from logsense.errors import LogsenseError
from logsense.tui.messages import Answered, Booked, Failed, Found, Progressed
from logsense.watch import Watch

if TYPE_CHECKING:
    from logsense.tui.app import Triage


def bind(app: "Triage", analysis: Analysis) -> None:
    """Make the book of the records; called in a worker thread."""
    if analysis.book is None:
        return
    try:
        book = analysis.book()
    except Exception as error:  # noqa: BLE001 - a full disk must cost the lines, not the screens
        app.post_message(Failed(f"the lines cannot be shown: {error}"))
    else:
        app.post_message(Booked(analysis, book))
    engine.give_back()


def read(app: "Triage") -> None:
    """Analyse what was asked for; called in a worker thread.

    What goes wrong becomes a message: an exception that leaves a worker would end the screens.
    """
    worker = get_current_worker()
    watch = Watch(
        found=lambda files: _tell(app, Found(files)),
        progress=lambda step: _tell(app, Progressed(step)),
        snapshot=lambda analysis: _tell(app, Answered(analysis)),
        stop=lambda: worker.is_cancelled or app.session.stopped,
    )
    try:
        analysis = pipeline.analyze(app.session.paths, app.session.settings, watch=watch)
    except LogsenseError as error:
        app.post_message(Failed(str(error)))
    except Exception as error:  # noqa: BLE001 - a defect of ours must be told, and what is on screen must stay
        app.post_message(Failed(f"a defect of ours: {type(error).__name__}: {error}"))
    else:
        app.post_message(Answered(analysis))
    engine.give_back()


def _tell(app: "Triage", message: Message) -> None:
    if not get_current_worker().is_cancelled:
        app.post_message(message)
