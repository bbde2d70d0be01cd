"""Distributions that are installed as far as their metadata go, in a folder of the test's own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]


def publish(
    folder: Path,
    name: str,
    entries: Mapping[str, Mapping[str, str]],
    *,
    version: str = "1.0",
    requires: str | None = "logsense-aiops>=0.1",
    more: str = "",
) -> None:
    """Write the dist-info of a distribution; ``entries``: name and module, by kind."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    needs = f"Requires-Dist: {requires}\n" if requires is not None else ""
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}{more}"
    info.joinpath("METADATA").write_text(head, encoding="utf-8")
    groups = (
        f"[logsense.{kind}]\n" + "".join(f"{key} = {module}\n" for key, module in points.items())
        for kind, points in entries.items()
    )
    info.joinpath("entry_points.txt").write_text("\n".join(groups), encoding="utf-8")


@pytest.fixture(name="publish")
def publish_(tmp_path, monkeypatch):
    """``publish`` into a folder that this process looks into, too; ``publish.folder`` is that folder."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def into(name, entries, **rest):
        publish(folder, name, entries, **rest)

    into.folder = folder
    return into


@pytest.fixture
def logsense():
    """Run the command in a process of its own, with folders on the path: exit code, stdout, stderr."""

    def run(*arguments, path=(), seconds=120, **environ):
        places = [*map(str, path), str(ROOT), str(ROOT / "plugins")]
        done = subprocess.run(
            [sys.executable, "-m", "logsense.cli.main", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places), **environ},
        )
        return SimpleNamespace(code=done.returncode, out=done.stdout, err=done.stderr)

    return run
