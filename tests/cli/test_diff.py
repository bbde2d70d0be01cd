"""``logsense diff`` on real files: which runs are compared, how it ends, what was not read."""

import gzip
import json
import os
import subprocess
import sys

import pytest

ERROR = "ERROR disk full: cannot write /data/x\n"


def build(seed, extra=""):
    rows = [f"2026-03-0{seed}T10:00:{n:02d}Z step {n} took {seed * n} ms\n" for n in range(20)]
    rows[10:10] = [extra] if extra else []
    return "".join(rows)


@pytest.fixture
def logs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good").mkdir()
    for seed in (1, 2):
        (tmp_path / "good" / f"{seed}.log").write_text(build(seed))
    (tmp_path / "same.log").write_text(build(3))
    (tmp_path / "bad.log").write_text(build(4, ERROR))
    return tmp_path


def found(run, *arguments):
    done = run("diff", *arguments, "--format", "json")
    return done.code, json.loads(done.out)


def test_exit_codes(run, logs):
    """0 without a difference, 1 with one, 0 again with --exit-zero, 2 for wrong usage."""
    assert run("diff", "good/1.log", "same.log").code == 0
    assert run("diff", "good/1.log", "bad.log").code == 1
    assert run("diff", "good/1.log", "bad.log", "--exit-zero").code == 0
    assert run("diff", "good/1.log").code == 2
    assert run("diff", "good/1.log", "nowhere.log").code == 2
    assert run("diff", "-", "-").code == 2


@pytest.mark.parametrize(
    "good,runs",
    [
        (["good/1.log", "good/2.log"], 2),
        (["good/*.log"], 2),
        (["good"], 1),
        (["good/1.log", "good"], 2),
    ],
)
def test_what_a_run_is(run, logs, good, runs):
    """Each path is a run, each match of a pattern too; a directory is one run of all its files."""
    code, document = found(run, *good, "bad.log")
    assert code == 1
    assert len(document["run"]["good"]) == runs
    (one,) = document["findings"]
    assert (one["kind"], one["source"], one["line"], one["end_line"]) == ("new", "bad.log", 11, 11)
    assert one["text"] == ERROR.strip()


