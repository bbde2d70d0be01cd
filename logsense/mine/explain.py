"""Records with their template and its parameters, for ``logsense parse``."""

import polars as pl

from logsense.mine.parameters import parameters
from logsense.mine.run import Mined

#: The columns this adds.
ADDED = ("template_id", "template", "params")


def explain(records: pl.DataFrame, mined: Mined) -> pl.DataFrame:
    """``records`` (with columns key and message) with template_id, template and params, in the same order.

    A column told, which is dropped, says what was mined of a record where that is more than its message.

    params: what stood at the placeholders, in order, as text; null where a message does not fit its
    template word by word (a template that was generalised further).
    """
    texts = mined.templates.select("template", text="text")
    rows = records.with_row_index("row").join(mined.keys, on="key", how="left", maintain_order="left")
    rows = rows.join(texts, on="template", how="left", maintain_order="left")
    pieces = []
    for part in rows.partition_by("template", maintain_order=True):
        text = part["text"][0]
        none = pl.Series([None], dtype=pl.List(pl.String))
        found = parameters(told(part), text, mined.kinds) if text is not None else none
        found = found if len(found) == part.height else found.new_from_index(0, part.height)
        pieces.append(part.select("row", params=found))
    rows = rows.drop("key", "told", strict=False)
    if not pieces:
        return (
            rows.drop("row")
            .rename({"template": "template_id", "text": "template"})
            .with_columns(params=pl.lit(None, pl.List(pl.String)))
        )
    return (
        rows.join(pl.concat(pieces), on="row", how="left", maintain_order="left")
        .drop("row")
        .rename({"template": "template_id", "text": "template"})
    )


def told(records: pl.DataFrame) -> pl.Series:
    """What is mined of whole records: the message, or what is told in its place."""
    if "told" not in records.columns:
        return records["message"]
    return records["told"].zip_with(records["told"].is_not_null(), records["message"])
