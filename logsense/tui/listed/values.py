"""Values of a template's placeholders as rows: how often each text came, and the spread of numbers."""

from collections.abc import Sequence

import polars as pl

from logsense import report
from logsense.analysis import Parameter
from logsense.schema import View
from logsense.tui.painting import Piece

#: Cells of the longest bar.
BAR = 20


def rows(parameters: Sequence[Parameter], width: int) -> list[list[Piece]]:
    """All parameters, one below the other."""
    out: list[list[Piece]] = []
    for one in parameters:
        out += [*_head(one), *_texts(one, width), []]
    return out[:-1]


def named(view: View, template: str, width: int) -> list[list[Piece]]:
    """Numbers of a template that have a name, as the run counts them: range, and mean over time."""
    own = view.values.filter(pl.col("template") == template)
    out: list[list[Piece]] = []
    for (name, unit), part in own.sort("name").group_by("name", "unit", maintain_order=True):
        n, total = int(part["n"].sum()), float(part["sum"].sum())
        low, high = part.select(pl.col("min").min(), pl.col("max").max()).row(0)
        of = f" {unit}" if unit else ""
        said = f"least {low:,.6g} · mean {total / max(n, 1):,.4g} · most {high:,.6g}{of} · {n:,} read"
        out += [
            [("number", report.one_row(str(name))), ("dim", f" {said}")],
            [("usual", _mean(part, view, width))],
            [],
        ]
    return out


def _mean(part: pl.DataFrame, view: View, width: int) -> str:
    """Means over time as bars: a column is the mean of its buckets."""
    columns = max(min(width - 2, view.buckets), 1)
    column = (pl.col("bucket") * columns // max(view.buckets, 1)).clip(0, columns - 1)
    means = part.group_by(column=column).agg(mean=pl.col("sum").sum() / pl.col("n").sum())
    by = dict(means.iter_rows())
    top = max((abs(mean) for mean in by.values()), default=0.0) or 1.0
    # Bars are drawn of whole numbers: a thousand steps are finer than the eight there are.
    return "  " + report.sparkline(
        [round(max(by.get(at, 0.0), 0.0) / top * 1000) for at in range(columns)], columns
    )


def _head(one: Parameter) -> list[list[Piece]]:
    seen = f"{report.count(one.distinct, 'value')} in {report.count(one.sampled, 'record')} looked at"
    rows: list[list[Piece]] = [
        [("number", f"<{one.kind}>"), ("dim", f" {one.place + 1}. placeholder · {seen}")]
    ]
    if one.quantiles and one.distinct > 1:
        names = ("least", "quarter", "half", "three quarters", "most")
        unit = f" {one.unit}" if one.unit else ""
        said = " · ".join(f"{name} {value:,.6g}" for name, value in zip(names, one.quantiles, strict=True))
        rows.append([("", f"  {said}{unit}")])
    return rows


def _texts(one: Parameter, width: int) -> list[list[Piece]]:
    if one.distinct == one.sampled and one.distinct > len(one.top):
        few = ", ".join(report.one_row(text) for text, _ in one.top[:3])
        return [[("dim", "  each once: "), ("", report.fit(few, max(width - 14, 8)) + " …")]]
    most = one.top[0][1] if one.top else 1
    out: list[list[Piece]] = []
    for text, n in one.top:
        bar = "█" * max(round(n / most * BAR), 1)
        share = f"{n / max(one.sampled, 1):.0%}"
        out.append(
            [("usual", f"  {bar:<{BAR}} "), ("dim", f"{n:>6,} {share:>4}  "), ("", report.one_row(text))]
        )
    rest = one.sampled - sum(n for _, n in one.top)
    if rest > 0:
        more = report.count(one.distinct - len(one.top), "other value")
        out.append([("dim", f"  {'':<{BAR}} {rest:>6,}       {more}")])
    return out
