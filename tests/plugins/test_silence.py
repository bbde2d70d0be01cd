"""What stopped is missed by its own period; what rests, ends or came by chance is not."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from logsense_detectors.dropped import dropped
from logsense_detectors.silence import Silence

from logsense.schema import CHANGES, FORM_GAPS, FORMS, GAPS
from logsense.testing import from_table
from logsense.testing.cases import START, WIDTH

JOB = "nightly: <num> rows copied"


def view_of(job, *, buckets, level="INFO", text=JOB, quiet=None, width=WIDTH):
    """A run of steady traffic of service a, and a job of service b in the buckets given."""
    n = np.zeros((3, buckets))
    n[0] = 2
    n[1, ::2] = 1
    n[2, [b for b in job if b < buckets]] = 1
    texts, levels = ["served page", "read row", text], ["INFO", "INFO", level]
    view = from_table(n, ["a", "a", "b"], texts, levels, quiet=quiet)
    return stretched(view, width)


def stretched(view, width):
    """The same run with wider buckets."""
    if width == WIDTH:
        return view
    times = {name: START + (view.counts[name] - START) * (width // WIDTH) for name in ("first", "last")}
    return replace(view, width=width, counts=view.counts.with_columns(**times))


def with_gaps(view, n, median, mad=0.0, largest=None):
    """The view with GAPS of the job; times in seconds."""
    template = view.counts.filter(pl.col("service") == "b")["template"][0]
    row = {"service": "b", "template": template, "n": n, "median": median * 1e6, "mad": mad * 1e6}
    last = view.counts.filter(pl.col("service") == "b")["last"].max()
    return replace(view, gaps=GAPS.of([row | {"largest": (largest or median) * 1e6, "last": last}]))


def found(view):
    """Anomalies of the job's template."""
    return Silence().fit(view).detect(view).filter(pl.col("kind") == "vanished")


@pytest.mark.parametrize("times", [4, 6, 12, 19])
def test_few_repetitions_with_a_clocks_precision_are_a_habit(times):
    """A job that came a few times at one distance and then not for six is missed, from its due time on."""
    beats = [2 + 10 * i for i in range(times)]
    view = view_of(beats, buckets=beats[-1] + 10 * (6 if times > 4 else 5))
    row = found(view).row(0, named=True)
    last = view.counts.filter(pl.col("service") == "b")["last"].max()
    assert row["score"] > 5
    assert row["start"] - last == timedelta(microseconds=10 * WIDTH)


def test_few_repetitions_by_chance_are_no_habit():
    """Seven records at distances of 6 to 15 buckets say nothing of an eighth."""
    assert found(view_of([2, 8, 23, 31, 44, 51, 66], buckets=130)).is_empty()


def test_three_times_is_too_few():
    """Two gaps are no period."""
    assert found(view_of([2, 12, 22], buckets=62)).is_empty()


