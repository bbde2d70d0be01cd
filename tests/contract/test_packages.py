"""Each package under plugins/ stands by itself: built, installed, found and complete, offline."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from datetime import datetime, timedelta
from email.message import Message
from email.parser import Parser
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from logsense import __version__

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent for path in (ROOT / "plugins").glob("logsense-*/pyproject.toml"))
NAMES = [package.name for package in PACKAGES]
#: Looks up and registers all that is installed; prints kind, name, distribution, version, how many things.
PROBE = """
import json
from importlib.metadata import EntryPoint
from logsense.host import KINDS, find
rows = []
for kind in KINDS:
    for found in find(kind):
        if not found.bundled:
            plugin = EntryPoint(found.name, found.value, f"logsense.{kind}").load()
            hook = getattr(plugin, f"register_{kind}", None)
            things = list(hook()) if hook is not None else []
            rows.append([kind, found.name, found.distribution, found.version, len(things)])
print(json.dumps(rows))
"""


def each():
    """A test for each package."""
    return pytest.mark.parametrize("package", [pytest.param(path, id=path.name) for path in PACKAGES])


def project(package: Path) -> dict:
    return tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def module(package: Path) -> Path:
    """The folder of the package's code."""
    return package / package.name.replace("-", "_")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> dict[str, Path]:
    """The wheels, built without the network or an environment of their own."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheels (group test)")
    out = {}
    for package in PACKAGES:
        folder = tmp_path_factory.mktemp(package.name)
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
        done = subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        (out[package.name],) = folder.glob("*.whl")
    return out


@pytest.fixture(scope="module")
def installed(wheels, tmp_path_factory) -> Path:
    """A folder into which all of them are installed, as into anybody's environment."""
    if find_spec("pip") is None:
        pytest.skip("pip installs the wheels, and this environment has none")
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--no-compile", "--quiet"]
    command += ["--disable-pip-version-check", "--target", str(target), *map(str, wheels.values())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


def python(installed: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A run of Python that sees what is installed there beside logsense, not the sources of the packages."""
    path = os.pathsep.join([str(installed), str(ROOT), str(ROOT / "plugins")])
    env = {**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1", **more}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=installed, check=False)


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


@each()
def test_metadata_is_complete(package, wheels):
    """An index shows what it is, under which licence, for which Python, with a page of text."""
    told = metadata(wheels[package.name])
    assert told["Name"] == package.name
    assert re.fullmatch(r"\d+\.\d+\.\d+", told["Version"])
    assert 20 <= len(told["Summary"]) <= 120
    assert told["License-Expression"] == "Apache-2.0"
    assert told["Requires-Python"] == ">=3.11"
    assert told["Description-Content-Type"] == "text/markdown"
    assert package.name in told.get_payload()


@each()
def test_it_says_which_logsense_it_needs(package, wheels):
    """It requires logsense from a version on and below another, and takes the one that is here."""
    needs = [Requirement(line) for line in metadata(wheels[package.name]).get_all("Requires-Dist", [])]
    (ours,) = [need for need in needs if need.name == "logsense-aiops"]
    signs = {one.operator for one in ours.specifier}
    assert ">=" in signs
    assert "<" in signs
    assert ours.specifier.contains(__version__, prereleases=True)


@each()
def test_the_wheel_holds_the_package_alone(package, wheels):
    """One package and its metadata: no tests, no caches, and types for type checkers."""
    with zipfile.ZipFile(wheels[package.name]) as archive:
        names = archive.namelist()
    inside = module(package).name
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {inside}
    assert f"{inside}/py.typed" in names
    assert not [name for name in names if "test_" in name or name.endswith(".pyc") or "_cache" in name]
    code = {path.relative_to(package).as_posix() for path in module(package).rglob("*.py")}
    assert code <= set(names)


@pytest.fixture(scope="module")
def found(installed) -> dict[tuple[str, str, str, str], int]:
    """What logsense finds of them: kind, name, distribution, version; and how many things each registers."""
    done = python(installed, "-c", PROBE)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    return {(kind, name, who, version): n for kind, name, who, version, n in rows if who in NAMES}


def test_all_are_found(found):
    """Installed into a folder, all are found by their entry points, with the versions they have."""
    wanted = set()
    for package in PACKAGES:
        told = project(package)
        for group, entries in told.get("entry-points", {}).items():
            kind = group.removeprefix("logsense.")
            wanted |= {(kind, name, package.name, told["version"]) for name in entries}
    assert len(wanted) >= len(PACKAGES)
    assert set(found) == wanted


@each()
def test_each_registers_what_it_announces(package, found):
    """Each entry point names a module that is there, and its hook of that kind gives at least one thing."""
    given = [n for row, n in found.items() if row[2] == package.name]
    assert given
    assert all(given)


@each()
def test_names_are_lower_case_and_end_in_the_package(package):
    """Names of entries are lower case; what they name lies in the package."""
    groups = project(package).get("entry-points", {})
    assert not [group for group in groups if not group.startswith("logsense.")]
    for entries in groups.values():
        for name, value in entries.items():
            assert re.fullmatch(r"[a-z][a-z0-9_-]*", name)
            assert value.partition(":")[0].split(".")[0] == module(package).name


class Examples(ast.NodeTransformer):
    """Takes the kit's import out of examples: the kit alone calls them, so it is there."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.name == "example":
            kit = [n for n in node.body if isinstance(n, ast.ImportFrom) and n.module == "logsense.testing"]
            node.body = [one for one in node.body if one not in kit]
        return self.generic_visit(node)


def imported(path: Path) -> set[tuple[str, bool]]:
    """The modules of logsense that a file imports, and whether when it is loaded or only in a call."""
    tree = Examples().visit(ast.parse(path.read_text(encoding="utf-8")))
    inner = {
        id(node)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(outer)
    }
    out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
            if node.module == "logsense":
                names = [f"logsense.{alias.name}" for alias in node.names]
        else:
            continue
        out |= {(name, id(node) in inner) for name in names if name.split(".")[0] == "logsense"}
    return out


@each()
def test_only_the_api_is_imported(package):
    """Of logsense only logsense.api, as of any stranger; commands may import logsense, examples the kit."""
    files = sorted(module(package).rglob("*.py"))
    assert files
    for path in files:
        taken = imported(path)
        late = (
            {("logsense", True), ("logsense.analyze", True)}
            if "register_commands" in _code(package)
            else set()
        )
        assert not {one for one in taken if one[0] != "logsense.api"} - late, path


@each()
def test_tests_import_what_strangers_have(package):
    """Its tests know logsense.api, logsense.testing and logsense.analyze, and nothing else of logsense."""
    open_to_all = ("logsense", "logsense.api", "logsense.testing", "logsense.analyze")
    for path in sorted((package / "tests").rglob("*.py")):
        assert not {name for name, _ in imported(path)} - set(open_to_all), path


def _code(package: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in module(package).rglob("*.py"))


@each()
def test_it_comes_with_tests_and_a_page(package):
    """It has tests of its own, run with all others, and its page says how to install and use it."""
    assert list((package / "tests").glob("test_*.py"))
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"plugins/{package.name}/tests" in whole["tool"]["pytest"]["ini_options"]["testpaths"]
    page = (package / "README.md").read_text(encoding="utf-8")
    assert "pip install" in page
    assert re.search(r"^\s*(\$ )?logsense \w+", page, re.MULTILINE)
    assert len(page.splitlines()) > 15


def test_what_is_installed_takes_part_in_a_run(installed, tmp_path):
    """The package to copy, installed and nothing more, finds the service that stalls in logs."""
    begin, lines = datetime(2026, 1, 2, 3, 4), []
    for second in range(600):
        time = (begin + timedelta(seconds=second)).isoformat() + "Z"
        if not 400 <= second < 460:
            lines += [f"{time} INFO served page {n} to {second % 7}" for n in range(3)]
        lines += [f"{time} INFO asked the store again"] * (1 + 2 * (400 <= second < 460))
    logs = tmp_path / "shop.log"
    logs.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code = (
        "import json, sys, logsense; run = logsense.analyze(sys.argv[1]);"
        "rows = run.anomalies.filter(run.anomalies['detector'] == 'stall')['sentence'].to_list();"
        "print(json.dumps([rows, [str(one) for one in run.plugins_failed]]))"
    )
    done = python(installed, "-c", code, str(logs), LOGSENSE_LOAD_PLUGINS="logsense-example")
    assert done.returncode == 0, done.stderr
    found, failed = json.loads(done.stdout)
    assert not failed
    assert found
    assert all("asked the store again" in sentence for sentence in found)
