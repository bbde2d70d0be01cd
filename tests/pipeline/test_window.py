"""``--since`` and ``--until``: what lies inside is judged, what lies outside tells what is usual."""

import json
import random
from datetime import datetime, timedelta

import polars as pl
import pytest

from logsense import pipeline
from logsense.report import document

START = datetime(2026, 1, 2, 3, 0)
ERROR = "write refused: no space left"


@pytest.fixture
def logs(tmp_path):
    """An hour of work; from minute 20 to 22 and from 40 to 44 every write is refused."""
    rng = random.Random(5)
    rows = []
    for second in range(3600):
        at = START + timedelta(seconds=second, milliseconds=rng.randrange(900))
        rows.append((at, "INFO", f"served page {rng.randrange(10**4)} in {rng.randrange(90)} ms"))
        if second % 10 == 0:
            rows.append((at, "INFO", "poll of the queue done"))
        minute = second / 60
        if 20 <= minute < 22 or 40 <= minute < 44:
            rows.append((at + timedelta(milliseconds=50), "ERROR", ERROR))
    said = (f"{at.isoformat(sep=' ', timespec='milliseconds')} {level} {text}\n" for at, level, text in rows)
    (tmp_path / "shop.log").write_text("".join(said), encoding="utf-8")
    return str(tmp_path)


def at(minute):
    return (START + timedelta(minutes=minute)).isoformat()


def test_an_incident_in_the_window_is_judged_by_what_lies_around(logs):
    """A window that the fault fills nearly whole is too short for a quiet time of its own."""
    found = pipeline.analyze(logs, since=at(40), until=at(43))
    assert len(found.incidents) == 1
    cause = found.incidents[0].causes[0]
    assert (cause.template, cause.kind) == (ERROR, "new")
    assert found.view.how.startswith("quiet time around the window")
    assert found.incidents[0].start < START + timedelta(minutes=41)


@pytest.mark.parametrize("since,until", [(23, 39), (45, 60), (0, 19), (22.05, 39)])
def test_an_incident_outside_the_window_is_not_reported(logs, since, until):
    """What happened before or after the window makes no incident in it, and no anomaly."""
    found = pipeline.analyze(logs, since=at(since), until=at(until))
    assert not found.incidents
    assert found.anomalies.filter(pl.col("template").is_in(outside_templates(logs))).is_empty()


def outside_templates(logs):
    frame = pipeline.analyze(logs).templates
    return frame.filter(pl.col("text") == ERROR)["template"].to_list()


def test_both_incidents_are_there_without_a_window(logs):
    """The fixture holds two incidents; the window above leaves out what it should."""
    assert len(pipeline.analyze(logs).incidents) == 2


def test_lines_outside_are_counted_and_said(logs):
    """Judged records are those of the window; the lines outside are skipped with a reason, and add up."""
    found = pipeline.analyze(logs, since=at(30), until=at(45))
    told = document(found)["run"]
    inside = 15 * 60 + 15 * 6 + 4 * 60
    total = 3600 + 360 + 6 * 60
    assert told["records"] == inside == found.templates["count"].sum() == found.counts["n"].sum()
    assert (told["lines"], told["skipped_lines"]) == (total, total - inside)
    note = f"{total - inside:,} lines outside the window tell what is usual"
    assert any(row.startswith(note) for row in told["notes"])
    assert [told[end][:16] for end in ("start", "end")] == ["2026-01-02T03:30", "2026-01-02T03:44"]
    assert told["sources"][0]["note"] == "lines outside the window not judged, read to tell what is usual"


def test_the_baseline_lies_outside_and_its_times_are_real(logs):
    """Quiet buckets are none of the window's, and the report says when they were."""
    found = pipeline.analyze(logs, since=at(30), until=at(45))
    inside = [bucket for bucket in found.view.quiet if 0 <= bucket < found.view.buckets]
    assert found.view.quiet
    assert not inside
    start, end = found.view.usual
    width = timedelta(microseconds=found.view.width)
    assert found.view.start == START + timedelta(minutes=30)
    assert start == found.view.start + min(found.view.quiet) * width
    assert end == found.view.start + (max(found.view.quiet) + 1) * width


def test_too_little_around_leaves_the_window_alone(logs):
    """Where next to nothing lies outside, the window's own quiet time is taken, as without any context."""
    found = pipeline.analyze(logs, since=at(0.05))
    assert found.view.how.startswith("quiet time of this run")
    assert all(0 <= bucket < found.view.buckets for bucket in found.view.quiet)
    assert not any("tell what is usual" in note for note in found.notes)
    assert len(found.incidents) == 2


def test_a_window_without_a_record_finds_nothing(logs):
    """Nothing inside: nothing is judged, and it is said that there are no records."""
    found = pipeline.analyze(logs, since=at(600))
    assert not found.incidents
    assert found.view.how == "none: there are no records"
    assert found.counts.is_empty()


def test_ages_count_back_from_the_end(logs):
    """``-22m`` is 22 minutes before the last record."""
    found = pipeline.analyze(logs, since="-22m")
    assert [cause.template for one in found.incidents for cause in one.causes][:1] == [ERROR]
    assert found.start >= START + timedelta(minutes=37)


def test_with_known_good_logs_nothing_around_counts(logs, tmp_path_factory):
    """With ``--baseline`` the lines outside the window are left out: known-good logs are better."""
    good = tmp_path_factory.mktemp("good")
    times = ((START - timedelta(days=1) + timedelta(seconds=n)).isoformat(sep=" ") for n in range(1800))
    rows = [f"{time}.000 INFO served page {n} in {n % 90} ms\n" for n, time in enumerate(times)]
    (good / "shop.log").write_text("".join(rows), encoding="utf-8")
    found = pipeline.analyze(logs, since=at(40), until=at(43), baseline=str(good))
    assert found.view.how == "known-good logs: 1 file, 30.0 min"
    assert found.incidents[0].causes[0].template == ERROR


def test_threads_and_blocks_change_nothing(logs):
    """The same document for any number of threads and size of blocks."""
    answers = {
        json.dumps(document(pipeline.analyze(logs, since=at(30), until=at(45), threads=n, block_size=size)))
        for n, size in ((1, 1 << 22), (3, 10_000), (2, 77_777))
    }
    assert len(answers) == 1
