"""Known-good logs and the lines around a window lie on the axis beside what is judged."""

from datetime import datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logsense.count import Beside, count, covered
from logsense.count.axis import DAY, HOUR, MINUTE, MOST, SECOND, micros
from logsense.count.known import LEAST, lay_out, place
from logsense.schema import TIME

START = datetime(2026, 1, 10)
KNOWN = Beside(known={1: 0})


def records(*each):
    """RECORDS of (source, first, last, every) in µs after START."""
    rows = [(source, START + timedelta(microseconds=at)) for source, first, last, every in each
            for at in range(first, last, every)]  # fmt: skip
    schema = {"source": pl.UInt32, "time": TIME}
    return pl.DataFrame(rows, schema=schema, orient="row").lazy()


def shown(run, axis, beside=KNOWN):
    """The records as the axis lays them out: source, bucket."""
    return place(run, axis, beside).with_columns(bucket=axis.bucket(pl.col("time"))).collect()


def test_known_good_logs_end_where_the_run_begins():
    """Ten minutes of another day are the buckets right before the run's; the last, cut one is not covered."""
    run = records((0, 0, 10 * MINUTE, SECOND), (1, -3 * DAY, -3 * DAY + 10 * MINUTE, SECOND))
    axis = lay_out(run, KNOWN)
    assert axis.judged == (120, 240)
    assert axis.buckets == 240
    assert covered(axis) == tuple(range(119))
    rows = shown(run, axis)
    assert rows.filter(source=0)["bucket"].min() == 120
    assert rows.filter(source=1)["bucket"].max() == 119
    assert rows.height == 1200


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 23), st.integers(0, 23), st.integers(24, 80), st.integers(24, 60))
def test_hours_of_the_day_agree_where_both_are_days(begin, good, hours, run_hours):
    """Whole days are moved by whole days; only what is more than whole days may lie at other hours."""
    first = -30 * DAY + good * HOUR
    run = records((0, begin * HOUR, begin * HOUR + run_hours * HOUR + MINUTE, 10 * MINUTE),
                  (1, first, first + hours * HOUR + 1, 10 * MINUTE))  # fmt: skip
    axis = lay_out(run, KNOWN)
    rows = place(run.with_columns(was=pl.col("time")), axis, KNOWN).filter(source=1).collect()
    assert rows.height == hours * 6 + 1
    moved = (rows["time"] - rows["was"]).dt.total_microseconds()
    assert (moved % DAY == 0).sum() >= hours // 24 * 144
    assert rows["time"].max() < axis.start + axis.judged[0] * timedelta(microseconds=axis.width)
    assert rows["time"].n_unique() == rows.height


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 40 * DAY), st.lists(st.tuples(st.integers(0, 400), st.integers(1, 60)), max_size=4))
def test_the_axis_stays_within_bounds_and_real_times_come_back(span, spans):
    """However long the known-good logs are: few buckets, no overlap, and each time is found again."""
    each = [
        (n + 1, -1000 * DAY + at * DAY, -1000 * DAY + at * DAY + length * HOUR)
        for n, (at, length) in enumerate(spans)
    ]
    beside = Beside(known={n: n for n, _, _ in each})
    run = records((0, 0, span, max(span // 50, 1)), *((n, a, b, 10 * MINUTE) for n, a, b in each))
    axis = lay_out(run, beside)
    assert axis.buckets <= MOST
    ends = sorted((p.first + p.shift, p.last + p.shift) for p in axis.pieces)
    assert all(a[1] < b[0] for a, b in pairwise(ends))
    rows = place(run.with_columns(was=pl.col("time")), axis, beside).filter(pl.col("source") > 0).collect()
    assert [axis.real(time) for time in rows["time"]] == rows["was"].to_list()
    low = micros(axis.start) + axis.within[0] * axis.width
    assert all(last < low for _, last in ends)
    assert not axis.pieces or len(covered(axis)) >= LEAST


def test_a_pause_between_recordings_is_no_silence():
    """Two files of two PATHs, a week apart, lie side by side."""
    run = records((0, 0, 10 * MINUTE, SECOND), (1, -9 * DAY, -9 * DAY + 5 * MINUTE, SECOND),
                  (2, -2 * DAY, -2 * DAY + 5 * MINUTE, SECOND))  # fmt: skip
    beside = Beside(known={1: 0, 2: 1})
    axis = lay_out(run, beside)
    assert (len(covered(axis)), axis.judged[0]) == (118, 120)
    rows = shown(run, axis, beside)
    assert rows.filter(source=1)["bucket"].max() < rows.filter(source=2)["bucket"].min()


def test_files_of_one_path_keep_their_pauses_and_those_of_hosts_their_overlap():
    """A pause within one recording is real; recordings of the same time stay at the same time."""
    run = records((0, 0, 30 * MINUTE, SECOND), (1, -9 * HOUR, -9 * HOUR + 10 * MINUTE, SECOND),
                  (2, -9 * HOUR + 14 * MINUTE, -9 * HOUR + 24 * MINUTE, SECOND))  # fmt: skip
    one = lay_out(run, Beside(known={1: 0, 2: 0}))
    assert len(one.pieces) == 1
    both = records((0, 0, 30 * MINUTE, SECOND), (1, -9 * HOUR, -9 * HOUR + 10 * MINUTE, SECOND),
                   (2, -9 * HOUR + MINUTE, -9 * HOUR + 11 * MINUTE, SECOND))  # fmt: skip
    assert len(lay_out(both, Beside(known={1: 0, 2: 1})).pieces) == 1


def test_very_long_known_good_logs_are_cut_to_the_latest():
    """Half a year beside ten minutes: the run keeps enough buckets, the latest of the rest is there."""
    run = records((0, 0, 10 * MINUTE, SECOND), (1, -200 * DAY, -20 * DAY, HOUR))
    axis = lay_out(run, KNOWN)
    assert axis.judged[1] - axis.judged[0] >= 20
    assert axis.buckets <= MOST
    rows = shown(run, axis).filter(source=1)
    assert rows["bucket"].min() >= 0
    assert axis.pieces[-1].last == micros(START) - 20 * DAY - HOUR


@pytest.mark.parametrize("length", [0, 1, 3])
def test_too_little_that_is_known_good_is_not_used(length):
    """A few records of known-good logs leave the run as it is."""
    run = records((0, 0, 3 * DAY, MINUTE), (1, -9 * DAY, -9 * DAY + length * SECOND, SECOND))
    axis = lay_out(run, KNOWN)
    assert axis.pieces == ()
    assert axis.judged is None
    assert place(run, axis, KNOWN).filter(source=1).collect().is_empty()


def test_a_window_has_its_surroundings_on_both_sides():
    """The lines around a window are where they were; none of them lies in the judged buckets."""
    run = records((0, 0, HOUR, SECOND))
    window = Beside(window=(START + timedelta(minutes=20), START + timedelta(minutes=30, seconds=7)))
    axis = lay_out(run, window)
    rows = place(run, axis, window).with_columns(bucket=axis.bucket(pl.col("time"))).collect()
    low, high = axis.judged
    inside = rows.filter(pl.col("bucket").is_between(low, high - 1))
    assert inside.height == 607
    assert inside["time"].min() == window.window[0]
    assert inside["time"].max() < window.window[1]
    assert rows["bucket"].min() == 0 or low < MOST // 2
    assert rows.height >= 3600 - 5


def test_known_good_records_are_in_counts_but_not_among_the_templates_of_the_run(run_of, event):
    """COUNTS holds both, for the detectors; ``own`` is of what is judged, and changes are of that alone."""
    events = [event(n, 0, f"work {n % 2}") for n in range(300)]
    events += [event(n - 9000, 1, "other work") for n in range(300)]
    events += [event(-8900, 1, "server restarted: Starting service"), event(150, 0, "Starting service")]
    run = run_of(events)
    one = count(run.__class__(**{**run.__dict__, "beside": KNOWN}))
    low = one.axis.judged[0]
    assert one.counts.filter(pl.col("bucket") < low)["service"].unique().to_list() == ["db"]
    assert sorted(one.own["text"]) == ["Starting service", "work 0", "work 1"]
    assert one.own["count"].sum() == 301
    assert one.templates["count"].sum() == 602
    assert (one.stray, one.untimed) == (0, 0)
    assert set(one.changes["service"]) <= {"web"}


def test_ids_that_come_again_after_a_seam_are_other_work(run_of, event):
    """One id in both recordings makes two chains: no step leads from the one into the other."""
    ids = (("request", "a1b2c3d4e5"),)
    events = [event(n, source, "tick") for source in (0, 1) for n in range(0, 300, 2)]
    events = [one._replace(at=one.at - 9000 * one.source) for one in events]
    events += [
        event(at, source, text, ids) for at, source in ((-8990, 1), (10, 0)) for text in ("begin", "end")
    ]
    run = run_of(events)
    one = count(run.__class__(**{**run.__dict__, "beside": KNOWN}))
    inner = one.steps.filter(pl.col("template") != "START", pl.col("next_template") != "END")
    assert inner["n"].sum() == 2
    assert inner["longest"].max() == 0


def test_seams_say_where_a_pause_means_nothing():
    """Short recordings meet at seams across which hours do not agree; whole days meet with hours that do."""
    run = records((0, 0, 10 * MINUTE, SECOND), (1, -3 * DAY - HOUR, -3 * DAY - HOUR + 600 * SECOND, SECOND))
    assert lay_out(run, KNOWN).seams == ((120, False),)
    days = records((0, 0, 2 * DAY, HOUR), (1, -9 * DAY - 12 * HOUR, -6 * DAY - 12 * HOUR, HOUR))
    axis = lay_out(days, KNOWN)
    assert axis.seams[-1] == (axis.judged[0], True)
    assert len(axis.seams) == len(axis.pieces)


def test_gaps_are_not_counted_from_one_recording_to_the_next(run_of, event):
    """A message every 10 s in both recordings has gaps of 10 s alone, however the two meet."""
    events = [event(n, 0, "poll") for n in range(7, 300, 10)]
    events += [event(n - 9000, 1, "poll", service="web") for n in range(0, 300, 10)]
    events += [event(n - 9000 * source, source, "work") for source in (0, 1) for n in range(300)]
    run = run_of(events)
    one = count(run.__class__(**{**run.__dict__, "beside": KNOWN}))
    assert one.axis.seams
    polls = one.gaps.filter(pl.col("n") == 58)
    assert polls["largest"].to_list() == [10 * SECOND]
