"""The real command with plugins of strangers: what it says of them, its status, and that nothing stays."""

import html
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.host.test_runs import BROKEN, ROOT, stranger
from tests.host.test_workers import gone
from tests.tui.terminal import Terminal

#: Seconds in which what is started must have begun, on a busy machine.
PATIENCE = 120.0
#: Added to a module of a detector: the same distribution has formats, too, none.
FORMATS = """
class Formats:
    @staticmethod
    @hookimpl
    def register_formats():
        return []
"""


class Site:
    """Where strangers are installed, a log lies, and temporary files may lie.

    ``pids``: of the processes that have imported what ``add`` installed.
    """

    def __init__(self, folder, install):
        self.install = install
        self.temporary, self.logs, self.marks = (folder / name for name in ("tmp", "logs", "marks"))
        for one in (self.temporary, self.logs, self.marks):
            one.mkdir()
        for name in ("app", "web"):  # of runs of several files diff asks for formats, too
            rows = [f"2026-01-02T03:{n // 60:02}:{n % 60:02} INFO {name}: is well {n}\n" for n in range(600)]
            (self.logs / f"{name}.log").write_text("".join(rows))
        self.config = folder / "config.toml"
        self.config.write_text("")
        self.path = ""

    def add(self, name, body="pass", **more):
        """Install a detector that tells where it runs, and when it is asked."""
        mark = f"import os; open({str(self.marks)!r} + f'/{{os.getpid()}}', 'w').close()\n"
        asked = f"open({str(self.marks / 'asked')!r}, 'w').close()"
        code = stranger(name, f"{asked}\n            {body}")
        self.path = str(self.install(f"acme-{name}", mark + code.replace("\n    ", "\n"), **more))

    @property
    def environ(self):
        """Of the command: as if strangers were installed, and without settings of whoever runs the tests."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LOGSENSE_")}
        here = os.pathsep.join([str(ROOT), str(ROOT / "plugins"), self.path])
        own = {"TMPDIR": str(self.temporary), "LOGSENSE_CONFIG": str(self.config)}
        return kept | own | {"PYTHONPATH": here}

    def start(self, *words, **environ):
        """The command, under way."""
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "logsense.cli.main", *words],
            env=self.environ | environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, *words, **environ):
        """Its status, output and errors."""
        with self.start(*words, **environ) as process:
            out, err = process.communicate()
        return process.returncode, out, err

    @property
    def pids(self):
        return [int(one.name) for one in self.marks.iterdir() if one.name != "asked"]

    def asked(self):
        """Wait until the detector is asked."""
        until = time.monotonic() + PATIENCE
        while not (self.marks / "asked").exists() and time.monotonic() < until:
            time.sleep(0.02)
        assert (self.marks / "asked").exists()

    def left(self):
        """Workers that still run, and files that lie where temporary files do."""
        return [pid for pid in self.pids if not gone(pid)], list(self.temporary.iterdir())


@pytest.fixture
def site(tmp_path, install):
    return Site(tmp_path, install)


@pytest.mark.parametrize("how", ["json", "terminal", "ndjson", "markdown"])
@pytest.mark.slow  # ten processes each, one of them until its limit of time
def test_every_report_names_nine_broken_plugins(site, how):
    """Each way of writing names each of nine plugins, its version and why; the status is as without."""
    for name, (code, _, _) in BROKEN.items():
        site.path = str(site.install(name, code, version="3.1"))
    site.config.write_text("[plugins]\nseconds = 8\nmemory = 500\n")
    code, out, err = site.run("analyze", str(site.logs), "--format", how, COLUMNS="240")
    assert code == 0, err
    if how in ("json", "ndjson"):
        documents = [json.loads(row) for row in ([out] if how == "json" else out.splitlines())]
        run = next(one["run"] for one in documents if "run" in one)
        said = {one["plugin"]: f"{one['version']} {one['reason']}" for one in run["plugins_failed"]}
    else:
        plain = html.unescape(out.replace("\\", "")).splitlines()  # as Markdown shows it
        said = {name: next(row for row in plain if f"({name})" in row) for name in BROKEN}
    for name, (_, _, reason) in BROKEN.items():
        (words,) = [words for plugin, words in said.items() if name in plugin]
        assert "3.1" in words
        assert how == "terminal" or reason in words, name
    assert site.left() == ([], [])


def test_a_failed_plugin_is_told_and_the_status_is_asked_for(site):
    """What failed is named with its version, and ends with 4 only where that is asked for."""
    site.add("bad", "raise ValueError('no luck')", version="2.1")
    logs = str(site.logs)
    code, out, err = site.run("analyze", logs)
    assert (code, "bad (acme-bad) 2.1" in out, "ValueError: no luck" in out) == (0, True, True), err
    strict, out, err = site.run("analyze", logs, "--strict-plugins")
    assert (strict, "bad (acme-bad) 2.1" in out, "--strict-plugins" in err) == (4, True, True)
    assert site.left() == ([], [])


def test_diff_names_what_failed(site):
    """A stranger's formats that cannot be loaded are named with their version; a status only if asked for."""
    site.path = str(
        site.install("acme-bad", "import no_driver", {"formats": {"bad": "acme_bad"}}, version="2.1")
    )
    words = ("diff", str(site.logs), str(site.logs))
    code, _, err = site.run(*words)
    assert code == 0
    assert "the plugin bad (acme-bad) 2.1 failed in load: ModuleNotFoundError" in err
    assert site.run(*words, "--strict-plugins")[0] == 4
    assert site.left() == ([], [])


