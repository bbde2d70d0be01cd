"""Looking for a pattern block by block."""

import numpy as np

from logsense.browse import search


def test_lines_belong_to_the_record_that_begins_last_before_them():
    """A line leads to the record that holds it, once; lines before the first record lead nowhere."""
    starts = np.array([3, 5, 9], np.uint32)
    assert search.holders(starts, np.array([1, 3, 4, 10, 11])).tolist() == [0, 2]
    assert search.holders(np.array([], np.uint32), np.array([1, 2])).tolist() == []
