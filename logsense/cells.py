"""How much room text takes in a terminal: cells, rows that fit a width, signs of ours in ASCII.

Light to import: what is printed without an analysis (lists of plugins) needs nothing else.
"""

import unicodedata

from logsense.clean import safe

BARS = "▁▂▃▄▅▆▇█"
#: Signs of ours and what stands for them where the stream cannot carry them; one cell each, so that
#: a page laid out for one fits the other.
_PLAIN = str.maketrans(BARS + "·…→×│─▲■◆○≥–µ⏎", "_,:-=+*#" + ".~>x|-^#*o>-u/")


def plain(text: str) -> str:
    r"""Text in ASCII alone: signs of ours become similar ones, all else of no ASCII a ``\x`` escape."""
    return text.translate(_PLAIN).encode("ascii", "backslashreplace").decode("ascii")


def cells(text: str) -> int:
    """How many cells of a terminal the text takes: two for wide East Asian signs, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(_cell(character) for character in text)


def _cell(character: str) -> int:
    if character < "\u0300":
        return 1
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    # An emoji selector makes the sign before it two cells wide: counting it as one keeps rows inside.
    return 0 if unicodedata.category(character) in ("Mn", "Me") and character != "\ufe0f" else 1


def _cut(text: str, width: int) -> int:
    """How many characters of the text fit the width."""
    if text.isascii():
        return min(len(text), max(width, 0))
    used = 0
    for index, character in enumerate(text):
        used += _cell(character)
        if used > width:
            return index
    return len(text)


def one_row(text: str) -> str:
    """Foreign text as one harmless row: controls escaped, tabs as blanks."""
    return safe(text.replace("\t", " ")).strip()


def fit(text: str, width: int) -> str:
    """The text, cut to the width in cells with an ellipsis where it is longer."""
    if cells(text) <= width:
        return text
    return text[: _cut(text, width - 1)] + "…" if width > 0 else ""


def wrap(text: str, width: int, *, rows: int = 0, first: int = 0) -> list[str]:
    """Foreign text in rows of at most ``width`` cells, broken at blanks where there are any.

    rows: the most rows to give (0: all); the last one then ends with an ellipsis. first: cells of the
    first row that are taken already. Every row is harmless by itself: a break never puts what a CI
    runner takes for a command at the start of a row.
    """
    rest, out = one_row(text), list[str]()
    width = max(width, 8)
    room = max(width - first, 8)
    while rest and cells(rest) > room and (not rows or len(out) < rows - 1):
        end = _cut(rest, room)
        blank = rest.rfind(" ", room // 2, end + 1)
        end = blank if blank > 0 else max(end, 1)
        out.append(rest[:end].rstrip())
        rest, room = rest[end:].lstrip(), width
    out.append(rest)
    return [row if safe(row) == row else fit(safe(row), width) for row in (fit(row, width) for row in out)]
