"""The demo: runs on samples, then says what really happened, and its exit code is honest."""

import json
from dataclasses import replace

import pytest

from logsense.cli import demo

TRUTH = {
    "title": "Database gone", "description": "It was stopped.",
    "cause": [{"source": "ledger.log", "pattern": "refused"}],
    "fault": {"start": "2026-03-04T16:48:00Z", "end": "2026-03-04T16:49:30Z"},
}  # fmt: skip


@pytest.fixture
def samples(tmp_path, monkeypatch, pipeline):
    """One sample whose truth the stub's answer states."""
    (tmp_path / "ledger" / "logs").mkdir(parents=True)
    (tmp_path / "ledger" / "truth.json").write_text(json.dumps(TRUTH))
    monkeypatch.setattr(demo, "samples_folder", lambda: tmp_path)
    pipeline.answer = replace(pipeline.answer, fetch=lambda source, line, count: ["ERROR refused"])
    return tmp_path


def test_what_was_planted_is_found(samples, run, pipeline):
    """The report comes first, then the truth and that it was found; 0, though incidents were reported."""
    done = run("demo")
    assert done.code == 0
    assert (
        done.out.index("1 CRITICAL")
        < done.out.index("WHAT REALLY HAPPENED")
        < done.out.index("FOUND: incident 1")
    )
    assert list(pipeline.seen[0][0]) == [str(samples / "ledger" / "logs")]


def test_what_is_missed_is_one(samples, run, pipeline):
    """Where no cause states what was planted the demo says so and exits 1."""
    pipeline.answer = replace(pipeline.answer, fetch=lambda source, line, count: ["other"])
    done = run("demo", "ledger")
    assert done.code == 1
    assert "MISSED" in done.out


def test_a_format_for_scripts_stays_clean(samples, run):
    """With --format json there is nothing on stdout but the document."""
    assert json.loads(run("demo", "--format", "json").out)["schema"] == "logsense/analysis/1"


def test_unknown_and_missing_samples(samples, run, monkeypatch):
    """A sample that does not exist is wrong usage and names those there are; none at all cannot be read."""
    done = run("demo", "nope")
    assert done.code == 2
    assert "ledger" in done.err
    monkeypatch.setattr(demo, "samples_folder", lambda: None)
    assert run("demo").code == 4
