"""Folding, for runs of many messages: those that differ only in crowded words go through the masks once.

The column rule (``column``) on raw text: a piece (a run of letters, digits and ``_``) is crowded where more
than ``WIDE`` distinct ones stand at its place behind the same two pieces, in messages of the same signs.
Messages are then told apart by a *form*, in which crowded words are one word and crowded numbers of one
length are one number. The first word of a message, what mixes letters and digits, words that state a cause
and words the masks look for stay as they are. Work is on the bytes of all messages at once, and on hashes of
their pieces; only forms become text again.

Source of the method: column occupancy as in Vaarandi, A Data Clustering Algorithm for Mining Patterns from
Event Logs (SLCT), IPOM 2003, with contexts in place of positions.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from logsense.mine.column import WIDE
from logsense.mine.marks import CHAR
from logsense.mine.masks import masked
from logsense.mine.masks.patterns import READ
from logsense.mine.shape import LONGEST, SIGNS
from logsense.mine.words import CAUSE

#: From so many messages on folding costs less than it saves.
MANY = 10_000
#: Stands for a crowded word while the masks are at work, which must take it for any other word.
STAND = "qxzvqjw"
#: Texts that are worth a thread of their own.
PIECE = 2_000
#: Folding must leave no more than one form for so many messages; else the masks see all of them.
GAIN = 16
#: Ids of letters and digits do not fold: where more than half of the messages hold one nothing is tried.
_ID = "(?:[0-9][A-Za-z]|[A-Za-z][0-9])[0-9A-Za-z]{6}"
#: Digits of a number beyond which its length does not matter.
DIGITS = 13
#: Pieces that are never crowded, however many stand in a place.
_STAYS = f"^(?:{READ}|{CAUSE})$"
_SEED = 7
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_HIDDEN = np.uint64(0x5851F42D4C957F2D)
_WORD, _NUMBER = 1, 2
_LINE, _ANY_PIECE = 10, ord("a")
#: Signs and blanks: what parts the words of a shape.
_PARTS = f"[^\\s{SIGNS}]"
_HIDING = f"{_PARTS}*{STAND}{_PARTS}*"
_BREAKS = bytes(bool(re.match(f"[\\s{SIGNS}]", chr(byte), re.ASCII)) and byte < 128 for byte in range(256))


def _kind(byte: int) -> int:
    """What a byte is: part of a word (any letter, ``_``), a digit, or neither."""
    if ord("0") <= byte <= ord("9"):
        return _NUMBER
    return _WORD if byte >= 128 or chr(byte).isalpha() or byte == ord("_") else 0


_KINDS = bytes(map(_kind, range(256)))

Bytes = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Pieces:
    """The pieces of all messages, one after another, and what is known of each message."""

    text: pl.Series
    kinds: Bytes  # of each piece: word, number or both
    starts: Places  # of each piece, in the bytes of all messages
    sizes: Places
    first: Places  # number of each message's first piece
    counts: Places  # pieces of each message
    ends: Places  # of each message, in the bytes
    words: Places  # where each message's first word ends, in the bytes
    signs: Hashes  # what stands between the pieces of each message


@dataclass(frozen=True)
class Folded:
    """Masked forms; the number of each message's form (None: each message is its own); which hide words."""

    masked: pl.Series
    form: pl.Series | None
    hide: pl.Series


def folded(texts: pl.Series) -> Folded:
    """The masked forms of messages of one line each: a pure function of their set, save for the order."""
    if len(texts) >= MANY and int(texts.str.contains(_ID).sum()) * 2 <= len(texts):
        data = ("\n".join(texts.to_list()) + "\n").encode()
        pieces = _pieces(data)
        crowded = _crowded(pieces)
        for _ in range(2):
            rows, forms = _forms(pieces, crowded)
            if len(rows) * GAIN > len(texts):
                break
            hidden, twice = (_masked(_written(data, rows, pieces, crowded, digit)) for digit in "12")
            # Where the masks keep a number, it tells messages apart.
            kept = (hidden != twice).to_numpy()[forms]
            if not kept.any():
                shown = hidden.str.replace_all(_HIDING, CHAR["str"])
                return Folded(shown, pl.Series("form", forms, dtype=pl.UInt32), shown != hidden)
            crowded &= ~(np.repeat(kept, pieces.counts) & (pieces.kinds == _NUMBER))
    return Folded(_masked(texts), None, pl.repeat(value=False, n=len(texts), eager=True))


