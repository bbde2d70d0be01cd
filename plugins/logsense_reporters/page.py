"""A page of a terminal: rows of coloured pieces that never grow wider than it, and words for kinds."""

from collections.abc import Iterable, Sequence

from logsense.api import Term
from logsense_reporters.kit import Kit

#: A role of text on the page and its ANSI style. Colour only repeats what a word or sign says already.
STYLES = {
    "critical": "1;31",
    "major": "1;33",
    "minor": "1;36",
    "good": "1;32",
    "head": "1",
    "label": "1;34",
    "kind": "1;35",
    "place": "36",
    "mark": "33",
    "dim": "2",
}
SIGNS = {"critical": "■", "major": "▲", "minor": "◆"}
#: Sentences are read more easily in rows of this many cells; lines of logs take the whole width.
MEASURE = 110

#: (style, text); the style "" is plain.
Piece = tuple[str, str]


def terms(page: "Page", made: Sequence[Term], *, indent: int) -> str:
    """What a score is made of: a row a term, then the sum."""
    shares = page.kit.shares(made) if made else ()
    return "".join(page.row(("dim", page.kit.one_row(share.row)), indent=indent) for share in shares)


class Page:
    """Makes rows of pieces. All text that comes here is harmless already (``kit.wrap``, ``kit.one_row``)."""

    def __init__(self, kit: Kit, *, width: int, color: bool) -> None:
        self.kit = kit
        self.width = max(width, 40)
        self.color = color

    def row(self, *pieces: Piece, indent: int = 0) -> str:
        """One row with its newline, cut at the width."""
        room, out = self.width - indent, []
        for style, text in pieces:
            shown = self.kit.fit(text, room)
            room -= self.kit.cells(shown)
            if shown:
                out.append(self.paint(style, shown))
            if shown != text:
                break
        return (" " * indent + "".join(out)).rstrip() + "\n"

    def paint(self, style: str, text: str) -> str:
        """The text in a style, where the page has colours."""
        if not self.color or not style or not text.strip():
            return text
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m"

    def prose(self, text: str, *, indent: int, style: str = "", rows: int = 0, lead: Piece = ("", "")) -> str:
        """A sentence in rows of a readable width; ``lead`` stands before its first row."""
        width = min(self.width, MEASURE) - indent
        taken = self.kit.cells(lead[1])
        wrapped = self.kit.wrap(text, width, rows=rows, first=taken)
        first = self.row(lead, (style, wrapped[0]), indent=indent)
        return first + "".join(self.row((style, part), indent=indent) for part in wrapped[1:])

    def quote(self, source: str, line: int, text: str, *, indent: int, rows: int) -> str:
        """A line of a log with the place where it stands, behind a bar; at most so many rows."""
        place = f"{self.kit.one_row(source)}:{line}"
        if self.kit.cells(place) > self.width // 2:  # the end tells files and lines apart, not the beginning
            place = self.kit.fit(place[::-1], self.width // 2)[::-1]
        width = self.width - indent - 2
        # The place takes a row of its own where little would be left beside it.
        beside = (
            self.kit.cells(place) + 2 <= width // 3
            or self.kit.cells(text) + self.kit.cells(place) + 2 <= width
        )
        taken = self.kit.cells(place) + 2 if beside else 0
        parts = self.kit.wrap(text, width, rows=rows, first=taken)
        out = []
        if beside:
            out.append(self.row(("mark", "│ "), ("place", place), ("", "  " + parts.pop(0)), indent=indent))
        else:
            out.append(self.row(("mark", "│ "), ("place", place), indent=indent))
        out += [self.row(("mark", "│ "), ("", part), indent=indent) for part in parts]
        return "".join(out)

    def labelled(self, label: str, entries: Iterable[str], *, style: str = "") -> str:
        """A label in a column of its own, and beside it entries, each wrapped."""
        out, indent = [], 13
        for number, entry in enumerate(entries):
            parts = self.kit.wrap(entry, min(self.width, MEASURE) - indent)
            head = label if number == 0 else ""
            out.append(self.row(("label", f"{head:<{indent}}"), (style, parts[0])))
            out += [self.row((style, part), indent=indent) for part in parts[1:]]
        return "".join(out)
