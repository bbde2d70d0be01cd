"""What a message's words say: whether it tells of trouble, and whether it states a cause.

The words are data (``signs.toml``); everything works on columns of distinct texts, never on lines.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl


@dataclass(frozen=True)
class State:
    """A family of words that name a cause: why in words, decades of evidence, one Rust regex."""

    why: str
    decades: float
    pattern: str


@cache
def _words() -> tuple[str, str, str, tuple[State, ...]]:
    data = tomllib.loads((files("logsense") / "signs.toml").read_text(encoding="utf-8"))
    states = tuple(State(s["why"], float(s["decades"]), _any(s["words"])) for s in data["states"])
    return _any(data["error"]), _any(data["status"]), _any(data["calm"]), states


def _any(patterns: list[str]) -> str:
    return "(?i)" + "|".join(f"(?:{pattern})" for pattern in patterns)


def error_like(templates: pl.DataFrame) -> pl.Series:
    """For each row of TEMPLATES whether it tells of trouble (Boolean).

    True for level WARN and above, for words such as "failed" or "refused" unless turned round ("0
    errors"), and for answers with status 5xx or 429. A level below INFO outweighs words.
    """
    error, status, calm, _ = _words()
    text = pl.col("text").str.replace_all(calm, " ")
    level = pl.col("level").to_physical()
    loud = (level >= 4).fill_null(value=False)  # WARN, ERROR, FATAL
    said = (text.str.contains(error) | text.str.contains(status)) & (level >= 2).fill_null(value=True)
    return templates.select((loud | said).alias("error_like"))["error_like"]


def stated(texts: pl.Series) -> pl.DataFrame:
    """How far each text names a cause: frame decades (f64, 0 where nothing is stated), why (str, null).

    Where several families of words match, the strongest counts, and names the reason. Words of one who
    merely passes a failure on (negative decades) are taken off whatever else is said.
    """
    _, _, _, states = _words()
    text = pl.col("text")
    decades, off, why = pl.lit(0.0), pl.lit(0.0), pl.lit(None, dtype=pl.String)
    for state in sorted(states, key=lambda s: s.decades):  # the last one that matches wins: the strongest
        hit = text.str.contains(state.pattern)
        why = pl.when(hit).then(pl.lit(state.why)).otherwise(why)
        if state.decades < 0:
            off = pl.when(hit).then(off + state.decades).otherwise(off)
        else:
            decades = pl.when(hit).then(pl.lit(state.decades)).otherwise(decades)
    frame = pl.DataFrame({"text": texts.cast(pl.String).fill_null("")})
    return frame.select((decades + off).alias("decades"), why.alias("why"))
