"""Gaps and values: rhythm and numbers, exactly."""

import polars as pl
import pytest

from logsense.count import count
from logsense.count.series import LOWEST, log_bin


def test_gaps_are_between_distinct_seconds(run_of, event):
    """A burst within a second is one occurrence; median, MAD and largest are those of the gaps in µs."""
    at = [0, 0.4, 10, 20, 20.9, 30, 47]
    events = [event(t, 0, "beat") for t in at] + [event(0, 1, "x"), event(60, 1, "x")]
    row = count(run_of(events)).gaps.row(0, named=True)
    assert (row["service"], row["n"], row["median"], row["mad"], row["largest"]) == (
        "web",
        4,
        10e6,
        0.0,
        17e6,
    )
    assert row["last"].second == 47


def test_gaps_only_of_what_is_neither_rare_nor_everywhere(run_of, event, monkeypatch):
    """Two records make no rhythm, and of more than the limit the buckets tell."""
    monkeypatch.setattr("logsense.count.rhythm.gaps.OFTEN", 50)
    events = [event(n, 0, "often") for n in range(51)] + [event(n, 0, "some") for n in range(50)]
    events += [event(n, 1, "rare") for n in range(2)]
    counted = count(run_of(events))
    names = counted.gaps.join(counted.templates, on="template")["text"].to_list()
    assert names == ["some"]


def test_values_are_grouped_by_name_and_bucket(run_of, event):
    """n, min, max and sum are those of the numbers; a value of zero or less has the lowest bin."""
    events = [
        event(0, 0, "m", (), (("took", 8.0), ("left", -1.0))),
        event(0.01, 0, "m", (), (("took", 2.0),)),
    ]
    events.append(event(100, 0, "m"))
    frame = count(run_of(events)).values
    took = frame.filter(pl.col("name") == "took").row(0, named=True)
    assert (took["n"], took["min"], took["max"], took["sum"]) == (2, 2.0, 8.0, 10.0)
    assert took["histogram"] == [{"bin": 8, "n": 1}, {"bin": 24, "n": 1}]
    left = frame.filter(pl.col("name") == "left").row(0, named=True)
    assert left["histogram"] == [{"bin": LOWEST, "n": 1}]


@pytest.mark.parametrize("value", [1e-300, 0.001, 1.0, 12345.6, 1e300])
def test_a_bin_holds_its_value(value):
    """2 ** (bin / 8) <= value < 2 ** ((bin + 1) / 8), for values of any size."""
    number = pl.select(log_bin(pl.lit(value))).item()
    assert 2 ** (number / 8) <= value * (1 + 1e-9)
    assert value < 2 ** ((number + 1) / 8) * (1 + 1e-9)
