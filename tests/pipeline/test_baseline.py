"""``--baseline``: known-good logs tell what is usual; they are read with the run, and not judged."""

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from logsense import compose, pipeline
from logsense.cli.main import main
from logsense.errors import PathError, UsageError
from logsense.report import document
from logsense.schema import ATTEMPTS, DEEDS
from logsense.testing import calm

GOOD, BAD = datetime(2026, 1, 2, 3, 0), datetime(2026, 1, 9, 14, 30)
CALM = ("served page {} in {} ms", "cache hit for key k{} after {} ms", "session {} opened by user u{}")


def line(at, level, text):
    return f"{at.isoformat(sep=' ', timespec='milliseconds').replace('.', ',')} {level} {text}\n"


def record(folder, start, *, seed=1, minutes=10, step=0.5, name="web", more=(), gone=()):
    """Work at random, a poll every 5 s; more: (text, level, from s, to s, every s); gone: texts left out."""
    rng = random.Random(seed)
    rows = []
    for n in range(int(minutes * 60 / step)):
        text = CALM[rng.randrange(3)].format(rng.randrange(10**4), rng.randrange(90))
        rows.append((n * step + rng.random() * step, "INFO", text))
    for text, level, begin, end, every in (("poll of the queue done", "INFO", 0, minutes * 60, 5), *more):
        times = range(int((end - begin) / every))
        rows += [(begin + n * every + 0.01, level, text) for n in times if text not in gone]
    folder.mkdir(parents=True, exist_ok=True)
    said = [line(start + timedelta(seconds=at), level, text) for at, level, text in sorted(rows)]
    (folder / f"{name}.log").write_text("".join(said), encoding="utf-8")
    return str(folder)


CHRONIC = ("upstream timed out, trying again", "ERROR", 0, 600, 4)


@pytest.fixture
def good(tmp_path):
    return record(tmp_path / "good", GOOD)


def kinds(analysis):
    return {cause.kind for one in analysis.incidents for cause in one.causes}


def texts(analysis):
    return [cause.template for one in analysis.incidents for cause in one.causes]


def test_a_calm_run_against_calm_logs_is_calm(tmp_path, good):
    """Other numbers and other times of the same work are no incident, and no anomaly of weight."""
    run = record(tmp_path / "run", BAD, seed=2)
    found = pipeline.analyze(run, baseline=good)
    assert not found.incidents
    assert found.anomalies.filter(pl.col("score") > 4).is_empty()


def test_a_fault_that_lasts_for_the_whole_run_is_new(tmp_path, good):
    """What is chronic in the run and never in the known-good logs is new; the run alone cannot tell."""
    run = record(tmp_path / "run", BAD, seed=2, more=[CHRONIC])
    assert CHRONIC[0] not in texts(pipeline.analyze(run))
    found = pipeline.analyze(run, baseline=good)
    assert len(found.incidents) == 1
    assert found.incidents[0].causes[0].template == CHRONIC[0]
    assert found.incidents[0].causes[0].kind == "new"
    assert abs(found.incidents[0].start - BAD) < timedelta(seconds=10)


def test_what_is_chronic_in_both_is_no_anomaly(tmp_path):
    """A message that the known-good logs hold at the same rate is usual, even late and early in the run."""
    error = CHRONIC[0]
    late = record(tmp_path / "good", GOOD, more=[(error, "ERROR", 500, 600, 4)])
    run = record(tmp_path / "run", BAD, seed=2, more=[(error, "ERROR", 300, 380, 4)])
    assert error in texts(pipeline.analyze(run))
    assert error not in texts(pipeline.analyze(run, baseline=late))


def test_a_message_that_is_missing_from_the_start_is_found(tmp_path, good):
    """What the known-good logs say all the time and the run never is an absence; its lines are in theirs."""
    run = record(tmp_path / "run", BAD, seed=2, gone=["poll of the queue done"])
    assert not pipeline.analyze(run).incidents
    found = pipeline.analyze(run, baseline=good)
    cause = found.incidents[0].causes[0]
    assert (cause.kind, cause.template) == ("vanished", "poll of the queue done")
    place = cause.evidence[0]
    assert place.source == f"{good}/web.log"
    assert GOOD <= place.time < GOOD + timedelta(minutes=10)
    said = (tmp_path / "good" / "web.log").read_text(encoding="utf-8").splitlines()
    assert said[place.line - 1] == place.text
    assert found.incidents[0].start >= BAD


