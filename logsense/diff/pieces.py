"""Seeds → blocks of adjacent lines → pieces with a score. Steps 5 to 8 of the method (docs/diff.md)."""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from logsense.diff.marks import Marks

#: New lines of at least this strength start a block.
SEED = 1.4
#: Of one masked line no more lines than this start blocks: a flood says nothing new.
SEEDS_A_KEY = 200
#: Seeds join over a gap of at most so many lines, so many of them known.
GAP, GAP_KNOWN = 6, 2
#: A block reaches back over new lines, or to a heading within so many.
BACK, BACK_HEADING = 2, 40
#: Forward over so many new lines that are neither indented nor of a stack, and over so many known in a row.
FORWARD, FORWARD_KNOWN = 10, 2
#: A seed so far behind the start of its piece starts another; what follows the last seed by more than
#: ``TAIL`` lines is a piece of its own, with this share of the score.
SPLIT, TAIL, TAIL_SHARE = 40, 60, 0.3
#: What further error lines of a piece add, what another piece with the same strongest line is left with.
FURTHER, AGAIN, AGAIN_MOST = 0.3, 0.7, 4
#: What a piece is left with that holds no new line which an earlier piece has not.
REPEAT = 0.15
#: Behind the last end of a step, and behind the first: mostly clearing up.
BEHIND_LAST, BEHIND_FIRST = 0.2, 0.4
#: How much more a line at the end of the log counts than one at its start.
LATE = 0.8
#: Ends of steps above which new lines count although no word tells of a failure; how many; their scores.
ENDS, ABOVE, ABOVE_KNOWN, ABOVE_SCORES, END_SCORE = 3, 12, 3, (1.8, 1.1, 1.1), 0.5


@dataclass(frozen=True)
class Piece:
    """Lines first..last (indices, both within), the index of the line that says most, and a score >= 0."""

    first: int
    last: int
    key: int
    score: float
    how: str = "words"


def pieces(marks: Marks, *, alone: bool = True) -> list[Piece]:
    """All pieces of a file, in order of lines. alone: it is the whole run, so its end is the run's end."""
    seeds = _seeds(marks)
    found: list[Piece] = []
    end = -1
    for block in _joined(seeds, marks):
        # Within an earlier block; asked first, since reaching forward may cost as much as the log is long.
        if block[-1] <= end:
            continue
        last = max(_forward(block[-1], marks), block[-1])
        block = [seed for seed in block if seed > end]  # noqa: PLW2901 - less of the same block
        first = max(_back(block[0], marks), end + 1)
        found += _split(first, last, block, marks)
        end = last
    found = _weighed(_dampened(found, marks), marks, alone=alone)
    return sorted(found + _above(found, marks), key=lambda piece: piece.first)


def _seeds(marks: Marks) -> list[int]:
    """Indices of the lines that start blocks."""
    times: Counter[int] = Counter()
    kept = []
    for index in np.flatnonzero(marks.new & (marks.strength >= SEED)).tolist():
        key = int(marks.key[index])
        times[key] += 1
        if times[key] <= SEEDS_A_KEY:
            kept.append(index)
    return kept


def _joined(seeds: list[int], marks: Marks) -> list[list[int]]:
    """Seeds that belong together."""
    blocks: list[list[int]] = []
    for seed in seeds:
        if blocks and _near(blocks[-1][-1], seed, marks):
            blocks[-1].append(seed)
        else:
            blocks.append([seed])
    return blocks


def _near(left: int, right: int, marks: Marks) -> bool:
    between = slice(left + 1, right)
    if right - left - 1 > GAP or int(marks.known[between].sum()) > GAP_KNOWN:
        return False
    return not bool((marks.passes[between] | marks.ends[between]).any())


def _back(seed: int, marks: Marks) -> int:
    """Where the block of a seed begins."""
    barrier = marks.passes | marks.ends
    known = 0
    for index in range(seed - 1, max(seed - BACK_HEADING, 0) - 1, -1):
        known = known + 1 if marks.known[index] else 0
        if barrier[index] or known > FORWARD_KNOWN:
            break
        if marks.heading[index] and marks.new[index]:
            return index
    first = seed
    for index in range(seed - 1, max(seed - BACK, 0) - 1, -1):
        if not marks.new[index] or barrier[index]:
            break
        first = index
    return first


