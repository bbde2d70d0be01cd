"""The app: it wires. The session, the trail of pages, and the keys that work on every page."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, ClassVar, Literal
from urllib.parse import quote

from textual.app import App, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.dom import DOMNode
from textual.notifications import SeverityLevel
from textual.widget import Widget

from logsense import report
from logsense.analysis import Book, Line
from logsense.errors import LogsenseError
from logsense.tui import reading
from logsense.tui.everywhere import clipboard
from logsense.tui.everywhere.judging import FILE, UNTIL, Judging
from logsense.tui.keys import EVERYWHERE
from logsense.tui.lines import editor
from logsense.tui.messages import Answered, Booked, Exported, Failed, Found, Progressed
from logsense.tui.page import Page
from logsense.tui.painting import Piece
from logsense.tui.panels.containing import Contained, Fence, fence_in, fence_of
from logsense.tui.session import Session
from logsense.tui.start.keymap import Keymap
from logsense.tui.widgets.prompt import Prompt

#: Pages that can be gone back to; older ones are opened anew.
TRAIL = 20


def _everything() -> type[Provider]:
    """What the palette offers, imported when it is first opened."""
    from logsense.tui.everywhere.palette import Everything

    return Everything


class Triage(Contained, App[None]):
    """Opens on the incidents.

    at: the place to open first, as ``--open`` takes it. keymap: keys of one's own.
    """

    CSS_PATH = "app.tcss"
    TITLE = "logsense"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_everything}
    ESCAPE_TO_MINIMIZE = False
    BINDINGS: ClassVar[list[BindingType]] = list(EVERYWHERE)

    def __init__(self, session: Session, *, at: str = "inbox", keymap: Keymap | None = None) -> None:
        super().__init__()
        self.keymap_ = keymap or Keymap()
        self._clashed: set[str] = set()
        self.session = session
        self.first = at
        self.trail: list[Page] = []
        self.here = -1
        self._made = 0
        self.judging = Judging(session, self._ask, self._tell)

    def on_mount(self) -> None:
        """Show the first page at once, then begin to read."""
        self.set_keymap(dict(self.keymap_.keys))
        for remark in self.keymap_.remarks:
            self.notify(report.one_row(remark), severity="warning", markup=False, timeout=10)
        self.open(self.first)
        if self.session.reading:
            self.run_worker(
                lambda: reading.read(self), thread=True, exclusive=True, exit_on_error=False, group="read"
            )

    # -- the trail of pages -------------------------------------------------------------------------
    def open(self, place: str) -> None:
        """Go to a place; it is the newest of the trail."""
        self.go(page_of(place))

    def open_line(self, source: str, line: int) -> None:
        """Go to a line of a file, among all others."""
        self.open(f"lines/{quote(source)}:{line}")

    def go(self, page: Page) -> None:
        """Show a page; what lay ahead on the trail is forgotten."""
        for old in self.trail[self.here + 1 :]:
            self.uninstall_screen(old)
        self.trail = [*self.trail[: self.here + 1], page]
        if len(self.trail) > TRAIL:
            self.uninstall_screen(self.trail.pop(0))
        self._made += 1
        self.install_screen(page, f"page-{self._made}")
        self._show(len(self.trail) - 1)

    def _show(self, at: int) -> None:
        self.here = at
        page = self.trail[at]
        if self.screen in self.trail:
            self.switch_screen(page)
        else:
            self.push_screen(page)
        page.renew()

    # -- what the work beside the screens tells --------------------------------------------------------
    def on_found(self, message: Found) -> None:
        """Which files there are."""
        self.session.files = message.files
        self._renew()

    def on_progressed(self, message: Progressed) -> None:
        """Reading goes on."""
        self.session.progress = message.progress
        if not message.progress.fetching:
            self.session.steps[message.progress.source] = message.progress
        self._renew()

    def on_answered(self, message: Answered) -> None:
        """There is an answer, the last one or one so far."""
        old, self.session.analysis = self.session.analysis, message.analysis
        if old is None or old.book is not message.analysis.book:
            self.session.book = None
        if self.session.verdicts is not None and self.session.said:
            self.judging.again(self.session.verdicts)
        self.session.reading = message.analysis.partial is not None
        self._renew()

    def on_booked(self, message: Booked) -> None:
        """The records can be read: the page that waits for them is told."""
        if message.analysis is self.session.analysis:
            self.session.book = message.book
            if isinstance(self.screen, Page):
                self.screen.booked()

    def want_book(self) -> None:
        """See to it that the page on the screen is told once the records can be read."""
        analysis = self.session.analysis
        if self.session.book is None and analysis is not None:
            self.run_worker(
                lambda: reading.bind(self, analysis),
                thread=True,
                exclusive=True,
                exit_on_error=False,
                group="bind",
            )
        elif isinstance(self.screen, Page):
            self.screen.booked()

    def on_failed(self, message: Failed) -> None:
        """The work ended; what is on the screen stays."""
        self.session.failed, self.session.reading = message.reason, False
        self.notify(report.one_row(message.reason), severity="error", markup=False, timeout=10)
        self._renew()

    def _renew(self) -> None:
        if isinstance(self.screen, Page):
            self.screen.renew()

    def state(self) -> list[Piece]:
        """What stands at the right of the crumb line."""
        session = self.session
        if session.reading:
            step = session.progress
            if step is None:
                return [("mark", "looking for files")]
            if step.fetching:
                return [("mark", "fetching")]
            share = min(step.done / step.total, 1.0) if step.total else 1.0
            so_far = " · answers so far" if session.analysis else ""
            return [("mark", f"reading {share:.0%}{so_far}" if share < 1 else "judging…")]
        if session.failed:
            return [("critical", "✘ failed")]
        seconds = session.analysis.seconds if session.analysis else 0.0
        return [("good", "✔ "), ("dim", f"{seconds:.1f} s")]

    # -- actions ------------------------------------------------------------------------------------------
    def action_open(self, place: str) -> None:
        """Go to a place."""
        page = self.screen
        if isinstance(page, Page) and page.place == place:
            return
        self.open(place)

    def action_up(self) -> None:
        """One level up; never out."""
        page = self.screen
        if not isinstance(page, Page):
            self.pop_screen()
        elif not page.closes() and page.up_to:
            self.open(page.up_to)

    def action_step_back(self) -> None:
        """The page before."""
        if self.here > 0:
            self._show(self.here - 1)

    def action_step_forward(self) -> None:
        """The page that was gone back from."""
        if self.here < len(self.trail) - 1:
            self._show(self.here + 1)

    def action_copy(self) -> None:
        """Copy the text under the cursor."""
        page = self.screen
        self._to_clipboard(page.copied() if isinstance(page, Page) else "")

    def action_copy_command(self) -> None:
        """Copy the command that opens this view."""
        page = self.screen
        place = page.place if isinstance(page, Page) else ""
        self._to_clipboard(self.session.command(("--open", place) if place and place != "inbox" else ()))

    def edit(self, which: str, book: Book, line: Line) -> None:
        """Open the file of a line in the user's editor or pager, which has the terminal meanwhile."""
        try:
            path = book.file(line.source)
            if path is None:
                return
            words = (editor.editor if which == "editor" else editor.pager)(path, line.line)
            with self.suspend():
                # A list of words, no shell: names of files are data.
                subprocess.run(words, check=False)  # noqa: S603 - the user's own editor, from the environment
        except (LogsenseError, OSError, SuspendNotSupported) as error:
            self.notify(report.one_row(str(error)), severity="error", markup=False)
        self.refresh()

    def _to_clipboard(self, text: str) -> None:
        if not text:
            self.notify("there is nothing to copy here", severity="warning", markup=False)
            return
        terminal = self._driver.write if self._driver else lambda _: None
        how = clipboard.copy(text, terminal, clipboard.programs())
        if how:
            self.notify(f"copied {how}: {report.fit(report.one_row(text), 60)}", markup=False)
            return
        size = f"{len(text.encode('utf-8', 'replace')):,}"
        self.notify(
            f"too large to copy through the terminal: {size} bytes; o writes it to a file",
            severity="warning",
            markup=False,
        )

    def action_about(self) -> None:
        """What can be done here."""
        from logsense.tui.screens.help import Help

        if isinstance(self.screen, Page):
            self.push_screen(Help(self.screen))

    def action_export(self) -> None:
        """Ask how, then write what was found to a file."""
        from logsense.tui.everywhere import export

        analysis, page, plugins = self.session.analysis, self.screen, self.session.settings.plugins
        if analysis is None or not isinstance(page, Page):
            self.notify("nothing is known yet that could be written", severity="warning", markup=False)
            return

        def chosen(wanted: export.Wanted | None) -> None:
            if wanted is not None:
                self.run_worker(
                    lambda: self.post_message(export.done(analysis, wanted, plugins)),
                    thread=True,
                    exit_on_error=False,
                    group="export",
                )

        self.push_screen(export.Export(page.finding(), plugins), chosen)

    def on_exported(self, message: Exported) -> None:
        """Say where it is, or why it is not."""
        severity: Literal["information", "error"] = "error" if message.reason else "information"
        self.notify(
            report.one_row(message.reason or message.told), severity=severity, markup=False, timeout=10
        )

    # -- what Textual asks of an app ----------------------------------------------------------------------
    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Keys of one's own that take the place of others: said once; Textual tells of it at every key."""
        del node
        lost = {one.id or one.action for one in clashed_bindings} - self._clashed
        self._clashed |= lost
        if lost:
            said = f"keys of your own leave without a key: {', '.join(sorted(lost))}"
            self.notify(report.one_row(said), severity="warning", markup=False, timeout=10)

    def _print_error_renderables(self) -> None:
        """Nothing: Textual would print a traceback with the values of variables, that is lines of the logs.

        The error itself goes on to where all defects are told (see ``run``).
        """
        self._exit_renderables.clear()

    @property
    def defect(self) -> Exception | None:
        """The error that ended the screens."""
        return self._exception

    # -- panels of plugins: what they raise ends them, not the app ------------------------------------------
    def fences(self) -> Sequence[Fence]:
        """Those of all pages that can be gone back to."""
        return [one for page in self.trail if isinstance(page, Contained) for one in page.fences()]

    def _register(self, parent: DOMNode, *widgets: Widget, **options: Any) -> list[Widget]:
        fence = fence_of(parent)
        if fence is not None and not fence.broken:
            for widget in widgets:
                fence_in(widget, fence)
        return super()._register(parent, *widgets, **options)

    async def _dispatch_action(self, namespace: DOMNode, action_name: str, params: Any) -> bool:
        try:
            return await super()._dispatch_action(namespace, action_name, params)
        except Exception as error:
            if not self.contain(f"action_{action_name}", error):
                raise
            return True

    def _handle_exception(self, error: Exception) -> None:
        if not self.contain("screens", error):
            super()._handle_exception(error)

    # -- verdicts -----------------------------------------------------------------------------------------
    def action_judge(self, says: str) -> None:
        """Say of the incident on the page what it is."""
        page = self.screen
        self.judging.judge(page.finding() if isinstance(page, Page) else None, says)
        self._renew()

    def action_undo(self) -> None:
        """Take the last verdict back."""
        self.judging.undo()
        self._renew()

    def on_prompt_done(self, message: Prompt.Done) -> None:
        """What verdicts had to ask for; other prompts are the pages' own."""
        if message.purpose in (FILE, UNTIL):
            self.judging.answer(message.purpose, message.text)
            self._renew()
            self.screen.focus_next()

    def _ask(self, purpose: str, note: str, text: str) -> None:
        if isinstance(self.screen, Page):
            self.screen.ask(purpose, note, text)

    def _tell(self, text: str, severity: SeverityLevel) -> None:
        self.notify(report.one_row(text), severity=severity, markup=False)

    def action_leave(self) -> None:
        """End; a run under way is stopped."""
        self.workers.cancel_all()
        self.exit()


#: The class of a kind of place, imported when it is first gone to: what is not looked at costs no start.
PAGES: Mapping[str, str] = {
    "inbox": "inbox:Inbox",
    "incident": "incident:IncidentPage",
    "templates": "templates:TemplatesPage",
    "template": "template:TemplatePage",
    "lines": "lines:LinesPage",
    "compare": "compare:ComparePage",
    "panels": "panels:PanelsPage",
    "files": "files:FilesPage",
}


def page_of(place: str) -> Page:
    """The page of a place; what is no place is the inbox."""
    kind, _, rest = place.partition("/")
    module, name = PAGES.get(kind, PAGES["inbox"]).split(":")
    page: type[Page] = getattr(import_module(f"logsense.tui.screens.{module}"), name)
    return page.at(rest)
