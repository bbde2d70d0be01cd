"""The nearest good line by the words it shares."""

import polars as pl

from logsense.diff.nearest import nearest

GOOD = ["started worker of the pool", "closed the connection to the store", "read all of the settings"]


def lines(texts, start=0):
    keys = pl.Series("key", range(start, start + len(texts)), pl.UInt64)
    return pl.DataFrame({"key": keys, "masked": pl.Series(texts, dtype=pl.String)})


def test_the_line_with_the_most_telling_words_in_common():
    """A line is nearest to the one it shares its rare words with; the same words are at distance 0."""
    found = nearest(lines(["lost the connection to the store", GOOD[0], "purple"], 10), lines(GOOD))
    assert found["key"].to_list() == [10, 11, 12]
    assert found["near"].to_list() == [1, 0, None]
    assert 0 < found["distance"][0] < 0.5
    assert found["distance"].round(6).to_list()[1:] == [0, 1]


def test_numbers_are_no_words():
    """What is masked or a number neither joins lines nor parts them."""
    found = nearest(lines(["read # of 12 settings"]), lines(["read 7 of # settings"]))
    assert found["distance"].round(6).to_list() == [0]


def test_without_good_lines_all_is_far():
    """An empty side gives the greatest distance, or nothing."""
    assert nearest(lines(["any"]), lines([])).rows() == [(0, None, 1.0)]
    assert nearest(lines([]), lines(GOOD)).is_empty()
