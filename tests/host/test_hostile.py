"""What strangers do to their processes, and surroundings that are not as they should be: nobody else pays."""

import _thread
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import polars as pl
import pytest

from logsense import errors
from logsense.config import PluginSettings
from logsense.detect import detect
from logsense.host import Host, limits
from logsense.testing import planted
from tests.host.test_workers import BRIEF, PATIENT, asked, doing, gone

STRANGERS = PluginSettings(disabled=("logsense-aiops",), seconds=60.0)


def several(body, *names):
    """Detectors of one distribution, one a name, which do this first."""
    code = doing(body)
    return code.replace("return [Good]", f"return [type(n, (Good,), {{'name': n}}) for n in {names!r}]")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="which processes a session has, /proc tells")
def test_a_program_in_a_group_of_its_own_ends_with_its_worker(install, tmp_path):
    """A program that a stranger put into another process group does not outlive the worker."""
    told = tmp_path / "pid"
    install(
        "acme-bad",
        doing(
            "import subprocess, time; p = subprocess.Popen(['sleep', '600'], process_group=0);"
            f" open({str(told)!r}, 'w').write(str(p.pid)); time.sleep(60)"
        ),
    )
    _, host = asked(BRIEF)
    assert "no answer within 3 s" in host.failures[0].reason
    assert gone(int(told.read_text()))


def test_a_process_that_ends_is_noticed_though_its_child_holds_the_line(install):
    """A worker that ended is told as such at once, also where a fork of it keeps all descriptors open."""
    install(
        "acme-bad",
        doing(
            "import time\n            if os.fork() == 0: time.sleep(50); os._exit(0)\n            os._exit(7)"
        ),
    )
    _, host = asked()
    (failure,) = host.failures
    assert "ended itself with status 7" in failure.reason


def test_a_fork_that_returns_does_not_answer_for_its_parent(install):
    """A process that a call forked, and that returns from it, answers nothing: the next call gets its own."""
    install(
        "acme-metrics",
        """
        import os
        import time
        import polars as pl
        from logsense.api import SERIES, hookimpl

        class Reader:
            name = "forked"
            def claims(self, name, head):
                if os.fork():
                    time.sleep(0.3)
                return True
            def series(self, path):
                return SERIES.empty()

        @hookimpl
        def register_metrics():
            return [Reader]
        """,
        {"metrics": {"forked": "acme_metrics"}},
    )
    with Host(kinds=["metrics"], plugins=STRANGERS) as host:
        (one,) = host.metrics()
        assert host.claims(one, [("a.csv", "time")]) == [True]
        time.sleep(0.3)
        assert host.series(one, Path("a.csv")) is not None
        assert host.claims(one, [("a.csv", "time"), ("b.csv", "time")]) == [True, True]
        assert not host.failures


def test_after_garbage_on_the_line_a_new_worker_is_asked(install):
    """What a stranger writes onto the line is no answer, and its own that follows is nobody else's."""
    body = (
        "os.fstat(0)\n            for fd in range(3, 60) if self.name == 'first' else ():\n"
        "                try: os.write(fd, bytes(16))\n                except OSError: pass"
    )
    install("acme-two", several(body, "early", "first", "late"))
    found, host = asked()
    assert sorted(found["detector"].to_list()) == ["early", "late"]
    assert found["observed"].n_unique() == 2  # processes
    assert [one.plugin for one in host.failures] == ["first (acme-two)"]
    assert "cannot be read" in host.failures[0].reason


def test_after_an_interrupted_call_the_next_gets_its_own_answer(install):
    """Ctrl-C amid a call: whoever goes on with the host never gets the answer that came too late."""
    body = "import time; time.sleep(1.5 if self.name == 'slow' else 0)"
    install("acme-two", several(body, "quick", "slow"))
    view = planted("new")
    with Host(kinds=("detectors",), plugins=STRANGERS) as host:
        quick, slow = sorted(host.detectors(), key=lambda one: one.name)
        host.detect(quick, view)
        threading.Timer(0.5, _thread.interrupt_main).start()
        with pytest.raises(KeyboardInterrupt):
            host.detect(slow, view)
        assert host.detect(quick, view)["detector"].to_list() == ["quick"]
        assert host.failures == []