def _forward(seed: int, marks: Marks) -> int:
    """Where the block of a seed ends."""
    last, other, known = seed, 0, 0
    for index in range(seed + 1, len(marks)):
        if marks.passes[index] or marks.ends[index]:
            break
        if marks.known[index]:
            known += 1
            if known > FORWARD_KNOWN:
                break
        elif marks.new[index]:
            known = 0
            if not marks.body[index]:
                other += 1
                if other > FORWARD:
                    break
            last = index
    return last


def _split(first: int, last: int, seeds: list[int], marks: Marks) -> list[Piece]:
    """The pieces of a block."""
    starts, begin = [first], first
    for seed in seeds:
        if seed - begin >= SPLIT:
            starts.append(seed)
            begin = seed
    out = []
    for number, start in enumerate(starts):
        stop = starts[number + 1] - 1 if number + 1 < len(starts) else last
        own = [seed for seed in seeds if start <= seed <= stop]
        key, score = _score(own, marks)
        if stop - own[-1] > TAIL:
            out.append(Piece(start, own[-1] + TAIL, key, score))
            out.append(Piece(own[-1] + TAIL + 1, stop, own[-1] + TAIL + 1, score * TAIL_SHARE))
        else:
            out.append(Piece(start, stop, key, score))
    return out


def _score(seeds: list[int], marks: Marks) -> tuple[int, float]:
    """The strongest seed and what the strongest ones of different texts add up to."""
    best: dict[int, int] = {}
    for seed in sorted(seeds, key=lambda s: (-marks.strength[s], s)):
        best.setdefault(int(marks.key[seed]), seed)
    top = list(best.values())[:3]
    further = sum(float(marks.strength[seed]) for seed in top[1:])
    return top[0], float(marks.strength[top[0]]) + FURTHER * further


def _dampened(found: list[Piece], marks: Marks) -> list[Piece]:
    """A piece that repeats an earlier one is worth less each time."""
    times: Counter[int] = Counter()
    seen: set[int] = set()
    out = []
    for piece in found:
        within = slice(piece.first, piece.last + 1)
        own = set(marks.key[within][marks.new[within]].tolist())
        key = int(marks.key[piece.key])
        share = REPEAT if own <= seen else AGAIN ** min(times[key], AGAIN_MOST)
        out.append(replace(piece, score=piece.score * share))
        times[key] += 1
        seen |= own
    return out


def _weighed(found: list[Piece], marks: Marks, *, alone: bool) -> list[Piece]:
    """By place: late is likelier the cause than early, behind the end of a step is seldom one.

    Of several files only those whose steps end badly have such an end; the others just stop somewhere.
    """
    closing = np.flatnonzero(marks.closing).tolist()
    end = closing[-1] if closing else len(marks) - 1
    late = LATE if alone or closing else 0.0
    out = []
    for piece in found:
        score = piece.score * (1 + late * min(piece.last / max(end, 1), 1))
        if closing and piece.first > closing[-1]:
            score *= BEHIND_LAST
        elif closing and piece.first > closing[0]:
            score *= BEHIND_FIRST
        out.append(replace(piece, score=score))
    return out


def _above(found: list[Piece], marks: Marks) -> list[Piece]:
    """The new lines right above the end of a step, where no block holds them; else the end itself."""
    out = []
    for end, score in zip(np.flatnonzero(marks.closing).tolist()[:ENDS], ABOVE_SCORES, strict=False):
        lines = _lines_above(end, marks)
        if not lines:
            taken = any(piece.last >= end - ABOVE and piece.first <= end for piece in found)
            if not taken:
                out.append(Piece(end, end, end, END_SCORE, "end"))
        elif not any(piece.first <= line <= piece.last for piece in found for line in lines):
            key = max(lines, key=lambda line: (marks.strength[line], line))
            out.append(Piece(min(lines), max(lines), key, score, "above"))
    return out


def _lines_above(end: int, marks: Marks) -> list[int]:
    lines: list[int] = []
    known = 0
    for index in range(end - 1, -1, -1):
        if marks.passes[index] or marks.closing[index] or len(lines) == ABOVE:
            break
        if marks.new[index]:
            lines.append(index)
        elif marks.known[index]:
            known += 1
            if known > ABOVE_KNOWN or lines:
                break
    return lines
