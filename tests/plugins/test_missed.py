"""Jobs of a time of the day that came on few days of one run, and then not."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
import pytest
from logsense_detectors.missed import Missed
from logsense_detectors.reloads import fallen, reloads, turns

from logsense.schema import CHANGES, COUNTS, LEVELS, VALUES
from logsense.testing import calm

MONDAY = datetime(2026, 1, 5)
EARLIEST = MONDAY - timedelta(days=7)
BUCKET = timedelta(minutes=10)
TABLE = "(root) RELOAD (<path>) <num> entries"


def record(service, template, at, n=1):
    bucket = (at - EARLIEST) // BUCKET
    line = int((at - EARLIEST).total_seconds()) + 1
    return {"bucket": bucket, "service": service, "template": template, "n": n, "source": 0, "line": line,
            "last_source": 0, "last_line": line, "first": at, "last": at}  # fmt: skip


def view(jobs, *, hours=48, begin=MONDAY, reloaded=(), alive=lambda _: True, level="INFO"):
    """A run in which ``web`` writes every ten minutes, and jobs: (service, text, hours after the begin).

    reloaded: (hours, entries) of each time that crond reads its table again.
    """
    rows = [
        record("web", "page served", begin + i * BUCKET + timedelta(seconds=30))
        for i in range(hours * 6)
        if alive(i / 6)
    ]
    for service, text, at in jobs:
        rows += [record(service, text, begin + timedelta(hours=hour, seconds=4)) for hour in at]
    moments = [begin + timedelta(hours=hour) for hour, _ in reloaded]
    rows += [record("crond", TABLE, moment) for moment in moments]
    changes = [
        {"time": moment, "service": "crond", "kind": "config", "template": TABLE, "source": 0, "line": 1,
         "text": f"<78>1 12:01:{second} crond 38 - - (root) RELOAD (/etc/crontab) {entries} entries"}
        for second, (moment, (_, entries)) in enumerate(zip(moments, reloaded, strict=True), 10)
    ]  # fmt: skip
    counts = COUNTS.of(rows).sort("bucket", "service", "template")
    said = counts.select(pl.col("template").unique().sort())
    templates = said.with_columns(
        text=pl.col("template"),
        level=pl.when(template="page served")
        .then(pl.lit("INFO"))
        .otherwise(pl.lit(level))
        .cast(pl.Enum(LEVELS)),
    )
    seen = replace(calm(), counts=counts, changes=CHANGES.of(changes), values=VALUES.empty(), start=begin)
    buckets = hours * 6
    return replace(seen, templates=templates, width=600_000_000, buckets=buckets, quiet=tuple(range(buckets)))


def found(seen):
    return Missed().fit(seen).detect(seen)


def missed(seen):
    return found(seen).filter(pl.col("kind") != "change")


NIGHTLY = [("backup", "all copied", [13.25])]
STARTED = [*NIGHTLY, ("crond", "CMD (backup)", [13.25])]
NOON = MONDAY + timedelta(hours=12)
FEWER = [(2, 11), (31.5, 10)]


def test_a_job_that_came_once_is_missed_where_a_table_now_holds_less():
    """The service, its times, the reload and both its numbers are told; the reload dates it."""
    seen = view(NIGHTLY, begin=NOON, reloaded=FEWER)
    row = missed(seen).row(0, named=True)
    assert (row["kind"], row["service"], row["template"]) == ("silence", "backup", None)
    assert row["start"] == NOON + timedelta(hours=31.5)
    assert row["end"] == seen.counts["last"].max()
    assert row["score"] > 6.5
    assert row["sentence"] == (
        "backup: came 6 Jan 01:15 (1 message), due 7 Jan 01:15, did not come;"
        " crond reloaded its configuration 6 Jan 19:30 with 10 entries, 11 before"
    )


def test_who_started_the_job_adds_evidence():
    """That the service whose table changed spoke whenever the job began, and only then, counts."""
    with_it, without = (missed(view(jobs, begin=NOON, reloaded=FEWER)) for jobs in (STARTED, NIGHTLY))
    assert with_it.filter(service="backup")["score"][0] > without["score"][0]


@pytest.mark.parametrize(
    "jobs,reloaded,why",
    [
        (NIGHTLY, [], "it came once, and nothing changed"),
        (NIGHTLY, [(2, 11), (31.5, 11)], "the table holds as much as before"),
        (NIGHTLY, [(2, 10), (31.5, 11)], "the table holds more than before"),
        (NIGHTLY, [(2, 11), (5, 10)], "the table held less before it came"),
        (NIGHTLY, [(2, 11), (40, 10)], "the table holds less only after it was due"),
        (NIGHTLY, [(2, 11), (31, 10), (32, 11)], "the table was put right in time"),
        ([("backup", "all copied", [13.25, 37.25])], FEWER, "it came"),
        ([("backup", "all copied", [13.25, 37.75])], FEWER, "it came half an hour late"),
        ([("backup", "all copied", [13.25, 20])], FEWER, "it keeps no hours"),
        ([("backup", "all copied", [10, 11, 12, 13.25])], FEWER, "it took for hours"),
        ([("web", "all copied", [13.25])], FEWER, "it is one message among others of its service"),
        ([("backup", "all copied", [23.8])], FEWER, "the run ends before it would be told"),
    ],
)
def test_what_came_once_is_not_missed_without_a_reason(jobs, reloaded, why):
    """Ad-hoc work, and jobs that came after all, are nobody's alarm."""
    assert missed(view(jobs, begin=NOON, reloaded=reloaded)).is_empty(), why


