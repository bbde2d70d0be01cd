"""Levels: what a record says of itself, in one enumeration; unknown words are null."""

import polars as pl
import pytest

from logsense.parse import levels
from logsense.schema import Level


@pytest.mark.parametrize(
    ("vocabulary", "word", "want"),
    [
        ("words", "[WARNING]", "WARN"),
        ("words", "severe", "ERROR"),
        ("words", "Critical", "FATAL"),
        ("words", "finer", "TRACE"),
        ("words", "200", None),
        ("words", "banana", None),
        ("letters", "W", "WARN"),
        ("letters", "error", "ERROR"),
        ("android", "V", "TRACE"),
        ("syslog", "34", "FATAL"),  # facility 4, severity 2
        ("syslog", "191", "DEBUG"),
        ("syslog", "warning", "WARN"),
        ("pino", "50", "ERROR"),
        ("bunyan", "20", "DEBUG"),
        ("otel", "17", "ERROR"),
        ("redis", "*", "NOTICE"),
        ("redis", "#", "WARN"),
        ("postgres", "LOG", "INFO"),
        ("none", "ERROR", None),
        ("no such vocabulary", "ERROR", None),
    ],
)
def test_each_vocabulary(vocabulary: str, word: str, want: str | None) -> None:
    """Words, letters and numbers mean what their producers say they mean."""
    got = levels.read_levels(pl.Series([word, None], dtype=pl.String), vocabulary)
    assert got.dtype == Level
    assert got.to_list() == [want, None]
