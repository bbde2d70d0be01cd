"""A key is judged once, however many blocks hold it."""

import polars as pl

from logsense.parse import verdicts
from logsense.parse.verdicts import Verdicts


def keys(*of):
    return pl.Series(of, dtype=pl.UInt64)


def test_each_key_is_judged_once_and_answers_stay_in_order():
    """Known keys are not asked again; the answers stand where their keys do."""
    asked = []

    def long(texts):
        asked.extend(texts)
        return texts.str.len_chars() > 3

    known = Verdicts(long, pl.Boolean)
    assert known.of(keys(1, 2), pl.Series(["long text", "abc"])).to_list() == [True, False]
    assert known.of(keys(2, 3, 1), pl.Series(["abc", "another", "long text"])).to_list() == [
        False,
        True,
        True,
    ]
    assert asked == ["long text", "abc", "another"]


def test_what_is_remembered_is_bounded(monkeypatch):
    """Beyond so many keys all are forgotten, and asked again with the same answer."""
    monkeypatch.setattr(verdicts, "MOST", 2)
    known = Verdicts(lambda texts: texts.str.len_chars(), pl.UInt32)
    for start in range(0, 10, 2):
        said = known.of(keys(start, start + 1), pl.Series(["a" * start, "a" * (start + 1)]))
        assert said.to_list() == [start, start + 1]
    assert known._known.height <= 4