@pytest.mark.parametrize(("after", "due"), [(0, 10), (1, 20)])
def test_the_next_time_of_a_clock_with_two_marks_is_known(after, due):
    """Of a job ten and thirty past, the due time after the last one depends on which it was."""
    beats = sorted([2 + 30 * i for i in range(12)] + [12 + 30 * i for i in range(12)])[: 23 + after]
    row = found(view_of(beats, buckets=500)).row(0, named=True)
    assert row["start"] == START + timedelta(microseconds=(beats[-1] + due) * WIDTH + WIDTH // 2)


def test_a_job_that_pauses_and_comes_again_is_partly_silent():
    """Eight times the usual pause in the middle is told, with the end at the return."""
    beats = [b for b in range(2, 300, 5) if not 150 < b < 190]
    rows = found(view_of(beats, buckets=300))
    assert rows.height == 1
    back = START + timedelta(microseconds=min(b for b in beats if b >= 190) * WIDTH)
    assert rows["end"][0] - back < timedelta(microseconds=WIDTH)


def test_one_missing_beat_of_a_regular_job_is_told_and_a_late_one_is_not():
    """A pause of three periods counts after 40 beats, one of one and a half does not."""
    late = [b + 3 * (b >= 150) for b in range(2, 297, 6)]
    assert found(view_of(late, buckets=303)).is_empty()
    missing = [b for b in range(2, 300, 6) if b not in (152, 158)]
    assert found(view_of(missing, buckets=303)).height == 1


def test_a_silent_service_is_told_as_a_whole():
    """All that a service said stopped: one anomaly of kind silence without a template."""
    n = np.zeros((3, 200))
    n[0] = 2
    n[1, 2:120:4] = 1
    n[2, 4:120:4] = 1
    view = from_table(n, ["a", "b", "b"], ["tick", "beat", "sent"], ["INFO"] * 3)
    rows = Silence().fit(view).detect(view).filter(pl.col("kind") == "silence")
    assert rows["service"].to_list() == ["b"]
    assert rows["template"].to_list() == [None]


def test_what_came_as_late_as_it_left_is_an_episode():
    """A job that began in the middle and ended again was there for a while, no more."""
    assert found(view_of(range(80, 130, 5), buckets=205, quiet=range(80, 130))).is_empty()
    assert found(view_of(range(20, 130, 5), buckets=205)).height == 1


def test_work_by_day_and_rest_by_night_is_a_rhythm():
    """Every ten minutes from eight to six, three days: no night is a silence, and the first none either."""
    minutes = 144
    day = [b for b in range(3 * minutes) if 48 <= b % minutes < 108]
    view = view_of(day, buckets=3 * minutes, width=600_000_000, quiet=range(50, 100))
    assert found(view).is_empty()
    begun_at_work = [b - 60 for b in day if b >= 60]
    view = view_of(begun_at_work, buckets=3 * minutes - 60, width=600_000_000, quiet=range(1, 40))
    assert found(view).is_empty()


def test_a_stop_within_working_hours_is_no_rest():
    """The same job that stops on the third day at ten is missed."""
    minutes = 144
    day = [b for b in range(3 * minutes) if b < 2 * minutes + 60]
    assert found(view_of(day, buckets=3 * minutes, width=600_000_000)).height == 1


def test_what_was_there_from_the_start_is_usual_whatever_the_quiet_time_holds():
    """A rare job may fall beside every quiet bucket; it is missed all the same."""
    beats = list(range(2, 180, 6))
    odd = [b for b in range(1, 180) if b % 6 != 2]
    assert found(view_of(beats, buckets=300, quiet=odd)).height == 1


def test_trouble_like_clockwork_is_a_jobs_word_unless_its_level_says_error():
    """A job that fails at each turn, without a level, is missed when it stops; an ERROR is not."""
    beats, text = list(range(2, 420, 6)), "cleanup: failed to reset the list"
    for level, height in ((None, 1), ("ERROR", 0)):
        view = view_of(beats, buckets=600, level=level, text=text)
        assert found(with_gaps(view, n=69, median=12.0)).height == height
    chance = view_of(beats, buckets=600, level=None, text=text)
    assert found(with_gaps(chance, n=69, median=12.0, mad=3.0)).is_empty()


def test_a_fast_beat_is_judged_by_its_own_gaps_where_it_goes_on():
    """A beat of many a bucket that pauses for six buckets and goes on is told; by buckets alone it is not."""
    n = np.full((2, 200), 4.0)
    n[1, 120:126] = 0
    view = from_table(n, ["a", "b"], ["served page", JOB], ["INFO"] * 2)
    view = stretched(view, 40_000_000)
    assert found(view).is_empty()
    assert found(with_gaps(view, n=700, median=10.0, largest=250.0)).height == 1


def test_whole_seconds_make_no_clockwork():
    """Random records about once a second have gaps of one second and no spread: no beat for all that."""
    n = np.full((2, 200), 2.0)
    n[1, 120:124] = 0
    view = from_table(n, ["a", "b"], ["served page", JOB], ["INFO"] * 2)
    assert found(with_gaps(view, n=390, median=1.0, largest=9.0)).is_empty()


def test_the_order_of_rows_does_not_matter():
    """Shuffled counts give the same anomalies."""
    view = view_of(range(2, 120, 6), buckets=200)
    shuffled = replace(view, counts=view.counts.sample(fraction=1.0, shuffle=True, seed=3))
    assert found(view).equals(found(shuffled))


def with_forms(view, **forms):
    """The view with forms of the job's template, each in the buckets given, once a bucket."""
    template = view.counts.filter(pl.col("service") == "b")["template"][0]
    rows = [
        {"form": form, "bucket": bucket, "service": "b", "template": template, "n": 1, "source": 0, "line": 1}
        | {"last_source": 0, "last_line": 1}
        | dict.fromkeys(("first", "last"), START + timedelta(microseconds=WIDTH * bucket + WIDTH // 2))
        for form, buckets in forms.items()
        for bucket in buckets
    ]
    return replace(view, forms=FORMS.of(rows).sort("bucket", "form"))


def test_one_job_of_several_that_share_a_template_is_missed():
    """The template goes on, one form of it stops: the anomaly names that form."""
    gone, stays = list(range(2, 180, 6)), list(range(3, 300, 3))
    view = view_of(sorted(gone + stays), buckets=300)
    assert found(view).is_empty()
    rows = found(with_forms(view, rotates=gone, copies=stays))
    assert rows["form"].to_list() == ["rotates"]
    assert "'rotates' came 30 times" in rows["sentence"][0]
    assert rows["template"][0] == view.counts.filter(pl.col("service") == "b")["template"][0]


def test_a_form_by_chance_is_not_missed():
    """The same number of records at random is no habit, be the pause ten times the longest before."""
    gone = sorted({int(b) for b in np.cumsum(np.random.default_rng(1).geometric(0.35, 45)) + 2})
    assert np.diff(gone).max() * 10 < 400 - gone[-1]
    view = view_of(sorted({*gone, *range(3, 400, 6)}), buckets=400)
    assert found(with_forms(view, rotates=gone, copies=range(3, 400, 6))).is_empty()


def test_a_form_is_not_missed_beside_its_template_or_service():
    """Where all of a template stops, its forms are not told again; nor those of a silent service."""
    beats = list(range(2, 180, 6))
    rows = found(with_forms(view_of(beats, buckets=300), rotates=beats[::2], copies=beats[1::2]))
    assert rows["form"].to_list() == [None]


def test_a_form_is_missed_beside_a_short_pause_of_its_template():
    """Where a template pauses once as two jobs become one, the job that is gone is told all the same."""
    gone, stays = list(range(2, 180, 6)), list(range(5, 300, 6))
    view = view_of(sorted(gone + stays), buckets=300)
    assert found(view)["form"].to_list() == [None]
    assert set(found(with_forms(view, rotates=gone, copies=stays))["form"]) == {None, "rotates"}


def test_a_form_of_trouble_is_not_missed():
    """An error that ends is no loss, whichever form of it."""
    gone, stays = list(range(2, 180, 6)), list(range(5, 300, 6))
    view = view_of(sorted(gone + stays), buckets=300, level="ERROR")
    assert found(with_forms(view, rotates=gone, copies=stays)).is_empty()


def test_a_fast_form_is_judged_by_its_own_gaps():
    """A form of several a bucket that stops is told by its gaps between seconds alone."""
    view = stretched(view_of(list(range(200)), buckets=200), 40_000_000)
    view = with_forms(view, rotates=range(120), copies=range(200))
    shift = {name: START + (view.forms[name] - START) * 20 for name in ("first", "last")}
    view = replace(view, forms=view.forms.with_columns(n=pl.lit(4, pl.UInt32), **shift))
    assert found(view).is_empty()
    same = {"service": "b", "template": view.forms["template"][0], "last": view.forms["last"].max()}
    even = {"n": 479, "median": 10e6, "mad": 0.0, "largest": 11e6}
    known = FORM_GAPS.of([same | even | {"form": form} for form in ("rotates", "copies")])
    assert found(replace(view, form_gaps=known))["form"].to_list() == ["rotates"]


def test_a_beat_that_a_table_lost_is_missed_from_its_reload_on():
    """A configuration with an entry fewer, read after the last beat and before the next, dates the loss."""
    beats = range(2, 200, 5)
    seen = view_of(beats, buckets=300)
    at = START + timedelta(microseconds=199 * WIDTH)
    told = [(START + timedelta(microseconds=9 * WIDTH), 11), (at, 10)]
    row = {"service": "crond", "kind": "config", "template": "reload", "source": 0, "line": 1}
    changes = CHANGES.of([row | {"time": time, "text": f"RELOAD {held} entries"} for time, held in told])
    words = seen.templates.head(1).with_columns(
        template=pl.lit("reload"), text=pl.lit("RELOAD <num> entries")
    )
    lost = found(replace(seen, changes=changes, templates=pl.concat([seen.templates, words])))
    assert lost["start"][0] == at < found(seen)["start"][0]
    assert "10 entries, 11 before" in lost["sentence"][0]


def test_pauses_between_buckets_are_not_told_as_times_that_it_came():
    """Of what came many times a bucket the number of pauses between buckets is no number of times."""
    n = np.full((2, 120), 12.0)
    n[1, 60:] = 0
    view = from_table(n, ["a", "b"], ["served page", "mail sent"], ["INFO", "INFO"], quiet=range(2, 50))
    told = Silence().fit(view).detect(view).filter(pl.col("service") == "b")
    assert told.height
    for sentence in told["sentence"]:
        assert "came again and again" in sentence
        assert " times" not in sentence


def beside(view, share, *, seed=0):
    """The view with three beats more, of whose records this share were dropped on their way."""
    chance = np.random.default_rng(seed)
    n = np.zeros((3, view.buckets))
    for row, pace in enumerate((3, 4, 5)):
        at = np.arange(row, view.buckets, pace)
        n[row, at] = chance.random(len(at)) >= share
    texts = [f"beat {row}" for row in "xyz"]
    others = from_table(n, ["c"] * 3, texts, ["INFO"] * 3)
    return replace(
        view,
        counts=pl.concat([view.counts, others.counts]).sort("bucket", "service", "template"),
        templates=pl.concat([view.templates, others.templates]),
    )


def test_where_records_are_dropped_a_few_are_no_silence():
    """Three beats are missing: told, but not where a quarter of all beats is; a stop for good is told."""
    few = view_of(range(2, 122, 10), buckets=155)
    assert found(beside(few, 0.0))["score"].max() > 5
    assert not (found(beside(few, 0.25))["score"] > 2).any()
    gone = view_of(range(2, 122, 10), buckets=300)
    job = gone.counts.filter(pl.col("service") == "b")["template"][0]
    told = found(beside(gone, 0.25)).filter(pl.col("template") == job)
    assert told["score"][0] > 5


@pytest.mark.parametrize("share", [0.1, 0.25, 0.4])
def test_the_share_that_is_dropped_is_known(share):
    """The share of beats that are missing here and there; none of what stopped, or comes whole."""
    seen = beside(view_of([], buckets=2000), share)
    assert dropped(seen) == pytest.approx(share, abs=0.05)
    stopped = replace(
        seen, counts=beside(view_of([], buckets=2000), 0.0).counts.filter(pl.col("bucket") < 900)
    )
    assert dropped(stopped) == 0.0


@pytest.mark.parametrize("a_bucket,told", [(40, True), (3, False)])
def test_an_outage_of_a_busy_service_is_told_though_others_go_on(a_bucket, told):
    """What comes many times a bucket pauses for nothing: twenty buckets without it make an incident alone."""
    chance = np.random.default_rng(2)
    n = np.zeros((2, 220))
    n[0] = chance.poisson(a_bucket, 220)
    n[0, 120:140] = 0
    n[1, ::5] = 1
    seen = from_table(n, ["shop", "cron"], ["served page", "cleaned up"], ["INFO"] * 2)
    rows = Silence().fit(seen).detect(seen).filter(pl.col("kind") == "silence")
    assert bool((rows["score"] >= 6.5).any()) is told
