"""Shapes: what is left of a message when its varying parts are one placeholder and its words are apart.

On columns (``shaped``) for all messages; in Python (``Spans``) for the few whose text is shown, so that
each word of the shape is known by its place in the message. Both do the same; a test holds them together.
"""

import re
from dataclasses import dataclass

import polars as pl

from logsense.mine.marks import ANY, FIRST, LAST, SLASH, WILD

#: Signs that are words of their own, inside a class of both regex dialects.
SIGNS = r"=:,;()\[\]{}\"'|@#!?&*<>" + SLASH
_SIGN = f"([{SIGNS}])"
_KINDS = f"[{FIRST}-{LAST}]"
#: Placeholders with nothing but blanks and these between them are one: lists of any length.
_RUN = rf"{ANY}(?:[ ,;#\-/:|.@~_+\\]*{ANY})+"
#: Tokens of a shape: a message of more is a document, and its beginning says what it is.
LONGEST = 120
_EMPTY = r"\( \)"
_JOIN = "\ue0f4"
_PIECE = re.compile(rf"[{SIGNS}]|[^\s{SIGNS}]+")
_RUN_RE = re.compile(_RUN)
_KINDS_RE = re.compile(_KINDS)


def shaped(masked: pl.Series) -> pl.Series:
    """Shapes of masked texts: words and signs with single blanks between, placeholders as ``ANY``.

    What stands behind the first ``LONGEST`` tokens is one placeholder.
    """
    text = pl.col("text").str.replace_all(_KINDS, ANY).str.replace_all(_SIGN, " ${1} ")
    text = text.str.replace_all(r"\s+", " ").str.strip_chars()
    text = text.str.replace_all(_EMPTY, f"( {ANY} )")
    texts = pl.DataFrame({"text": masked}).select(text)
    # Only a text of so many characters can hold so many tokens and blanks between.
    if (texts["text"].str.len_bytes() > 2 * LONGEST).any():
        texts = texts.with_columns(long=pl.col("text").str.count_matches(" ", literal=True) >= LONGEST)
        cut = pl.concat_str(
            pl.col("text").str.split(" ").list.head(LONGEST).list.join(" "), pl.lit(f" {ANY}")
        )
        texts = texts.with_columns(text=pl.when("long").then(cut).otherwise("text"))
    return texts.select(pl.col("text").str.replace_all(_RUN, ANY)).to_series()


def public(shape: str) -> str:
    """A shape as it is stored and shown: placeholders as ``<*>``, slashes as themselves."""
    return shape.replace(ANY, WILD).replace(SLASH, "/")


def collapse(tokens: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The tokens with runs of placeholders as one, and how many of the old ones each new one covers."""
    joined = " ".join(tokens)
    once = _RUN_RE.sub(lambda run: ANY + _JOIN * run[0].count(" "), joined)
    if once == joined:
        return tokens, (1,) * len(tokens)
    pieces = once.split(" ")
    return tuple(p.replace(_JOIN, "") for p in pieces), tuple(1 + p.count(_JOIN) for p in pieces)


@dataclass(frozen=True)
class Spans:
    """A masked text with the place of each token of its shape: (start, end) in the text."""

    text: str
    tokens: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


def spans(masked: str) -> Spans:
    """The shape of one masked text, token by token, with the places they come from."""
    plain = _KINDS_RE.sub(ANY, masked)
    tokens: list[str] = []
    places: list[tuple[int, int]] = []
    for piece in _PIECE.finditer(plain):
        if piece[0] == ")" and tokens and tokens[-1] == "(":
            tokens.append(ANY)
            places.append((piece.start(), piece.start()))
        tokens.append(piece[0])
        places.append(piece.span())
    if not tokens:
        return Spans(masked, ("",), ((0, 0),))
    if len(tokens) > LONGEST:
        tokens[LONGEST:] = [ANY]
        places[LONGEST:] = [(places[LONGEST][0], len(masked))]
    short, widths = collapse(tuple(tokens))
    return Spans(masked, short, tuple(covered(places, widths)))


def covered(places: list[tuple[int, int]], widths: tuple[int, ...]) -> list[tuple[int, int]]:
    """The places of tokens that cover ``widths`` tokens each."""
    out, at = [], 0
    for width in widths:
        out.append((places[at][0], places[at + width - 1][1]))
        at += width
    return out
