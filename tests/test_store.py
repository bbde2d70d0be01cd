"""Files of ours: private, whole or not at all, gone when the run ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from logsense.errors import OutputError
from logsense.store import Scratch, atomic_write


def test_scratch_is_private_and_gone_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is 0700, its files 0600 and apart though of one name; close removes all, also twice."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    scratch = Scratch()
    assert list(tmp_path.iterdir()) == []
    one, two = scratch.path("../a b"), scratch.path("../a b")
    assert one != two
    assert one.parent == two.parent
    assert one.parent.parent == tmp_path
    assert one.parent.stat().st_mode & 0o777 == 0o700
    assert one.stat().st_mode & 0o777 == 0o600
    scratch.close()
    scratch.close()
    assert list(tmp_path.iterdir()) == []


RUN = """
import sys, time
from logsense.store import Scratch
scratch = Scratch()
print(scratch.path("x"), flush=True)
if sys.argv[1] == "wait":
    time.sleep(30)
"""


@pytest.mark.parametrize("how", ["end", "wait"])
def test_scratch_is_removed_at_exit_and_on_sigterm(how: str) -> None:
    """A run that just ends, and one that is asked to end, leave nothing behind, whatever TMPDIR says."""
    env = {**os.environ, "TMPDIR": "/proc/none", "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen([sys.executable, "-c", RUN, how], stdout=subprocess.PIPE, env=env) as process:
        assert process.stdout is not None
        path = Path(process.stdout.readline().decode().strip())
        if how == "wait":
            assert path.exists()
            process.send_signal(signal.SIGTERM)
        code = process.wait(20)
    assert code == (0 if how == "end" else 143)
    assert not path.parent.exists()


def test_atomic_write_replaces_whole(tmp_path: Path) -> None:
    """The new content stands under the name, 0600 where it is new, and nothing else is left in the folder."""
    target = tmp_path / "profile.json"
    atomic_write(target, b"old")
    atomic_write(target, b"new")
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_atomic_write_keeps_the_old_on_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk fails, the old file is intact, nothing half-written stays, the error says why."""
    target = tmp_path / "profile.json"
    target.write_bytes(b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        atomic_write(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
    with pytest.raises(OutputError):
        atomic_write(tmp_path / "no" / "x", b"new")
