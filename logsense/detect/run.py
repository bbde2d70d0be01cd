"""Runs the detectors over a view."""

import polars as pl

from logsense.detect import beside
from logsense.host import Host, Loaded
from logsense.schema import ANOMALIES, View

#: -log10 p beyond which a score says no more.
CAP = 300.0


def detect(view: View, host: Host) -> pl.DataFrame:
    """All anomalies of a view: ANOMALIES, earliest first, then by service, template, kind, detector.

    Each detector of the host is constructed with its defaults, fitted and asked. Failures are in
    ``host.failures``. Of a run without times the counts are judged, in the order of lines. What lies outside
    the judged buckets of the view is left out.
    """
    # mypy cannot infer a lambda with a default; the default binds the loop variable.
    frames = [host.anomalies(who, lambda who=who: _ask(who, view)) for who in host.detectors()]  # type: ignore[misc]
    order = ["start", "service", "template", "kind", "detector", "end"]
    return (
        beside.of_judged(pl.concat([ANOMALIES.empty(), *frames]), view)
        .with_columns(pl.col("score").clip(0.0, CAP))
        .sort(*order, nulls_last=True, maintain_order=True)
    )


def _ask(who: Loaded, view: View) -> pl.DataFrame:
    frame: pl.DataFrame = who.thing().fit(view).detect(view)
    return frame
