"""What stands at a template's placeholders in a line, found by the words between them.

The line is read as it stands, with its header, so the template begins somewhere in it. Words are looked for
one after the other, each from where the one before ended: linear in the line, whatever it holds.
"""

import re

from logsense.tui.painting import Piece

_HOLE = re.compile(r"<([a-z]+)>")
#: Placeholders of these kinds may hold blanks.
_WIDE = {"str", "time", "query", "unparsed"}


def lit(text: str, template: str, role: str = "") -> list[Piece]:
    """The line as pieces: values as numbers, all else in the role. As it is where it does not fit."""
    spans = places(text, template.partition(" ⏎ ")[0])
    pieces: list[Piece] = []
    done = 0
    for left, right in spans:
        pieces += [(role, text[done:left]), ("number", text[left:right])]
        done = right
    return [*pieces, (role, text[done:])]


def places(text: str, template: str) -> list[tuple[int, int]]:
    """Where the values stand; none where the words of the template are not all there."""
    parts = _HOLE.split(template)
    words, kinds = parts[::2], parts[1::2]
    if not kinds or not any(word.strip() for word in words):
        return []
    found: list[tuple[int, int]] = []
    at, open_kind = 0, ""
    begun = False
    for number, word in enumerate(words):
        place = _find(word, text, at)
        if place is None:
            return []
        left, right = place
        if not word.strip():
            left = right = at
            if number == len(words) - 1 and open_kind:
                left = right = _end(text, at, open_kind)
            elif open_kind:
                left = right = _end(text, at, "num")
        if open_kind:
            start = at if begun else max(text.rfind(" ", 0, max(left, 0)) + 1, at)
            found.append(_trimmed(text, start, left))
        begun = begun or bool(word.strip())
        at = right
        open_kind = kinds[number] if number < len(kinds) else ""
    return [span for span in found if span[0] < span[1]]


def _find(word: str, text: str, at: int) -> tuple[int, int] | None:
    """Where the words stand from there on; blanks between them may be of any length, or lack."""
    if not word.strip():
        return at, at
    match = re.compile(r"\s*".join(map(re.escape, re.findall(r"\w+|[^\w\s]", word)))).search(text, at)
    return match.span() if match else None


def _end(text: str, at: int, kind: str) -> int:
    """Where a value without a word behind it ends."""
    if kind in _WIDE:
        return len(text)
    rest = text[at:]
    lead = len(rest) - len(rest.lstrip())
    blank = rest.find(" ", lead)
    return at + blank if blank >= 0 else len(text)


def _trimmed(text: str, left: int, right: int) -> tuple[int, int]:
    while left < right and text[left].isspace():
        left += 1
    while left < right and text[right - 1].isspace():
        right -= 1
    return left, right
