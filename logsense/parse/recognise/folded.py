"""Objects written over many lines (pretty-printed JSON): each becomes one line, where its first one stands.

The number of lines stays as it is, so that every record knows where it stands; what has been folded away is
a bracket, which starts no record and has no time. A block border within an object cuts it: the part before
the border is read as an object of its own, the part behind it belongs to that record.
"""

import re

import polars as pl

#: What stands in the place of a line that has been folded into another.
FOLDED = "}"
_OPENS = r"^(\s*)(?:\[\s*|\},?\s*)?\{\s*$"
_AROUND = r"^\s*[\[\]]?\s*$"  # blank lines and the brackets of an array
_OUTSIDE = 0.1  # lines outside the objects, as a share of these, above which the objects are no records


def opening(lines: pl.Series) -> str:
    """Regex of the lines that open an object, where the lines are such objects and little else; else "".

    Objects within a record of another kind (a text with a dump behind it) are none.
    """
    indent = lines.str.extract(_OPENS).drop_nulls()
    if not len(indent):
        return ""
    opens = rf"^{re.escape(indent.head(1).item())}(?:\[\s*|\}},?\s*)?\{{\s*$"
    frame = _grouped(lines, opens)
    objects = int(frame["opens"].sum())
    outside = frame.filter(
        ~pl.col("opens") & ~pl.col("inside") & ~pl.col("text").str.contains(_AROUND)
    ).height
    return opens if outside <= _OUTSIDE * objects else ""


def fold(lines: pl.Series, opens: str) -> pl.Series:
    """The lines, each object as one text in the row of its first line. opens: as ``opening`` found it."""
    frame = _grouped(lines, opens)
    inner = pl.col("text").filter(~pl.col("closes")).str.strip_chars().str.join("").str.strip_chars_end(",")
    text = pl.concat_str(pl.lit("{"), inner, pl.lit("}")).alias("text")
    whole = frame.filter("inside").group_by("object").agg(text)
    own = frame.filter("opens").select("object").join(whole, on="object", how="left", maintain_order="left")
    out = frame.select(
        pl.when("inside")
        .then(pl.lit(FOLDED))
        .otherwise(pl.when(pl.col("text").str.contains(_AROUND)).then(pl.lit("")).otherwise("text"))
        .alias(lines.name)
    ).to_series()
    return out.scatter(frame["opens"].arg_true(), own["text"].fill_null("{}"))


def _grouped(lines: pl.Series, opens: str) -> pl.DataFrame:
    """Each line with opens, closes, and whether it is inside an object: behind its first, up to its last.

    object: the number of the object, 0 for lines before the first; these are inside where an object of the
    block before is closed by one of them.
    """
    indent = opens[1 : opens.index("(")]
    frame = pl.DataFrame({"text": lines.fill_null("")}).with_columns(
        opens=pl.col("text").str.contains(opens),
        closes=pl.col("text").str.contains(rf"^{indent}\}}"),
    )
    frame = frame.with_columns(pl.col("closes") & ~pl.col("opens"), object=pl.col("opens").cum_sum())
    before = pl.col("closes").cum_sum().over("object") - pl.col("closes")  # brackets above, in the object
    first = pl.col("object") > 0
    return frame.with_columns(
        inside=~pl.col("opens") & (before == 0) & (first | pl.col("closes").any().over("object"))
    )
