"""A run judged again by windows that somebody chose, and two windows of it compared."""

import random
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from logsense import listing, pipeline
from logsense.analysis import Windows
from logsense.errors import ConfigError
from logsense.report import document

SAMPLES = Path(__file__).parents[2] / "sample_logs"
START = datetime(2026, 1, 2, 3, 0)
ERROR = "write refused: no space left"


def record(folder, start=START, faults=((20, 22), (40, 44))):
    """An hour of work; in the minutes of the faults every write is refused. Nothing is said from 50 to 55."""
    rng = random.Random(5)
    rows = []
    for second in range(3600):
        at, minute = start + timedelta(seconds=second), second / 60
        if 50 <= minute < 55:
            continue
        rows.append(
            f"{at}.{rng.randrange(100, 999)} INFO served page {rng.randrange(10**4)} in {second % 90} ms\n"
        )
        if second % 10 == 0:
            rows.append(f"{at}.999 INFO poll of the queue done\n")
        if any(low <= minute < high for low, high in faults):
            rows.append(f"{at}.999 ERROR {ERROR}\n")
    folder.mkdir(exist_ok=True)
    (folder / "shop.log").write_text("".join(rows), encoding="utf-8")
    return str(folder)


def span(first, last):
    return START + timedelta(minutes=first), START + timedelta(minutes=last)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("rethink")


@pytest.fixture(scope="module")
def run(folder):
    return pipeline.analyze(record(folder / "run"))


@pytest.fixture(scope="module")
def judged(folder, run):
    """The run, the run with known-good logs, a window of it, and a window of it with known-good logs."""
    good = record(folder / "good", START - timedelta(days=2), faults=())
    window = {"since": span(15, 0)[0].isoformat(), "until": span(0, 48)[1].isoformat()}
    place = str(folder / "run")
    return {
        "plain": run,
        "baseline": pipeline.analyze(place, baseline=good),
        "window": pipeline.analyze(place, **window),
        "both": pipeline.analyze(place, baseline=good, **window),
    }


def whole(analysis):
    """Everything that a report says, but for the seconds it took."""
    return document(replace(analysis, seconds=0.0))


@pytest.mark.parametrize("name", ["plain", "baseline", "window", "both"])
def test_without_windows_nothing_changes(judged, name):
    """Both None gives what analyze gave, also after another window had been chosen."""
    first = judged[name]
    again = pipeline.rethink(first, Windows())
    assert first.incidents
    assert again.incidents == first.incidents
    assert whole(again) == whole(first)
    moved = pipeline.rethink(first, Windows(suspect=span(16, 30)))
    assert whole(pipeline.rethink(moved, Windows())) == whole(first)


@pytest.mark.parametrize("name", ["plain", "baseline", "window", "both"])
def test_only_the_suspected_window_is_judged(judged, name):
    """The one incident in it is found, none outside, and the answer says which window it is about."""
    windows = Windows(suspect=span(38, 46))
    found = pipeline.rethink(judged[name], windows)
    assert [one.causes[0].template for one in found.incidents] == [ERROR]
    assert span(38, 46)[0] <= found.incidents[0].start < span(41, 0)[0]
    assert found.windows == windows
    assert any("03:38:00 to 03:46:00" in note for note in found.notes)
    assert not pipeline.rethink(judged[name], Windows(suspect=span(25, 38))).incidents


@pytest.mark.parametrize("name", ["plain", "baseline", "window", "both"])
def test_the_usual_window_is_the_baseline(judged, name):
    """Its buckets and no others are quiet, in words and times of the run's own clock."""
    found = pipeline.rethink(judged[name], Windows(usual=span(24, 36)))
    width = timedelta(microseconds=found.view.width)
    times = {found.view.start + bucket * width for bucket in found.view.quiet}
    assert span(24, 0)[0] <= min(times) < span(25, 0)[0]
    assert span(0, 35)[1] <= max(times) + width <= span(0, 36)[1]
    assert found.view.how == "the window chosen: 03:24:00 to 03:36:00"
    assert [one.causes[0].template for one in found.incidents].count(ERROR) == 2
    assert not any("tell what is usual" in note for note in found.notes)


