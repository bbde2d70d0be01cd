"""Words that reports and screens share."""

from logsense import report
from logsense.schema import FINDING_KINDS


def test_every_kind_has_a_word():
    """Each kind of finding has a word of its own; one nobody knows is shown in capitals."""
    words = [report.word(kind) for kind in FINDING_KINDS]
    assert len(set(words)) == len(FINDING_KINDS)
    assert set(report.WORDS) == set(FINDING_KINDS)
    assert report.word("odd") == "ODD"


def test_nothing_short_of_certain_reads_as_certain():
    """A score is rounded down."""
    assert report.percent(0.9999) == "99%"
    assert report.percent(1.0) == "100%"
