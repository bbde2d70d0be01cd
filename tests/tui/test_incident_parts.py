"""What the incident page is made of, without a screen."""

from datetime import datetime

import pytest

from logsense.tui.incident import values
from logsense.tui.widgets.timeline import USUAL, Axis, Marks, Timeline, Track, column, longest, parts


@pytest.mark.parametrize(
    ("text", "template", "found"),
    [
        ("12:00:01 INFO took 25ms for /a/b", "took <dur> for <path>", ["25ms", "/a/b"]),
        ("x [7:main] upstream answered 500", "[<num>:main] upstream answered 500", ["7"]),
        ("10.0.0.1 connected to 'a b' now", "<ip> connected to <str> now", ["10.0.0.1", "'a b'"]),
        ("INFO <ok> at  5", "<ok> at <num>", ["<ok>", "5"]),
        ("size=5 and more", "size = <num>", ["5"]),
        ("[INFO] now [7:main] up", "[<num>:main] up", ["7"]),
        ("nothing like it", "took <dur>", []),
        ("as it is", "as it is", []),
        ("", "<num>", []),
    ],
)
def test_values_of_a_line(text, template, found):
    """What stands at the placeholders is found behind any header, with blanks of any length."""
    assert [text[left:right] for left, right in values.places(text, template)] == found
    assert "".join(part for _, part in values.lit(text, template)) == text


def test_values_take_no_long_time():
    """A long line without the last word of its template is given up at once."""
    text = "a b " * 50_000
    assert values.places(text, "a <num> b <num> a <str> c") == []


def test_a_message_begins_behind_its_header():
    """The header of a line is what stands before the first word, or value, of its template."""
    assert values.begin("12:00 INFO started in 5 s", "started in <dur>") == 11
    assert values.begin("12:00 INFO 5 started", "<num> started") == 11
    assert values.begin("something else", "started <num>") == 0


@pytest.mark.parametrize(("size", "columns"), [(116, 70), (30, 70), (70, 70), (1, 8), (1000, 9)])
def test_columns_stand_for_all_buckets(size, columns):
    """Every bucket is in a column, in order; its column is the first that stands for it."""
    spans = parts(size, columns)
    assert len(spans) == columns
    assert {bucket for span in spans for bucket in range(*span)} == set(range(size))
    for bucket in range(size):
        at = column(bucket, size, columns)
        assert spans[at][0] <= bucket < spans[at][1]


def test_the_normal_window_keeps_clear_of_the_suspect_one():
    """Moving what is normal begins with its longest stretch before or after what is suspect."""
    assert longest((2, 3, 9, 20), (10, 15)) == (2, 10)
    assert longest((2, 3, 9, 40), (10, 15)) == (15, 41)
    assert longest((2, 3), (10, 15)) == (2, 4)
    assert longest((-5, -4), None) is None


def test_what_a_timeline_says():
    """Counts, marked windows with their words, the time it began, in rows that fit the width."""
    timeline = Timeline()
    axis = Axis(datetime(2026, 1, 1, 10), 60_000_000, 40)
    timeline.show(
        axis,
        [Track("cause", tuple([0] * 20 + [5] * 20), "critical")],
        Marks(onset=20, suspect=(20, 40), quiet=(0, 1, 2, 4, 5)),
    )
    rows = ["".join(text for _, text in timeline.row(y, 60)) for y in range(4)]
    assert "suspect" in rows[1]
    assert USUAL in rows[1]
    assert "▲ 10:20:00" in rows[2]
    assert rows[3].startswith("at")
    assert "cause 5" in rows[3]
    assert all(len(row) <= 60 for row in rows)
    timeline.show(axis, [], Marks(suspect=(1, 39), quiet=(0, 39)))
    row = "".join(text for _, text in timeline.row(0, 60))
    assert "suspect" in row
    assert row.startswith("─normal")
    timeline.show(None, [], Marks())
    assert "no line has a time" in "".join(text for _, text in timeline.row(0, 60))
