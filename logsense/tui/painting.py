"""Rows of styled pieces, made into strips: the only way of text to the screen, so none of it is markup."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, TypeAlias
from zlib import crc32

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from logsense import report

#: (role, text). Roles are those of ``ROLES``; "" is plain.
Piece: TypeAlias = tuple[str, str]

#: Roles of text. Colour and weight only repeat what a word or sign says already.
ROLES = (
    "critical", "major", "minor", "good", "head", "label", "kind", "place", "mark", "dim", "hot", "usual",
    "suspect", "found", "number", "hue0", "hue1", "hue2", "hue3", "hue4", "hue5",
)  # fmt: skip
HUES = 6
SIGNS = {"critical": "■", "major": "▲", "minor": "◆"}


class Painted(Widget):
    """A widget that draws rows of pieces. ``paint`` gives a strip exactly as wide as asked for."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"paint--{role}" for role in ROLES} | {"paint--cursor"}

    def paint(self, pieces: Iterable[Piece], width: int, *, cursor: bool = False, shift: int = 0) -> Strip:
        """One row. cursor: it is under the cursor. shift: cells scrolled away at its left."""
        base = self.rich_style
        if cursor:
            base += self.get_component_rich_style("paint--cursor", partial=True)
        segments = [
            Segment(_harmless(text), base + self._role(role) if role else base)
            for role, text in pieces
            if text
        ]
        strip = Strip(segments)
        if shift:
            strip = strip.crop(shift)
        return strip.adjust_cell_length(width, base)

    def _role(self, role: str) -> Style:
        return self.get_component_rich_style(f"paint--{role}", partial=True)


def hue(name: str) -> str:
    """The role in which a service is shown: the same wherever it is, in every run."""
    return f"hue{crc32(name.encode('utf-8', 'replace')) % HUES}"


def _harmless(text: str) -> str:
    """Controls and marks that hide or reorder, escaped; blanks at its ends are kept."""
    return text if text.isascii() and text.isprintable() else report.safe(text.replace("\t", " "))


def width_of(pieces: Sequence[Piece]) -> int:
    """The cells that the pieces take."""
    return sum(report.cells(text) for _, text in pieces)


def wrapped(text: str, width: int, *, rows: int = 0, role: str = "", indent: str = "") -> list[list[Piece]]:
    """A text as rows of pieces of at most that width, at most ``rows`` of them (0: all)."""
    room = max(width - len(indent), 8)
    return [[("", indent), (role, row)] for row in report.wrap(text, room, rows=rows)]


def column(text: str, width: int) -> str:
    """A text in a column of its own: cut or padded to exactly so many cells."""
    shown = report.fit(report.one_row(text), width)
    return shown + " " * max(width - report.cells(shown), 0)
