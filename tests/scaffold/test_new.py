"""What ``plugins new`` writes works as it stands: its tests pass, it is checked, typed and clean, offline."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from logsense import config, examine
from logsense.cli.main import main
from logsense.entry_points import Found
from logsense.errors import UsageError
from logsense.host.load import imported, register, told
from logsense.inventory import installed
from logsense.scaffold import KINDS, plan, write

ROOT = Path(__file__).parents[2]
#: A name as long and as many-worded as any may be, so that rows of code are as long as they become.
NAME = "late-orders-of-the-shop-in-the-old-town"
#: Screens take a while to be shown at all sizes; that they load is always tested.
EACH = [pytest.param(kind, marks=[pytest.mark.slow] if kind == "panel" else []) for kind in KINDS]


def environment(*places):
    path = [*map(str, places), str(ROOT), str(ROOT / "plugins")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"}


def python(folder, *arguments):
    """Run Python in a folder, of which nothing but its own files is on the path besides logsense."""
    command, place = [sys.executable, *arguments], environment(folder)
    return subprocess.run(command, cwd=folder, env=place, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of a package of each kind."""
    into = tmp_path_factory.mktemp("new")
    folders = {}
    for kind in KINDS:
        folders[kind] = write(plan(kind, f"{NAME[: 39 - len(kind)].rstrip('-')}-{kind}"), into)
    return folders


@pytest.mark.parametrize("kind", EACH)
def test_its_own_tests_pass(written, kind):
    """Each kind passes the tests that were written with it."""
    done = python(written[kind], "-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert " passed" in done.stdout


@pytest.mark.parametrize("kind", EACH)
def test_it_passes_plugins_check(written, kind):
    """Each kind passes every check, from its folder alone, and none is left out."""
    done = python(ROOT, "-m", "logsense.cli.main", "plugins", "check", str(written[kind]), "--format", "json")
    told = json.loads(done.stdout)
    assert done.returncode == 0, [one for one in told["checks"] if one["status"] == "failed"]
    assert told["skipped"] == 0, [one for one in told["checks"] if one["status"] == "skipped"]
    assert told["passed"] > 15


@pytest.mark.parametrize("kind", KINDS)
def test_it_loads_as_a_run_loads_it(written, kind, monkeypatch):
    """Each kind, those too whose whole checks take long, registers what it says, by the host's own rules."""
    folder = written[kind]
    monkeypatch.syspath_prepend(str(folder))
    (_, entry, module), *others = examine.of_project(folder).entries
    assert not others
    found = Found(KINDS[kind], entry, module, folder.name, "0.1.0")
    (thing,) = register(KINDS[kind], imported(found))
    told_ = told(thing, found, 0)
    assert told_["name"] == entry
    assert not [one for one in examine.run.metadata(examine.of_project(folder)) if one.status != "passed"]
    assert KINDS[kind] in ("formats", "masks") or told_["doc"]


def test_all_kinds_are_clean(written):
    """Ruff finds nothing in what was written, neither by its own settings nor by the plain rules of ours."""
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent))
    if ruff is None:
        pytest.skip("ruff is not installed (group static)")
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    # The length of rows hangs on the name; tests have reasons of their own, as here.
    left_out = [*ours["ignore"], "E501", "CPY", "INP"]
    common = ["--isolated", "--no-cache", "--target-version", "py311", "--select", "ALL"]
    whole = [*common, "--ignore", ",".join(left_out), "--config", 'lint.pydocstyle.convention="pep257"']
    folders = [str(folder) for folder in written.values()]
    packages = [str(p) for folder in written.values() for p in folder.glob("logsense_*")]
    for command in (["check", "--no-cache", *folders], ["check", *whole, *packages]):
        # From elsewhere: here logsense would be taken for a part of the package.
        done = subprocess.run(
            [ruff, *command], capture_output=True, text=True, check=False, cwd=written["format"].parent
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.slow
def test_all_kinds_are_typed(written):
    """mypy --strict finds nothing in what was written."""
    pytest.importorskip("mypy", reason="mypy is not installed (group static)")
    packages = [str(p) for folder in written.values() for p in folder.glob("logsense_*")]
    path = os.pathsep.join([str(ROOT), *(str(folder) for folder in written.values())])
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports", "silent", "--config-file", os.devnull,
         "--cache-dir", os.devnull, *packages],
        capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, "MYPYPATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("kind", ["detector", "format"])
