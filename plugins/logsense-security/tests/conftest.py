"""The package installed as a distribution, without an installer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(tmp_path):
    """``logsense`` with the package installed beside it: arguments to what came of it."""
    site = tmp_path / "site"
    info = site / "logsense_security-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: logsense-security\nVersion: 0.1.0\n")
    points = "[logsense.detectors]\nsecurity = logsense_security\n"
    points += "[logsense.commands]\nattack = logsense_security\n"
    (info / "entry_points.txt").write_text(points)
    path = [ROOT, ROOT / "plugins", ROOT / "plugins" / "logsense-security", site]
    env = {k: v for k, v in os.environ.items() if k != "LOGSENSE_LOAD_PLUGINS"}
    env |= {"PYTHONPATH": os.pathsep.join(map(str, path)), "COLUMNS": "100"}

    def call(*arguments, **logs):
        folder = tmp_path / "logs"
        folder.mkdir(exist_ok=True)
        for name, text in logs.items():
            (folder / f"{name}.log").write_text(text)
        command = [sys.executable, "-m", "logsense.cli.main", *arguments, str(folder)]
        return subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=120, check=False, encoding="utf-8"
        )

    call.env = env
    return call
