"""Plugins of strangers run in processes of their own; what they do there costs nobody else anything."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from logsense.config import PluginSettings
from logsense.detect import detect
from logsense.host import Host, limits
from logsense.testing import planted

GOOD = """
    import os
    from logsense.api import ANOMALIES, hookimpl

    class Good:
        \"\"\"Finds the first record.\"\"\"
        name = "stranger"
        finds = ("new",)

        def __init__(self, *, score: float = 5.0, note: str = "plain") -> None:
            self.score, self.note = score, note

        def fit(self, view):
            BODY
            return self

        def detect(self, view):
            row = view.counts.sort("first", "service", "template").row(0, named=True)
            return ANOMALIES.of([{
                "detector": self.name, "kind": "new", "service": row["service"], "template": row["template"],
                "start": row["first"], "end": row["first"], "score": self.score, "observed": str(os.getpid()),
                "expected": self.note, "sentence": "it is the first",
            }])

    @hookimpl
    def register_detectors():
        return [Good]
"""
#: Where nothing hangs a busy machine may take its time.
PATIENT, BRIEF = PluginSettings(seconds=60.0, memory=600), PluginSettings(seconds=3.0)


def doing(body, *, name="stranger"):
    """The good detector, which does this first."""
    return GOOD.replace("BODY", body).replace('"stranger"', repr(name))


def asked(settings=PATIENT):
    """What third parties find, and the host that asked them, which is closed."""
    bundled = "logsense-aiops"
    off = PluginSettings(**{**vars(settings), "disabled": (bundled, *settings.disabled)})
    with Host(kinds=("detectors",), plugins=off) as host:
        return detect(planted("new"), host), host


def test_a_stranger_runs_in_another_process(install):
    """A detector of another distribution finds what it finds in a process that is not ours."""
    install("acme-good", doing("pass"))
    found, host = asked()
    assert host.failures == []
    assert found["detector"].to_list() == ["stranger"]
    assert int(found["observed"][0]) != os.getpid()
    (listed,) = host.detectors()
    assert (listed.thing, listed.finds, listed.about) == (None, ("new",), "Finds the first record.")
    assert dict(listed.parameters) == {"score": 5.0, "note": "plain"}


def test_who_is_trusted_runs_here(install):
    """A distribution that the settings trust runs in this process."""
    install("acme-trusted", doing("pass"))
    found, _ = asked(PluginSettings(trusted=("Acme_Trusted",)))
    assert found["observed"].to_list() == [str(os.getpid())]


@pytest.mark.parametrize(
    "body,hook,said",
    [
        ("raise ValueError('no luck')", "detect", "ValueError: no luck (site/acme_bad.py:"),
        ("import time; time.sleep(60)", "detect", "no answer within 3 s"),
        ("while True: pass", "detect", "no answer within 3 s"),
        ("held = [bytearray(b'x' * 2**20) for _ in range(4000)]", "detect", "more than 600 MiB"),
        ("raise SystemExit(5)", "detect", "asked to end the process"),
        ("os._exit(5)", "detect", "ended itself with status 5"),
        ("os.kill(os.getpid(), 11)", "detect", "SIGSEGV"),
        ("os.abort()", "detect", "SIGABRT"),
        ("os.closerange(3, 99)", "detect", "its process"),
        ("raise KeyboardInterrupt", "detect", "KeyboardInterrupt"),
        ("self.detect = lambda view: view.counts", "detect", "ANOMALIES has no column 'detector'"),
        ("self.detect = lambda view: 'nothing'", "detect", "detect returned str, not a frame"),
        ("self.detect = lambda view: self", "detect", "Good cannot leave a worker"),
        ("self.score = float('inf')", "detect", "not finite in row 0"),
    ],
)
def test_what_a_stranger_does_wrong_is_named(install, body, hook, said):
    """Raising, hanging, eating memory, ending or crashing the process: each is named, the others stay."""
    install("acme-bad", doing(body, name="bad"), version="2.1")
    install("acme-good", doing("pass"))
    found, host = asked(BRIEF if said.startswith("no answer") else PATIENT)
    (failure,) = host.failures
    assert (failure.plugin, failure.version, failure.hook) == ("bad (acme-bad)", "2.1", hook)
    assert said in failure.reason
    assert found["detector"].to_list() == ["stranger"]


@pytest.mark.parametrize(
    "code,said",
    [
        ("import no_such_module_anywhere", "ModuleNotFoundError"),
        ("raise SystemExit(1)", "asked to end the process"),
        ("import os; os._exit(1)", "ended itself with status 1"),
        ("import time; time.sleep(60)", "no answer within 3 s"),
        ("def (", "SyntaxError"),
        (doing("pass").replace("register_detectors", "register_detektors"), "register_detektors"),
        (doing("pass").replace("[Good]", "[Good()]"), "must return classes"),
        (doing("pass").replace("[Good]", "7"), "TypeError"),
    ],
)
def test_what_cannot_be_loaded_is_named(install, code, said):
    """An import that fails, ends the process or never returns, a misspelt hook: named, the others stay."""
    install("acme-bad", code, version="2.1")
    install("acme-good", doing("pass"))
    found, host = asked(BRIEF if said.startswith("no answer") else PATIENT)
    (failure,) = host.failures
    assert (failure.plugin, failure.version, failure.hook) == ("acme_bad (acme-bad)", "2.1", "load")
    assert said in failure.reason
    assert found["detector"].to_list() == ["stranger"]


def test_what_is_printed_is_kept_out_and_told(install, capfd):
    """What a stranger prints, in Python or below it, never reaches our output; what it found counts."""
    body = "print('x' * 3000000); os.write(2, b'below'); os.system('echo from a shell')"
    install("acme-loud", doing(body))
    found, host = asked()
    assert found.height == 1
    (failure,) = host.failures
    assert failure.hook == "print"
    assert "printed 3000" in failure.reason
    assert capfd.readouterr() == ("", "")


def test_a_view_changed_in_place_stays_as_it_was(install):
    """A stranger that changes the view in place is named; nobody else sees the change."""
    install("acme-a", doing("view.counts.insert_column(0, view.counts['n'].alias('planted'))", name="a"))
    install("acme-b", doing("assert 'planted' not in view.counts.columns", name="b"))
    view = planted("new")
    before = view.counts.clone()
    for trusted in ((), ("acme-a", "acme-b")):
        settings = PluginSettings(disabled=("logsense-aiops",), trusted=trusted)
        with Host(kinds=("detectors",), plugins=settings) as host:
            assert detect(view, host)["detector"].sort().to_list() == ["a", "b"]
        assert [(one.plugin, "view.counts in place" in one.reason) for one in host.failures] == [
            ("a (acme-a)", True)
        ]
        assert view.counts.equals(before)


def test_a_worker_is_replaced_for_the_other_things_three_times(install):
    """Of a distribution whose process crashes the other things are served by a new one; after three, none."""
    code = doing("os._exit(3) if self.name.startswith('bad') else None")
    code = code.replace("return [Good]", """return [type(n, (Good,), {"name": n}) for n in NAMES]""")
    install("acme-mixed", code.replace("NAMES", '["bad1", "good1", "bad2", "good2", "bad3", "good3"]'))
    found, host = asked()
    assert sorted(found["detector"].to_list()) == ["good1", "good2"]
    assert [one.plugin.split()[0] for one in host.failures] == ["bad1", "bad2", "bad3", "good3"]
    assert "lost 3 times" in host.failures[-1].reason


def test_what_failed_is_not_asked_again(install):
    """A thing that failed once is not called again in the run, and is named once."""
    install("acme-bad", doing("os._exit(3)"))
    with Host(kinds=("detectors",), plugins=PluginSettings(disabled=("logsense-aiops",))) as host:
        for _ in range(3):
            assert detect(planted("new"), host).height == 0
        assert len(host.failures) == 1


def gone(pid, seconds=5.0):
    """Whether a process ends soon."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text():
            return True
        time.sleep(0.02)
    return False


