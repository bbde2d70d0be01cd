"""What stood at the placeholders of a template: the commonest texts, and the spread of numbers."""

import re

import polars as pl

from logsense.analysis import Parameter

#: Texts of a placeholder that are listed.
TOP = 12
_NUMBER = r"^([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*([A-Za-zµ%]*)$"
_HOLE = re.compile(r"<([a-z]+)>")


def kinds(text: str) -> list[str]:
    """The kinds of a template's placeholders, in order."""
    return _HOLE.findall(text)


def spread(values: pl.Series, text: str) -> tuple[Parameter, ...]:
    """The parameters of a template, of a list of values a record (null where one does not fit).

    Literal texts in a template may look like placeholders: there are as many as there are values.
    """
    fitting = values.drop_nulls()
    if not len(fitting):
        return ()
    names = kinds(text)
    most = fitting.list.len().max()
    count = most if isinstance(most, int) else 0
    return tuple(
        _one(place, names[place] if place < len(names) else "str", fitting.list.get(place, null_on_oob=True))
        for place in range(count)
    )


def _one(place: int, kind: str, texts: pl.Series) -> Parameter:
    texts = texts.drop_nulls()
    counted = texts.rename("text").value_counts().sort("count", "text", descending=[True, False])
    top = tuple((str(text), int(n)) for text, n in counted.head(TOP).iter_rows())
    quantiles, unit = _numbers(texts)
    return Parameter(place, kind, len(texts), counted.height, top, quantiles, unit)


def _numbers(texts: pl.Series) -> tuple[tuple[float, float, float, float, float] | None, str]:
    """The spread of the values, and their unit, where all are numbers with the same unit, or none."""
    parts = texts.str.extract_groups(_NUMBER).struct.unnest()
    numbers, units = parts.to_series(0).cast(pl.Float64, strict=False), parts.to_series(1).fill_null("")
    if not len(texts) or numbers.null_count() or not numbers.is_finite().all() or units.n_unique() > 1:
        return None, ""
    at = (float(numbers.quantile(share, "linear") or 0.0) for share in (0.0, 0.25, 0.5, 0.75, 1.0))
    low, first, middle, third, high = at
    return (low, first, middle, third, high), str(units[0])