def test_a_fork_of_ours_leaves_workers_and_files(install, tmp_path, monkeypatch):
    """A forked copy of the process that forgets the host ends neither its workers nor its folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    install("acme-good", doing("pass"))
    host = Host(kinds=("detectors",), plugins=STRANGERS)
    before = detect(planted("new"), host)["observed"].to_list()
    child = os.fork()
    if child == 0:
        try:
            host.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert list(tmp_path.glob("logsense-run-*"))
    assert detect(planted("new"), host)["observed"].to_list() == before
    host.close()
    assert not list(tmp_path.glob("logsense-run-*"))


@pytest.mark.parametrize("trusted", [(), ("acme-bad",)])
def test_an_exception_that_cannot_be_told_is_contained(install, trusted):
    """An exception whose own words fail, or never end, costs nobody anything; it is told in short."""
    body = """class Odd(Exception):
                def __str__(self): return "x" * 5_000_000 if self.args else 1 / 0
            raise Odd(*([1] if self.name == "long" else []))"""
    install("acme-bad", several(body, "dumb", "long"))
    _, host = asked(PluginSettings(**{**vars(PATIENT), "trusted": trusted}))
    dumb, long = host.failures
    assert dumb.reason.startswith("Odd (site/acme_bad.py:")
    assert long.reason.startswith("Odd: xxx")
    assert len(long.reason) < 1200


def test_where_no_folder_can_be_made_the_run_goes_on(install, monkeypatch, tmp_path):
    """Without a place for temporary files strangers are not asked, with what to do about it; ours are."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    install("acme-good", doing("pass"))
    with Host(kinds=("detectors",), plugins=PluginSettings()) as host:
        host.warm("detectors")
        assert detect(planted("new"), host).height > 0
    (failure,) = host.failures
    assert failure.plugin == "acme_good (acme-good)"
    assert "No such file or directory; set TMPDIR" in failure.reason


def test_a_view_that_cannot_be_written_is_told_and_cleared_away(install, monkeypatch, tmp_path):
    """Where the disk is full the plugin that could not be asked is named with the reason; no file stays."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    install("acme-good", doing("pass"))
    with Host(kinds=("detectors",), plugins=STRANGERS) as host:
        (one,) = host.detectors()
        full = OSError(28, "No space left on device")
        monkeypatch.setattr(Path, "write_bytes", lambda *_: (_ for _ in ()).throw(full))
        assert host.detect(one, planted("new")).height == 0
        (folder,) = tmp_path.glob("logsense-run-*")
        assert list(folder.iterdir()) == []
    assert "the view could not be written for its process: No space left" in host.failures[0].reason
    assert "TMPDIR" in host.failures[0].reason


@pytest.mark.parametrize("closed", [(0,), (0, 1), (0, 1, 2)])
def test_workers_serve_where_ours_are_closed(install, tmp_path, closed):
    """A process without stdin, stdout or stderr, as some supervisors start them, has workers all the same."""
    folder = install("acme-good", doing("pass"))
    out = tmp_path / "out.json"
    code = (
        f"import os\nfor fd in {closed!r}: os.close(fd)\n"
        "import json, pathlib\nfrom logsense.host import Host\nfrom logsense.config import PluginSettings\n"
        "with Host(kinds=('detectors',), plugins=PluginSettings(load=('acme-good',))) as host:\n"
        "    names = [one.name for one in host.detectors()]\n"
        f"pathlib.Path({str(out)!r}).write_text(json.dumps([names, len(host.failures)]))\n"
    )
    path = os.pathsep.join([str(folder), *sys.path])
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}, check=True)
    names, failed = json.loads(out.read_text())
    assert failed == 0
    assert "stranger" in names


RANKER = """
    import polars as pl
    from logsense.api import hookimpl

    class Greedy:
        name = "greedy"
        def score(self, view, candidates):
            candidates.insert_column(0, candidates["candidate"].alias("planted"))
            form = {"candidate": pl.UInt32, "name": pl.String, "value": pl.Float64, "why": pl.String}
            return pl.DataFrame(schema=form)

    @hookimpl
    def register_rankers():
        return [Greedy]
"""


@pytest.mark.parametrize("trusted", [(), ("acme-greedy",)])
def test_candidates_changed_in_place_stay_as_they_were(install, trusted):
    """A ranker that changes the candidates in place is named, wherever it runs; nobody else sees it."""
    install("acme-greedy", RANKER, {"rankers": {"greedy": "acme_greedy"}})
    candidates = pl.DataFrame({"candidate": [0, 1]}, schema={"candidate": pl.UInt32})
    settings = PluginSettings(disabled=("logsense-aiops",), trusted=trusted)
    with Host(kinds=("rankers",), plugins=settings) as host:
        host.score(host.rankers()[0], planted("new"), candidates)
    assert candidates.columns == ["candidate"]
    assert "it changed candidates in place" in host.failures[0].reason


def test_a_signal_that_ends_us_is_no_fault_of_a_plugin(monkeypatch):
    """SIGTERM while a plugin is asked ends the run: it is neither contained nor blamed on the plugin."""
    with Host(kinds=("detectors",), plugins=PluginSettings(load=())) as host:
        one = host.detectors()[0]
        with pytest.raises(errors.Ended):
            host.run(one, "detect", lambda: (_ for _ in ()).throw(errors.Ended(143)))
        monkeypatch.setattr(one.thing, "fit", lambda *_: (_ for _ in ()).throw(errors.Ended(143)))
        with pytest.raises(errors.Ended):
            host.detect(one, planted("new"))
    assert host.failures == []


def test_ending_a_session_spares_others():
    """Only processes of the session that is ended are."""
    one, other = (
        subprocess.Popen(["sleep", "60"], start_new_session=True),
        subprocess.Popen(["sleep", "60"], start_new_session=True),
    )
    limits.end(one.pid)
    assert one.wait(5) == -9
    assert other.poll() is None
    other.kill()
    other.wait()