def test_plugins_are_left_out_on_demand(site):
    """With --no-plugins, and where LOGSENSE_LOAD_PLUGINS names others, strangers are not even imported."""
    site.add("bad", "raise ValueError('no luck')", version="2.1")
    words = ("analyze", str(site.logs), "--strict-plugins")
    assert site.run(*words, "--no-plugins")[0] == 0
    assert site.run(*words, LOGSENSE_LOAD_PLUGINS="")[0] == 0
    assert site.run(*words, LOGSENSE_LOAD_PLUGINS="acme-other")[0] == 0
    assert site.pids == []
    assert site.run(*words, LOGSENSE_LOAD_PLUGINS="acme-bad")[0] == 4
    assert len(site.pids) == 1


def test_a_wrong_keyword_ends_the_run_with_file_and_line(site):
    """A keyword that a stranger's detector does not take is a mistake at a line of the file: status 2."""
    site.add("good")
    site.config.write_text("[run]\nthreads = 1\n[detectors.good]\nalpah = 0.5\n")
    code, out, err = site.run("analyze", str(site.logs))
    assert (code, out) == (2, "")
    assert f"{site.config}:4: detectors.good.alpah: good has no keyword 'alpah'" in err
    assert site.left() == ([], [])


@pytest.mark.parametrize("words", [("analyze", "LOGS"), ("diff", "LOGS", "LOGS"), ("parse", "LOGS")])
def test_nothing_stays_after_a_command(site, words):
    """A command that asked a stranger leaves no process and no file, also where nobody reads to the end."""
    entries = {"detectors": {"good": "acme_good"}, "formats": {"good": "acme_good:Formats"}}
    site.add("good", entries=entries)
    with (Path(site.path) / "acme_good.py").open("a") as module:
        module.write(FORMATS)
    with site.start(*(str(site.logs) if word == "LOGS" else word for word in words)) as process:
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode in (0, 1)
    assert site.pids
    assert site.left() == ([], [])


def test_nothing_stays_after_ctrl_c(site):
    """Ctrl-C while a stranger is asked ends the run at once, and its process."""
    site.add("slow", "import time; time.sleep(600)")
    with site.start("analyze", str(site.logs)) as process:
        site.asked()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 3
    assert site.left() == ([], [])


def test_nothing_stays_after_the_screens(site):
    """Who leaves the screens leaves no worker and no file behind."""
    site.add("good")
    with Terminal("--", str(site.logs), **site.environ) as terminal:
        terminal.until("✔")
        terminal.press("q")
        assert terminal.ended() == 0
    assert site.pids
    assert site.left() == ([], [])
