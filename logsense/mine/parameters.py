"""The values that stood at a template's placeholders, in their order."""

import re
from functools import cache

import polars as pl

from logsense.mine.marks import KINDS

_SIGNS = "=:,;()[]{}\"'|@#!?&*<>"
_BLANK = r"[^\S\n]*"
_DETAIL = " ⏎ "
_PIECE = re.compile(rf"\s+|[{re.escape(_SIGNS)}]|[^\s{re.escape(_SIGNS)}]+")


def parameters(messages: pl.Series, text: str, kinds: tuple[str, ...] = ()) -> pl.Series:
    """For each message of the template ``text`` the list of its values; null where it does not fit.

    kinds: names of placeholders beside the usual ones (``Mined.kinds``). Blanks may be of any length, and
    may stand or lack beside signs, as in the grouping of messages. A message may have further lines; a
    template's detail, behind ``⏎``, may be any of these. Where a message can be read in two ways, values
    are as short as can be from the left.
    """
    hole = _holes(kinds)
    holes = hole.findall(text)
    frame = messages.cast(pl.String).alias("text").to_frame()
    groups = frame["text"].str.extract_groups(_pattern(text, hole)).struct.unnest()
    fits = groups.to_series(0).is_not_null()
    values = groups.select(pl.concat_list(pl.all().fill_null("")).alias("params"))
    # The first group is the whole message, there to say whether it fits.
    values = values.select(pl.when(fits).then(pl.col("params").list.slice(1, len(holes))))
    return values.to_series().alias("params")


@cache
def _holes(kinds: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"<(?:{'|'.join((*KINDS, *kinds))}|unparsed)>")


def _pattern(text: str, hole: re.Pattern[str]) -> str:
    """A Rust regex on the whole message with one group for all of it, and one a placeholder."""
    first, mark, detail = text.partition(_DETAIL)
    whole = _line(first, hole)
    if mark:
        whole += rf"(?:{_DETAIL}|{_BLANK}\n(?s:.*\n)?{_BLANK}){_line(detail, hole)}"
    return rf"^({_BLANK}{whole}{_BLANK}(?:\r?\n(?s:.*))?)$"


def _line(text: str, hole: re.Pattern[str]) -> str:
    parts = [_literal(part) for part in hole.split(text)]
    out = [parts[0]]
    for part in parts[1:]:
        out += [r"([^\n]*?)", part]
    return "".join(out)


def _literal(part: str) -> str:
    """The text between two placeholders, as a regex."""
    pieces = _PIECE.findall(part)
    out = []
    for number, piece in enumerate(pieces):
        if piece in _SIGNS:
            out.append(_BLANK + _escaped(piece) + _BLANK)
        elif not piece.isspace():
            out.append(_escaped(piece))
        elif not any(near in _SIGNS for near in pieces[max(0, number - 1) : number + 2]):
            out.append(r"[^\S\n]+")
    return "".join(out)


def _escaped(piece: str) -> str:
    # Not re.escape: it writes "\\<", which means a border of words in Rust's regexes.
    return re.sub(r"([\\.+*?()|\[\]{}^$#&~-])", r"\\\1", piece)
