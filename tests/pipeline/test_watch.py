"""A run that is watched: told file by file, answered in between, stopped; and the same answer in the end."""

import gzip
import json
from datetime import datetime, timedelta

import pytest

from logsense import pipeline, watch
from logsense.report import document
from logsense.watch import Pace, Watch

START = datetime(2026, 1, 2, 3, 0)
BLOCK = 1 << 14


@pytest.fixture
def logs(tmp_path):
    """Three files of half an hour; the last has a fault from minute 20 to 24; beside them a picture."""
    for name in ("cart", "pay", "shop"):
        rows = []
        for second in range(1800):
            at = (START + timedelta(seconds=second)).isoformat(sep=" ")
            rows.append(f"{at}.000 INFO {name} served page {second} in {second % 90} ms\n")
            if name == "shop" and 20 <= second / 60 < 24:
                rows.append(f"{at}.500 ERROR write refused: no space left\n")
        (tmp_path / f"{name}.log").write_text("".join(rows), encoding="utf-8")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(64))
    return tmp_path


@pytest.fixture
def eager(monkeypatch):
    """A provisional answer before every block."""
    monkeypatch.setattr(watch, "FIRST", 0.0)
    monkeypatch.setattr(watch, "LATER", 0.0)
    monkeypatch.setattr(watch, "DEARER", 0.0)


def told(analysis):
    return json.dumps(document(analysis), sort_keys=True, default=str)


@pytest.mark.parametrize("threads", [1, 3])
def test_watching_changes_nothing(logs, eager, threads):
    """The final answer is the same, byte for byte, with snapshots before every block and without any."""
    seen = []
    options = {"threads": threads, "block_size": BLOCK}
    plain = pipeline.analyze(str(logs), **options)
    found = pipeline.analyze(str(logs), watch=Watch(snapshot=seen.append), **options)
    assert len(seen) > 5
    assert plain.incidents
    assert told(found) == told(plain)
    for name in ("counts", "values", "gaps", "edges", "templates"):
        assert getattr(found.view, name).equals(getattr(plain.view, name)), name
    assert found.partial is None


@pytest.mark.parametrize("threads", [1, 3])
def test_a_snapshot_is_the_answer_of_what_was_read(logs, eager, threads):
    """Its records are those of the blocks done, none of them torn, and it says how much that is."""
    seen, done = [], [0]

    def step(progress):
        done[0] = progress.done

    def snapshot(analysis):
        seen.append((analysis, done[0]))

    pipeline.analyze(
        str(logs), watch=Watch(snapshot=snapshot, progress=step), threads=threads, block_size=BLOCK
    )
    sizes = [sum(len(row) for row in lines(logs, analysis)) for analysis, _ in seen]
    assert sizes == [bytes_done for _, bytes_done in seen]
    total = sum(path.stat().st_size for path in logs.glob("*.log"))
    for analysis, bytes_done in seen:
        assert analysis.partial.startswith("so far: ")
        assert analysis.partial.endswith(
            f" of 3 files, {bytes_done / total:.0%} of the bytes".replace("%", " %")
        )
        assert analysis.counts["n"].sum() == analysis.sources["records"].sum()
        assert analysis.stopped is None
    last = seen[-1][0]
    assert "2 of 3 files" in last.partial


def lines(logs, analysis):
    """The lines that a snapshot counts as read, as they stand in the files."""
    for path, n in analysis.sources.select("path", "lines").iter_rows():
        yield from (logs / path).read_bytes().splitlines(keepends=True)[:n]


def test_files_are_told_once_then_one_by_one(logs):
    """All files first, what is skipped with its reason; then each to its end, to the last byte."""
    (logs / "empty.log").write_text("")
    files, steps = [], []
    pipeline.analyze(
        str(logs), watch=Watch(found=files.append, progress=steps.append), threads=2, block_size=BLOCK
    )
    assert len(files) == 1
    sizes = {one.name: one.size for one in files[0] if not one.skipped}
    assert {f"{name}.log" for name in ("cart", "pay", "shop")} <= set(sizes)
    skipped = {one.name: one.note for one in files[0] if one.skipped}
    assert skipped["logo.png"]
    finished = [step.source for step in steps if step.finished]
    assert sorted(finished) == sorted(sizes)
    for name, size in sizes.items():
        own = [step.own for step in steps if step.source == name]
        assert own == sorted(own)
        assert own[-1] == size == (logs / name).stat().st_size
    assert steps[-1].done == steps[-1].total


