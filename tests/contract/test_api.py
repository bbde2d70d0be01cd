"""What plugins may rely on: names and signatures are held, hooks used, frames as they are told of."""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

import logsense
from logsense import api, schema, testing
from logsense.detect import detect
from logsense.host import KINDS, Host
from logsense.testing import planted

ROOT = Path(__file__).parents[2]
SNAPSHOT = Path(__file__).with_name("api-1.txt")
RENEW = "LOGSENSE_RENEW_SNAPSHOTS"
#: Frames whose columns are promised: those that a View holds, and those that plugins make.
FRAMES = [field.name.upper() for field in fields(schema.View) if hasattr(schema, field.name.upper())]


@pytest.fixture(scope="module")
def surface():
    """docs/surface.py, which reads names and signatures from the source."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        yield import_module("surface")
    finally:
        sys.path.remove(str(ROOT / "docs"))


@pytest.fixture(scope="module")
def promised(surface) -> str:
    """All names, signatures, fields and columns of today, a line each."""
    lines = []
    for module in (api, testing):
        lines.append(f"module {module.__name__}")
        for name in surface.names(module):
            lines.append(f"  {name.kind} {name.line}")
            lines += [f"    {member.line}" for member in name.members]
    lines.append("frames of View")
    for frame in ("FRAME", *FRAMES):
        thing = schema.Frame if frame == "FRAME" else getattr(schema, frame)
        one = surface.declared(frame, thing)
        lines.append(f"  {one.kind} {one.line}")
        lines += [f"    {member.line}" for member in one.members]
    return "\n".join(lines) + "\n"


def number(text: str) -> str:
    """The number of a snapshot: eight hex digits of its hash."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def test_names_and_signatures_are_those_of_the_snapshot(promised):
    """A name, signature, default, field, column or hook changes on purpose alone: make api renews this."""
    fresh = (
        f"# The API of plugins, version {api.API_VERSION}, number {number(promised)}: make api\n{promised}"
    )
    if os.environ.get(RENEW):
        SNAPSHOT.write_text(fresh, encoding="utf-8")
    old = SNAPSHOT.read_text(encoding="utf-8")
    assert fresh.splitlines() == old.splitlines(), "if this is meant: make api, and a line in CHANGELOG.md"