def test_workers_end_with_their_host(install, tmp_path, monkeypatch):
    """A closed or forgotten host leaves no process, no program that a plugin started, and no file."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    body = "import subprocess; self.note = str(subprocess.Popen(['sleep', '600']).pid)"
    install("acme-good", doing(body))
    with Host(kinds=("detectors",), plugins=PluginSettings(disabled=("logsense-aiops",))) as host:
        found = detect(planted("new"), host)
        assert list(tmp_path.glob("logsense-*"))
    forgotten = Host(kinds=("detectors",), plugins=PluginSettings(disabled=("logsense-aiops",)))
    more = detect(planted("new"), forgotten)
    assert len(list(tmp_path.glob("logsense-*"))) == 1
    del forgotten
    for one in pl.concat([found, more]).rows(named=True):
        assert gone(int(one["observed"]))
        assert gone(int(one["expected"]))
    assert not list(tmp_path.glob("logsense-*"))


@pytest.mark.parametrize("kind", ["panels", "commands"])
def test_panels_and_commands_are_contained_here(install, kind):
    """What lives in this process and asks to end it as it is imported is named, and ends nothing."""
    install("acme-bad", "raise SystemExit(0)", {kind: {"acme": "acme_bad"}}, version="2.1")
    with Host(kinds=(kind,)) as host:
        assert "acme" not in {one.name for one in (host.panels() if kind == "panels" else host.commands())}
    assert [(one.plugin, one.version, one.hook) for one in host.failures] == [
        ("acme (acme-bad)", "2.1", "load")
    ]


def test_what_is_given_or_bundled_contains_panics(monkeypatch):
    """A panic of Polars, which is no ordinary exception, is the failure of the detector that met it."""
    with Host(kinds=("detectors",), plugins=PluginSettings(load=())) as host:
        first, second = host.detectors()[:2]
        panic = pl.exceptions.PanicException("planted")
        monkeypatch.setattr(first.thing, "fit", lambda self, view: (_ for _ in ()).throw(panic))
        assert host.detect(first, planted("new")).height == 0
        host.detect(second, planted("new"))
    assert [(one.plugin.split()[0], "planted" in one.reason) for one in host.failures] == [(first.name, True)]


def test_workers_serve_several_threads(install):
    """A host that several threads ask at once gives each its own answer."""
    install("acme-good", doing("pass"))
    view = planted("new")
    with Host(kinds=("detectors",), plugins=PluginSettings(disabled=("logsense-aiops",))) as host:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: detect(view, host), range(8)))
        assert host.failures == []
        assert len({one["observed"][0] for one in found}) == 1


def test_the_resident_size_is_known_without_proc():
    """Where there is no /proc, ps is asked; of a process that is gone the answer is 0."""
    held = limits._asked(os.getpid())
    assert held == pytest.approx(limits.resident(os.getpid()), rel=0.3)
    assert limits.resident(2**22 + 1) == 0.0
    assert limits._asked(2**22 + 1) == 0.0
