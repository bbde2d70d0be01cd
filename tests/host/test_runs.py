"""Whole runs with broken plugins beside good ones: nothing but ``plugins_failed`` tells."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from logsense.analysis import Windows
from logsense.config import PluginSettings, Settings
from logsense.pipeline import analyze, rethink
from logsense.report import document, dumps
from logsense.tui.session import Session
from tests.host.test_workers import gone

ROOT = Path(__file__).parents[2]
SAMPLE = min(one for one in (ROOT / "sample_logs").iterdir() if one.is_dir())

GOOD = """
    import os
    from logsense.api import ANOMALIES, hookimpl

    class Stranger:
        name = "NAME"

        def fit(self, view):
            BODY
            return self

        def detect(self, view):
            rows = view.counts.sort("first", "service", "template").head(2).rows(named=True)
            return ANOMALIES.of([{
                "detector": self.name, "kind": "new", "service": one["service"], "template": one["template"],
                "start": one["first"], "end": one["last"], "score": 2.5, "observed": "1", "expected": "0",
                "sentence": "1 of it, 0 before",
            } for one in rows])

    @hookimpl
    def register_detectors():
        return [Stranger]
"""


def stranger(name, body="pass"):
    return GOOD.replace("NAME", name).replace("BODY", body)


#: What goes wrong, and what is said of it: the hook, and words of the reason.
BROKEN = {
    "acme-import": ("raise ImportError('no driver')", "load", "ImportError: no driver"),
    "acme-misspelt": (
        stranger("misspelt").replace("register_detectors", "register_detector"), "load", "register_detector",
    ),
    "acme-raises": (stranger("raises", "raise ValueError('no')"), "detect", "ValueError: no"),
    "acme-frame": (
        stranger("frame").replace('"observed": "1"', '"observed": None'), "detect",
        "ANOMALIES.observed is null in row 0",
    ),
    "acme-hangs": (stranger("hangs", "while True: pass"), "detect", "no answer within"),
    "acme-eats": (
        stranger("eats", "self.held = [bytearray(b'x' * 2**24) for _ in range(400)]"), "detect", "of memory",
    ),
    "acme-prints": (
        stranger("prints", "print('planted', 1)").replace("rows = ", "rows = [] and "), "print", "bytes",
    ),
    "acme-exits": (stranger("exits", "raise SystemExit(0)"), "detect", "asked to end the process"),
    "acme-crashes": (stranger("crashes", "os.kill(os.getpid(), 11)"), "detect", "SIGSEGV"),
}  # fmt: skip


def printed(settings, **more):
    """The JSON of a run, less what the clock says and which plugins failed; and these."""
    told = analyze([str(SAMPLE)], Settings.resolve({}, plugins=settings, **more))
    found = json.loads(dumps(document(told)))
    found["run"] |= {"plugins_failed": [], "seconds": 0}
    return dumps(found), told


def test_nine_kinds_of_broken_plugins_leave_the_rest_as_it_is(install, capfd):
    """Beside nine plugins that each break in their own way all else is found as without, to the byte."""
    install("acme-good", stranger("good"))
    alone, told = printed(PluginSettings())
    assert told.plugins_failed == ()
    assert "good" in set(told.anomalies["detector"])
    for name, (code, _, _) in BROKEN.items():
        install(name, code, version="3.1")
    beside, told = printed(PluginSettings(seconds=8.0, memory=500))
    assert beside == alone
    failed = {one.plugin.partition("(")[2].rstrip(")"): one for one in told.plugins_failed}
    assert {name: (one.version, one.hook) for name, one in failed.items()} == {
        name: ("3.1", hook) for name, (_, hook, _) in BROKEN.items()
    }
    for name, (_, _, said) in BROKEN.items():
        assert said in failed[name].reason, name
    assert capfd.readouterr() == ("", "")


KILLED = """
import os, sys
from logsense.config import PluginSettings
from logsense.detect import detect
from logsense.host import Host
from logsense.testing import planted

