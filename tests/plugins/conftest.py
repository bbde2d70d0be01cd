"""Views of numbers for the tests of value and forecast: one message, one number a series."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from logsense.schema import VALUES
from logsense.testing import from_table
from logsense.testing.cases import hash_of


def _view_of(series, *, quiet, name="took", unit="s", text="took <num>", width=None, counts=None, n=1):
    """A view whose series (rows) are numbers of messages of one text each; NaN where a bucket has none.

    name, unit and text may be lists, one for each series. counts: records of each bucket (default 5).
    """
    series = np.atleast_2d(np.asarray(series, dtype=float))
    rows, buckets = series.shape
    names, units = _each(name, rows), _each(unit, rows)
    letters = "abcdefghijklmnopqrstuvwxyz"
    said = [f"{one} of {letters[i % 26] * (i // 26 + 1)}" for i, one in enumerate(_each(text, rows))]
    table = np.zeros((rows, buckets))
    table[:, 0] = 1.0  # every text is said; the first as often as told
    table[0] = 5.0 if counts is None else counts
    view = from_table(table, ["app"] * rows, said, ["INFO"] * rows)
    row, bucket = np.nonzero(np.isfinite(series))
    value = series[row, bucket]
    ids = np.array([f"{hash_of(one):012x}"[:12] for one in said])
    columns = {
        "bucket": bucket,
        "service": ["app"] * len(row),
        "template": ids[row],
        "name": [names[i] for i in row],
        "unit": [units[i] for i in row],
        "n": [n] * len(row),
        "min": value,
        "max": value,
        "sum": value * n,
        "histogram": [[]] * len(row),
    }
    made = pl.DataFrame(
        {key: pl.Series(key, one, strict=False).cast(VALUES.columns[key]) for key, one in columns.items()}
    )
    view = replace(view, values=VALUES.check(made), quiet=tuple(quiet))
    return replace(view, width=width) if width else view


def _autoregressive(random, rows, buckets, rho, sd):
    """Stationary noise with lag-1 autocorrelation rho; a random walk with steps of sd for rho = 1."""
    step = random.normal(0.0, sd if rho >= 1 else sd * np.sqrt(1 - rho**2), (rows, buckets))
    x = np.empty((rows, buckets))
    x[:, 0] = step[:, 0]
    for i in range(1, buckets):
        x[:, i] = rho * x[:, i - 1] + step[:, i]
    return x


def _shuffled(view, seed):
    """The view with the rows of its frames in another order."""
    return replace(
        view,
        values=view.values.sample(fraction=1.0, shuffle=True, seed=seed),
        counts=view.counts.sample(fraction=1.0, shuffle=True, seed=seed),
        templates=view.templates.sample(fraction=1.0, shuffle=True, seed=seed),
    )


def _found_by(detector, view):
    """What a detector finds, strongest first."""
    return detector.fit(view).detect(view).sort("score", "start", descending=[True, False])


def _each(one, rows):
    return [one] * rows if one is None or isinstance(one, str) else list(one)


@pytest.fixture
def view_of():
    """Makes views of numbers, see `_view_of`."""
    return _view_of


@pytest.fixture
def autoregressive():
    """Makes noise, see `_autoregressive`."""
    return _autoregressive


@pytest.fixture
def shuffled():
    """Shuffles a view, see `_shuffled`."""
    return _shuffled


@pytest.fixture
def found_by():
    """Asks a detector, see `_found_by`."""
    return _found_by
