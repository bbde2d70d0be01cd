"""A pipeline that reads nothing, so that the commands are tested alone."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import logsense
from logsense.cli.main import main


def _made() -> ModuleType:
    """The hand-made analyses of the tests of reports."""
    path = Path(__file__).parents[1] / "report" / "conftest.py"
    spec = importlib.util.spec_from_file_location("analyses", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def made():
    return _made()


@pytest.fixture
def pipeline(monkeypatch, made):
    """Stands for pipeline and listing: ``answer`` is what analyze gives, ``seen`` what it was asked for."""
    stub = SimpleNamespace(answer=made.noisy(), seen=[])

    def analyze(paths, settings=None, *, progress=None, **options):
        stub.seen.append((paths, settings))
        if isinstance(stub.answer, BaseException):
            raise stub.answer
        return stub.answer

    stub.analyze = stub.templates = analyze
    for module in ("pipeline", "listing"):
        monkeypatch.setitem(sys.modules, f"logsense.{module}", stub)
        monkeypatch.setattr(logsense, module, stub, raising=False)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LOGSENSE_TZ", "LOGSENSE_THREADS"):
        monkeypatch.delenv(name, raising=False)
    return stub


@pytest.fixture
def run(capfdbinary):
    """Run the command: its exit code, stdout and stderr."""

    def call(*arguments):
        code = main(arguments)
        out, err = capfdbinary.readouterr()
        return SimpleNamespace(code=code, out=out.decode(), err=err.decode())

    return call


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The user's own file of settings, not there yet, in a home of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    for name in ("LOGSENSE_LOAD_PLUGINS", "LOGSENSE_KEYS", "LOGSENSE_VERDICTS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "xdg" / "logsense" / "config.toml"


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "app.log"
    path.write_text("x\n")
    return str(path)
