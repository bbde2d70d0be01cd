"""What was read of good runs and of the one in question → scored findings."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np
import polars as pl

from logsense.diff.counts import counts
from logsense.diff.found import Compared, Found, Near
from logsense.diff.lines import Lines
from logsense.diff.marks import Marks
from logsense.diff.masks import plain_words
from logsense.diff.nearest import nearest
from logsense.diff.pieces import SEED, Piece, pieces
from logsense.diff.words import PLAIN, strengths

#: What scores below this share of the first is left out, unless all is asked for.
CUT = 0.3
#: A new line above this strength, nearer than this to a good line, counts for so much less.
NEAR_FROM, NEAR, NEAR_SHARE = 1.6, 0.2, 0.3
#: As many distinct new lines are compared with good ones by their words: a bound for logs that share nothing.
COMPARED_MOST = 20_000
#: As many findings are kept unless all is asked for: nobody reads more.
KEPT_MOST = 200
#: Nearer than this to a good line that is gone, and the same word by word but for so large a share of them,
#: a new line is that line changed.
CHANGED, OTHER_WORDS = 0.5, 0.34
#: New lines farther than this from every good line are findings where no word tells of a failure; their share
#: of a score.
FAR, FAR_SHARE = 0.5, 0.3
#: How much more the first finding in time counts than the last, in a run of several files.
EARLY = 0.8
#: Classes of lines that are no finding by distance: they go well, or say nothing.
DULL = ("pass", "benign", "footer", "exit")
#: Where the good runs differ from each other as much as this run from them, a difference without a word of
#: failure is noise: it counts for so much less, and below ``FLOOR`` it is left out, unless all is asked for.
NOISE_SHARE, FLOOR = 0.2, 0.15
_QUIET = ("far", "missing", "fewer")


def compare(good: Lines, bad: Lines) -> Compared:
    """What is different in the run in question, best first."""
    known = known_lines(good)
    texts = _judged(known, bad)
    files = _files(texts, bad)
    found = [
        _found(source, piece, marks)
        for source, marks in files.items()
        for piece in pieces(marks, alone=len(files) == 1)
    ]
    if not any(one.how != "end" for one in found):
        found += _far(files, texts, known, bad)
    found.sort(key=_order)
    found = [*_changed(found[:COMPARED_MOST], files, known, good, bad), *found[COMPARED_MOST:]]
    replaced = {(one.near.source, one.near.line) for one in found if one.near}
    found += [
        one
        for one in counts(texts, good, bad)
        if one.how != "missing" or one.new > 1 or (one.source, one.line) not in replaced
    ]
    if _as_usual(good, texts):
        found = [replace(one, score=one.score * NOISE_SHARE) if one.how in _QUIET else one for one in found]
    found.sort(key=_order)
    new = sum(int(marks.new.sum()) for marks in files.values())
    return Compared(tuple(found), new, good.texts["run"].n_unique())


def _order(one: Found) -> tuple[float, int, int, str]:
    """Best first; place and kind settle ties."""
    return -one.score, one.source, one.line, one.kind


def in_time(compared: Compared, times: Mapping[tuple[int, int], datetime]) -> Compared:
    """The same for a run of several files: what is early in time counts more.

    times: of (file number, key line), as far as known; without one a finding stands in the middle. A failure
    spreads from where it began, and the last lines are often of those who clear up.
    """
    known = sorted(times.values())
    if not known or known[0] == known[-1]:
        return compared

    def weighed(one: Found) -> Found:
        moment = times.get((one.source, one.key_line))
        late = (moment - known[0]) / (known[-1] - known[0]) if moment else 0.5
        return replace(one, score=one.score * (1 + EARLY * (1 - late)))

    found = [weighed(one) if one.kind not in ("missing", "fewer") else one for one in compared.found]
    moments = {place: moment.isoformat() for place, moment in times.items()}
    found.sort(
        key=lambda one: (
            -one.score,
            moments.get((one.source, one.key_line), "~"),
            one.source,
            one.line,
            one.kind,
        )
    )
    return replace(compared, found=tuple(found))


def kept(found: tuple[Found, ...]) -> tuple[Found, ...]:
    """Those that score enough beside the first."""
    top = found[0].score if found else 0.0
    return tuple(one for one in found[:KEPT_MOST] if one.score >= max(CUT * top, FLOOR))


def known_lines(good: Lines) -> pl.DataFrame:
    """The distinct lines of the good runs, blank ones left out: key and masked, in order of place."""
    texts = good.texts.filter(pl.col("masked") != "").sort("source", "line")
    return texts.select("key", "masked").unique("key", keep="first", maintain_order=True)


def _as_usual(good: Lines, texts: pl.DataFrame) -> bool:
    """Whether some good run holds as many lines of its own as the run in question has new ones.

    Lines that go well are not counted. With one good run nothing is known of what is usual.
    """
    if good.texts["run"].n_unique() < 2:
        return False
    alone = good.texts.filter((pl.len().over("key") == 1) & (pl.col("masked") != ""))
    alone = alone.hstack(strengths(alone["text"]).select("kind")).filter(~pl.col("kind").is_in(DULL))
    most = alone.group_by("run").agg(n=pl.len())["n"].max()
    new = texts.filter(pl.col("new") & ~pl.col("kind").is_in(DULL)).height
    return isinstance(most, int) and new <= most


def _judged(known: pl.DataFrame, bad: Lines) -> pl.DataFrame:
    """Each distinct line of the run in question: key, what it says, and whether it is new."""
    texts = bad.texts.select("key", "text", "masked").unique("key", keep="first", maintain_order=True)
    texts = texts.hstack(strengths(texts["text"]))
    # Of a progress bar nothing is left to compare.
    texts = texts.with_columns(blank=pl.col("blank") | (pl.col("masked") == ""))
    fresh = texts.join(known, on="key", how="anti").select("key", new=pl.lit(value=True))
    texts = texts.join(fresh, on="key", how="left", maintain_order="left")
    texts = texts.with_columns(new=pl.col("new").fill_null(value=False) & ~pl.col("blank"))
    return _dampened(texts, known).drop("text", "masked")


def _dampened(texts: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The same, what reads nearly like a good line weakened: good runs print it too, with other names."""
    strong = texts.filter(pl.col("new") & (pl.col("strength") > NEAR_FROM)).select("key", "masked")
    near = nearest(strong.head(COMPARED_MOST), known).select("key", "distance")
    texts = texts.join(near, on="key", how="left", maintain_order="left")
    damped = pl.when(pl.col("distance") < NEAR).then(pl.col("strength") * NEAR_SHARE)
    return texts.with_columns(strength=damped.otherwise("strength")).drop("distance")


