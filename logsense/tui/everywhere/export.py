"""What was found, as a file for others: which format, under which name, redacted unless it is said not to."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input, RadioButton, RadioSet

from logsense import redact, report, store
from logsense.analysis import Analysis, Incident
from logsense.errors import LogsenseError, PluginError
from logsense.host import Host
from logsense.tui.keys import MODAL
from logsense.tui.messages import Exported
from logsense.tui.painting import Piece
from logsense.tui.widgets.says import Says

#: Endings of files; other formats end with their own name.
ENDINGS = {"markdown": "md"}
#: Rows of a report in a file are as wide as those that are piped into one.
WIDTH = 100


@dataclass(frozen=True)
class Wanted:
    """What to write: format, file, whether secrets and personal data stay out. incident: only that one."""

    format: str
    path: Path
    redacted: bool
    incident: Incident | None = None


def formats(host: Host) -> list[str]:
    """The formats there are for files, the most useful first; the terminal's own is for terminals."""
    names = {loaded.name for loaded in host.reporters()} - {"terminal"}
    return sorted(names, key=lambda name: (name != "markdown", name != "json", name))


def write(analysis: Analysis, wanted: Wanted) -> str:
    """Write the file; what was done, in words. LogsenseError where it cannot be."""
    if wanted.incident is not None:
        analysis = replace(analysis, incidents=(wanted.incident,))
    counts: dict[str, int] = {}
    if wanted.redacted:
        analysis, counts = redact.analysis(analysis)
    host = Host(kinds=("reporters",))
    found = next((one for one in host.reporters() if one.name == wanted.format), None)
    if found is None:
        msg = f"there is no format {wanted.format!r}"
        raise PluginError(msg)
    pieces = host.write(found, report.write, analysis, width=WIDTH)
    if pieces is None:
        msg = f"the reporter {found.name} failed: {host.failures[-1].reason}"
        raise PluginError(msg)
    store.atomic_write(wanted.path, "".join(pieces).encode("utf-8", "replace"))
    return f"written: {wanted.path}; {redact.said(counts) if wanted.redacted else 'not redacted'}"


def done(analysis: Analysis, wanted: Wanted) -> Exported:
    """Write, and tell how it went: an exception that leaves a worker would end the screens."""
    try:
        return Exported(write(analysis, wanted))
    except LogsenseError as error:
        return Exported("", str(error))
    except Exception as error:  # noqa: BLE001 - a defect of ours must be told, and what is on screen must stay
        return Exported("", f"a defect of ours: {type(error).__name__}: {error}")


class Export(ModalScreen[Wanted | None]):
    """Asks; what is wanted is its result. A file that is there is written over only after a second Enter."""

    CSS_PATH = "export.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(MODAL)

    def __init__(self, incident: Incident | None) -> None:
        super().__init__()
        self.incident = incident
        self.formats = formats(Host(kinds=("reporters",)))
        self.format = self.formats[0] if self.formats else ""
        self.asked = ""  # the name of the file that was asked about
        self.remark = ""

    def compose(self) -> ComposeResult:
        """What, as what, where, and whether redacted."""
        with Vertical(id="window"):
            yield Says(self._head)
            with RadioSet(compact=True, id="format"):
                for name in self.formats:
                    yield RadioButton(Content(name), name == self.format, compact=True)
            yield Input(self._usual(self.format), placeholder="file", compact=True, id="file")
            yield Checkbox("redact secrets and personal data", value=True, compact=True, id="redacted")
            yield Says(self._foot, name="remark")

    def on_mount(self) -> None:
        """Enter at once writes the usual file."""
        self.query_one("#file", Input).focus()

    def on_radio_set_changed(self, message: RadioSet.Changed) -> None:
        """Another format; a name that was not touched changes its ending."""
        file, old = self.query_one("#file", Input), self.format
        self.format = self.formats[message.index]
        if file.value == self._usual(old):
            file.value = self._usual(self.format)

    def on_input_changed(self) -> None:
        """Another name: nothing was asked about it yet."""
        self._remark("")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Write, unless there is something to ask first."""
        path = Path(message.value.strip()).expanduser()
        if not message.value.strip():
            self._remark("a name is needed")
        elif path.is_dir():
            self._remark("that is a folder: the name of a file in it is needed")
        elif path.exists() and self.asked != message.value:
            self._remark("that file is there already: ⏎ again writes over it, another name keeps it")
            self.asked = message.value
        else:
            redacted = self.query_one("#redacted", Checkbox).value
            self.dismiss(Wanted(self.format, path, redacted, self.incident))

    def action_dismiss_window(self) -> None:
        """Nothing is written."""
        self.dismiss(None)

    def _usual(self, format_: str) -> str:
        stem = f"incident-{self.incident.id}" if self.incident else "logsense-report"
        return f"{stem}.{ENDINGS.get(format_, format_)}"

    def _remark(self, text: str) -> None:
        self.asked, self.remark = "", text
        self.query_one("#remark").refresh(layout=True)

    def _head(self, width: int) -> list[list[Piece]]:
        what = f"export › {self.incident.summary}" if self.incident else "export › all incidents"
        return [[("head", report.fit(report.one_row(what), width))]]

    def _foot(self, width: int) -> list[list[Piece]]:
        rows: list[list[Piece]] = [[("major", f"⚠ {row}")] for row in report.wrap(self.remark, width - 2)]
        return [
            *rows,
            [("dim", "⏎ in the file's row writes · tab the next row · space chooses · esc closes")],
        ]