def test_a_service_that_is_missing_is_silence_and_one_that_is_new_is_one_thing(tmp_path, good):
    """A source gone is found; a service nobody knew does not raise an alarm for each of its messages."""
    record(tmp_path / "good", GOOD, seed=3, name="mail")
    run = record(tmp_path / "run", BAD, seed=2)
    found = pipeline.analyze(run, baseline=good)
    assert any(
        c.service == "mail" and c.kind in ("silence", "vanished") for i in found.incidents for c in i.causes
    )
    extra = [
        (f"stage {word} of the import done", "INFO", 0, 600, 20) for word in ("one", "two", "three", "four")
    ]
    record(tmp_path / "run", BAD, seed=4, name="mail")
    record(tmp_path / "run", BAD, seed=5, name="importer", more=extra)
    found = pipeline.analyze(run, baseline=good)
    assert not found.incidents
    new = found.anomalies.filter(pl.col("service") == "importer")
    assert new["kind"].to_list() == ["new"]


def test_a_service_under_a_new_name_is_neither_gone_nor_new_trouble(tmp_path):
    """Where the messages of a service go on under another name, nothing stopped and no error is new."""
    error = [("slow answer of the store", "WARN", 0, 600, 15)]
    good = record(tmp_path / "good", GOOD, name="web-7f9c", more=error)
    run = record(tmp_path / "run", BAD, seed=2, name="web-55d1", more=error)
    record(tmp_path / "good", GOOD, seed=3, name="db")
    record(tmp_path / "run", BAD, seed=4, name="db")
    assert not pipeline.analyze(run, baseline=good).incidents


def test_the_account_is_of_the_judged_logs_alone(tmp_path, good):
    """Lines, records, templates and sources are those of the run; the baseline is told apart."""
    record(tmp_path / "good", GOOD, more=[("only then", "INFO", 0, 600, 30)])
    run = record(tmp_path / "run", BAD, seed=2)
    told = document(pipeline.analyze(run, baseline=good))["run"]
    lines = len((tmp_path / "run" / "web.log").read_text(encoding="utf-8").splitlines())
    assert (told["lines"], told["records"]) == (lines, lines)
    assert [one["source"] for one in told["sources"]] == ["web.log"]
    assert told["templates"] == 4
    assert [told[end][:10] for end in ("start", "end")] == ["2026-01-09"] * 2
    assert told["baseline"]["how"] == "known-good logs: 1 file, 10.0 min"
    assert told["baseline"]["start"].startswith("2026-01-02T03:00")
    assert told["baseline"]["end"].startswith("2026-01-02T03:09")


def test_counts_and_times_of_the_result_are_those_of_the_run(tmp_path, good):
    """The frames hold what is judged: no moved time is anywhere in the result."""
    run = record(tmp_path / "run", BAD, seed=2, more=[CHRONIC])
    found = pipeline.analyze(run, baseline=good)
    alone = pipeline.analyze(run)
    assert found.counts["n"].sum() == alone.counts["n"].sum()
    assert found.counts["first"].min() >= BAD
    assert found.templates["count"].sum() == alone.templates["count"].sum()
    assert found.anomalies["start"].min() >= BAD
    assert found.view.start == alone.view.start
    assert len(found.incidents[0].timeline.total) == found.view.buckets


def test_the_seams_between_known_good_runs_are_no_gaps(tmp_path):
    """Two recordings a week apart are one baseline: the pause between them hides no silence of the run."""
    one = record(tmp_path / "one", GOOD)
    two = record(tmp_path / "two", GOOD - timedelta(days=7), seed=7)
    run = record(tmp_path / "run", BAD, seed=2, gone=["poll of the queue done"])
    found = pipeline.analyze(run, baseline=[one, two])
    assert "2 files, 20.0 min" in found.view.how
    assert texts(found)[0] == "poll of the queue done"
    calm = record(tmp_path / "calm", BAD, seed=9)
    assert not pipeline.analyze(calm, baseline=[one, two]).incidents


