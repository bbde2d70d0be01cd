"""The column rule, for runs whose shapes do not collapse: blank words where too many stand in one context.

The context of a word is its shape's skeleton (signs, length, words that state causes), its position and the
two tokens before it, as they read after blanking: positions are taken from left to right, so one sweep does.
Without the tokens before it, sixty messages of three words each would be taken for one. The first word of a
shape is never blanked. Polars and NumPy on hashes of tokens; only distinct results become text again.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from logsense.mine.marks import ANY
from logsense.mine.words import is_word, states_cause

#: Above so many distinct shapes the rule is used: the merge is Python, a shape at a time.
MANY = 2000
#: A context with more distinct words than this holds a parameter.
WIDE = 50
_SEED = 5
_PRIME = np.uint64(0x9E3779B97F4A7C15)

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


def blanked(shapes: pl.Series) -> pl.Series:
    """The shapes, none of them empty, with the words blanked that stand in crowded contexts; lengths stay."""
    lists = shapes.str.split(" ")
    lengths = lists.list.len().to_numpy().astype(np.int64)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)[:-1]])
    tokens = lists.explode().alias("token")
    cells = tokens.hash(_SEED).to_numpy().copy()
    plain = _plain(tokens)
    hidden = int(pl.Series([ANY]).hash(_SEED)[0])
    skeletons = _combined(np.where(plain, np.uint64(1), cells), starts, lengths)
    varies = _sweep(cells, plain, skeletons, (starts, lengths), np.uint64(hidden))
    return _text(tokens, cells, varies, (starts, lengths))


def _plain(tokens: pl.Series) -> npt.NDArray[np.bool_]:
    """Which tokens are words that may be blanked."""
    known = tokens.unique().sort()
    table = pl.DataFrame(
        {"token": known, "plain": [is_word(t) and not states_cause(t) for t in known.to_list()]},
        schema={"token": pl.String, "plain": pl.Boolean},
    )
    joined = tokens.to_frame().join(table, on="token", how="left", maintain_order="left")
    return joined["plain"].to_numpy()


def _combined(values: Hashes, starts: Places, lengths: Places) -> Hashes:
    """A hash of each shape's values, in their order."""
    place = np.arange(len(values), dtype=np.int64) - np.repeat(starts, lengths)
    weight = (place.astype(np.uint64) * np.uint64(2) + np.uint64(1)) * _PRIME
    mixed = (values ^ (values >> np.uint64(29))) * weight
    return np.add.reduceat(mixed ^ (mixed >> np.uint64(32)), starts)


def _sweep(
    cells: Hashes,
    plain: npt.NDArray[np.bool_],
    skeletons: Hashes,
    where: tuple[Places, Places],
    hidden: np.uint64,
) -> npt.NDArray[np.bool_]:
    """Which cells are blanked; ``cells`` then holds the hash of the placeholder there."""
    starts, lengths = where
    varies = np.zeros(len(cells), bool)
    seen = np.zeros(len(starts), bool)  # whether a word came before
    for at in range(int(lengths.max(initial=0))):
        rows = np.flatnonzero(lengths > at)
        here = starts[rows] + at
        words = plain[here]
        looked = words & seen[rows]
        seen[rows] |= words
        if at and looked.any():
            spots, some = here[looked], rows[looked]
            before = cells[spots - 1] * _PRIME
            if at > 1:
                before ^= (cells[spots - 2] + np.uint64(7)) * (_PRIME >> np.uint64(3))
            wide = _wide(skeletons[some] ^ before, cells[spots])
            varies[spots[wide]] = True
            cells[spots[wide]] = hidden
    return varies


def _wide(contexts: Hashes, words: Hashes) -> npt.NDArray[np.bool_]:
    """Which rows stand in a context with more than ``WIDE`` distinct words."""
    pairs = pl.DataFrame({"context": contexts, "word": words})
    crowded = pairs.unique().group_by("context").len().filter(pl.col("len") > WIDE)["context"]
    return pairs["context"].is_in(crowded.implode()).to_numpy()


def _text(
    tokens: pl.Series, cells: Hashes, varies: npt.NDArray[np.bool_], where: tuple[Places, Places]
) -> pl.Series:
    """The results as text: each distinct one is written once."""
    starts, lengths = where
    whole = _combined(cells, starts, lengths)
    _, first, back = np.unique(whole, return_index=True, return_inverse=True)
    texts = []
    for row in first.tolist():
        span = slice(int(starts[row]), int(starts[row] + lengths[row]))
        texts.append(
            " ".join(ANY if hole else t for t, hole in zip(tokens[span].to_list(), varies[span], strict=True))
        )
    return pl.Series("ruled", texts, dtype=pl.String).gather(pl.Series(back, dtype=pl.UInt32))