def test_a_job_of_the_first_of_a_month_is_not_due_the_day_after():
    """Once on a first may mean once a month: the same that is missed on any other day."""
    first = datetime(2026, 9, 30, 12)
    assert missed(view(NIGHTLY, begin=first, reloaded=FEWER)).is_empty()
    assert missed(view(NIGHTLY, begin=first - timedelta(days=1), reloaded=FEWER)).height == 1


def test_all_of_a_service_is_missed_after_two_days_one_message_after_three():
    """Two nights are enough for a whole service, not for one message of a service that goes on."""
    two, three = [1.25, 25.25], [1.25, 25.25, 49.25]
    whole = missed(view([("backup", "all copied", two)], hours=72)).row(0, named=True)
    assert (whole["kind"], whole["score"] > 6.5) == ("silence", True)
    assert "came 2 times, daily" in whole["sentence"]
    part = missed(view([("web", "all copied", two)], hours=72))
    assert not (part["score"] > 6.5).any()
    row = missed(view([("web", "all copied", three)], hours=96)).row(0, named=True)
    assert (row["kind"], row["template"], row["score"] > 6.5) == ("vanished", "all copied", True)
    due = MONDAY + timedelta(hours=73.25)
    assert due < row["start"] < due + timedelta(minutes=30)


def down(hour):
    return not 48 <= hour <= 60


TWO = [("backup", "all copied", [1.25, 25.25])]
THREE = [("web", "all copied", [1.25, 25.25, 49.25])]


@pytest.mark.parametrize(
    "jobs,run,why",
    [
        (THREE, {"hours": 96, "level": "ERROR"}, "trouble that ends"),
        (TWO, {"hours": 72, "begin": MONDAY + timedelta(days=3)}, "it was due on a Saturday"),
        (TWO, {"hours": 72, "begin": MONDAY - timedelta(days=2)}, "it was due on a Monday"),
        ([("backup", "all copied", [25.25, 49.25])], {"hours": 96}, "it did not come on the first day"),
        (TWO, {"hours": 24 * 9}, "gone far longer than it was there"),
        ([("backup", "all copied", [1.25, 25.45])], {"hours": 72}, "not at the same time"),
        (TWO, {"hours": 72, "alive": down}, "the host was down"),
        ([*THREE, ("web", "all sent", [73.25])], {"hours": 96}, "it says something else now"),
    ],
)
def test_what_nobody_misses(jobs, run, why):
    """Nothing is said of what ended for another reason, or was never due."""
    assert missed(view(jobs, **run)).is_empty(), why


def polls(hours, share, seed=3):
    """Four hourly polls, of which this share of the records were dropped on their way."""
    chance = random.Random(seed)
    return [
        (f"poll-{n}", f"polled {n}", [h + 0.1 * (n + 1) for h in range(hours) if chance.random() >= share])
        for n in range(4)
    ]


