"""A panel: the services with the most records."""

import polars as pl
from textual.content import Content
from textual.widgets import Static

from logsense.api import Analysis, Panel, hookimpl, safe
from logsense.testing import checks_for


class Busiest:
    """Services by their records."""

    name = "busiest"
    title = "busiest services"

    def widget(self, analysis: Analysis) -> object:
        totals = analysis.counts.group_by("service").agg(pl.col("n").sum())
        rows = totals.sort("n", "service", descending=[True, False]).iter_rows()
        return Static(Content("\n".join(f"{n:>9,} {safe(service)}" for service, n in rows)))


@hookimpl
def register_panels() -> list[type[Panel]]:
    return [Busiest]


for name, check in checks_for(Busiest()).items():
    if name != "light_import":  # needs a module that is installed
        check(Busiest())
