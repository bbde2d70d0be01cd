"""The versions of Python that are promised: wherever they are named, they are the same."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOLD = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MARK = "Programming Language :: Python :: 3."
#: As the metadata lists them: what an index shows is what all other places are held to.
PROMISED = [mark.rpartition(" ")[2] for mark in TOLD["project"]["classifiers"] if mark.startswith(MARK)]
FIRST = PROMISED[0]
WRITTEN = "logsense/scaffold/templates/shared"
OURS = ["pyproject.toml", f"{WRITTEN}/pyproject.toml.txt"]
OURS += sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("plugins/*/pyproject.toml"))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", OURS)
def test_the_first_is_asked_for(name):
    """No package takes an older Python than the first that is promised; code is checked for that one."""
    assert f'requires-python = ">={FIRST}"' in text(name)
    targets = re.findall(r'^target-version = "(.+)"$', text(name), re.MULTILINE)
    assert set(targets) <= {f"py{FIRST.replace('.', '')}"}


def test_types_are_checked_for_the_first():
    """mypy refuses what the first version has not, whichever it runs with."""
    assert TOLD["tool"]["mypy"]["python_version"] == FIRST


def test_what_is_written_anew_is_tested_with_all():
    """The workflow of a new plugin tests each version that logsense promises, and no other."""
    matrix = re.search(r"python: \[(.*)\]", text(f"{WRITTEN}/github/workflows/test.yml.txt"))
    assert matrix
    assert re.findall(r'"([\d.]+)"', matrix[1]) == PROMISED


def test_make_runs_all():
    """`make versions` runs the whole check with each of them."""
    (pythons,) = re.findall(r"^PYTHONS \?= (.*)$", text("Makefile"), re.MULTILINE)
    assert pythons.split() == [f"python{version}" for version in PROMISED]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("README.md", r"Tested on Linux with Python (.*)\.$"),
        ("docs/stability.md", r"check is run with (.*) \(`make"),
    ],
)
def test_the_documents_name_all(name, said):
    """The first page and that of stability say with which versions it is tested: these."""
    (versions,) = re.findall(said, text(name), re.MULTILINE)
    assert re.findall(r"\d+\.\d+", versions) == PROMISED
