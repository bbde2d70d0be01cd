"""The wheel holds what users need and nothing else."""

import re
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

PLUGINS = ("formats", "masks", "detectors", "rankers", "reporters", "panels")
TOP = {"logsense", *(f"logsense_{kind}" for kind in PLUGINS)}


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory) -> zipfile.ZipFile:
    """The wheel as it would be published, built offline."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheel (group test)")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        yield archive


def test_top_level_names(wheel):
    """Exactly our six packages are at the top: nothing else lands in the user's site-packages."""
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == TOP
    assert len(tops) == len(TOP) + 1


def test_every_source_file_is_in_it(wheel, root):
    """Every Python and data file of the packages is in the wheel, under the name it is imported by."""
    inside = set(wheel.namelist())
    wanted = {p.relative_to(root) for p in files(root / "logsense")}
    bundled = [p for p in (root / "plugins").iterdir() if "-" not in p.name]  # others have their own wheel
    wanted |= {p.relative_to(root / "plugins") for folder in bundled for p in files(folder)}
    wanted |= {
        Path("logsense/samples") / p.relative_to(root / "sample_logs") for p in files(root / "sample_logs")
    }
    assert not {p.as_posix() for p in wanted} - inside
    assert any(name.endswith(".toml") and name.startswith("logsense_formats/") for name in inside)
    assert any(name.startswith("logsense/samples/") and name.endswith("truth.json") for name in inside)


def files(folder: Path) -> list[Path]:
    kinds = {".py", ".toml", ".json", ".gz", ".md", ".txt", ".typed"}
    packages = [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return [p for p in packages if p.suffix in kinds or p.name == "py.typed"]


def test_types_and_licence(wheel):
    """Type checkers see our types; the licence and what the index needs to know are there."""
    assert "logsense/py.typed" in wheel.namelist()
    info = next(n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
    assert any(n.endswith("licenses/LICENSE") for n in wheel.namelist())
    metadata = Parser().parsestr(wheel.read(info).decode())
    assert metadata["Name"] == "logsense-aiops"
    assert metadata["License-Expression"] == "Apache-2.0"
    wanted = {re.split("[^a-z0-9-]", line)[0] for line in metadata.get_all("Requires-Dist", [])}
    assert {"polars", "click", "pluggy", "drain3"} <= wanted
    assert not wanted & {"pytest", "ruff", "mypy", "hypothesis"}


def test_no_tests_and_no_rubbish(wheel):
    """No tests, caches or compiled files are shipped; all of it stays small."""
    bad = [n for n in wheel.namelist() if "test_" in n or "__pycache__" in n or n.endswith((".pyc", ".log"))]
    assert not bad
    assert sum(entry.compress_size for entry in wheel.infolist()) < 5_000_000


def test_entry_points(wheel):
    """The command and each kind of bundled plugins are announced."""
    text = wheel.read(next(n for n in wheel.namelist() if n.endswith("entry_points.txt"))).decode()
    assert "logsense = logsense.cli.main:process" in text
    for kind in PLUGINS:
        assert f"[logsense.{kind}]\nbundled = logsense_{kind}" in text


def test_samples_are_found_in_an_installed_wheel(wheel, tmp_path):
    """`logsense demo` finds its samples where only the wheel is installed."""
    wheel.extractall(tmp_path)
    probe = "from logsense.cli.demo import samples_folder; print(samples_folder())"
    environment = {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", probe]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(tmp_path / "logsense" / "samples")
