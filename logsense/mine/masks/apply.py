"""The masks put on columns, each pattern only where it is needed.

A small batch is asked as one text for what patterns need, so that few of them are compiled; of a large one
each text passes a gate first.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import polars as pl

from logsense.mine.marks import CHAR, DIGIT, GUARD, QUOTE, SLASH
from logsense.mine.masks.patterns import (
    BOOL,
    CLEANED,
    FURTHER,
    KEPT,
    MASKS,
    METHODS,
    NAMED,
    NAMED_GATE,
    NAMED_HOLDS,
    ROUTE,
    SPOKEN,
    Mask,
)  # fmt: skip

#: Batches of so many bytes are asked what they hold, and ones of so few texts are masked without gates.
_ASKED, _FEW = 1 << 20, 256
#: Texts that are worth a thread of their own.
PIECE = 2_000


def masked(messages: pl.Series, *, ready: bool = False) -> pl.Series:
    """The messages with their masked parts as private characters; blanks at both ends are cut off.

    ready: they are as ``prepared`` gives them, and their private characters are masked parts already.
    """
    texts = messages if ready else prepared(messages)
    batch = _Batch.of(texts)
    texts = _kept(texts, batch)
    texts = _routes(texts) if batch.may_hold(METHODS) else texts
    texts = _replace(texts, SPOKEN)
    texts = _all(texts, MASKS, batch)
    return _shown(texts).str.strip_chars()


def prepared(messages: pl.Series, masks: Sequence[Mask] = ()) -> pl.Series:
    """First lines without private characters and colours of their own; what ``masks`` find is masked."""
    texts = first_lines(messages)
    for mask in (*CLEANED, *masks):
        texts = _replace(texts, mask)
    return texts


@dataclass(frozen=True)
class _Batch:
    """All texts of a small batch as one, and the same without case; None for a large one."""

    text: str | None
    caseless: str

    @classmethod
    def of(cls, texts: pl.Series) -> "_Batch":
        if int(texts.str.len_bytes().sum()) > _ASKED:
            return cls(None, "")
        text = "\n".join(texts.to_list())
        return cls(text, text.casefold())

    def may_hold(self, any_of: tuple[str, ...]) -> bool:
        """Whether one of these may be there; what is given in lower case may be there in any."""
        if self.text is None or not any_of:
            return True
        return any(one in (self.caseless if one.islower() else self.text) for one in any_of)


def side_by_side(texts: pl.Series, work: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """What ``work`` makes of the texts, each by itself: pieces of many texts side by side.

    Polars replaces within one column on one core.
    """
    pieces = min(pl.thread_pool_size(), len(texts) // PIECE)
    if pieces < 2:
        return work(texts)
    size = -(-len(texts) // pieces)
    with ThreadPoolExecutor(max_workers=pieces) as pool:
        return pl.concat(pool.map(work, (texts.slice(k, size) for k in range(0, len(texts), size))))


def first_lines(messages: pl.Series) -> pl.Series:
    """Each message's first line, and behind it the detail that was put there after ``⏎``."""
    return _replace(messages.cast(pl.String).fill_null(""), FURTHER)


def _kept(texts: pl.Series, batch: _Batch) -> pl.Series:
    """Numbers and names that state a cause, with their digits out of the masks' reach."""
    texts = _all(texts, (*KEPT, BOOL), batch)
    if batch.may_hold(NAMED_HOLDS):
        named = texts.str.contains(NAMED_GATE)
        texts = _where(texts, named, _hide_names) if named.any() else texts
    guarded = texts.str.contains(GUARD, literal=True)
    if guarded.any():
        hidden = {GUARD + str(number): char for number, char in enumerate(DIGIT)}
        texts = _where(texts, guarded, lambda some: some.str.replace_many(hidden))
    return texts


def _hide_names(texts: pl.Series) -> pl.Series:
    """The digits of names of errors, hidden: each name is found once and put back with guards."""
    names = texts.str.extract_all(NAMED).explode().drop_nulls().unique().sort().to_list()
    hidden = {name: "".join(DIGIT[int(c)] if c.isdecimal() else c for c in name) for name in names}
    return texts.str.replace_many(hidden) if hidden else texts


def _routes(texts: pl.Series) -> pl.Series:
    """Requests with the slashes of their route as signs that part words, and their query as one part."""
    requests = texts.str.contains(ROUTE)
    return _where(texts, requests, _parted) if requests.any() else texts


def _parted(texts: pl.Series) -> pl.Series:
    groups = texts.str.extract_groups(ROUTE).struct
    query = pl.when(pl.col("3").is_not_null()).then(pl.lit("?" + CHAR["query"])).otherwise(pl.lit(""))
    route = pl.col("2").str.replace_all("/", SLASH, literal=True)
    return groups.unnest().select(pl.concat_str("1", route, query, pl.col("4").fill_null(""))).to_series()


@cache
def _restored() -> dict[str, str]:
    return {QUOTE: '"', GUARD: "", **{char: str(number) for number, char in enumerate(DIGIT)}}


def _shown(texts: pl.Series) -> pl.Series:
    """The kept digits and quotation marks as themselves again."""
    hidden = texts.str.contains(f"[{QUOTE}{GUARD}{DIGIT[0]}-{DIGIT[9]}]")
    return _where(texts, hidden, lambda some: some.str.replace_many(_restored())) if hidden.any() else texts


def _all(texts: pl.Series, masks: tuple[Mask, ...], batch: _Batch) -> pl.Series:
    for mask in masks:
        if batch.may_hold(mask.holds):
            texts = _replace(texts, mask)
    return texts


def _replace(texts: pl.Series, mask: Mask) -> pl.Series:
    """The mask put on those texts that pass its gate: most need few of the masks."""
    if len(texts) <= _FEW and not mask.literal:
        return texts.str.replace_all(mask.pattern, mask.to)
    gate = texts.str.contains(mask.gate, literal=mask.literal)
    hits = int(gate.sum())
    if not hits:
        return texts
    if hits * 4 > 3 * len(texts):
        return texts.str.replace_all(mask.pattern, mask.to)
    return _where(texts, gate, lambda some: some.str.replace_all(mask.pattern, mask.to))


def _where(texts: pl.Series, which: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """The texts, those of ``which`` changed."""
    if which.all():
        return change(texts)
    rows = which.arg_true()
    return texts.scatter(rows, change(texts.gather(rows)))