def test_each_change_of_the_api_is_told(promised):
    """CHANGELOG.md names the number of today's API in its section "API of plugins", with what changed."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^### API of plugins\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert sections, "CHANGELOG.md has no section ### API of plugins"
    told = re.findall(r"^- `([0-9a-f]{8})`: \S", "\n".join(sections), re.MULTILINE)
    assert number(promised) in told, f"add to CHANGELOG.md: - `{number(promised)}`: what changed for plugins"


def test_the_major_version_names_the_snapshot():
    """A new major version of the API begins a snapshot of its own."""
    assert SNAPSHOT.name == f"api-{api.API_VERSION.partition('.')[0]}.txt"


def test_every_public_name_has_a_docstring(surface):
    """Each class and function of the API says what it is, and each hook when it is called."""
    names = [*surface.names(api), *surface.names(testing)]
    assert len(names) > 30
    assert not [name.name for name in names if name.kind in ("class", "function") and not name.doc]
    hooks = next(name for name in names if name.name == "Hooks").members
    assert {hook.name for hook in hooks} == {f"register_{kind}" for kind in KINDS}
    assert not [hook.name for hook in hooks if "Called" not in hook.doc]


def announced(kind: str) -> list[tuple[Path, str]]:
    """The packages of ours that announce plugins of a kind: their folder, and the module."""
    found = []
    for project in [ROOT / "pyproject.toml", *sorted((ROOT / "plugins").glob("*/pyproject.toml"))]:
        groups = tomllib.loads(project.read_text(encoding="utf-8"))["project"].get("entry-points", {})
        base = ROOT / "plugins" if project.parent == ROOT else project.parent
        found += [(base, value) for value in groups.get(f"logsense.{kind}", {}).values()]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_hook_is_used_by_a_plugin_of_ours(kind):
    """No hook is there for nobody: a package of ours announces the kind and implements its hook."""
    used = []
    for base, value in announced(kind):
        module = base / value.partition(":")[0].replace(".", "/")
        path = module.with_suffix(".py") if module.with_suffix(".py").is_file() else module / "__init__.py"
        if re.search(rf"@hookimpl\ndef register_{kind}\(", path.read_text(encoding="utf-8")):
            used.append(value)
    assert used


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_example_that_the_host_takes(kind, monkeypatch, capsys):
    """The example of each kind stands in docs/api.md as it is, runs, and the host takes what it brings."""
    monkeypatch.chdir(ROOT)
    code = (ROOT / "docs" / "examples" / f"{kind}.py").read_text(encoding="utf-8")
    assert f"### {kind}\n" in (page := (ROOT / "docs" / "api.md").read_text(encoding="utf-8"))
    assert code in page
    space: dict[str, object] = {"__name__": "example"}
    exec(compile(code, kind, "exec"), space)
    host = Host(kinds=(kind,), objects=[(kind, "example", SimpleNamespace(**space))], installed=False)
    assert getattr(host, kind)()
    assert not host.failures


@pytest.mark.parametrize("kind", ["detectors", "rankers"])
def test_examples_keep_what_their_kind_promises(kind, monkeypatch, capsys):
    """What is shown to be copied passes the kit; only a module can be asked what it loads."""
    monkeypatch.chdir(ROOT)
    space: dict[str, object] = {"__name__": "example"}
    exec(
        compile((ROOT / "docs" / "examples" / f"{kind}.py").read_text(encoding="utf-8"), kind, "exec"), space
    )
    (thing,) = space[f"register_{kind}"]()
    checks = testing.checks_for(thing())
    assert len(checks) > 10
    for name, check in checks.items():
        if name != "light_import":
            check(thing())


@pytest.mark.parametrize("script", ["reference.py", "tutorial.py"])
def test_what_is_made_from_the_code_is_up_to_date(script):
    """The reference says what the code says, the tutorial shows the package to copy: `make reference`."""
    command = [sys.executable, str(ROOT / "docs" / script), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tutorial_shows_the_package_to_copy():
    """The module, its metadata and its tests stand in the tutorial as they are shipped."""
    page = (ROOT / "docs" / "write-a-plugin.md").read_text(encoding="utf-8")
    package = ROOT / "plugins" / "logsense-example"
    for name in ("pyproject.toml", "logsense_example/__init__.py"):
        assert (package / name).read_text(encoding="utf-8") in page
    # What is found, what is not, and the kit; the run in which it is found stands in the module itself.
    assert page.count("<!-- file: plugins/logsense-example/tests/") == 3


def test_every_column_has_a_meaning(surface):
    """What a row of each frame of a View is, and what each of its columns means, is told."""
    told = surface.meanings()
    assert len(FRAMES) > 12
    for name in (*FRAMES, "ANOMALIES"):
        row, columns = told[name]
        assert row, name
        assert not [column.names for column in columns if not column.meaning], name
        plain = {column for one in columns for column in one.names if " " not in column}
        whole = {one.names[0].removeprefix("all of ") for one in columns if " " in one.names[0]}
        assert plain | {c for other in whole for c in getattr(schema, other).columns} == set(
            getattr(schema, name).columns
        )


@pytest.fixture(scope="module")
def run():
    """A recorded run."""
    return logsense.analyze(str(ROOT / "sample_logs" / "stock-pages" / "logs"))


@pytest.mark.parametrize("name", FRAMES)
def test_frames_of_a_view_are_as_told(run, name):
    """Each frame that a plugin is given has exactly the columns, types and nulls that schema.py promises."""
    frame = getattr(run.view, name.lower())
    form = getattr(schema, name)
    assert frame.schema == pl.Schema(form.columns)
    assert form.check(frame).equals(frame)


def finding(**changed: object) -> pl.DataFrame:
    """Two rows of ANOMALIES that are right but for what is changed in the second."""
    begin = schema.TIME.to_python()(2026, 1, 2)
    right = {
        "detector": "odd", "kind": "new", "service": "shop", "start": begin, "end": begin, "score": 5.0,
        "observed": "2", "expected": "0", "sentence": "2 of them",
    }  # fmt: skip
    return api.ANOMALIES.of([right, right | changed])


@pytest.mark.parametrize(
    "frame,wanted",
    [
        (finding(service=None), ("ANOMALIES.service", "row 1")),
        (finding(score=float("nan")), ("ANOMALIES.score", "row 1")),
        (finding(kind="odd"), ("ANOMALIES.kind", "odd")),
        (finding().drop("sentence"), ("ANOMALIES", "sentence")),
        (finding().with_columns(pl.col("score").cast(pl.Int64)), ("ANOMALIES.score", "Int64")),
    ],
)
def test_a_wrong_frame_is_told_of_by_plugin_column_and_row(frame, wanted):
    """A frame that breaks the contract is no result; the failure names plugin, version, column and row."""
    host = hosting(giving(lambda _: frame))
    assert detect(planted("new"), host).height == 0
    (failure,) = host.failures
    assert failure.plugin == "odd"
    assert failure.version
    assert failure.hook == "detect"
    for words in wanted:
        assert words in failure.reason


def giving(what, name: str = "odd") -> type:
    """A detector that gives what a function makes of the view."""

    class Odd:
        """Gives what it is told to."""

        def fit(self, view):
            return self

        def detect(self, view):
            return what(view)

    Odd.name = name
    return Odd


def hosting(*detectors: type) -> Host:
    """A host of these detectors alone, each a plugin of its own."""
    objects = [
        ("detectors", one.name, SimpleNamespace(register_detectors=api.hookimpl(lambda one=one: [one])))
        for one in detectors
    ]
    return Host(kinds=("detectors",), objects=objects, installed=False)


def test_a_plugin_that_changes_a_frame_in_place_changes_it_for_nobody():
    """What one plugin does to the frames that it is given, no other one sees, nor the run itself."""
    seen = []

    def spoil(view):
        view.counts.drop_in_place("n")
        view.templates.insert_column(0, pl.lit(1).alias("mine"))
        return api.ANOMALIES.empty()

    def look(view):
        seen.append((view.counts.clone(), view.templates.clone()))
        return api.ANOMALIES.empty()

    view = planted("new")
    counts, templates = view.counts.clone(), view.templates.clone()
    host = hosting(giving(spoil, "a-spoiler"), giving(look, "looker"))
    detect(view, host)
    assert [failure.plugin for failure in host.failures] == ["a-spoiler"]
    assert "in place" in host.failures[0].reason
    for one, other in [*seen, (view.counts, view.templates)]:
        assert one.equals(counts)
        assert other.equals(templates)
    assert seen
