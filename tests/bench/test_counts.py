"""The benchmark of the count test: its classes, its series, and what it calls a miss."""

import importlib.util
import shutil
import sys
import tarfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent


def script():
    """The script beside this test, as a module."""
    spec = importlib.util.spec_from_file_location("bench_counts", HERE / "counts.py")
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded  # a dataclass looks its module up by name
    spec.loader.exec_module(loaded)
    return loaded


counts = script()


def test_classes_are_told_by_mean_and_empty_buckets():
    """One row of each class is told as such."""
    base = np.zeros((5, 40))
    base[0, 0] = 1
    base[1, ::4] = 2
    base[2, ::4] = 8
    base[3] = 3
    base[4] = 30
    assert counts.classes(base).tolist() == list(counts.CLASSES)


def test_the_test_holds_its_bars_on_a_few_made_series():
    """A small part of the benchmark: level in every class, and power where it is asked for."""
    tallies = defaultdict(counts.Tally)
    for n in counts.made(runs=3, buckets=180):
        counts.judge(n, tallies)
    assert counts.missed(tallies) == []
    assert all(tallies[name].cells for name in counts.CLASSES)


def test_a_test_that_always_cries_holds_no_bar(monkeypatch):
    """p of zero everywhere is false in every class that has cells, and said so."""
    monkeypatch.setattr(counts, "log_p", lambda n, *_: (np.full(n.shape, -99.0),) * 2)
    tallies = defaultdict(counts.Tally)
    counts.judge(next(counts.made(series=10, buckets=90)), tallies)
    assert {words.split(":")[0] for words in counts.missed(tallies)} >= {"sparse", "dense"}
    assert tallies["dense"].false(1e-3) == 1.0


def test_made_series_are_the_same_each_time():
    """The seed decides, nothing else."""
    first, again = next(counts.made(series=8, buckets=60)), next(counts.made(series=8, buckets=60))
    assert (first == again).all()
    assert not (first == next(counts.made(1, series=8, buckets=60))).all()


@pytest.mark.parametrize("form", ["directory", "archive"])
def test_logs_are_counted_by_logsense_itself(tmp_path, form):
    """A directory and an archive of logs give the counts of their templates; the last bucket is left out."""
    logs = tmp_path / "case" / "logs"
    logs.mkdir(parents=True)
    lines = [f"2026-01-02 03:{i // 60:02}:{i % 60:02} INFO served page {i}" for i in range(600)]
    (logs / "web.log").write_text("\n".join(lines) + "\n")
    if form == "archive":
        with tarfile.open(tmp_path / "case.tar.gz", "w:gz") as archive:
            archive.add(tmp_path / "case", arcname="case")
        shutil.rmtree(tmp_path / "case")
    ((_, n),) = counts.real(tmp_path)
    assert n.shape[0] == 1
    assert 500 < n.sum() < 600
