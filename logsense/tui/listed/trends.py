"""What templates did over time, in as many columns as are drawn: one pass over the counts for all of them."""

from collections.abc import Mapping, Sequence

import polars as pl

from logsense import report
from logsense.schema import View


class Trends:
    """Counts of every template over the run. width: columns that are drawn."""

    def __init__(self, view: View, width: int) -> None:
        self.width = max(min(width, view.buckets), 1)
        self.buckets = max(view.buckets, 1)
        column = (pl.col("bucket") * self.width // self.buckets).clip(0, self.width - 1)
        grouped = view.counts.group_by("template", column=column).agg(pl.col("n").sum())
        self._by: Mapping[str, list[tuple[int, int]]] = {
            str(name[0]): list(part.select("column", "n").iter_rows())
            for name, part in grouped.partition_by("template", as_dict=True).items()
        }

    def counts(self, template: str) -> Sequence[int]:
        """Records of a template, a number a column."""
        columns = [0] * self.width
        for column, n in self._by.get(template, ()):
            columns[column] = n
        return columns

    def picture(self, template: str) -> str:
        """The same as bars."""
        return report.sparkline(self.counts(template), self.width)
