"""All templates: what the logs say, how often, since when; sorted and filtered as one likes."""

from collections.abc import Iterable
from typing import ClassVar
from urllib.parse import quote, unquote

import polars as pl
from textual.binding import BindingType
from textual.widget import Widget

from logsense import report
from logsense.errors import UsageError
from logsense.tui.keys import TEMPLATES
from logsense.tui.lines import condition
from logsense.tui.listed.shown import ORDERS, shown
from logsense.tui.listed.trends import Trends
from logsense.tui.page import Page
from logsense.tui.painting import Piece
from logsense.tui.widgets import records
from logsense.tui.widgets.listing import Listing
from logsense.tui.widgets.prompt import Prompt
from logsense.tui.widgets.says import Says


class TemplatesPage(Page):
    """``templates/FILTER``: the filter is part of the place. Enter opens a template."""

    title_ = "templates"
    CSS_PATH = "templates.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(TEMPLATES)

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.text = ""  # the filter that holds; while one is typed, the one before
        self.wanted = self.typed = text
        self.order = "count"
        self.turned = False
        self.said = ""
        self.rows: list[dict[str, object]] = []
        self.trends: Trends | None = None

    @classmethod
    def at(cls, rest: str) -> "TemplatesPage":
        """The page with a filter."""
        return cls(unquote(rest))

    def body(self) -> Iterable[Widget]:
        """What is shown, and the list."""
        yield Says(self._head, name="sight")
        yield Listing(self._row, name="templates")

    @property
    def place(self) -> str:
        """The page under its filter."""
        return f"templates/{quote(self.text)}" if self.text else "templates"

    def answered(self) -> None:
        """The templates of this answer."""
        analysis = self.session.analysis
        if analysis is not None:
            self.trends = Trends(analysis.view, 24 if self.size.width >= 100 else 10)
            if self.wanted:
                wanted, self.wanted = self.wanted, ""
                self._hold(wanted)
            else:
                self._show()

    def copied(self) -> str:
        """The text of the template under the cursor."""
        row = self.under()
        return str(row["text"]) if row else ""

    def under(self) -> dict[str, object] | None:
        """The template under the cursor."""
        at = self.query_one(Listing).cursor
        return self.rows[at] if at < len(self.rows) else None

    def _show(self) -> None:
        """Filter and sort; a filter that cannot be read is said, and the one before stands."""
        analysis = self.session.analysis
        if analysis is None:
            return
        here = self.under()
        try:
            wanted, self.said = condition.parse(self.typed), ""
        except UsageError as error:
            wanted, self.said = condition.parse(self.text), str(error)
        found = shown(analysis.templates, wanted, self.order, turned=self.turned)
        self.rows = found.with_columns(pl.col("level").cast(pl.String)).to_dicts()
        ids = [row["template"] for row in self.rows]
        at = ids.index(here["template"]) if here and here["template"] in ids else 0
        self.query_one(Listing).show(len(self.rows), cursor=at)
        self.query_one("#sight", Says).refresh(layout=True)

    def _head(self, width: int) -> list[list[Piece]]:
        analysis = self.session.analysis
        if analysis is None:
            return [[("dim", "reading…")]]
        total = report.count(analysis.templates.height, "template")
        pieces: list[Piece] = [
            ("head", f"{len(self.rows):,} of {total} shown" if self.typed.strip() else total)
        ]
        pieces += [("dim", f" · by {self.order}{', turned' if self.turned else ''} (s)")]
        for token in condition.parse(self.text).tokens if self.text and not self.said else ():
            pieces += [("dim", " · "), ("kind", f"[{report.one_row(token)}]")]
        pieces += [("dim", " · "), ("critical", report.one_row(self.said))] if self.said else []
        return [pieces, self._columns(width)]

    def _columns(self, width: int) -> list[Piece]:
        trend = self.trends.width if self.trends else 10
        head = f"{'count':>9}  {'share':>5}  {'trend':<{trend}}  {'level':<5} "
        if width >= 100:
            head += f"{'first':<8}  {'last':<8}  {'service':<16} "
        return [("dim", " " + head + "text")]

    def _row(self, index: int, width: int) -> list[list[Piece]]:
        row = self.rows[index] if index < len(self.rows) else None
        analysis = self.session.analysis
        if row is None or self.trends is None or analysis is None:
            return [[]]
        level = row["level"]
        role, word = records.LEVELS[str(level) if level else None]
        share = f"{float(str(row['share'])):.1%}"
        pieces: list[Piece] = [
            ("", f"{row['count']:>9,}  "),
            ("dim", f"{share:>5}  "),
            ("usual", self.trends.picture(str(row["template"])).ljust(self.trends.width) + "  "),
            (role, word + " "),
        ]
        if width >= 100:
            services = row["services"]
            name = report.one_row(", ".join(services)) if isinstance(services, list) else ""
            when = self._when
            name = report.fit(name, 16)
            pieces += [
                ("dim", f"{when(row['first']):<8}  {when(row['last']):<8}  "),
                ("place", name + " " * (17 - report.cells(name))),
            ]
        return [[*pieces, *records.marked(report.one_row(str(row["text"])), self._pattern)]]

    def _when(self, moment: object) -> str:
        """A moment in eight cells: the time of day, or the day where the run has several."""
        analysis = self.session.analysis
        one_day = (
            analysis and analysis.start and analysis.end and analysis.start.date() == analysis.end.date()
        )
        return f"{moment:%H:%M:%S}" if moment and one_day else f"{moment:%m-%d %H}"[:8] if moment else ""

    @property
    def _pattern(self) -> str:
        return "" if self.said else condition.parse(self.typed).pattern

    def on_listing_chosen(self, message: Listing.Chosen) -> None:
        """Open the template."""
        self.triage.open(f"template/{self.rows[message.index]['template']}")

    # -- what is shown -----------------------------------------------------------------------------------
    def action_narrow(self) -> None:
        """Ask for a filter, beginning with the one there is."""
        self.ask("templates", "show (words, -word, level:warn, service:web)", self.text)

    def on_prompt_typed(self, message: Prompt.Typed) -> None:
        """Filter as it is typed."""
        self.typed = message.text
        self._show()

    def on_prompt_done(self, message: Prompt.Done) -> None:
        """The filter holds."""
        self._hold(message.text)
        self.query_one(Listing).focus()

    def on_prompt_left(self, message: Prompt.Left) -> None:
        """The filter that held before."""
        del message
        self._hold(self.text)
        self.query_one(Listing).focus()

    def _hold(self, text: str) -> None:
        try:
            condition.parse(text)
            self.text = text.strip()
        except UsageError as error:
            self.notify(report.one_row(str(error)), severity="warning", markup=False)
        self.typed = self.text
        self._show()

    def action_sort(self, turn: bool) -> None:
        """By the next column, or the other way round."""
        if turn:
            self.turned = not self.turned
        else:
            names = list(ORDERS)
            self.order, self.turned = names[(names.index(self.order) + 1) % len(names)], False
        self._show()

    def action_only(self, name: str) -> None:
        """Show only the service of the template under the cursor, or all but it, or all but the template."""
        row = self.under()
        if row is None:
            return
        services = row["services"]
        first = str(services[0]) if isinstance(services, list) and services else ""
        value = str(row["template"]) if "template" in name else first
        quoted = f'"{value}"' if " " in value else value
        self._hold(f"{self.text} {name}:{quoted}")

    def action_widen(self) -> None:
        """Take the last part of the filter off."""
        tokens = condition.parse(self.text).tokens
        self._hold(" ".join(f'"{t}"' if " " in t else t for t in tokens[:-1]))

    def action_reset(self) -> None:
        """All templates, most frequent first."""
        self.order, self.turned = "count", False
        self._hold("")
