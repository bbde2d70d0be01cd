"""The recorded samples: what was planted is found, and only what was planted counts as found."""

import json
import shutil
from pathlib import Path

import pytest

from logsense.cli import demo
from logsense.cli.main import main

SAMPLES = Path(__file__).parents[2] / "sample_logs"


def test_every_sample_is_understood(capfd: pytest.CaptureFixture[str]) -> None:
    """On the samples as they were recorded the demo finds all, and nothing in the quiet run."""
    assert main(["demo"]) == 0
    said = capfd.readouterr().out
    assert said.count("FOUND: ") == len(list(SAMPLES.glob("*/truth.json")))
    assert "MISSED" not in said


@pytest.mark.parametrize("swapped", ["cause", "fault"])
def test_with_the_truth_of_another_sample_it_fails(
    swapped: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where the causes, or the times, of two samples are swapped, both are missed: the judgement is real."""
    pair = ("stock-pages", "stock-sync")
    truths = [json.loads((SAMPLES / name / "truth.json").read_text(encoding="utf-8")) for name in pair]
    for name, own, other in zip(pair, truths, reversed(truths), strict=True):
        shutil.copytree(SAMPLES / name / "logs", tmp_path / name / "logs")
        text = json.dumps(own | {swapped: other[swapped]})
        (tmp_path / name / "truth.json").write_text(text, encoding="utf-8")
    monkeypatch.setattr(demo, "samples_folder", lambda: tmp_path)
    assert main(["demo"]) == 1
    said = capfd.readouterr().out
    assert said.count("MISSED: ") == 2