def test_a_file_that_breaks_off_says_so(logs):
    """The last word on a packed file that was cut short is that it is finished, failed, and why."""
    packed = gzip.compress((logs / "pay.log").read_bytes(), mtime=0)
    (logs / "pay.log").unlink()
    (logs / "pay.log.gz").write_bytes(packed[: len(packed) // 2])
    steps = []
    found = pipeline.analyze(str(logs), watch=Watch(progress=steps.append))
    last = [step for step in steps if step.source == "pay.log.gz"][-1]
    assert last.finished
    assert last.failed
    assert last.note == found.skipped.filter(source="pay.log.gz")["reason"][0]


@pytest.mark.parametrize("threads", [1, 3])
def test_stop_ends_reading(logs, threads):
    """What was read when the stop came is the answer, and it says that it was interrupted."""
    steps = []
    halt = Watch(progress=steps.append, stop=lambda: len(steps) >= 3)
    found = pipeline.analyze(str(logs), watch=halt, threads=threads, block_size=BLOCK)
    assert found.stopped == "interrupted"
    assert found.exit_code == 3
    assert 0 < found.sources["records"].sum() < 5000


def test_stop_before_anything_is_read(logs):
    """Stopped at once, there is an answer nevertheless: nothing is known."""
    found = pipeline.analyze(str(logs), watch=Watch(stop=lambda: True))
    assert (found.stopped, found.incidents) == ("interrupted", ())


def test_a_window_that_is_empty_so_far_is_no_error(logs, eager):
    """A window from a time to an age before the end may be empty while little is read: the run goes on."""
    since = (START + timedelta(minutes=15)).isoformat()
    found = pipeline.analyze(
        str(logs),
        since=since,
        until="-10m",
        watch=Watch(snapshot=lambda _: None),
        block_size=BLOCK,
        threads=1,
    )
    assert found.end < START + timedelta(minutes=20)


def test_known_good_logs_count_once_they_are_read(logs, eager, tmp_path_factory):
    """Before any of them is read nothing is said of them; the end is the same as without watching."""
    good = tmp_path_factory.mktemp("good")
    for path in logs.glob("*.log"):
        rows = [row for row in path.read_text().splitlines(keepends=True) if "refused" not in row]
        (good / path.name).write_text("".join(rows).replace("2026-01-02", "2026-01-01"))
    seen = []
    options = {"baseline": str(good), "block_size": 1 << 16}
    found = pipeline.analyze(str(logs), watch=Watch(snapshot=seen.append), **options)
    assert not any("known-good" in note for note in seen[0].notes)
    assert seen[-1].view.how.startswith("known-good logs")
    assert told(found) == told(pipeline.analyze(str(logs), **options))


def test_answers_come_ever_more_seldom():
    """None in the first 1.5 s; each then twice as late, and later where an answer takes long."""
    now, taken = [0.0], []
    pace = Pace(lambda: now[0])

    def run(until, cost):
        while now[0] < until:
            if pace.due():
                taken.append(now[0])
                pace.take(lambda: now.__setitem__(0, now[0] + cost))
            now[0] += 0.01

    run(1.4, 0.1)
    assert taken == []
    run(30, 0.1)
    assert taken == pytest.approx([1.5, 3, 6, 12, 24], abs=0.2)
    run(1000, 100)
    assert taken[5:] == pytest.approx([48, 548], abs=1)


def test_a_short_run_needs_no_provisional_answer(logs):
    """A run that is over within a moment gives none."""
    seen = []
    pipeline.analyze(str(logs), watch=Watch(snapshot=seen.append))
    assert seen == []
