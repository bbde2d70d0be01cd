"""Keys: lines with their digit (or hex) runs collapsed, worked out on the bytes of a whole block.

A regex over every line is the whole cost of mining; reducing digit runs on bytes costs less than 1 ns a
byte and keeps newlines, so row i of the key block is row i of the line block. All that is expensive is
then done once per distinct key.
"""

import re

import numpy as np
import polars as pl
from numpy.typing import NDArray

Octets = NDArray[np.uint8]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]

#: How often the digit mask grows into neighbouring hex letters: UUIDs and trace ids rarely hold more
#: than four letters in a row.
GROWTH = 4
_ZERO = ord("0")


def digit_key(block: bytes) -> bytes:
    """The block with every run of ASCII digits as one "0"; all other bytes as they are."""
    octets = _octets(block)
    return _collapsed(octets, _digits(octets))


def hex_key(block: bytes) -> bytes:
    """As ``digit_key``; hex letters next to digits count as digits, so that ids in hex collapse too."""
    octets = np.frombuffer(block, np.uint8)
    other = octets - np.uint8(_ZERO)
    mask = _bits(other < 10)
    np.bitwise_or(octets, 32, out=other)
    np.subtract(other, 97, out=other)
    letter = _bits(other < 6)
    for _ in range(GROWTH):
        mask |= (_up(mask) | _down(mask)) & letter
    # Marked bytes become zeros, without a branch: what is not marked is multiplied by one.
    np.bitwise_xor(octets, _ZERO, out=other)
    other *= _flags(~mask, len(octets))
    other ^= np.uint8(_ZERO)
    keep = _flags(~(mask & _up(mask)), len(octets)).view(np.bool_)
    return pl.Series(other).filter(pl.Series(keep)).to_numpy().tobytes()


# Masks that grow are held as bits in words of 64: a step of growth then costs a tenth of one on columns.
def _bits(mask: Flags) -> Words:
    packed = np.packbits(mask, bitorder="little")
    words = np.zeros(-(-len(packed) // 8), "<u8")
    words.view(np.uint8)[: len(packed)] = packed
    return words


def _flags(words: Words, count: int) -> Octets:
    """A one for each bit that is set, and a zero for each that is not."""
    return np.unpackbits(words.view(np.uint8), count=count, bitorder="little")


def _up(words: Words) -> Words:
    """Each bit in the place of the next."""
    moved = words << np.uint64(1)
    moved[1:] |= words[:-1] >> np.uint64(63)
    return moved


def _down(words: Words) -> Words:
    """Each bit in the place of the one before."""
    moved = words >> np.uint64(1)
    moved[:-1] |= words[1:] << np.uint64(63)
    return moved


def _octets(block: bytes) -> pl.Series:
    """The bytes as numbers, where they lie: Polars filters and compares them far faster than NumPy."""
    return pl.Series(np.frombuffer(block, np.uint8))


def _digits(octets: pl.Series) -> pl.Series:
    return (octets - _ZERO) < 10  # smaller bytes wrap round to large numbers


def _collapsed(octets: pl.Series, mask: pl.Series) -> bytes:
    """The bytes with each run of marked ones as one "0"."""
    keep = ~(mask & mask.shift(1, fill_value=False))
    left, marked = octets.filter(keep), mask.filter(keep)
    zeros = pl.Series([_ZERO], dtype=pl.UInt8).new_from_index(0, len(left))
    return zeros.zip_with(marked, left).to_numpy().tobytes()


COLLAPSE = {"digit": digit_key, "hex": hex_key}


def key_lines(data: bytes, kind: str) -> pl.Series:
    """The collapsed form of each line of a block of whole lines."""
    return pl.read_lines(COLLAPSE[kind](data), name="key")["key"]


def text_keys(texts: pl.Series, kind: str) -> pl.Series:
    """The collapsed form of texts that hold no line feed."""
    if not len(texts):
        return texts
    return key_lines((texts.str.join("\n")[0] + "\n").encode(), kind)


def projected(lines: pl.Series, patterns: tuple[str, ...]) -> tuple[pl.Series, list[pl.Series]]:
    """The parts of each line its key is made of, joined; and those parts whose digits are kept.

    A line that no pattern fits stands for itself.
    """
    found: list[pl.Series] = []
    kept: list[pl.Series] = []
    for pattern in patterns:
        rest, there = _begun(pattern, lines)
        if pattern.count("(?<") + pattern.count("(?P<"):
            for one in there.str.extract_groups(rest).struct.unnest():
                (kept if one.name.startswith("keep") else found).append(one)
        else:
            found.append(there.str.extract(rest))
    frame = pl.DataFrame([one.alias(f"part{number}") for number, one in enumerate(found)])
    texts = frame.select(pl.concat_str(pl.all(), separator="\x1f", ignore_nulls=True)).to_series()
    seen = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    return (texts if seen.all() else texts.zip_with(seen, lines)), kept


#: Up to a sign that means itself in a regex, of which as many are skipped as there are before it.
_UP_TO = re.compile(r"\^\[\^([^\\\[\]^.|+*?(){}$-])\]\*\1(?![*+?{])")


def _begun(pattern: str, lines: pl.Series) -> tuple[str, pl.Series]:
    """A pattern that skips up to a sign, begun behind it, and the lines from there on; others as they are.

    A split costs a fifth of what a regex takes for the same way.
    """
    skips = _UP_TO.match(pattern)
    if skips is None:
        return pattern, lines
    return "^" + pattern[skips.end() :], lines.str.splitn(skips[1], 2).struct.field("field_1")


# A number that tells things apart although it is one: a status, an exit code, an errno, a signal.
_ANNOUNCED = (
    r"(?i:(?:^|[^a-z])(?:status|code|exit|exited|errno|error|signal|sqlstate|http|returned|responded|response|got)"
    r"(?:[ _-]?(?:code|status|number|value))?"
    r"[\"'\)\]]{0,2}\s{0,2}(?:[:=]|is|was|with|of|-+>|=>)?\s{0,2}[\"'(\[]?-?)"
    r"|HTTP/[0-9.]+[\"']?\s+|[-=]>\s*|(?:GET|POST|PUT|PATCH|DELETE|HEAD)\s+[^\s\"]+[\"']?\s+(?:HTTP/\S+\s+)?"
)
#: Whether a key may hold such numbers: of any length, since a key does not know how long its numbers are.
MAY_HOLD_CODES = rf"(?:{_ANNOUNCED})[0-9]+(?-u:\b)"
_CODE = rf"(?:{_ANNOUNCED})[0-9]{{1,5}}(?-u:\b)"


def codes(lines: pl.Series) -> pl.Series:
    """The codes each line states, joined by commas; "" for none."""
    found = pl.element().str.extract(r"([0-9]+)$")
    return lines.str.extract_all(_CODE).list.eval(found).list.join(",")
