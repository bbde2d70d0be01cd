"""The text of a template: an example message with its varying parts as named placeholders.

Spacing and signs are the example's. A placeholder has a name where all examples agree on its kind, else
``<str>``; a run of placeholders that the shape holds as one is shown part by part where all examples do so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from logsense.mine.marks import CHAR, FIRST, KIND, LAST, PRIVATE, SLASH, WILD
from logsense.mine.shape import Spans, covered

#: Examples looked at for a template's text. With more, runs of placeholders are shown as one.
EXAMPLES = 8
_MARK = re.compile(PRIVATE)
_ONLY_MARKS = re.compile(rf"^[{FIRST}-{LAST}][{FIRST}-{LAST} ,;#\-/:|.@~_+\\]*$")
_MARKS = re.compile(f"[{FIRST}-{LAST}]")


@dataclass(frozen=True)
class Example:
    """One masked text of a template; widths: how many tokens of its shape each template token covers."""

    spans: Spans
    widths: tuple[int, ...]

    def parts(self) -> list[tuple[int, int]]:
        """Where each token of the template stands in the text."""
        return covered(list(self.spans.places), self.widths)


def identity(shape: str) -> str:
    """A template's id, from its shape: the same in every run that finds the same template."""
    return blake2b(shape.replace(FIRST, WILD).encode(), digest_size=6).hexdigest()


def text(
    shape: Sequence[str], examples: Sequence[Example], *, complete: bool, kinds: Mapping[str, str] = KIND
) -> str:
    """The readable text of a template; complete: the examples are all there are; kinds: see ``named``."""
    model = examples[0].spans.text
    places = examples[0].parts()
    others = [[e.spans.text[a:b] for a, b in e.parts()] for e in examples]
    out, at = [], 0
    for number, (start, end) in enumerate(places):
        seen = [parts[number] for parts in others]
        out.append(model[at:start])
        out.append(_part(shape[number], seen, complete=complete))
        at = max(at, end)
    out.append(model[at:])
    return named("".join(out), kinds)


def _part(token: str, seen: list[str], *, complete: bool) -> str:
    """What is shown for one token of a template, from what stood there in the examples."""
    if token == FIRST:
        if (
            len(set(seen)) == 1
            and (len(seen[0]) == 1 or complete)
            and (not seen[0] or _ONLY_MARKS.match(seen[0]))
        ):
            return seen[0]
        kinds = {mark for one in seen for mark in _MARKS.findall(one)}
        pure = all(_ONLY_MARKS.match(one) for one in seen)
        return kinds.pop() if pure and len(kinds) == 1 else CHAR["str"]
    return "".join(chars[0] if len(set(chars)) == 1 else CHAR["str"] for chars in zip(*seen, strict=False))


def named(masked: str, kinds: Mapping[str, str] = KIND) -> str:
    """A masked text with its private characters as named placeholders. kinds: names beside the usual ones."""

    def name(mark: re.Match[str]) -> str:
        kind = KIND.get(mark[0]) or kinds.get(mark[0])
        return f"<{kind}>" if kind else "/" if mark[0] == SLASH else ""

    return _MARK.sub(name, masked)
