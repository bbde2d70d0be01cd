"""Folders of runs: private, and cleared away by the next run where theirs was killed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from logsense.folders import LEFT, PREFIX, Private

HOLDS = "from logsense.folders import Private; print(Private().path, flush=True); input()"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where temporary files lie."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def aged(folder):
    """The folder as if made long ago."""
    old = time.time() - 2 * LEFT
    os.utime(folder, (old, old), follow_symlinks=False)
    return folder


def test_what_a_killed_run_left_is_cleared_away(place):
    """The folder of a run that lives stays, however old; once it was killed the next run removes it."""
    environ = {**os.environ, "TMPDIR": str(place), "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        left = Path(other.stdout.readline().strip())
        (left / "records.arrow").write_text("logs")
        aged(left)
        Private().remove()
        assert left.is_dir()
        other.kill()
        other.wait()
    held = Private()
    assert list(place.iterdir()) == [held.path]
    held.remove()
    assert list(place.iterdir()) == []


def test_only_old_folders_of_ours_are_cleared_away(place):
    """One that was made this moment, files, links, and what others named stay."""
    target = place / "target"
    target.mkdir()
    kept = {
        target,
        place / f"{PREFIX}new",
        place / f"{PREFIX}link",
        place / f"{PREFIX}file",
        place / "logsense-x",
    }
    (place / f"{PREFIX}new").mkdir()
    (place / f"{PREFIX}link").symlink_to(target)
    (place / f"{PREFIX}file").touch()
    (place / "logsense-x").mkdir()
    for path in kept - {place / f"{PREFIX}new"}:
        aged(path)
    gone = aged_folder(place / f"{PREFIX}old")
    Private().remove()
    assert set(place.iterdir()) == kept
    assert not gone.exists()


def aged_folder(path):
    path.mkdir()
    return aged(path)
