"""How far each new line is from the nearest line of the good runs, by the words they share.

Method: cosine of TF-IDF vectors (Salton and Buckley 1988), as logreduce uses it on build logs; here on
distinct masked lines, as joins of Polars.
"""

import polars as pl

#: A word in more good lines than this tells too little to look lines up by; it still weighs in the length.
COMMON = 2_000
#: New lines looked up at once, so that memory stays bounded.
AT_ONCE = 2_000
_WORD = r"[A-Za-z]+|[^\sA-Za-z0-9#]"


def nearest(new: pl.DataFrame, good: pl.DataFrame) -> pl.DataFrame:
    """For each new line its nearest good line: frame key, near (a good key, null for none), distance 0..1.

    new, good: columns key and masked, each key once. Ties go to the good line that comes first in ``good``.
    """
    known = _words(good)
    frequency = known.group_by("word").agg(df=pl.len())
    weight = frequency.select("word", "df", idf=((1 + good.height) / (1 + pl.col("df"))).log() + 1)
    rare = float(pl.select((pl.lit(1.0 + good.height)).log() + 1).item())
    known = _weighed(known, weight, rare)
    index = known.filter(pl.col("df") <= COMMON)
    out = []
    for part in new.iter_slices(AT_ONCE):
        asked = _weighed(_words(part), weight, rare)
        pairs = asked.filter(pl.col("df") <= COMMON).join(index, on="word", suffix="_good")
        dots = pairs.group_by("row", "row_good").agg(
            # Rounded, since threads add up in any order and ties must fall the same way.
            dot=(pl.col("w") * pl.col("w_good")).sum().round(9)
        )
        best = (
            dots.sort(["row", "dot", "row_good"], descending=[False, True, False])
            .group_by("row", maintain_order=True)
            .first()
        )
        rows = part.with_row_index("row").select("row", "key")
        best = rows.join(best, on="row", how="left", maintain_order="left").join(
            good.with_row_index("row_good").select("row_good", near="key"),
            on="row_good",
            how="left",
            maintain_order="left",
        )
        out.append(best.select("key", "near", distance=1 - pl.col("dot").fill_null(0.0).clip(0, 1)))
    schema = {"key": pl.UInt64, "near": pl.UInt64, "distance": pl.Float64}
    return pl.concat(out) if out else pl.DataFrame(schema=schema)


def _words(lines: pl.DataFrame) -> pl.DataFrame:
    """A row a line (its row number) and word, with how often it is there."""
    words = lines.with_row_index("row").select(
        "row", word=pl.col("masked").str.to_lowercase().str.extract_all(_WORD)
    )
    return words.explode("word").drop_nulls().group_by("row", "word").agg(tf=pl.len())


def _weighed(words: pl.DataFrame, weight: pl.DataFrame, rare: float) -> pl.DataFrame:
    """The words with their weights, each line of length 1."""
    frame = words.join(weight, on="word", how="left").with_columns(
        w=pl.col("tf") * pl.col("idf").fill_null(rare), df=pl.col("df").fill_null(0)
    )
    return frame.with_columns(w=pl.col("w") / pl.col("w").pow(2).sum().over("row").sqrt())
