"""The baseline is the quiet time of the run itself."""

from dataclasses import replace

import numpy as np
import pytest

from logsense.detect import baseline
from logsense.schema import View
from logsense.testing import calm, from_table, planted


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


def most_of_it(share: float) -> View:
    """A calm run with four errors in every bucket of so large a share at its end."""
    view = calm()
    buckets = np.arange(view.buckets)
    n = np.zeros((8, view.buckets))
    n[:4] = 5.0 + buckets % 3
    n[4:, buckets >= (1 - share) * view.buckets] = 2.0
    texts = [f"served {word}" for word in "abcd"] + [f"error: cannot reach {word}" for word in "abcd"]
    return replace(from_table(n, ["web"] * 8, texts, ["INFO"] * 4 + ["ERROR"] * 4), quiet=())


def test_a_fault_that_covers_most_of_the_run_stays_outside_and_is_said() -> None:
    """Of 30 calm buckets beside 70 of a fault fewer than 40 are taken, hardly one of the fault."""
    quiet, how = baseline(most_of_it(0.7))
    assert 15 <= len(quiet) <= 30
    assert len([b for b in quiet if b >= 70]) == 0
    assert len([b for b in quiet if b >= 30]) <= 1
    assert "doubtful" in how
    assert "--baseline" in how


@pytest.mark.parametrize("view", [calm(), calm(seed=5), planted("new"), most_of_it(0.3)])
def test_there_is_no_doubt_where_the_fault_is_the_smaller_part(view: View) -> None:
    """Calm runs, and runs with a fault in a part of them, take 40 % and say nothing of doubt."""
    quiet, how = baseline(replace(view, quiet=()))
    assert len(quiet) == 40
    assert "doubtful" not in how


def test_known_good_buckets_stay_as_they_are() -> None:
    """A baseline that lies apart from what is judged is not chosen again."""
    view = replace(calm(), quiet=tuple(range(30)), how="known-good logs", judged=(40, 100))
    assert view.apart
    assert baseline(view) == (tuple(range(30)), "known-good logs")


def test_a_window_is_judged_by_what_lies_around_it() -> None:
    """With enough buckets around the window the calmest of them are taken, none of the window's."""
    quiet, how = baseline(replace(calm(), quiet=(), judged=(40, 70)))
    assert len(quiet) == 28
    assert not [b for b in quiet if 40 <= b < 70]
    assert how == "quiet time around the window: the calmest 28 of 70 buckets outside it"


def test_a_window_with_next_to_nothing_around_has_its_own() -> None:
    """Seven buckets outside are too few: the quiet time of the window is taken."""
    quiet, how = baseline(replace(calm(), quiet=(), judged=(7, 100)))
    assert all(7 <= b < 100 for b in quiet)
    assert "of this run" in how


def test_a_quiet_bucket_that_is_judged_is_not_apart() -> None:
    """Only a baseline without any judged bucket is known to be usual."""
    assert not replace(calm(), quiet=(3, 50), judged=(40, 70)).apart
    assert not replace(calm(), quiet=()).apart
    assert not calm().apart
