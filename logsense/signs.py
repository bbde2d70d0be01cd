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


@dataclass(frozen=True)
class Words:
    """signs.toml, each list as one regex."""

    error: str
    status: str
    calm: str
    client: str
    states: tuple[State, ...]


@cache
def _words() -> Words:
    data = tomllib.loads((files("logsense") / "signs.toml").read_text(encoding="utf-8"))
    states = tuple(State(s["why"], float(s["decades"]), _any(s["words"])) for s in data["states"])
    error, status, calm, client = (_any(data[name]) for name in ("error", "status", "calm", "client"))
    return Words(error, status, calm, client, states)


def _any(patterns: list[str]) -> str:
    return "(?i)" + "|".join(f"(?:{pattern})" for pattern in patterns)


def error_like(templates: pl.DataFrame) -> pl.Series:
    """For each row of TEMPLATES whether it tells of trouble (Boolean).

    True for level WARN and above, for words such as "failed" or "refused" unless turned round ("0
    errors"), and for answers with status 5xx or 429. A level below INFO outweighs words. Never
    for what a server writes of a request it could not serve for the client's own fault (beside a 404).
    """
    words = _words()
    text = pl.col("text").str.replace_all(words.calm, " ")
    level = pl.col("level").to_physical()
    loud = (level >= 4).fill_null(value=False)  # WARN, ERROR, FATAL
    said = (text.str.contains(words.error) | text.str.contains(words.status)) & (level >= 2).fill_null(
        value=True
    )
    client = pl.col("text").str.contains(words.client)
    return templates.select(((loud | said) & ~client).alias("error_like"))["error_like"]


def stated(texts: pl.Series) -> pl.DataFrame:
    """How far each text names a cause: frame decades (f64, 0 where nothing is stated), why (str, null).

    Where several families of words match, the strongest counts, and names the reason. Words of one who
    merely passes a failure on (negative decades) are taken off whatever else is said.
    """
    text = pl.col("text")
    decades, off, why = pl.lit(0.0), pl.lit(0.0), pl.lit(None, dtype=pl.String)
    for state in sorted(
        _words().states, key=lambda s: s.decades
    ):  # the last one that matches wins: the strongest
        hit = text.str.contains(state.pattern)
        why = pl.when(hit).then(pl.lit(state.why)).otherwise(why)
        if state.decades < 0:
            off = pl.when(hit).then(off + state.decades).otherwise(off)
        else:
            decades = pl.when(hit).then(pl.lit(state.decades)).otherwise(decades)
    frame = pl.DataFrame({"text": texts.cast(pl.String).fill_null("")})
    said = pl.when(~text.str.contains(_words().client))
    return frame.select(said.then(decades + off).otherwise(0.0).alias("decades"), said.then(why).alias("why"))


#: A word says what a message is about where few templates hold it: so many at least, or this share of them.
_FEW, _SHARE = 6, 0.06
_WORD = r"[A-Za-z]{4,}"
#: Rare words two messages must share to speak of the same thing.
_SHARED = 2


def _topics(templates: pl.DataFrame) -> pl.DataFrame:
    """What each template is about: template, word, decades, size; a row for each of its rare words.

    decades: log10 of how many templates there are for each that holds the word. Words of trouble ("failed")
    are about nothing.
    """
    text = pl.col("text").str.replace_all(r"<[^<>]*>", " ").str.to_lowercase()
    words = (
        templates.select("template", word=text.str.extract_all(_WORD))
        .explode("word")
        .drop_nulls("word")
        .unique()
        .filter(~pl.col("word").str.contains(_words().error))
    )
    n = pl.len().over("word")
    rare = words.with_columns(decades=(templates.height / n).log10()).filter(
        n <= max(_FEW, _SHARE * templates.height)
    )
    return rare.with_columns(size=pl.len().over("template"))


def kin(templates: pl.DataFrame) -> pl.DataFrame:
    """Which templates speak of the same thing in different words: template, other, words, decades.

    A row for each ordered pair that shares at least two rare words, but no more than half of the rare words
    of either: messages that share most are the same message once more. words: sorted; decades: how seldom so
    much is shared by chance. Source: inverse document frequency, Sparck Jones 1972.
    """
    about = _topics(templates)
    pairs = about.join(about, on="word", suffix="_other").filter(
        pl.col("template") != pl.col("template_other")
    )
    shared = pairs.group_by("template", other="template_other").agg(
        pl.col("word").sort().alias("words"),
        pl.col("decades").sum(),
        most=pl.min_horizontal("size", "size_other").first() / 2,
    )
    near = shared.filter(pl.col("words").list.len().is_between(_SHARED, pl.col("most")))
    return near.select("template", "other", "words", "decades").sort("template", "other")
