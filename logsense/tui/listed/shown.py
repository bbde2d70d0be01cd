"""Which templates are shown, and in which order."""

from collections.abc import Mapping

import polars as pl

from logsense.schema import LEVELS
from logsense.tui.lines.condition import Condition

#: Orders by name: the column, and whether the largest comes first.
ORDERS: Mapping[str, tuple[str, bool]] = {
    "count": ("count", True),
    "level": ("rank", True),
    "first": ("first", False),
    "last": ("last", True),
    "service": ("service", False),
    "text": ("text", False),
}


def shown(templates: pl.DataFrame, condition: Condition, order: str, *, turned: bool = False) -> pl.DataFrame:
    """TEMPLATES that fulfil the condition, in that order; turned: the other way round."""
    said = templates.with_columns(
        rank=pl.col("level")
        .cast(pl.String)
        .replace_strict(list(LEVELS), list(range(len(LEVELS))), default=-1),
        service=pl.col("services").list.first(),
    )
    low = pl.col("text").str.to_lowercase()
    keep = [low.str.contains(word.lower(), literal=True) for word in condition.words]
    keep += [~low.str.contains(word.lower(), literal=True) for word in condition.without]
    if condition.levels:
        keep.append(pl.col("level").cast(pl.String).is_in(list(condition.levels)).fill_null(value=False))
    services = list(condition.fields.get("service", ()))
    if services:
        keep.append(pl.col("services").list.set_intersection(services).list.len() > 0)
    away = list(condition.fields.get("-service", ()))
    if away:
        # Left out where no other service says it.
        keep.append(pl.col("services").list.set_difference(away).list.len() > 0)
    for name, wanted in (("template", True), ("-template", False)):
        ids = list(condition.fields.get(name, ()))
        if ids:
            keep.append(pl.col("template").is_in(ids) == wanted)
    said = said.filter(pl.all_horizontal(keep)) if keep else said
    column, descending = ORDERS[order]
    return said.sort(column, "template", descending=[descending != turned, False], nulls_last=True)
