"""Runs the detectors over a view."""

import polars as pl

from logsense.detect import beside
from logsense.host import Host
from logsense.schema import ANOMALIES, View

#: -log10 p beyond which a score says no more.
CAP = 300.0


def detect(view: View, host: Host) -> pl.DataFrame:
    """All anomalies of a view: ANOMALIES, earliest first, then by service, template, kind, detector.

    Each detector of the host is made with its keywords, fitted and asked. Failures are in
    ``host.failures``. Of a run without times the counts are judged, in the order of lines. What lies outside
    the judged buckets of the view is left out.
    """
    frames = [host.detect(who, view) for who in host.detectors()]
    order = ["start", "service", "template", "kind", "detector", "end"]
    return (
        beside.of_judged(pl.concat([ANOMALIES.empty(), *frames]), view)
        .with_columns(pl.col("score").clip(0.0, CAP))
        .sort(*order, nulls_last=True, maintain_order=True)
    )
