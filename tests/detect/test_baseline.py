"""The baseline is the quiet time of the run itself."""

from dataclasses import replace

import pytest

from logsense.detect import baseline
from logsense.testing import calm, planted


@pytest.mark.parametrize("at", [2, 40, 83])
def test_a_fault_stays_outside_wherever_it_lies(at: int) -> None:
    """Of a fault of 15 buckets at the start, in the middle or at the end hardly any is taken for quiet."""
    view = replace(planted("new", at=at), quiet=())
    quiet, _ = baseline(view)
    inside = [b for b in quiet if at <= b < at + 15]
    assert len(quiet) == 40
    assert len(inside) <= 2


def test_forty_per_cent_of_the_buckets_are_taken_and_said() -> None:
    """The baseline is 40 % of the buckets, sorted, and its words give the numbers."""
    quiet, how = baseline(calm())
    assert len(quiet) == 40
    assert list(quiet) == sorted(set(quiet))
    assert "40 of 100" in how


def test_the_order_of_rows_changes_nothing() -> None:
    """Shuffled frames give the same baseline."""
    view = planted("new")
    mixed = replace(
        view,
        counts=view.counts.sample(fraction=1.0, shuffle=True, seed=3),
        templates=view.templates.sample(fraction=1.0, shuffle=True, seed=3),
    )
    assert baseline(view) == baseline(mixed)


def test_a_run_too_short_has_none_and_says_so() -> None:
    """A run of fewer than eight buckets has no baseline, and the words say so."""
    quiet, how = baseline(calm(buckets=7))
    assert quiet == ()
    assert "too short" in how


def test_buckets_without_records_are_not_calm() -> None:
    """Silence of everything is not taken for quiet time."""
    view = calm()
    gone = view.counts.filter(~view.counts["bucket"].is_between(30, 60))
    quiet, _ = baseline(replace(view, counts=gone))
    assert not [b for b in quiet if 30 <= b <= 60]