def test_the_order_of_paths_and_threads_and_blocks_change_nothing(tmp_path):
    """Known-good paths in any order, one thread or several, small blocks: the same document."""
    one = record(tmp_path / "one", GOOD)
    two = record(tmp_path / "two", GOOD - timedelta(days=7), seed=7)
    run = record(tmp_path / "run", BAD, seed=2, more=[CHRONIC], gone=["poll of the queue done"])
    first, *others = (
        json.dumps(document(pipeline.analyze(run, baseline=paths, threads=threads, block_size=size)))
        for paths, threads, size in (
            ([one, two], 1, 1 << 22), ([two, one], 3, 10_000), ([two, one, two], 2, 50_001),
        )
    )  # fmt: skip
    assert others == [first, first]


def test_logs_later_than_the_run_serve_as_well(tmp_path, good):
    """Known-good logs recorded after the fault (of a repaired system) serve all the same."""
    run = record(tmp_path / "run", GOOD - timedelta(days=3), seed=2, more=[CHRONIC])
    found = pipeline.analyze(run, baseline=good)
    assert texts(found)[0] == CHRONIC[0]
    assert found.incidents[0].start < GOOD - timedelta(days=2)


@pytest.mark.parametrize("content", ["", "no time at all\n" * 50, line(GOOD, "INFO", "once")])
def test_a_baseline_without_usable_lines_is_said(tmp_path, content):
    """Empty, untimed or far too short known-good logs: the run's own quiet time is taken, and it is said."""
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / "web.log").write_text(content, encoding="utf-8")
    run = record(tmp_path / "run", BAD, seed=2, more=[(CHRONIC[0], "ERROR", 400, 430, 1)])
    found = pipeline.analyze(run, baseline=str(tmp_path / "good"))
    assert any("--baseline" in note and "quiet time of the run itself" in note for note in found.notes)
    assert found.view.how.startswith("quiet time of this run")
    assert texts(found)[0] == CHRONIC[0]


def test_what_is_judged_is_no_part_of_the_baseline(tmp_path):
    """A file given both ways is judged, and named among what the baseline left out."""
    run = record(tmp_path / "run", BAD, seed=2, more=[CHRONIC])
    found = pipeline.analyze(run, baseline=run)
    assert found.skipped["reason"].to_list() == ["is judged, or given before: no part of the baseline"]
    assert any("hold no lines that could be used" in note for note in found.notes)


def test_lines_without_times_are_compared_in_their_order(tmp_path):
    """Where nothing has a time, known-good lines are the parts before those that are judged."""
    rng = random.Random(3)
    calm = [CALM[n % 3].format(rng.randrange(10**4), rng.randrange(90)) for n in range(2000)]
    (tmp_path / "good.log").write_text("\n".join(calm) + "\n", encoding="utf-8")
    bad = [
        text
        for n, row in enumerate(calm)
        for text in (row, *["ERROR: store refused the write"] * (n % 4 == 0))
    ]
    (tmp_path / "run.log").write_text("\n".join(bad) + "\n", encoding="utf-8")
    found = pipeline.analyze(str(tmp_path / "run.log"), baseline=str(tmp_path / "good.log"))
    assert found.view.how == "known-good logs: 1 file, in order of lines"
    assert "store refused the write" in texts(found)[0]
    assert found.incidents[0].start is None
    assert not pipeline.analyze(str(tmp_path / "good.log"), baseline=str(tmp_path / "run.log")).incidents


