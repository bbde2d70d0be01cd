"""Leave-one-out merge: shapes that differ in one word become one where enough words stood there.

For each position the shapes are grouped by the shape with that position blanked. It is a pure function of
the *set* of shapes, so no order of files or lines matters, where Drain would depend on it. Python, on
distinct shapes only; what is over the cap only joins templates that exist.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from logsense.mine.marks import ANY, SLASH
from logsense.mine.shape import collapse
from logsense.mine.words import ANNOUNCES, TELLS, is_word, looks_variable, states_cause

Tokens = tuple[str, ...]
ROUNDS = 4
#: Sets of holes a shape of one length is tried against, those with most templates first.
FORMS = 50
_BASE, _MODULUS = 1_000_003, 2**61 - 1


@dataclass(frozen=True)
class Counts:
    """How many distinct words make a position a parameter.

    Chosen on labelled public logs. There, changing one of them at a time moves the share of lines in right
    groups by 0.02 or less, save ``announced`` = 2 (-0.03); ``word`` from 4 to 8 makes no difference.
    """

    word: int = 5
    variable: int = 3  # most of the words look made by a program
    announced: int = 3  # behind *user*, *host*, *from*, ...
    value: int = 2  # behind ``=``
    telling: int = 12  # behind *status*, *state*, *reason*, ...
    first: int = 12  # the first word says what a message is about
    cause: int = 40  # words that state causes, numbers that were kept
    pairs: int = 4  # shapes that differ in several such words at once
    often: int = 20  # records of a word that is one of few
    left: int = 2  # words that must stay in a template


@dataclass
class Steps:
    """What became of each shape: the next form, and how many of its tokens each token of it covers."""

    to: dict[Tokens, tuple[Tokens, tuple[int, ...]]] = field(default_factory=dict)

    def take(self, old: Tokens, blanked: Tokens) -> Tokens:
        """Record that ``old`` is now ``blanked`` (with its runs made one); gives the new form."""
        new, widths = collapse(blanked)
        if new != old:
            self.to[old] = (new, widths)
        return new

    def end(self, shape: Tokens) -> tuple[Tokens, tuple[int, ...]]:
        """The last form of a shape, and how many of the shape's tokens each of its tokens covers."""
        widths = (1,) * len(shape)
        while shape in self.to:
            shape, step = self.to[shape]
            at, out = 0, []
            for width in step:
                out.append(sum(widths[at : at + width]))
                at += width
            widths = tuple(out)
        return shape, widths


def merge(shapes: Mapping[Tokens, int], counts: Counts, steps: Steps) -> dict[Tokens, int]:
    """Templates with their numbers of records, from distinct shapes with theirs; fills ``steps``."""
    items = dict(shapes)
    for _ in range(ROUNDS):
        changed = _round(items, counts, steps)
        if not changed:
            break
        items = changed
    items = _pairs(items, counts, steps)
    return fit(items, items, steps)


def _round(items: dict[Tokens, int], counts: Counts, steps: Steps) -> dict[Tokens, int]:
    """One round: the widest groups first, ties by text; a shape goes into one group a round. {} for none."""
    groups = _groups(items)
    order = sorted(groups, key=lambda one: (-len(groups[one]), one))
    used: set[Tokens] = set()
    for at, blanked in order:
        free = {word: shape for word, shape in groups[at, blanked].items() if shape not in used}
        free = _candidates(at, blanked, free, counts)
        if len(free) > 1 and _varies(at, blanked, {w: items[s] for w, s in free.items()}, counts):
            used.update(free.values())
            for shape in free.values():
                steps.take(shape, blanked)
    if not used:
        return {}
    out: dict[Tokens, int] = defaultdict(int)
    for shape, n in items.items():
        out[steps.to[shape][0] if shape in used and shape in steps.to else shape] += n
    return dict(out)


def _pairs(items: dict[Tokens, int], counts: Counts, steps: Steps) -> dict[Tokens, int]:
    """Shapes that differ in several words at once, all made by a program (classes, paths), are joined."""
    groups: dict[Tokens, list[Tokens]] = defaultdict(list)
    for shape in items:
        groups[_without_names(shape)].append(shape)
    out = dict(items)
    for bare in sorted(groups):
        alike = groups[bare]
        if len(alike) < counts.pairs or sum(map(is_word, bare)) < counts.left:
            continue
        columns = list(zip(*alike, strict=True))
        enough = counts.variable * _grown(sum(items[shape] for shape in alike))
        holes = {at for at, column in enumerate(columns) if len(set(column)) >= enough}
        for shape in sorted(alike):
            blanked = tuple(ANY if at in holes else token for at, token in enumerate(shape))
            n = out.pop(shape)
            joined = steps.take(shape, blanked)
            out[joined] = out.get(joined, 0) + n
    return out


def _without_names(shape: Tokens) -> Tokens:
    first = next((at for at, token in enumerate(shape) if is_word(token)), -1)
    return tuple(
        ANY if at != first and looks_variable(token) and is_word(token) and not states_cause(token) else token
        for at, token in enumerate(shape)
    )


