"""Programs that stand in for kubectl, docker and journalctl, and the package as if it were installed."""

import importlib
import json
import os
import stat
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

HERE = Path(__file__).parent
PACKAGE = HERE.parent
RECORDED = HERE / "recorded"

#: Answers from files: the first rule whose words are all among the arguments. Arguments are written down.
STAND_IN = """#!{python} -SE
import json, os, sys, time
here = {folder!r}
with open(os.path.join(here, "calls.jsonl"), "a") as calls:
    calls.write(json.dumps(sys.argv) + "\\n")
for words, out, err, status in json.load(open(os.path.join(here, "answers.json"))):
    if all(word in [os.path.basename(sys.argv[0]), *sys.argv[1:]] for word in words):
        if out == "flood":
            while True:
                os.write(1, b"2026-01-02T03:00:00.000000000Z all is well and so on and so on\\n" * 1000)
        if out == "hang":
            os.write(1, b"2026-01-02T03:00:00.000000000Z the last words\\n")
            time.sleep(600)
        if out:
            sys.stdout.buffer.write(open(os.path.join(here, out), "rb").read())
            sys.stdout.flush()
        sys.stderr.write(err)
        sys.exit(status)
sys.stderr.write("stand-in: no answer to " + " ".join(sys.argv[1:]))
sys.exit(9)
"""


class Programs:
    """A folder on PATH with programs of one's own."""

    def __init__(self, folder):
        self.folder, self.rules, self.made = folder, [], 0
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in ("kubectl", "docker", "podman", "journalctl"):
            path = self.bin / name
            path.write_text(STAND_IN.format(python=sys.executable, folder=str(folder)))
            path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def answer(self, *words, out=b"", err="", status=0):
        """Let a call that has all these words be answered so; out: bytes, a text, or flood, or hang."""
        name = out
        self.made += 1
        if out not in ("flood", "hang"):
            name = f"answer-{self.made}"
            (self.folder / name).write_bytes(out if isinstance(out, bytes) else out.encode())
        self.rules.append((words, name, err, status))
        (self.folder / "answers.json").write_text(json.dumps(self.rules))

    @property
    def calls(self):
        """The arguments of all calls so far, in any order where they ran at once."""
        path = self.folder / "calls.jsonl"
        rows = path.read_text().splitlines() if path.exists() else []
        return [[Path(one[0]).name, *one[1:]] for one in map(json.loads, rows)]


@pytest.fixture
def programs(tmp_path_factory, monkeypatch):
    """Stand-ins on PATH, which answer nothing yet."""
    folder = tmp_path_factory.mktemp("programs")
    made = Programs(folder)
    (folder / "answers.json").write_text("[]")
    monkeypatch.setenv("PATH", f"{made.bin}{os.pathsep}{os.environ['PATH']}")
    return made


@pytest.fixture
def installed(tmp_path_factory, monkeypatch):
    """The package is found by its entry points, as they stand in its pyproject."""
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    site = tmp_path_factory.mktemp("site")
    about = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir(parents=True)
    about.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.4\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    groups = [
        "\n".join((f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())))
        for group, entries in project["entry-points"].items()
    ]
    about.joinpath("entry_points.txt").write_text("\n\n".join(groups) + "\n")
    monkeypatch.syspath_prepend(str(site))
    importlib.invalidate_caches()
    return SimpleNamespace(name=project["name"], version=project["version"])


def stamped(rows):
    """Lines as kubectl logs --timestamps prints them, of (seconds after 03:00, text)."""
    begin = datetime(2026, 1, 2, 3, tzinfo=UTC)
    times = (begin + timedelta(seconds=seconds) for seconds, _ in rows)
    return "".join(
        f"{time:%Y-%m-%dT%H:%M:%S.%f}789Z {text}\n" for time, (_, text) in zip(times, rows, strict=True)
    )


def _calls(count, text, every=6.0):
    return [(i * every, text(i)) for i in range(count)]


@pytest.fixture
def cluster(programs):
    """A namespace in which a container is killed for its memory, and others cannot start."""
    get = "get"
    programs.answer("kubectl", get, "pods", out=(RECORDED / "pods.json").read_bytes())
    programs.answer("kubectl", get, "events", out=(RECORDED / "events.json").read_bytes())
    web = _calls(600, lambda i: f'10.1.0.{i % 9} - - "GET /cart/{i} HTTP/1.1" 200 {500 + i % 40}')
    web += [(3012 + i, f"[error] connect() failed (111: Connection refused) to upstream api, request {i}")
            for i in range(8)]  # fmt: skip
    api = _calls(502, lambda i: f'{{"level":"info","msg":"order saved","took_ms":{20 + i % 5}}}')
    api += [(3004 + i / 4, '{"level":"warn","msg":"heap is nearly full, collecting"}') for i in range(10)]
    logs = {
        ("web-7d4b9c6f5-x2x4z", "--container=nginx"): sorted(web),
        ("web-7d4b9c6f5-x2x4z", "--container=istio-proxy"): _calls(300, lambda i: f"info xds push {i}", 12),
        ("api-6c8f7d9b54-q7w2k", "--container=api", "--previous=true"): api,
        ("api-6c8f7d9b54-q7w2k", "--container=api"): [
            (3013 + i * 6, f'{{"level":"info","msg":"order saved","took_ms":{20 + i % 5}}}')
            for i in range(95)
        ],
        ("worker-5b9d8c7f6d-m4n8p", "--container=worker"): [
            (3480, "panic: cannot open /etc/worker/key.pem: permission denied"),
            (3480, "goroutine 1 [running]:"),
        ],
        ("db-0", "--container=postgres"): _calls(
            120, lambda i: f"LOG:  checkpoint complete: wrote {i % 9}", 30
        ),
        ("report-29456789-k8s2v", "--container=report"): [(1740, "report begun"), (1780, "report done")],
    }
    for words, rows in logs.items():
        programs.answer("kubectl", "logs", *words, out=stamped(rows))
    return programs
