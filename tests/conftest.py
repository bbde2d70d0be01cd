"""What every test may ask for: where the repository, its samples and optional evaluation data are."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def samples(root: Path) -> Path:
    """The recorded samples: a folder a case, with ``logs/`` and ``truth.json``."""
    return root / "sample_logs"


@pytest.fixture(scope="session")
def evaluation_data() -> Path:
    """A folder of recorded evaluation data (LOGSENSE_EVAL); the test is skipped where there is none."""
    folder = os.environ.get("LOGSENSE_EVAL")
    if not folder:
        pytest.skip("needs recorded evaluation data: set LOGSENSE_EVAL to its folder")
    path = Path(folder)
    if not path.is_dir():
        pytest.fail(f"LOGSENSE_EVAL is {folder}, which is no folder")
    return path


@pytest.fixture(autouse=True)
def _nobodys_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What commands do here does not depend on the configuration of whoever runs the tests."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "no-config"))
    monkeypatch.delenv("LOGSENSE_CONFIG", raising=False)