def _masked(texts: pl.Series) -> pl.Series:
    """``masked``, which looks at each text by itself, of pieces of many texts side by side.

    Polars replaces within one column on one core.
    """
    pieces = min(pl.thread_pool_size(), len(texts) // PIECE)
    if pieces < 2:
        return masked(texts)
    size = -(-len(texts) // pieces)
    with ThreadPoolExecutor(max_workers=pieces) as pool:
        return pl.concat(pool.map(masked, (texts.slice(k, size) for k in range(0, len(texts), size))))


def _pieces(data: bytes) -> _Pieces:
    """The pieces of the lines of ``data``."""
    raw = np.frombuffer(data, np.uint8)
    kinds = np.frombuffer(data.translate(_KINDS), np.uint8)
    inside = kinds > 0
    begins, stops = inside.copy(), ~inside
    begins[1:] &= stops[:-1]
    stops[0] = False
    stops[1:] &= inside[:-1]
    starts, ends = np.flatnonzero(begins), np.flatnonzero(raw == _LINE)
    last = np.searchsorted(starts, ends)
    first = np.concatenate([np.zeros(1, np.int64), last[:-1]])
    text = np.where(inside, raw, np.uint8(_LINE))[inside | stops].tobytes()
    signs = np.where(inside, np.uint8(_ANY_PIECE), raw)[begins | ~inside].tobytes()
    return _Pieces(
        text=pl.read_lines(text, name="piece")["piece"],
        kinds=np.bitwise_or.reduceat(kinds, starts) if len(starts) else kinds[:0],
        starts=starts,
        sizes=np.flatnonzero(stops) - starts,
        first=first,
        counts=last - first,
        ends=ends,
        words=_first_words(data, starts, first),
        signs=pl.read_lines(signs, name="signs")["signs"].hash(_SEED).to_numpy(),
    )


def _first_words(data: bytes, starts: Places, first: Places) -> Places:
    """Where the first words end that begin at a message's first piece; for want of pieces anything."""
    breaks = np.flatnonzero(np.frombuffer(data.translate(_BREAKS), bool))
    begins = np.append(starts, len(data) - 1)[first]
    ends: Places = breaks[np.searchsorted(breaks, begins)]
    return ends


def _crowded(pieces: _Pieces) -> Flags:
    """Which pieces stand in a crowded place."""
    crowded = np.zeros(len(pieces.kinds), bool)
    cells = pieces.text.hash(_SEED).to_numpy().copy()
    bones = pieces.signs ^ _row_hashes(pieces.kinds.astype(np.uint64), pieces)
    may = pieces.kinds != (_WORD | _NUMBER)
    for at in range(1, min(int(pieces.counts.max(initial=0)), LONGEST)):
        rows = np.flatnonzero(pieces.counts > at)
        here = pieces.first[rows] + at
        some = may[here] & (pieces.starts[here] > pieces.words[rows])
        here = here[some]
        before = cells[here - 1] * _PRIME
        if at > 1:
            before ^= (cells[here - 2] + np.uint64(7)) * (_PRIME >> np.uint64(3))
        wide = here[_wide(bones[rows[some]] ^ before, cells[here])]
        crowded[wide] = True
        cells[wide] = _HIDDEN
    spots = np.flatnonzero(crowded)
    found = pieces.text.gather(pl.Series(spots, dtype=pl.UInt32))
    known = found.unique()
    stays = known.filter(known.str.contains(_STAYS))
    crowded[spots[found.is_in(stays.implode()).to_numpy()]] = False
    return crowded


def _wide(contexts: Hashes, words: Hashes) -> Flags:
    """Which rows stand in a context with more than ``WIDE`` distinct words."""
    pairs = pl.DataFrame({"context": contexts, "word": words})
    many = pairs.group_by("context").len().filter(pl.col("len") > WIDE)["context"]
    if not len(many):
        return np.zeros(len(contexts), bool)
    among = pairs.filter(pl.col("context").is_in(many.implode())).unique()
    crowded = among.group_by("context").len().filter(pl.col("len") > WIDE)["context"]
    return pairs["context"].is_in(crowded.implode()).to_numpy()


def _row_hashes(values: Hashes, pieces: _Pieces) -> Hashes:
    """A hash of each message's values, in their order; 0 for a message without pieces."""
    place = np.arange(len(values), dtype=np.int64) - np.repeat(pieces.first, pieces.counts)
    weight = (place.astype(np.uint64) * np.uint64(2) + np.uint64(1)) * _PRIME
    mixed = (values ^ (values >> np.uint64(29))) * weight
    sums = np.zeros(len(values) + 1, np.uint64)
    np.cumsum(mixed ^ (mixed >> np.uint64(32)), out=sums[1:])
    hashes: Hashes = sums[pieces.first + pieces.counts] - sums[pieces.first]
    return hashes


def _forms(pieces: _Pieces, crowded: Flags) -> tuple[Places, Places]:
    """A message of each form, and the form of each message."""
    hidden = _HIDDEN + np.where(pieces.kinds == _NUMBER, np.minimum(pieces.sizes, DIGITS), 0).astype(
        np.uint64
    )
    cells = np.where(crowded, hidden, pieces.text.hash(_SEED).to_numpy())
    _, rows, forms = np.unique(
        pieces.signs ^ _row_hashes(cells, pieces), return_index=True, return_inverse=True
    )
    return rows, forms


def _written(data: bytes, rows: Places, pieces: _Pieces, crowded: Flags, digit: str) -> pl.Series:
    """The forms of some messages as text; ``digit``: what crowded numbers are made of."""
    spots = np.flatnonzero(crowded)
    low = np.searchsorted(spots, pieces.first[rows])
    high = np.searchsorted(spots, pieces.first[rows] + pieces.counts[rows])
    begins = np.where(rows > 0, pieces.ends[rows - 1] + 1, 0)
    out = []
    for at, end, a, b in zip(*(x.tolist() for x in (begins, pieces.ends[rows], low, high)), strict=True):
        parts = []
        for piece in spots[a:b].tolist():
            start, size = int(pieces.starts[piece]), int(pieces.sizes[piece])
            parts.append(data[at:start].decode())
            parts.append(digit * min(size, DIGITS) if pieces.kinds[piece] == _NUMBER else STAND)
            at = start + size  # noqa: PLW2901 - the place behind it
        parts.append(data[at:end].decode())
        out.append("".join(parts))
    return pl.Series("form", out, dtype=pl.String)
