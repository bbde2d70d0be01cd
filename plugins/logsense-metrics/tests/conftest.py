"""Runs with metrics beside them, and the package as if it were installed."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from logsense.api import SERIES
from logsense.testing import calm

SERVICES = [f"shop-{letter}" for letter in "abcdefghijkl"]
ENTRIES = "".join(
    f"[logsense.{kind}]\nmetrics = logsense_metrics\n" for kind in ("metrics", "detectors", "rankers")
)


def series(start, *, seed=0, minutes=12, metrics=("cpu usage (%)", "memory_bytes")):
    """SERIES of twelve services, a sample a minute: log-normal noise, now and then a burst."""
    random = np.random.default_rng(seed)
    rows = []
    for service in SERVICES:
        for metric in metrics:
            level = random.lognormal(0.5, 0.5) * (1.0 if "cpu" in metric else 4e8)
            wild, burst = (0.3, 0.02) if "cpu" in metric else (0.01, 0.0)
            values = level * random.lognormal(0.0, wild, minutes)
            values *= np.where(random.random(minutes) < burst, 4.0, 1.0)
            rows += [
                {
                    "time": start + timedelta(minutes=at + 1),
                    "service": service,
                    "metric": metric,
                    "value": value,
                }
                for at, value in enumerate(values.tolist())
            ]
    return SERIES.of(rows)


def lifted(frame, service, metric, times, since):
    """The same with the last samples of one series so many times as large."""
    hit = (pl.col("service") == service) & (pl.col("metric") == metric) & (pl.col("time") >= since)
    return frame.with_columns(value=pl.when(hit).then(pl.col("value") * times).otherwise("value"))


@pytest.fixture
def made():
    """Makes views of calm runs with series beside them, of which one may be lifted at the end."""

    def _made(*, seed=0, service=None, metric="cpu usage (%)", times=40.0, minutes=12):
        view = calm(seed=seed)
        start = view.start or datetime(2026, 1, 1)
        frame = series(start, seed=seed, minutes=minutes)
        if service:
            frame = lifted(frame, service, metric, times, start + timedelta(minutes=minutes - 1))
        return replace(view, series=frame)

    return _made


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The package is found by its entry points, whatever is installed."""
    folder = tmp_path / "site" / "logsense_metrics-0.1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: logsense-metrics\nVersion: 0.1.0\n")
    (folder / "entry_points.txt").write_text(ENTRIES)
    monkeypatch.syspath_prepend(str(folder.parent))
    return Path(folder)