def test_it_installs_offline(written, kind, tmp_path, monkeypatch):
    """The package can be built and installed without an index; it is then listed with what it asks for."""
    pytest.importorskip("hatchling", reason="hatchling builds the package (group test)")
    pytest.importorskip("pip", reason="pip installs the package")
    options = ["--no-index", "--no-deps", "--no-build-isolation", "--target", str(tmp_path), "--quiet"]
    copy = tmp_path / "copy"
    shutil.copytree(written[kind], copy)
    done = python(ROOT, "-m", "pip", "install", "--disable-pip-version-check", *options, str(copy))
    assert done.returncode == 0, done.stderr[-2000:]
    monkeypatch.syspath_prepend(str(tmp_path))
    name = written[kind].name
    (one,) = [one for one in installed(config.PluginSettings()) if one.name == name]
    assert one.met
    assert one.asks == ">=0.1,<1"
    assert one.licence == "MIT"
    assert [entry.kind for entry in one.entries] == [KINDS[kind]]
    assert (tmp_path / name.replace("-", "_") / "py.typed").exists()


def test_every_kind_has_the_whole_package(written):
    """Code, types, tests, README, licence and CI are there, and no placeholder is left."""
    for folder in written.values():
        package = folder.name.replace("-", "_")
        tests = f"tests/test_{package.removeprefix('logsense_')}.py"
        have = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        have = {path for path in have if "__pycache__" not in path}  # other tests import from here
        assert have >= {
            "pyproject.toml", "README.md", "LICENSE", ".gitignore", ".github/workflows/test.yml",
            f"{package}/__init__.py", f"{package}/py.typed", tests,
        }  # fmt: skip
        for path in have:
            assert "@@" not in (folder / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "typed, name",
    [("late-orders", "late-orders"), ("logsense-late-orders", "late-orders"), ("Late_Orders", "late-orders"),
     ("logsense.late", "late"), ("x2", "x2")],
)  # fmt: skip
def test_names_are_read_as_an_index_does(typed, name):
    """Case, underscores and dots make no other name, and the prefix may be typed or not."""
    planned = plan("detector", typed)
    assert (planned.name, planned.distribution) == (name, f"logsense-{name}")


@pytest.mark.parametrize(
    "typed", ["", "-", "2fast", "späte", "a b", "../up", "a" * 41, "x\x1b[31m", "logsense-", "a/b", "-x"]
)
def test_names_that_cannot_be_are_refused(typed):
    """What cannot be published or imported is refused, harmlessly, with what a name looks like."""
    with pytest.raises(UsageError, match="letters, digits and hyphens") as refused:
        plan("detector", typed)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("typed", ["aiops", "detectors", "logsense_formats"])
def test_names_that_are_taken_are_refused(typed):
    """The core's own name and packages that are installed are refused."""
    with pytest.raises(UsageError, match="is taken"):
        plan("detector", typed)


@pytest.mark.parametrize(
    "kind, typed, whose",
    [
        ("detector", "rate", "detectors.rate, which comes with logsense"),
        ("detector", "bundled", "detectors.bundled of logsense-aiops"),
        ("reporter", "json", "reporters.json, which comes with logsense"),
        ("format", "nginx_error", "which comes with logsense"),
        ("mask", "s3-host-id", "which comes with logsense"),
        ("command", "analyze", "a command of logsense, logsense analyze"),
        ("source", "email", "a module of Python itself"),
        ("source", "polars", "the package polars, which is installed here"),
    ],
)
def test_names_of_others_are_refused(kind, typed, whose, tmp_path, capfd):
    """Names of what there is are refused, with whose they are and a name that is free; nothing is written."""
    assert main(["plugins", "new", typed, "--kind", kind, "--into", str(tmp_path)]) == 2
    said = capfd.readouterr().err
    assert whose in said
    near = f"{typed.replace('_', '-')}-{kind}"
    assert said.endswith(f"choose another, such as {near}\n")
    assert not list(tmp_path.iterdir())
    assert plan(kind, near).name == near


def test_nothing_is_overwritten(tmp_path, capfd):
    """A folder that is there, even an empty one, is left as it was, with status 2; nothing else is left."""
    (tmp_path / "logsense-late").mkdir()
    assert main(["plugins", "new", "late", "--kind", "ranker", "--into", str(tmp_path)]) == 2
    assert "exists; it was left as it is" in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["logsense-late"]
    assert not list((tmp_path / "logsense-late").iterdir())


def test_a_folder_that_cannot_be_written_is_named(tmp_path, capfd):
    """Where the folder cannot be made the path and the reason are said, with status 4."""
    (tmp_path / "file").write_text("")
    assert main(["plugins", "new", "late", "--kind", "ranker", "--into", str(tmp_path / "file" / "x")]) == 4
    assert "could not be written" in capfd.readouterr().err


def test_the_next_steps_are_right(tmp_path, capfd):
    """The commands that are printed name the folder and files that were written."""
    assert main(["plugins", "new", "late", "--kind", "metrics", "--into", str(tmp_path / "my src")]) == 0
    told = capfd.readouterr().out
    folder = tmp_path / "my src" / "logsense-late"
    assert f"cd '{folder}'" in told
    assert "logsense_late/__init__.py" in told
    assert (folder / "logsense_late" / "__init__.py").is_file()
