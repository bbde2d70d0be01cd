"""The benchmark measures what it says: its logs hold what they should, and a failure is never a pass."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parent
LEAST = {"blocks": 14, "tasks": 36, "machine": 120, "access": 30, "wide": 30, "json": 10, "ids": 14}
LINES = 3000


def module(name: str) -> ModuleType:
    """A script beside this test, as a module."""
    spec = importlib.util.spec_from_file_location(f"bench_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded  # a dataclass looks its module up by name
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    return module("generate")


@pytest.mark.parametrize("kind", LEAST)
def test_generated_lines_are_what_drain_is_told(generate, kind, tmp_path):
    """Every line fits the header Drain3 is given, and has 100 to 150 bytes on average."""
    generate.main(kind, LINES, tmp_path / "a.log")
    lines = (tmp_path / "a.log").read_text(encoding="utf-8").splitlines()
    header = re.compile(generate.KINDS[kind]["header"])
    assert len(lines) == LINES
    assert all(header.match(line) for line in lines)
    mean = sum(map(len, lines)) / LINES
    assert 100 <= mean <= 150


@pytest.mark.parametrize("kind", LEAST)
def test_generated_templates_are_counted(generate, kind, tmp_path):
    """The truth holds as many templates as promised, and their counts add up to the lines."""
    generate.main(kind, LINES, tmp_path / "a.log")
    truth = json.loads((tmp_path / "a.log.truth.json").read_text(encoding="utf-8"))
    assert len(truth["texts"]) == len(set(truth["texts"])) == LEAST[kind]
    assert sum(truth["counts"]) == LINES
    assert all(truth["counts"])


def test_same_arguments_same_bytes(generate, tmp_path):
    """Two runs measure the same log."""
    for name in ("a", "b"):
        generate.main("ids", 500, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def row(tool: str, **more: object) -> dict:
    figures = {"kind": "blocks", "lines": 10**6, "cpu": 1.0, "wall": 1.0, "rss": 100.0, "status": 0}
    return {"tool": tool, **figures, "templates": 14, "of": 14, "exact": 14, "incidents": 0, **more}


def test_a_command_that_fails_misses_its_bar():
    """However quick it was, a command that ended with an error or printed no result is a miss."""
    findings = module("findings")
    rows = [row("templates", status=70, cpu=0.1), row("analyze", error="no JSON"), row("drain3", cpu=20.0)]
    judged = findings.judged(rows, 10, 7)
    assert judged[0]["bar"].startswith("MISS")
    assert judged[0]["ratio"] is None
    assert judged[1]["bar"].startswith("MISS")
    assert findings.growth(judged) == []


@pytest.mark.parametrize(
    "more,missed", [({"cpu": 1.0}, 0), ({"cpu": 3.0}, 1), ({"rss": 900.0}, 1), ({"exact": 13}, 1)]
)
def test_bars(more, missed):
    """A ratio, the memory or the groups off the bar: each is one miss, and none else."""
    rows = module("findings").judged([row("templates", **more), row("drain3", cpu=20.0)], 10, 7)
    assert rows[0]["bar"].count("MISS") == missed


def test_memory_that_grows_is_a_miss():
    """Twice the memory for ten times the lines is told as a miss."""
    findings = module("findings")
    rows = [row("templates"), row("drain3", cpu=20.0)]
    rows += [row("templates", lines=10**7, cpu=10.0, rss=200.0), row("drain3", lines=10**7, cpu=200.0)]
    assert "MISS" in findings.growth(findings.judged(rows, 10, 7))[0]["bar"]


def test_peak_memory_is_the_childs_own(tmp_path):
    """A child that takes more than this process has is seen to have taken it; its status is kept."""
    measure = module("measure")
    code = "x = bytearray(320_000_000); x[::4096] = b'x' * len(x[::4096]); raise SystemExit(3)"
    cost = measure.measure([sys.executable, "-c", code], tmp_path / "out", {})
    assert cost.rss > 300
    assert cost.status == 3


@pytest.mark.bench
@pytest.mark.slow
def test_the_benchmark_runs():
    """The whole script ends, prints a table and JSON as its last line."""
    command = [sys.executable, str(HERE / "bench.py"), "--sizes", "20k", "--runs", "1", "--kinds", "blocks"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout.splitlines()[-1])
    assert {r["tool"] for r in told["rows"]} >= {"templates", "analyze", "drain3"}
    assert all(r["status"] == 0 for r in told["rows"])