def _files(texts: pl.DataFrame, bad: Lines) -> dict[int, Marks]:
    """The marks of the lines of each file."""
    flags = texts.select(
        "key", "strength", "new", "blank", "heading",
        passes=pl.col("kind") == "pass",
        ends=pl.col("kind") == "exit",
        closing=pl.col("new") & (pl.col("kind") == "exit") & pl.col("closing"),
        body=pl.col("indented") | pl.col("stack"),
    )  # fmt: skip
    rows = bad.rows.sort("source", "line").join(flags, on="key", how="left", maintain_order="left")
    parts = rows.group_by("source", maintain_order=True)
    return {int(str(source)): _marks(frame) for (source,), frame in parts}


def _marks(rows: pl.DataFrame) -> Marks:
    new, blank = rows["new"].to_numpy(), rows["blank"].to_numpy()
    return Marks(
        new=new,
        known=~new & ~blank,
        passes=rows["passes"].to_numpy(),
        ends=rows["ends"].to_numpy(),
        closing=rows["closing"].to_numpy(),
        body=rows["body"].to_numpy(),
        heading=rows["heading"].to_numpy(),
        strength=rows["strength"].to_numpy().astype(np.float64),
        key=rows["key"].to_numpy(),
    )


def _found(source: int, piece: Piece, marks: Marks) -> Found:
    within = slice(piece.first, piece.last + 1)
    new = marks.new[within]
    return Found(
        "new",
        piece.score,
        source,
        piece.first + 1,
        piece.last + 1,
        piece.key + 1,
        piece.how,
        new=int(new.sum()),
        errors=int((new & (marks.strength[within] >= SEED)).sum()),
        times=int((marks.key == marks.key[piece.key]).sum()),
    )


