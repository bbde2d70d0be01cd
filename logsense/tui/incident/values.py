"""What stands at a template's placeholders in a line, found by the words between them.

The line is read as it stands, with its header, so the template begins somewhere in it. Words are looked for
one after the other, each from where the one before ended: linear in the line, whatever it holds.
"""

import re

from logsense.tui.painting import Piece

_HOLE = re.compile(r"<([a-z]+)>")
#: Placeholders of these kinds may hold blanks.
_WIDE = {"str", "time", "query", "dur", "size", "unparsed"}
_BLANK = re.compile(r"\s")
#: Places of its first word that a template is tried at.
TRIES = 8


def lit(text: str, template: str, role: str = "") -> list[Piece]:
    """The line as pieces: values as numbers, all else in the role. As it is where it does not fit."""
    spans = places(text, template.partition(" ⏎ ")[0])
    pieces: list[Piece] = []
    done = 0
    for left, right in spans:
        pieces += [(role, text[done:left]), ("number", text[left:right])]
        done = right
    return [*pieces, (role, text[done:])]


def begin(text: str, template: str) -> int:
    """Where the message begins, behind the header of the line; 0 where the template is not found."""
    first = template.partition(" ⏎ ")[0]
    spans = places(text, first)
    words = _HOLE.split(first)[0]
    found = _find(words, text, 0) if words.strip() else None
    if found is not None and (spans or "<" not in first):
        return found[0]
    return spans[0][0] if spans else 0


def places(text: str, template: str) -> list[tuple[int, int]]:
    """Where the values stand; none where the words of the template are not all there."""
    parts = _HOLE.split(template)
    words, kinds = parts[::2], parts[1::2]
    if not kinds or not any(word.strip() for word in words):
        return []
    at = 0
    # A short first word may stand in the header, too: then a value would hold blanks that it cannot hold.
    for _ in range(TRIES):
        found = _places(text, words, kinds, at)
        if found is None:
            return []
        if all(
            kind in _WIDE or not _BLANK.search(text, *span) for kind, span in zip(kinds, found, strict=True)
        ):
            return [span for span in found if span[0] < span[1]]
        first = _find(words[0], text, at)
        if first is None or not words[0].strip():
            return []
        at = first[0] + 1
    return []


def _places(text: str, words: list[str], kinds: list[str], at: int) -> list[tuple[int, int]] | None:
    """A place for each value, read from there on; None where a word is not there."""
    found: list[tuple[int, int]] = []
    begun = False
    for number, word in enumerate(words):
        kind = kinds[number - 1] if number else ""
        place = _find(word, text, at)
        if place is None:
            return None
        left, right = place
        if not word.strip() and kind:
            # Nothing stands between two values, or behind the last one.
            left = right = _end(text, at, kind if number == len(kinds) else "")
        if kind:
            found.append(_trimmed(text, at if begun else _start(text, at, left), left))
        begun = begun or bool(word.strip())
        at = right
    return found


def _start(text: str, low: int, high: int) -> int:
    """Where a value begins that has no word before it: with the last text without blanks."""
    end = low + len(text[low:high].rstrip())
    return max(text.rfind(" ", 0, end) + 1, low)


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
