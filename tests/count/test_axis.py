"""The time axis fits the run, and a stray clock does not stretch it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logsense.count.axis import DAY, HOUR, LADDER, MINUTE, MOST, SECOND, find_axis, width_for


@pytest.mark.parametrize(
    "span,width",
    [
        (4 * MINUTE, 2 * SECOND),
        (HOUR, 30 * SECOND),
        (5 * HOUR, MINUTE),
        (DAY, 5 * MINUTE),
        (3 * DAY, 10 * MINUTE),
        (14 * DAY, HOUR),
    ],
)
def test_width_fits_the_span(span, width):
    """Minutes get buckets of seconds, hours of half minutes to minutes, days of 5 to 10 minutes."""
    assert width_for(span) == width


@given(st.integers(0, 200 * 365 * DAY))
def test_never_too_many_buckets(span):
    """No span, not even centuries, makes too many buckets, and none above 6 s fewer than 60."""
    buckets = span // width_for(span) + 1
    assert buckets <= MOST
    assert buckets >= 60 or span < 6 * SECOND


def test_ladder_is_of_whole_grains():
    """Wider buckets are made of whole narrower cells: each step of an hour or more is whole hours."""
    assert all(width % HOUR == 0 for _, width in LADDER if width > HOUR)
    assert [step for step, _ in LADDER] == sorted(step for step, _ in LADDER)


def test_axis_holds_every_time(run_of, event):
    """The first time lies in bucket 0 and the last in the last bucket."""
    axis = find_axis(run_of([event(0.25, 0, "a"), event(100.75, 1, "b"), event(None, 0, "c")]).records)
    assert axis.start is not None
    assert axis.start.microsecond == 0
    assert (axis.width, axis.buckets) == (SECOND, 101)


@pytest.mark.parametrize("stray", [-20 * 365 * 86_400.0, 5 * 365 * 86_400.0, 3 * 3600.0])
def test_a_stray_clock_does_not_stretch_the_axis(run_of, event, stray):
    """One record hours or years away leaves the axis as it is, is counted as stray and stays in templates."""
    from logsense.count import count

    events = [event(n * 0.25, 0, "work") for n in range(960)]
    plain, odd = count(run_of(events)), count(run_of([*events, event(stray, 0, "odd")]))
    assert (plain.start, plain.width, plain.buckets) == (odd.start, odd.width, odd.buckets)
    assert (odd.stray, odd.templates.height, odd.counts["n"].sum()) == (1, 2, 960)


def test_a_quiet_service_is_not_stray(run_of, event):
    """A service that speaks seldom, for days, is no stray beside one with a busy hour."""
    events = [event(n * 600.0, 1, "seldom") for n in range(1000)]
    events += [event(500_000 + n * 0.5, 0, "busy") for n in range(7200)]
    axis = find_axis(run_of(events).records)
    assert axis.width * axis.buckets >= 999 * 600 * SECOND


def test_few_records_are_all_believed(run_of, event):
    """Of a handful of records none is stray, however far apart they are."""
    axis = find_axis(run_of([event(0, 0, "a"), event(10.0, 0, "b"), event(9e8, 0, "c")]).records)
    assert axis.width * axis.buckets > 9e8 * SECOND
    assert axis.buckets <= MOST