def _far(files: dict[int, Marks], texts: pl.DataFrame, known: pl.DataFrame, bad: Lines) -> Iterator[Found]:
    """Where no word tells of a failure: new lines that are like no good line, or like one that is gone."""
    masked = bad.texts.select("key", "masked").unique("key", keep="first", maintain_order=True)
    asked = texts.filter(pl.col("new") & ~pl.col("kind").is_in(DULL)).select("key").head(COMPARED_MOST)
    asked = asked.join(masked, on="key", how="left", maintain_order="left")
    here = bad.texts.select(near="key", kept=pl.lit(value=True)).unique("near")
    far = nearest(asked, known).join(here, on="near", how="left", maintain_order="left")
    keys = far.filter((pl.col("distance") >= FAR) | pl.col("kept").is_null())["key"].to_numpy()
    # Lines new by a name alone (of a branch, a version, a path) are what any two runs differ in.
    words = asked.select("key", words=plain_words(pl.col("masked")))
    telling = words.filter(pl.col("words").str.contains(" ")).join(
        known.select(words=plain_words(pl.col("masked"))), on="words", how="anti"
    )
    told = set(telling["key"].to_list())
    for source, marks in files.items():
        seeds = np.isin(marks.key, keys)
        strength = np.where(seeds, SEED, PLAIN)
        for piece in pieces(replace(marks, strength=strength, closing=np.zeros_like(seeds))):
            one = _found(source, piece, marks)
            own = marks.key[piece.first : piece.last + 1].tolist()
            share = FAR_SHARE if told.intersection(own) else FAR_SHARE * NOISE_SHARE
            yield replace(one, score=piece.score * share, how="far", errors=0)


def _changed(
    found: list[Found], files: dict[int, Marks], known: pl.DataFrame, good: Lines, bad: Lines
) -> Iterator[Found]:
    """The same findings; one whose line reads much like a good line that is gone is that line changed."""
    keys = [int(files[one.source].key[one.key_line - 1]) for one in found]
    masked = bad.texts.select("key", "masked").unique("key", keep="first", maintain_order=True)
    asked = pl.DataFrame({"key": sorted(set(keys))}, schema={"key": pl.UInt64})
    gone = known.join(bad.texts.select("key"), on="key", how="anti", maintain_order="left")
    asked = asked.join(masked, on="key", maintain_order="left")
    near = nearest(asked, gone)
    where = good.texts.sort("source", "line").unique("key", keep="first", maintain_order=True)
    near = near.filter(pl.col("distance") < CHANGED).join(
        where.select("source", "line", "text", near="key", masked_good="masked"),
        on="near",
        maintain_order="left",
    )
    near = near.join(asked, on="key", maintain_order="left")
    rows = {row["key"]: row for row in near.iter_rows(named=True)}
    for one, key in zip(found, keys, strict=True):
        row = rows.get(key)
        if row is None or one.how == "end" or not _alike(row["masked"], row["masked_good"]):
            yield one
        else:
            like = Near(row["source"], row["line"], row["text"], row["distance"])
            yield replace(one, kind="changed", near=like)


def _alike(one: str, other: str) -> bool:
    """Whether two masked lines are the same word by word, but for a few of them."""
    words, others = one.split(), other.split()
    if len(words) != len(others):
        return False
    return sum(a != b for a, b in zip(words, others, strict=True)) <= OTHER_WORDS * len(words)