@pytest.mark.parametrize("seed", range(3))
def test_where_records_are_dropped_a_few_of_a_job_are_no_loss(seed):
    """A quarter of what comes by the clock is missing: nothing is said of one night, unless a table tells."""
    some = polls(96, 0.25, seed)
    assert missed(view([*THREE, *some], hours=96)).is_empty()
    assert missed(view([*THREE, *polls(96, 0.0)], hours=96)).height == 1
    lost = missed(view([*THREE, *some], hours=96, reloaded=[(2, 11), (60, 10)])).row(0, named=True)
    assert (lost["template"], lost["score"] > 4) == ("all copied", True)


def test_a_job_that_began_within_the_run_needs_three_nights():
    """What was not there on the first day may have been set up since; two nights are too few to tell."""
    later = [25.25, 49.25, 73.25]
    assert missed(view([("backup", "all copied", later)], hours=110)).height == 1
    assert missed(view([("backup", "all copied", later[:2])], hours=96)).is_empty()


def test_hours_are_kept_by_caches_too():
    """A service that came in three hours is told, but makes no incident alone."""
    seen = view([("named", "asked again", [0.5, 1.5, 2.5])], hours=5)
    assert missed(seen)["expected"].to_list() == ["hourly, next 5 Jan 03:30"]
    assert (missed(seen)["score"] < 6.5).all()


def test_a_night_left_out_between_others_is_missed_once():
    """The job is gone from one night to the next, not to the end of the run."""
    seen = view([("backup", "all copied", [1.25, 25.25, 49.25, 97.25])], hours=110)
    row = missed(seen).row(0, named=True)
    assert row["end"] == MONDAY + timedelta(hours=97.25, seconds=4)


def test_known_good_logs_are_left_to_others():
    """With a baseline of its own the times of what is usual are not real ones."""
    seen = replace(view(NIGHTLY, begin=NOON, reloaded=FEWER), usual=(MONDAY, NOON))
    assert found(seen).is_empty()


def test_a_reload_that_holds_less_is_a_change_of_its_own():
    """Another number than at all reloads before is told with both; a number that never stays is none."""
    row = found(view([], reloaded=[(2, 11), (9, 11), (20, 10)])).row(0, named=True)
    assert (row["kind"], row["service"], row["template"]) == ("change", "crond", TABLE)
    assert (row["observed"], row["expected"]) == ("entries: 10", "entries: 11")
    assert row["start"] == row["end"] == MONDAY + timedelta(hours=20)
    assert found(view([], reloaded=[(2, 11), (9, 11), (20, 11)])).is_empty()
    counted = found(view([], reloaded=[(2, 11), (9, 12), (20, 13)]))
    assert counted.height == 1  # the first time alone could be told from a number that always grows


def test_the_sign_of_a_fall_counts_more():
    """What was lost is worth more than what was added."""
    less, more = (found(view([], reloaded=[(2, 11), (9, n)]))["score"][0] for n in (10, 12))
    assert less > more


@pytest.mark.parametrize(
    "template,line,counts",
    [
        ("loaded rules=<num> from <path>", "12:01 app loaded rules=12 from /etc/a", (("rules", 12),)),
        ("config read in <num> ms", "config read in 12 ms", ()),
        ("config read, pid <num>", "config read, pid 4711", ()),
        (
            "read <num> zones (<str>), <num> keys",
            "read 3 zones (a (b) c), 7 keys",
            (("zones", 3), ("keys", 7)),
        ),
        ("read <num> zones [a|b]*", "read 3 zones ab", ()),
    ],
)
def test_counts_are_numbers_beside_a_plural(template, line, counts):
    """Times, sizes and numbers of processes are no counts of things; words are taken literally."""
    seen = view([], reloaded=[(2, 1)])
    words = seen.templates.with_columns(text=pl.when(template=TABLE).then(pl.lit(template)).otherwise("text"))
    told = reloads(replace(seen, templates=words, changes=seen.changes.with_columns(text=pl.lit(line))))
    assert [one.counts for one in told] == [counts]


def test_what_fell_is_told_from_what_was_put_right():
    """Only a fall that lasts until the job was due explains it."""
    told = reloads(view([], reloaded=[(2, 11), (9, 10), (20, 11)]))
    hour = 3_600_000_000
    at = told[0].time
    assert [(turn.now, turn.before) for turn in turns(told)] == [(10, 11)]
    assert fallen(told, at, at + 10 * hour) is not None
    assert fallen(told, at, at + 30 * hour) is None