def test_packed_runs_and_standard_input(logs):
    """Packed files are read as they are; the run in question may come from a pipe."""
    (logs / "good.log.gz").write_bytes(gzip.compress(build(1).encode()))
    command = [sys.executable, "-m", "logsense.cli.main", "diff", "good.log.gz", "-", "--format", "json"]
    done = subprocess.run(command, input=build(4, ERROR), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["findings"][0]["source"] == "-"


def test_a_missing_line_is_named_by_its_good_file(run, logs):
    """Of a line that is gone the place lies in a good run, under the path that was given."""
    for seed in (1, 2):
        (logs / "good" / f"{seed}.log").write_text(build(seed, "uploaded the artefact\n"))
    code, document = found(run, "good/1.log", "good/2.log", "same.log")
    assert code == 1
    (one,) = document["findings"]
    assert (one["kind"], one["source"], one["line"]) == ("missing", "good/1.log", 11)


def test_of_several_files_the_earliest_comes_first(run, logs):
    """In a directory the finding that is first in time comes first, whatever the file's name."""
    folder = logs / "bad"
    folder.mkdir()
    late, early = "ERROR no route to the mail host\n", "ERROR the store gave no answer\n"
    (folder / "a.log").write_text(build(4).replace("10:00", "10:30") + f"2026-03-04T10:31:00Z {late}")
    (folder / "b.log").write_text(f"2026-03-04T10:00:00Z {early}" + build(4))
    _, document = found(run, "good", "bad")
    assert [one["source"] for one in document["findings"]] == ["b.log", "a.log"]


def test_include_and_exclude(run, logs):
    """Files left out on either side count for neither."""
    (logs / "bad").mkdir()
    (logs / "bad" / "a.log").write_text(build(4))
    (logs / "bad" / "b.log").write_text(build(4, ERROR))
    assert run("diff", "good", "bad").code == 1
    assert run("diff", "good", "bad", "--exclude", "b.log").code == 0
    assert run("diff", "good", "bad", "--include", "[12a].log").code == 0


def test_top_and_all(run, logs):
    """--top keeps the first, --all adds what scores low; what is left out is counted."""
    (logs / "bad.log").write_text(
        build(4, ERROR) + "WARN it may be late\nthen all was over\n" + build(4, ERROR)
    )
    _, usual = found(run, "good/1.log", "bad.log")
    _, whole = found(run, "good/1.log", "bad.log", "--all")
    assert len(whole["findings"]) == len(usual["findings"]) + usual["run"]["left_out"]
    assert usual["run"]["left_out"] > 0
    _, top = found(run, "good/1.log", "bad.log", "--all", "--top", "1")
    assert top["findings"] == whole["findings"][:1]
    assert top["run"]["left_out"] == len(whole["findings"]) - 1


def test_input_that_cannot_be_read_ends_with_4(run, logs):
    """A run cut short is compared as far as it goes, named, and ends with 4."""
    data = gzip.compress(build(4, ERROR).encode() + os.urandom(5000).hex().encode())
    (logs / "cut.log.gz").write_bytes(data[: len(data) - 40])
    code, document = found(run, "good/1.log", "cut.log.gz")
    assert code == 4
    assert "cut short" in document["run"]["skipped"][0]["reason"]
    assert document["findings"][0]["line"] == 11
    assert run("diff", "good/1.log", "cut.log.gz", "--exit-zero").code == 4


@pytest.mark.parametrize("name", ["terminal", "json", "ndjson", "markdown", "github", "junit", "sarif"])
def test_every_format_is_written(run, logs, name):
    """Each format names the file and the line; an unknown one is wrong usage."""
    done = run("diff", "good/1.log", "bad.log", "--format", name)
    assert done.code == 1
    assert "bad.log" in done.out
    assert "disk full" in done.out
    assert run("diff", "good/1.log", "bad.log", "--format", "yaml").code == 2


def test_the_answer_depends_on_neither_threads_nor_order(run, logs):
    """One thread or four, good runs in any order: the same findings."""
    one = found(run, "good/1.log", "good/2.log", "bad.log", "--threads", "1")[1]["findings"]
    assert found(run, "good/1.log", "good/2.log", "bad.log", "--threads", "4")[1]["findings"] == one
    assert found(run, "good/2.log", "good/1.log", "bad.log")[1]["findings"] == one


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
def test_ctrl_c_gives_what_is_known(logs):
    """Stopped while the run in question is read, it tells what was found so far and ends with 3."""
    probe = (
        "import os, signal, sys\n"
        "from dataclasses import replace\n"
        "from logsense import diff\n"
        "from logsense.config import Settings\n"
        "from logsense.cli.main import main\n"
        "real = diff.map_block\n"
        "def slow(block, run, *, rows):\n"
        "    if rows and block.number == 1: os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(block, run, rows=rows)\n"
        "diff.map_block = slow\n"
        "old = Settings.tried\n"
        "Settings.tried = lambda *a, **k: (replace(old(*a, **k)[0], block_size=4096), ())\n"
        "sys.exit(main(['diff', 'good/1.log', 'long.log', '--format', 'json', '--threads', '1']))\n"
    )
    (logs / "long.log").write_text(ERROR + build(4) * 100)
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    document = json.loads(done.stdout)
    assert "interrupted" in document["run"]["stopped"]
    assert document["findings"][0]["line"] == 1
    assert 0 < document["run"]["bad"]["lines"] < 2000


READER = """
from logsense.api import SERIES, hookimpl

class Pairs:
    name = "pairs"

    def claims(self, name, head):
        return head.startswith("#pairs")

    def series(self, path):
        return SERIES.empty()

@hookimpl
def register_metrics():
    return [Pairs]
"""


@pytest.fixture
def numbers(tmp_path_factory, monkeypatch):
    """A distribution with a reader of metrics."""
    site = tmp_path_factory.mktemp("site")
    about = site / "logsense_pairs-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.4\nName: logsense-pairs\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[logsense.metrics]\npairs = logsense_pairs\n")
    (site / "logsense_pairs.py").write_text(READER)
    monkeypatch.syspath_prepend(str(site))


def test_metrics_are_left_out_by_name(run, logs, numbers):
    """Files that a reader of metrics claims are no lines to compare: they are left out, and named."""
    (logs / "good" / "cpu.csv").write_text("#pairs\n1\n2\n")
    (logs / "bad").mkdir()
    (logs / "bad" / "cpu.csv").write_text("#pairs\n97\nERROR disk full\n")
    (logs / "bad" / "a.log").write_text(build(4, ERROR))
    code, document = found(run, "good", "bad")
    assert code == 1
    assert {one["source"] for one in document["findings"]} == {"a.log"}
    reason = "metrics are not compared by diff"
    assert document["run"]["skipped"] == [
        {"source": "cpu.csv", "reason": reason},
        {"source": "good/cpu.csv", "reason": reason},
    ]
    said = " ".join(run("diff", "good", "bad").out.split())
    assert f"LEFT OUT cpu.csv, good/cpu.csv: {reason}" in said
    without = found(run, "good", "bad", "--no-plugins")[1]
    assert any(one["source"] == "cpu.csv" for one in without["findings"])
    assert "nothing was compared" in run("diff", "good/cpu.csv", "bad/cpu.csv").out
