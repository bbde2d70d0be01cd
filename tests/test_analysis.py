"""The result: scores are made of terms."""

import math

from hypothesis import given
from hypothesis import strategies as st

from logsense.analysis import Term, likely, weighted

DECADES = st.floats(-50, 50, allow_nan=False)
EVEN = st.floats(0.5, 20)


@given(st.lists(DECADES, max_size=12), EVEN)
def test_terms_add_up_to_the_score(values, even):
    """Whatever the evidence, values times weights add up to a score between 0 and 1."""
    score, terms = weighted([Term(str(n), value, 1.0, "") for n, value in enumerate(values)], even)
    assert 0.0 <= score <= 1.0
    # Terms of up to 50 decades cancel out to far less: the sum is true to the size of its parts.
    assert math.isclose(math.fsum(t.value * t.weight for t in terms), score, rel_tol=1e-9, abs_tol=1e-9)
    assert [t.value for t in terms][: len(values)] == values


@given(DECADES, DECADES, EVEN)
def test_more_evidence_is_never_a_lower_score(one, other, even):
    """The order of evidence is the order of scores."""
    low, high = sorted((one, other))
    assert likely(low, even) <= likely(high, even)


def test_one_half_where_the_odds_are_even():
    """The score is one half at the even point, 0 without evidence, over nine tenths at twice the evidence."""
    assert likely(6.5, 6.5) == 0.5
    assert likely(0.0, 6.5) == 0.0
    assert 0.9 < likely(13.0, 6.5) < 1.0


def test_where_more_speaks_against_it_a_term_says_so():
    """A score is never below 0: a term without value says why, the others count nothing."""
    score, terms = weighted([Term("seen", -1.2, 1.0, "1 record"), Term("surprise", 0.5, 1.0, "")], 3.0)
    assert score == 0.0
    assert [t.weight for t in terms] == [0.0, 0.0, 0.0]
    assert terms[-1].value == 0.0
    assert "0.7 decades more" in terms[-1].why
