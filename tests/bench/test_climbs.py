"""The benchmark of numbers that climb: its classes, what it plants, and that it can fail."""

import importlib.util
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

HERE = Path(__file__).parent


def script():
    """The script beside this test, as a module."""
    spec = importlib.util.spec_from_file_location("bench_climbs", HERE / "climbs.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


climbs = script()


def rows_of(values):
    """One series, a value a bucket."""
    column = np.asarray(values, dtype=float)
    return pl.DataFrame({"bucket": range(len(column)), "n": 1, "sum": column, "min": column, "max": column})


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ([5.0] * 50, "steady, 40 or more"),
        ([5.0, 6.5] * 10, "medium, fewer"),
        ([0.0] * 30 + [9.0] * 20, "noisy, 40 or more"),
    ],
)
def test_classes_are_told_by_spread_and_length(values, name):
    """A series whose median is nothing is noisy: it has no share of it."""
    assert climbs.kind(rows_of(values)) == name


def test_a_climb_grows_to_six_times_from_its_begin():
    """Nothing before; six times at the end of the run, which lies one bucket after the last."""
    grown = climbs.climbing(rows_of([2.0] * 100), 60, 100)
    assert grown["sum"][:60].to_list() == [2.0] * 60
    assert grown["sum"][80] == pytest.approx(2.0 * 3.5)
    assert grown["sum"].equals(grown["max"])


@pytest.mark.parametrize("climbs_itself", [True, False])
def test_a_run_that_climbs_by_itself_is_told(tmp_path, capsys, climbs_itself):
    """What was left alone and alarms is counted, and makes the status 1."""
    start, random = datetime(2026, 3, 1, 8), np.random.default_rng(3)
    lines = []
    for second in range(0, 7200, 5):
        depth = 40.0 * random.normal(1.0, 0.05) * (1 + max(0, second - 4000) / 500 * climbs_itself)
        lines.append(f"{start + timedelta(seconds=second):%Y-%m-%d %H:%M:%S} INFO queue depth={depth:.0f}\n")
    (tmp_path / "app.log").write_text("".join(lines))
    assert climbs.main([str(tmp_path)]) == int(climbs_itself)
    told = capsys.readouterr().out
    assert ("1 series, 1 alarms" if climbs_itself else "1 series, 0 alarms") in told
    assert climbs_itself or "steady, 40 or more      3 climbs, 1.000 found" in told
