"""Words and pictures: they fit, and they say what is so."""

# ruff: noqa: E501 - rows of data read better long than broken

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logsense.clean import safe
from logsense.report import text


@pytest.mark.parametrize(
    "us,said",
    [(0, "0 µs"), (999, "999 µs"), (24_000, "24 ms"), (400_000, "400 ms"), (1_000_000, "1 s"), (2_500_000, "2.5 s"),
     (59_999_999, "59 s"), (85_000_000, "1 min 25 s"), (120_000_000, "2 min"), (7_500_000_000, "2 h 05 min"),
     (270_000_000_000, "3 d 03 h"), (-1_000_000, "-1 s")],
)  # fmt: skip
def test_durations(us, said):
    """A duration is said in at most two units and never rounded up."""
    assert text.duration(us) == said


def test_between_counts_microseconds():
    """The time between two moments keeps what is below a second."""
    start = datetime(2026, 1, 1)
    assert text.between(start, start + timedelta(microseconds=1500)) == "2 ms"
    assert text.between(start, start + timedelta(days=2, hours=1)) == "2 d 01 h"


def test_moments_leave_out_what_all_share():
    """Within a day only the time is written, within a year no year; unknown is a question mark."""
    noon = datetime(2026, 3, 4, 12)
    assert text.moments(noon, noon + timedelta(hours=1))(noon) == "12:00:00"
    assert text.moments(noon, noon + timedelta(days=1))(noon) == "03-04 12:00:00"
    assert text.moments(noon, noon + timedelta(days=400))(noon) == "2026-03-04 12:00:00"
    assert text.moments(None, None)(None) == "?"


def test_sparkline_shows_none_some_and_most():
    """A dot where there is nothing, the lowest bar for a little, the highest for the largest."""
    assert text.sparkline([0, 1, 50, 100], 10) == "·▁▄█"
    assert text.sparkline([0, 0], 10) == "··"
    assert text.sparkline([], 10) == ""


def test_sparkline_keeps_a_spike_when_squeezed():
    """More values than columns are added up: a spike of one bucket stays visible, in the column named."""
    values = [0] * 1000
    values[777] = 5
    drawn = text.sparkline(values, 70)
    assert len(drawn) == 70
    assert drawn.count("█") == 1
    assert drawn[text.column_of(777, 1000, 70)] == "█"


@given(st.integers(1, 500), st.integers(1, 120), st.data())
def test_column_of_is_where_the_sparkline_draws(size, width, data):
    """For any size and width the column of a value is the one it is drawn in."""
    index = data.draw(st.integers(0, size - 1))
    values = [int(i == index) for i in range(size)]
    assert text.sparkline(values, width)[text.column_of(index, size, width)] == "█"


def test_cells_of_wide_and_combining_signs():
    """East Asian wide signs take two cells, combining ones none."""
    assert text.cells("日本") == 4
    assert text.cells("e\u0301") == 1
    assert text.cells("abc") == 3


@given(st.text(max_size=200), st.integers(1, 60))
def test_fit_never_exceeds_the_width(words, width):
    """Whatever the text, what fit gives takes at most the width, and all of it where it fits."""
    shown = text.fit(words, width)
    assert text.cells(shown) <= width
    assert shown == words or shown.endswith("…")


@given(st.text(max_size=300), st.integers(8, 60), st.integers(0, 4))
def test_wrapped_rows_fit_are_harmless_and_lose_nothing(words, width, rows):
    """Rows are no wider than asked, no more than asked, unchanged by a second cleaning, and keep the text."""
    wrapped = text.wrap(words, width, rows=rows)
    assert all(text.cells(row) <= width for row in wrapped)
    assert all(safe(row) == row for row in wrapped)
    assert not rows or len(wrapped) <= rows
    whole = text.one_row(words)
    if not rows and "::" not in whole and "##[" not in whole:
        assert "".join("".join(wrapped).split()) == "".join(whole.split())


def test_a_break_makes_no_command_of_a_ci_runner():
    """Where a row would begin with what a CI runner obeys, a mark stands before it."""
    rows = text.wrap("x" * 30 + " ::error file=a::boom ##[warning]x", 31)
    assert rows[1].startswith("·::error")


def test_plain_keeps_the_width_and_is_ascii():
    """The signs of ours become ASCII ones of one cell; foreign signs become escapes."""
    signs = text.BARS + "·…→×│─▲■◆○≥"
    assert len(text.plain(signs)) == len(signs)
    assert len(set(text.plain(text.BARS + "·"))) == 9
    assert text.plain("größe") == "gr\\xf6\\xdfe"
