"""What was read, what was not and why: trouble first, each file with its format, lines, span and note."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.widget import Widget

from logsense import report
from logsense.analysis import Analysis
from logsense.tui.page import Page
from logsense.tui.painting import Piece, column, wrapped
from logsense.tui.session import Session
from logsense.tui.widgets.listing import Listing
from logsense.tui.widgets.says import Says

#: Sign, word and role of each state, the worst first.
STATES = (
    ("✘", "not read", "critical"),
    ("⚠", "note", "major"),
    ("–", "skipped", "dim"),
    ("…", "reading", "mark"),
    ("·", "waiting", "dim"),
    ("✔", "read", "good"),
)
FAILED, NOTED, SKIPPED, READING, WAITING, READ = range(len(STATES))


@dataclass(frozen=True)
class File:
    """A file as the page shows it. state: an index of ``STATES``; why: its note, or why it was not read."""

    state: int
    name: str
    format: str = ""
    lines: int = 0
    records: int = 0
    first: datetime | None = None
    last: datetime | None = None
    why: str = ""


def files_of(analysis: Analysis) -> list[File]:
    """All files of a run, those with trouble first, then as they are named."""
    found = [
        File(SKIPPED if not failed else FAILED, source, why=reason)
        for source, reason, failed in analysis.skipped.select("source", "reason", "failed").iter_rows()
    ]
    columns = ("path", "format", "lines", "records", "first", "last", "note")
    for name, format_, lines, records, first, last, note in analysis.sources.select(columns).iter_rows():
        state = NOTED if note else READ
        found.append(File(state, name, format_ or "", lines, records, first, last, note or ""))
    return sorted(found, key=lambda file: (file.state, file.name))


def under_way(session: Session) -> list[File]:
    """The files while they are read: how much of each is done."""
    out: list[File] = []
    for file in session.files:
        step = session.steps.get(file.name)
        if file.skipped:
            out.append(File(SKIPPED, file.name, why=file.note or ""))
        elif step is None:
            out.append(File(WAITING, file.name, why=file.note or f"{file.size:,} bytes"))
        elif step.failed:
            out.append(File(FAILED, file.name, why=step.note or ""))
        elif not step.finished:
            done = f"{min(step.own / max(step.size, 1), 1.0):.0%} of {step.size:,} bytes"
            out.append(File(READING, file.name, why=done))
        else:
            note = step.note or ""
            out.append(File(NOTED if note else READ, file.name, why=note))
    return sorted(out, key=lambda file: (file.state, file.name))


class FilesPage(Page):
    """Enter opens the lines of the file under the cursor."""

    title_ = "files"
    CSS_PATH = "files.tcss"

    def __init__(self) -> None:
        super().__init__()
        self.files: list[File] = []

    def body(self) -> Iterable[Widget]:
        """The sums, the files, and all that is known of the one under the cursor."""
        yield Says(self._head, name="head")
        yield Listing(self._row, name="files")
        yield Says(self._detail, name="detail")

    def answered(self) -> None:
        """All files are known, or how far each of them is."""
        analysis, reading = self.session.analysis, self.session.reading
        self.files = under_way(self.session) if reading or analysis is None else files_of(analysis)
        self.query_one(Listing).show(len(self.files))
        for says in self.query(Says):
            says.refresh(layout=True)

    def on_mount(self) -> None:
        """Also before there is an answer."""
        self.answered()

    def renew(self) -> None:
        """As above: each step of reading is shown."""
        if self.query(Listing):
            self.answered()

    def on_listing_moved(self) -> None:
        """Another file is told of below."""
        self.query_one("#detail").refresh(layout=True)

    def on_listing_chosen(self, message: Listing.Chosen) -> None:
        """Its lines, where it has any."""
        file = self.files[message.index]
        if file.lines:
            self.triage.open(f"lines/{file.name}:1")
        else:
            self.notify(report.one_row(f"{file.name} has no lines: {file.why or 'empty'}"), markup=False)

    def copied(self) -> str:
        """The file's name, and its note."""
        file = self._current
        return f"{file.name}: {file.why}" if file and file.why else file.name if file else ""

    @property
    def _current(self) -> File | None:
        at = self.query_one(Listing).cursor
        return self.files[at] if at < len(self.files) else None

    def _head(self, width: int) -> list[list[Piece]]:
        if not self.files:
            return [[("dim", "finding the files…" if self.session.reading else "there are no files")]]
        counts = Counter(file.state for file in self.files)
        pieces: list[Piece] = [("head", report.count(len(self.files), "file"))]
        for state in (READ, READING, WAITING, NOTED, SKIPPED, FAILED):
            sign, word, role = STATES[state]
            word = "read, with a note" if state == NOTED else word
            pieces += [("dim", " · "), (role, f"{sign} {counts[state]:,} {word}")] if counts[state] else []
        rows = [pieces]
        if width >= _WIDE:
            rows.append([("dim", f"  {'':11}{column('file', self._names(width))}  ")])
            rows[-1].append(("dim", f"{'format':<14}{'lines':>11}{'records':>11}  first → last"))
        return rows

    def _names(self, width: int) -> int:
        longest = max((report.cells(file.name) for file in self.files), default=8)
        return max(min(longest, width - (78 if width >= _WIDE else 38)), 12)

    def _row(self, index: int, width: int) -> Sequence[Sequence[Piece]]:
        file = self.files[index]
        sign, word, role = STATES[file.state]
        name = column(file.name, self._names(width))
        pieces: list[Piece] = [(role, f"{sign} {word:<9}"), ("head", f"{name}  ")]
        room = width - 13 - self._names(width)
        if not file.lines:
            return [[*pieces, ("", report.fit(file.why, max(room, 8)))]]
        if width < _WIDE:
            pieces += [("dim", column(file.format, 12)), ("", f"{file.lines:>12,}")]
            return [pieces]
        pieces += [("dim", column(file.format, 14)), ("", f"{file.lines:>11,}{file.records:>11,}  ")]
        pieces.append(("dim", f"{self._span(file)}  "))
        taken = sum(report.cells(text) for _, text in pieces)
        return [
            [*pieces, ("", report.fit(file.why, width - taken) if width - taken > 12 and file.why else "")]
        ]

    def _span(self, file: File) -> str:
        analysis = self.session.analysis
        if analysis is None or file.first is None:
            return "no times"
        when = report.moments(analysis.start, analysis.end)
        return f"{when(file.first)} → {when(file.last)}"

    def _detail(self, width: int) -> list[list[Piece]]:
        file = self._current
        if file is None:
            return []
        rows = wrapped(file.name, width, rows=2, role="head")
        if file.lines:
            said = f"{file.format or 'no format known'} · {report.count(file.lines, 'line')} · "
            rows += wrapped(
                f"{said}{report.count(file.records, 'record')} · {self._span(file)}", width, rows=2
            )
        return rows + (wrapped(file.why, width, rows=4, role="mark") if file.why else [])


#: From this width on a row holds records and times as well.
_WIDE = 100