def test_what_is_usual_is_no_incident(run):
    """A fault that somebody calls usual is none; what is absent from the usual window is new."""
    found = pipeline.rethink(run, Windows(suspect=span(18, 24), usual=span(38, 46)))
    assert ERROR not in [
        cause.template for one in found.incidents for cause in one.causes if cause.kind == "new"
    ]
    assert found.view.usual[0] >= span(38, 0)[0]


@pytest.mark.parametrize(
    "windows,words",
    [
        (Windows(suspect=span(44, 38)), "must end after it begins"),
        (Windows(usual=span(-90, -60)), "outside the run: records lie between 2026-01-02 03:00"),
        (Windows(suspect=span(90, 95)), "outside the run"),
        (Windows(suspect=span(51, 54)), "holds no records; records lie between"),
        (Windows(usual=span(50, 55)), "holds no records"),
        (Windows(suspect=span(30, 40), usual=span(20, 31)), "overlap"),
        (Windows(usual=span(30, 31)), "whole buckets of 30 s; it takes 8: give it 270 s"),
    ],
)
def test_windows_that_cannot_be_are_refused(run, windows, words):
    """Each with what is wrong and what is possible."""
    with pytest.raises(ConfigError, match=words):
        pipeline.rethink(run, windows)


def test_the_suspected_window_stays_within_since_and_until(judged):
    """What lies outside --since and --until has no records in the answer: it tells what is usual alone."""
    with pytest.raises(ConfigError, match="outside the run"):
        pipeline.rethink(judged["window"], Windows(suspect=span(2, 10)))
    assert pipeline.rethink(judged["window"], Windows(usual=span(2, 10))).incidents


def test_known_good_logs_are_not_within_the_run(judged):
    """A window is of the run's own clock: the place of known-good logs before it is none to be chosen."""
    with pytest.raises(ConfigError, match="outside the run"):
        pipeline.rethink(judged["baseline"], Windows(usual=span(-30, -10)))


def test_without_times_there_is_no_window(tmp_path):
    """Logs without times say so; without windows they are judged again as before."""
    (tmp_path / "a.log").write_text("".join(f"served page {n} in {n % 7} ms\n" for n in range(900)))
    told = pipeline.analyze(str(tmp_path))
    assert whole(pipeline.rethink(told, Windows())) == whole(told)
    with pytest.raises(ConfigError, match="no line of these logs has a time"):
        pipeline.rethink(told, Windows(suspect=span(0, 10)))
    with pytest.raises(ConfigError, match="no line of these logs has a time"):
        pipeline.compare(told)


def test_what_was_not_judged_cannot_be_again(folder, run):
    """An Analysis of templates alone holds no counts for a judgement, and says so."""
    with pytest.raises(ConfigError, match="does not hold its counts"):
        pipeline.rethink(listing.templates(str(folder / "run")), Windows())


def test_no_file_is_read_again(folder):
    """Files may be gone: the incidents are the same, less the lines that prove them."""
    place = folder / "gone"
    first = pipeline.analyze(record(place))
    shutil.rmtree(place)
    again = pipeline.rethink(first, Windows())
    assert [one.summary for one in again.incidents] == [one.summary for one in first.incidents]


@pytest.mark.parametrize("sample", ["stock-pages", "stock-sync", "quiet"])
def test_samples_judged_again_say_the_same(sample):
    """The recorded samples: equal incidents."""
    told = pipeline.analyze(str(SAMPLES / sample / "logs"))
    assert pipeline.rethink(told, Windows()).incidents == told.incidents


@pytest.mark.parametrize("name", ["plain", "baseline", "window", "both"])
def test_two_windows_are_compared(judged, name):
    """The fault is what is new, against the baseline and against a window; the rest is the same."""
    for before, after in ((None, None), (span(24, 38), span(39, 46)), (None, span(39, 46))):
        found = pipeline.compare(judged[name], before, after)
        texts = dict(judged[name].templates.select("template", "text").iter_rows())
        rows = [(texts.get(row["template"]), row["kind"]) for row in found.iter_rows(named=True)]
        assert rows[0] == (ERROR, "new")
        assert {kind for _, kind in rows[1:]} == {"same"}


def test_compare_follows_the_windows_that_were_chosen(run):
    """After rethink None means the windows chosen: the usual one, and what is suspected."""
    chosen = pipeline.rethink(run, Windows(suspect=span(38, 46), usual=span(24, 36)))
    assert pipeline.compare(chosen).equals(pipeline.compare(run, span(24, 36), span(38, 46)))