def _groups(items: Iterable[Tokens]) -> dict[tuple[int, Tokens], dict[str, Tokens]]:
    """For each position and each shape without that position: the words that stood there, two or more.

    Shapes without a position are told apart by a sum over their tokens less that position's, so that a long
    shape costs its length and not its square.
    """
    items = list(items)
    numbers = {token: n for n, token in enumerate(sorted({t for shape in items for t in shape}), start=1)}
    weights = [pow(_BASE, at, _MODULUS) for at in range(max(map(len, items), default=0))]
    rest: dict[tuple[int, int, int], dict[str, Tokens]] = defaultdict(dict)
    for shape in items:
        values = [numbers[token] * weight for token, weight in zip(shape, weights, strict=False)]
        whole = sum(values)
        for at, token in enumerate(shape):
            if token == ANY or is_word(token):
                rest[at, len(shape), (whole - values[at]) % _MODULUS][token] = shape
    groups: dict[tuple[int, Tokens], dict[str, Tokens]] = {}
    for (at, _, _), words in rest.items():
        if len(words) > 1:
            shape = words[min(words)]
            groups[at, (*shape[:at], ANY, *shape[at + 1 :])] = words
    return groups


def _candidates(at: int, blanked: Tokens, words: dict[str, Tokens], counts: Counts) -> dict[str, Tokens]:
    """The words less those that state a cause: *failed* stays apart from *started* and *paused*.

    Where a name is announced, or very many words stand, even such a word is only a name.
    """
    causes = {word for word in words if word != ANY and states_cause(word)}
    if not causes or len(words) >= counts.cause or _before(at, blanked)[1] in ANNOUNCES:
        return words
    return {word: shape for word, shape in words.items() if word not in causes}


def _varies(at: int, blanked: Tokens, words: dict[str, int], counts: Counts) -> bool:
    """Whether the words (with their records) that stood at a position make it a parameter."""
    plain = [word for word in words if word != ANY]
    first = not any(is_word(token) for token in blanked[:at])
    if sum(map(is_word, blanked)) < counts.left:
        return False
    if len(plain) < len(words) and not first:
        return True  # it varies in another shape already
    return len(plain) >= (counts.first if first else _needed(at, blanked, words, counts))


def _needed(at: int, blanked: Tokens, words: dict[str, int], counts: Counts) -> int:
    """How many distinct words make this position, not the first, a parameter."""
    grown = _grown(sum(words.values()))
    sign, name = _before(at, blanked)
    if name in TELLS:
        return counts.telling
    if sign == "=":
        return math.ceil(counts.value * grown)
    if name in ANNOUNCES:
        return counts.announced
    if sum(map(looks_variable, words)) * 2 > len(words):
        return math.ceil(counts.variable * grown)
    # Few words, each of them often: rather the states of something than its names.
    return math.ceil(counts.word * grown) * (2 if min(words.values()) >= counts.often else 1)


def _grown(n: int) -> float:
    """By how much the counts grow with the records: more of them show more values of an enumeration."""
    return 1 + 0.5 * max(0.0, math.log10(max(n, 1) / 2000))


def _before(at: int, tokens: Tokens) -> tuple[str, str]:
    """The sign before a position ("" for none) and the word before that, in lower case."""
    sign = ""
    for piece in reversed(tokens[max(0, at - 4) : at]):
        if is_word(piece):
            return sign, piece.lower()
        if piece in (ANY, SLASH):
            break
        sign = "=" if piece == "=" else sign or piece
    return sign, ""


def fit(
    shapes: Mapping[Tokens, int], templates: Iterable[Tokens], steps: Steps, *, anywhere: bool = False
) -> dict[Tokens, int]:
    """Shapes that an existing template covers join it; the one with most words left, ties by text.

    anywhere: also where the template leaves the first word open, which says what a message is about.
    """
    forms: dict[int, dict[tuple[int, ...], set[Tokens]]] = defaultdict(lambda: defaultdict(set))
    for template in templates:
        holes = tuple(at for at, token in enumerate(template) if token == ANY)
        if holes:
            forms[len(template)][holes].add(template)
    out: dict[Tokens, int] = defaultdict(int)
    tried = {
        length: dict(sorted(some.items(), key=lambda one: (-len(one[1]), one[0]))[:FORMS])
        for length, some in forms.items()
    }
    for shape, n in shapes.items():
        home = _home(shape, tried.get(len(shape), {}), anywhere=anywhere)
        out[steps.take(shape, home) if home else shape] += n
    return dict(out)


def _home(shape: Tokens, forms: Mapping[tuple[int, ...], set[Tokens]], *, anywhere: bool) -> Tokens | None:
    """The template that covers a shape and is not the shape itself."""
    for holes in sorted(forms, key=lambda one: (len(one), one)):
        blanked = list(shape)
        for at in holes:
            blanked[at] = ANY
        found = tuple(blanked)
        if found != shape and found in forms[holes] and _may_join(shape, holes, anywhere=anywhere):
            return found
    return None


def _may_join(shape: Tokens, holes: tuple[int, ...], *, anywhere: bool) -> bool:
    first = -1 if anywhere else next((at for at, token in enumerate(shape) if is_word(token)), -1)
    lost = [at for at in holes if shape[at] != ANY]
    return first not in lost and all(is_word(shape[at]) and not states_cause(shape[at]) for at in lost)