def test_a_path_that_does_not_exist_ends_with_two(tmp_path, good, capfd):
    """A known-good path must exist, and standard input is none."""
    assert main(["analyze", good, "--baseline", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capfd.readouterr().err
    with pytest.raises(PathError, match="nowhere"):
        pipeline.analyze(good, baseline=Path(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match="from files"):
        pipeline.analyze(good, baseline="-")


@pytest.mark.parametrize("form", ["terminal", "markdown"])
def test_where_nothing_is_found_the_report_says_with_what_it_compared(tmp_path, good, capfd, form):
    """A calm run stands out from nothing of the known-good logs."""
    run = record(tmp_path / "run", BAD, seed=2)
    assert main(["analyze", run, "--baseline", good, "--format", form, "--color", "never"]) == 0
    assert "that stands out from the known-good logs" in " ".join(capfd.readouterr().out.split())


def test_the_command_takes_several(tmp_path, good, capfd):
    """``--baseline`` may be repeated, and the report says what counted as normal, with the day it was."""
    other = record(tmp_path / "other", GOOD - timedelta(days=7), seed=7)
    run = record(tmp_path / "run", BAD, seed=2, more=[CHRONIC])
    assert main(["analyze", run, "--baseline", good, "--baseline", other, "--color", "never"]) == 1
    said = capfd.readouterr().out
    assert CHRONIC[0] in said
    assert "known-good logs: 2 files, 20.0 min" in " ".join(said.split())
    assert "12-26 03:00:00" in said


def nightly(folder, start, days, *, without=()):
    """Ticks every 10 minutes and a job at 01:15 each night but those left out."""
    rows = [(start + timedelta(minutes=10 * n), f"tick {n}") for n in range(days * 144)]
    for day in range(days + 1):
        at = start.replace(hour=1, minute=15) + timedelta(days=day)
        if start <= at < start + timedelta(days=days) and day not in without:
            rows.append((at, "nightly copy finished"))
    folder.mkdir()
    said = "".join(line(at, "INFO", text) for at, text in sorted(rows))
    (folder / "jobs.log").write_text(said, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize("hour", [0, 12, 20])
def test_a_daily_job_that_does_not_come_is_found_at_any_hour_of_the_cut(tmp_path, hour):
    """Whole days are laid out so that their hours agree, wherever in the day the two recordings begin."""
    good = nightly(tmp_path / "good", GOOD.replace(hour=0, minute=0), 3)
    begin = BAD.replace(hour=hour, minute=0)
    run = nightly(tmp_path / "run", begin, 2, without=[2 if hour else 1])
    found = pipeline.analyze(run, baseline=good)
    assert texts(found)[:1] == ["nightly copy finished"]
    assert kinds(found) == {"vanished"}
    due = BAD.replace(hour=1, minute=15) + timedelta(days=2 if hour else 1)
    assert abs(found.incidents[0].start - due) < timedelta(minutes=1)
    whole = nightly(tmp_path / "whole", begin, 2)
    assert not pipeline.analyze(whole, baseline=good).incidents


def test_what_goes_on_all_along_does_not_swallow_what_begins_in_between(tmp_path, good):
    """A difference from the first minute to the last is one incident, the fault in the middle another."""
    fault = ("write refused: no space left on device", "ERROR", 300, 360, 1)
    run = record(tmp_path / "run", BAD, seed=2, more=[CHRONIC, fault])
    found = pipeline.analyze(run, baseline=good)
    starts = {one.causes[0].template: (one.start - BAD).total_seconds() for one in found.incidents}
    assert 299 <= starts[fault[0]] <= 302
    assert starts[CHRONIC[0]] < 10


def test_the_view_of_what_is_judged_holds_nothing_else():
    """Every frame that tells of time is cut to the judged buckets, which are numbered anew."""
    whole = calm()
    at = [whole.start + timedelta(microseconds=bucket * whole.width) for bucket in (10, 50, 80)]
    deed = {"service": "web", "template": "x", "act": "took", "actor": "a", "how": "user", "n": 1}
    deeds = [{**deed, "bucket": b, "first": t, "last": t} for b, t in zip((10, 50, 80), at, strict=True)]
    tried = [{"service": "web", "act": "passed", "n": 1, "time": t} for t in (*at, None)]
    whole = replace(whole, deeds=DEEDS.of(deeds), attempts=ATTEMPTS.of(tried), judged=(40, 70))
    seen = compose.judged(whole)
    assert (seen.buckets, seen.start, seen.judged) == (
        30,
        whole.start + 40 * (at[0] - whole.start) / 10,
        None,
    )
    assert seen.deeds["bucket"].to_list() == [10]
    assert seen.attempts["time"].to_list() == [at[1], at[2], None]
    assert seen.counts["bucket"].min() == 0
    assert seen.counts["bucket"].max() == 29
    assert seen.quiet == tuple(bucket - 40 for bucket in whole.quiet)
