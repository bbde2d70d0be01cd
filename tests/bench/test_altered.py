"""Altered cases: each way takes away what it says, and nothing else."""

import importlib.util
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

HERE = Path(__file__).parent
START = datetime(2026, 3, 1, 8)


def script():
    """The script beside this test, as a module."""
    spec = importlib.util.spec_from_file_location("bench_altered", HERE / "altered.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


altered = script()


@pytest.fixture
def cases(tmp_path):
    """One case of two files, a record a second for two hundred, the fault from the 100th to the 150th."""
    logs = tmp_path / "from" / "one" / "logs"
    logs.mkdir(parents=True)
    for name in ("db", "web"):
        lines = [
            f"{START + timedelta(seconds=n):%Y-%m-%d %H:%M:%S} INFO {name} did {n}\n" for n in range(200)
        ]
        (logs / f"{name}.log").write_text("".join(lines))
    fault = {f"{end}": f"2026-03-01T08:0{at}Z" for end, at in (("start", "1:40"), ("end", "2:30"))}
    truth = {
        "case": "one",
        "fault": fault,
        "services": ["db"],
        "cause": [{"source": "db.log", "pattern": "x"}],
    }
    (logs.parent / "truth.json").write_text(json.dumps(truth))
    return tmp_path


@pytest.mark.parametrize(
    ("how", "db", "web"), [("late", (140, 140), (140, 140)), ("early", (131, 131), (131, 131))]
)
def test_times_are_cut(cases, how, db, web):
    """Three fifths of the hundred seconds before go, or all that comes 30 s after the fault began."""
    assert altered.main(how, cases / "from", cases / "to") == 0
    for name, (low, high) in (("db", db), ("web", web)):
        lines = (cases / "to" / "one" / "logs" / f"{name}.log").read_text().splitlines()
        assert low <= len(lines) <= high


def test_records_are_lost_and_files_are_missing(cases):
    """A quarter of the records goes; the file that goes is the one in which nothing is told."""
    altered.main("lost", cases / "from", cases / "lost")
    kept = sum(len(p.read_text().splitlines()) for p in (cases / "lost").rglob("*.log"))
    assert 260 <= kept <= 340
    altered.main("without", cases / "from", cases / "without")
    assert [p.name for p in (cases / "without").rglob("*.log")] == ["db.log"]
    assert json.loads((cases / "without" / "one" / "truth.json").read_text())["services"] == ["db"]


def test_another_way_is_refused(cases, capsys):
    """A way that is none writes nothing and says which there are."""
    assert altered.main("sideways", cases / "from", cases / "to") == 2
    assert not (cases / "to").exists()
    assert "without" in capsys.readouterr().err
