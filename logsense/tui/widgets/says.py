"""A few rows of text that do not scroll: a sentence, the strip at the bottom, the crumb line at the top."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from textual.geometry import Size
from textual.strip import Strip

from logsense.tui.painting import Painted, Piece

Rows: TypeAlias = Callable[[int], Sequence[Sequence[Piece]]]


class Says(Painted):
    """Draws what ``rows`` gives for its width; ``refresh(layout=True)`` asks for it again."""

    DEFAULT_CSS = "Says { height: auto; }"

    def __init__(self, rows: Rows, *, name: str = "") -> None:
        super().__init__(id=name or None)
        self.rows = rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """As many rows as there is something to say."""
        return len(self.rows(width))

    def render_line(self, y: int) -> Strip:
        """One row."""
        rows = self.rows(self.size.width)
        return self.paint(rows[y] if y < len(rows) else (), self.size.width)

    @property
    def said(self) -> str:
        """What it says, as text."""
        return "\n".join("".join(text for _, text in row) for row in self.rows(self.size.width or 80))
