"""Distributions of strangers, written into a folder on the path as an installer would."""

import textwrap

import pytest


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Installs a distribution: its name, what its module says, entries as {kind: {name: value}}."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def installed(name, code, entries=None, *, version="1.0", requires=()):
        module = name.replace("-", "_")
        (folder / f"{module}.py").write_text(textwrap.dedent(code))
        info = folder / f"{module}-{version}.dist-info"
        info.mkdir()
        needed = "".join(f"Requires-Dist: {one}\n" for one in requires)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}")
        rows = []
        for kind, points in (entries or {"detectors": {module: module}}).items():
            rows.append(f"[logsense.{kind}]")
            rows += [f"{point} = {value}" for point, value in points.items()]
        (info / "entry_points.txt").write_text("\n".join(rows) + "\n")
        return folder

    return installed
