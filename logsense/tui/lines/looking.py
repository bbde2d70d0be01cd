"""Looks for records beside the screens: a search, a filter, an id. Called in a worker thread."""

from textual.message_pump import MessagePump
from textual.worker import get_current_worker

from logsense import engine, report
from logsense.analysis import Book, Rows
from logsense.errors import LogsenseError
from logsense.tui.lines import condition
from logsense.tui.lines.sight import Sight, fulfil
from logsense.tui.messages import Selected

#: Records that the way of an id is read from.
WAY = 2000


def look(page: MessagePump, sight: Sight, purpose: str, text: str) -> None:
    """Find the records; what is found comes to the page as ``Selected``, a search tells of its progress."""
    worker = get_current_worker()

    def stop() -> bool:
        return worker.is_cancelled

    def found(rows: Rows, share: float) -> None:
        if not stop():
            page.post_message(Selected(purpose, text, rows, min(share, 0.99)))

    try:
        if purpose == "search":
            rows = sight.book.search(text, stop=stop, found=found)
        elif purpose == "id":
            rows = sight.book.search(text, literal=True, stop=stop)
        else:
            rows = fulfil(sight.book, condition.parse(text), stop)
    except LogsenseError as error:
        page.post_message(Selected(purpose, text, None, error=str(error)))
    else:
        if not stop():
            page.post_message(Selected(purpose, text, rows))
    engine.give_back()


def way(book: Book, rows: Rows) -> str:
    """Through which services an id went, and how long that took."""
    lines = book.lines(rows[:WAY].tolist())
    services = list(dict.fromkeys(report.one_row(line.service) for line in lines))
    times = [line.time for line in lines if line.time]
    took = f", {report.between(times[0], times[-1])}" if len(times) > 1 else ""
    return f"{' → '.join(services)}: {report.count(len(rows), 'record')}{took}" if services else ""
