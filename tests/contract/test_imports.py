"""What is imported, by whom and when: a blink for --help, and rooms that do not know each other."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"polars", "numpy", "sklearn", "drain3", "textual", "jsonpickle"}
#: Bare click loads about 95, our group and options the rest; a busy machine changes times, never this.
MOST_MODULES = 135
#: Where commands of plugins are told of, what is installed is looked up: importlib.metadata and its needs.
MOST_MODULES_LOOKED_UP = 190

PROBE = """
import sys
sys.argv = ["logsense", *{arguments!r}]
from logsense.cli.main import main
try:
    main()
except SystemExit:
    pass
print("\\n" + " ".join(sys.modules))
"""


def loaded(*arguments: str) -> set[str]:
    """The modules a fresh process has loaded after running ``logsense`` with these arguments."""
    probe = PROBE.format(arguments=list(arguments))
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "arguments,most",
    [
        (("--help",), MOST_MODULES_LOOKED_UP),
        (("--version",), MOST_MODULES),
        (("analyze", "--help"), MOST_MODULES),
        (("no-such-command",), MOST_MODULES_LOOKED_UP),
    ],
)
def test_help_and_usage_errors_load_nothing_heavy(arguments, most):
    """Help, version and usage errors load none of the heavy packages, and few modules in all."""
    modules = loaded(*arguments)
    assert "logsense.cli.main" in modules
    assert not {name.partition(".")[0] for name in modules} & HEAVY
    assert len(modules) < most


def test_importing_logsense_loads_nothing_heavy():
    """``import logsense`` is as quick; the first use of the API pays for what it needs."""
    probe = "import sys, logsense; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert not {name.partition(".")[0] for name in done.stdout.split()} & HEAVY


def test_analysis_does_not_load_what_it_does_not_use():
    """Reading logs loads neither scikit-learn nor Textual: the core ships reviewed numbers, not models."""
    probe = "import sys, logsense.pipeline; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert not {name.partition(".")[0] for name in done.stdout.split()} & {"sklearn", "textual", "drain3"}


def test_versions_are_compared_for_strangers_alone():
    """What compares versions takes a tenth of a short run: a run of our own plugins does without it."""
    probe = "import sys; from logsense.host import Host; Host(kinds=('masks',)).masks(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert "logsense_masks" in done.stdout.split()
    assert "packaging.specifiers" not in done.stdout.split()


def test_import_contracts_hold(root, tmp_path):
    """Rooms meet only in the pipeline, plugins see only the API, Drain3 stays in its room."""
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip("import-linter is not installed (group static)")
    done = subprocess.run(
        [command, "--cache-dir", str(tmp_path)], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
