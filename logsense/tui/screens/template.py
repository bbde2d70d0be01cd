"""One template: what it says, over time, what stood at its placeholders, and its lines."""

from collections.abc import Iterable
from typing import ClassVar

import polars as pl
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from logsense import report
from logsense.analysis import Book, Parameter, Rows, Where
from logsense.tui.keys import TEMPLATE
from logsense.tui.listed import values
from logsense.tui.listed.trends import Trends
from logsense.tui.messages import Valued
from logsense.tui.page import Page
from logsense.tui.painting import Piece, wrapped
from logsense.tui.widgets import records
from logsense.tui.widgets.listing import Listing
from logsense.tui.widgets.says import Says


class TemplatePage(Page):
    """``template/ID``. Enter opens a line among all others."""

    title_ = "template"
    CSS_PATH = "template.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(TEMPLATE)

    def __init__(self, template: str) -> None:
        super().__init__()
        self.template = template
        self.rows: Rows | None = None
        self.book: Book | None = None
        self.parameters: tuple[Parameter, ...] | None = None

    @classmethod
    def at(cls, rest: str) -> "TemplatePage":
        """The page of a template, by its id."""
        return cls(rest)

    def body(self) -> Iterable[Widget]:
        """Its facts, its values, its lines."""
        yield Says(self._facts, name="facts")
        with Vertical(id="both"):
            yield Listing(self._value, name="values")
            yield Listing(self._line, name="records")

    @property
    def place(self) -> str:
        """This template."""
        return f"template/{self.template}"

    @property
    def up_to(self) -> str:
        """The list of all."""
        return "templates"

    def told(self) -> str:
        """Its id."""
        return self.template

    def copied(self) -> str:
        """Its text."""
        row = self._found()
        return str(row["text"]) if row else ""

    def answered(self) -> None:
        """Its lines and values may be others now."""
        if self.book is None or self.session.book is not self.book:
            self.triage.want_book()

    def booked(self) -> None:
        """Its lines can be shown; its values are read beside the screens."""
        book = self.session.book
        if book is None or book is self.book:
            return
        self.book = book
        self.rows = book.select(Where(templates=(self.template,)))
        lines = self.query_one("#records", Listing)
        lines.show(len(self.rows), cursor=0)
        lines.focus()
        self._count_values()
        self.run_worker(
            lambda: self.post_message(Valued(self.template, book.values(self.template))),
            thread=True, exclusive=True, exit_on_error=False, group="values",
        )  # fmt: skip

    def on_valued(self, message: Valued) -> None:
        """The values are known."""
        self.parameters = message.parameters
        self._count_values()

    def _count_values(self) -> None:
        listing = self.query_one("#values", Listing)
        listing.show(len(self._values(max(listing.size.width - 1, 20))))

    def _found(self) -> dict[str, object] | None:
        analysis = self.session.analysis
        found = analysis.templates.filter(pl.col("template") == self.template) if analysis else None
        return found.row(0, named=True) if found is not None and found.height else None

    def _facts(self, width: int) -> list[list[Piece]]:
        row, analysis = self._found(), self.session.analysis
        if analysis is None:
            return [[("dim", "reading…")]]
        if row is None:
            return [[("critical", f"there is no template {report.one_row(self.template)} in these logs")]]
        when = report.moments(analysis.start, analysis.end)
        services = row["services"]
        names = ", ".join(map(report.one_row, services)) if isinstance(services, list) else ""
        facts = [
            report.count(int(str(row["count"])), "record"),
            f"{float(str(row['share'])):.1%} of all",
            str(row["level"] or "no level"),
        ]
        # Nulls of a frame are None here, and whoever has no time says so.
        first, last = (
            analysis.templates.filter(pl.col("template") == self.template).select("first", "last").row(0)
        )
        facts += [f"{when(first)} → {when(last)}"] if first else ["no times"]
        trends = Trends(analysis.view, max(width - 12, 10))
        return [
            *wrapped(str(row["text"]), width, rows=3, role="head"),
            [("place", names), ("dim", " · " + " · ".join(facts))],
            [("dim", "over time "), ("hot", trends.picture(self.template))],
        ]

    def _value(self, index: int, width: int) -> list[list[Piece]]:
        rows = self._values(width)
        return [rows[index] if index < len(rows) else []]

    def _values(self, width: int) -> list[list[Piece]]:
        """Named numbers first: they are of all records; what stands at placeholders is read from a sample."""
        analysis = self.session.analysis
        rows = values.named(analysis.view, self.template, width) if analysis else []
        if self.parameters is None:
            return [*rows, [("dim", "reading what stood at its placeholders…")]]
        rows += values.rows(self.parameters, width)
        return rows or [[("dim", "it has no placeholders and no numbers with a name")]]

    def _line(self, index: int, width: int) -> list[list[Piece]]:
        analysis = self.session.analysis
        if self.book is None or self.rows is None or analysis is None or index >= len(self.rows):
            return [[]]
        line = self.book.lines([int(self.rows[index])])[0]
        return [records.row(line, width, records.clock(analysis, width))]

    def on_listing_chosen(self, message: Listing.Chosen) -> None:
        """Open the line among all others."""
        if message.listing.id == "records" and self.book is not None and self.rows is not None:
            line = self.book.lines([int(self.rows[message.index])])[0]
            self.triage.open_line(line.source, line.line)

    def action_lines(self) -> None:
        """All of its lines on the lines page."""
        self.triage.open(f"lines/?filter=template:{self.template}")