host = Host(kinds=("detectors",), plugins=PluginSettings(disabled=("logsense-aiops",)))
host.warm("detectors")
print(host._workers.workers["acme-good"].pid, host._workers.folder, flush=True)
detect(planted("new"), host)
"""


@pytest.mark.parametrize(
    "body,signal_",
    [
        ("pass", signal.SIGKILL),
        ("__import__('time').sleep(600)", signal.SIGKILL),
        ("while True: pass", signal.SIGKILL),
        ("pass", signal.SIGTERM),
        ("while True: pass", signal.SIGTERM),
        ("while True: pass", signal.SIGINT),
        ("", signal.SIGKILL),
    ],
)
def test_where_we_are_killed_workers_end_and_leave_nothing(install, tmp_path, body, signal_):
    """A worker whose parent is killed ends, idle, in a call or as it starts, and leaves no folder behind."""
    asked = tmp_path / "asked"
    site = install(
        "acme-good", stranger("good", f"open({str(asked)!r}, 'w').close()\n            {body or 'pass'}")
    )
    here = os.pathsep.join([str(ROOT), str(ROOT / "plugins"), str(site)])
    ours = subprocess.Popen(
        [sys.executable, "-c", KILLED + "input()"], env={**os.environ, "PYTHONPATH": here},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    with ours:
        pid, folder = ours.stdout.readline().split()
        assert Path(f"/proc/{pid}").exists()
        assert Path(folder).is_dir()
        while body and not asked.exists():
            time.sleep(0.02)
        ours.send_signal(signal_)
    until = time.monotonic() + 20.0
    while time.monotonic() < until and (Path(f"/proc/{pid}").exists() or Path(folder).exists()):
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists()
    assert not Path(folder).exists()


def test_without_strangers_no_process_is_started(monkeypatch):
    """A run with bundled plugins alone starts no process and loads nothing that could."""
    monkeypatch.setattr(subprocess.Popen, "__init__", lambda *_, **__: pytest.fail("a process was started"))
    monkeypatch.setattr("logsense.entry_points.here", lambda found, settings: found.bundled)
    _, told = printed(PluginSettings(load=()))
    assert told.plugins_failed == ()


def test_moved_windows_are_judged_by_the_same_worker(install):
    """A host that is kept judges window after window in one process; without one each starts its own."""
    told = '"observed": str(os.getpid())'
    install("acme-good", stranger("good").replace('"observed": "1"', told))
    run = analyze([str(SAMPLE)], Settings.resolve({}))

    def where(host=None):
        found = rethink(run, Windows(suspect=(run.start, run.end)), host).anomalies
        (pid,) = set(found.filter(detector="good")["observed"])
        return int(pid)

    session = Session((str(SAMPLE),), Settings.resolve({}))
    kept = where(session.judge())
    assert where(session.judge()) == kept
    assert where() != kept
    assert Path(f"/proc/{kept}").exists()
    session.close()
    assert gone(kept)


def test_the_same_with_workers_twice(install):
    """Two runs with a stranger give the same bytes, whatever the number of threads."""
    install("acme-good", stranger("good"))
    assert printed(PluginSettings(), threads=1)[0] == printed(PluginSettings(), threads=4)[0]


def command(*arguments, cwd, path, **environ):
    """Our command in a fresh process, as if installed: the working directory is not on its path."""
    here = os.pathsep.join([str(ROOT), str(ROOT / "plugins"), str(path)])
    return subprocess.run(
        [sys.executable, "-P", "-m", "logsense.cli.main", *arguments],
        cwd=cwd, env={**os.environ, "PYTHONPATH": here, **environ},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_nothing_in_the_analysed_directory_is_run(install, tmp_path):
    """Modules planted among the logs, also where the command is called there, are never imported."""
    site = install("acme-good", stranger("good"))
    logs = tmp_path / "logs"
    logs.mkdir()
    mark = tmp_path / "ran"
    for name in ("polars", "json", "logsense_x", "sitecustomize", "usercustomize", "selectors", "acme_good"):
        (logs / f"{name}.py").write_text(f"open({str(mark)!r}, 'w').write({name!r})\n")
    (logs / "x-1.dist-info").mkdir()
    (logs / "x-1.dist-info" / "entry_points.txt").write_text("[logsense.detectors]\nx = logsense_x\n")
    (logs / "x-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: x\nVersion: 1\n")
    rows = [f"2026-01-02T03:{m:02}:{s:02} INFO app: all is well {s}" for m in range(20) for s in range(60)]
    (logs / "app.log").write_text("\n".join(rows) + "\n")
    done = command("analyze", ".", "--format", "json", cwd=logs, path=site)
    assert done.returncode in (0, 1), done.stderr
    assert json.loads(done.stdout)["run"]["plugins_failed"] == []
    assert not mark.exists()
