"""What docs/plugins.md and the tutorial show is what the commands print and write."""

import re
import shlex
from pathlib import Path

import pytest

from logsense import __version__
from logsense.cli.main import main

ROOT = Path(__file__).parents[2]
SHOWN = re.compile(r"^```console\n\$ (logsense [^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def shown(command):
    """The rows that the page shows below a command, each with single blanks, as of this version."""
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    (text,) = [text for line, text in SHOWN.findall(page) if line == command]
    return rows(text.replace("0.1.0", __version__))


def rows(text):
    return [" ".join(row.split()) for row in text.splitlines() if row.strip()]


def in_order(wanted, printed):
    """The first row that is not printed after those before it; None where all are. ``…`` stands for any."""
    rest = iter(printed)
    return next((row for row in wanted if row != "…" and row not in rest), None)


@pytest.fixture
def late_orders(tmp_path):
    """The folder of the plugin that the page speaks of, with the fault it shows."""
    assert main(["plugins", "new", "late-orders", "--kind", "detector", "--into", str(tmp_path), "-q"]) == 0
    folder = tmp_path / "logsense-late-orders"
    project = folder / "pyproject.toml"
    project.write_text(project.read_text(encoding="utf-8").replace('license = "MIT"\n', ""), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    """A terminal as wide as the page's."""
    monkeypatch.setenv("COLUMNS", "100")


def test_the_list_is_as_shown(publish, capfd):
    """Ours and a stranger's entries stand in the list as on the page."""
    name = "logsense-late-orders"
    summary = "A detector for logsense: messages of trouble that were never seen in the quiet time."
    entries = {"detectors": {"late-orders": "logsense_late_orders"}}
    publish(
        name, entries, version=__version__, requires="logsense-aiops>=0.1,<1", more=f"Summary: {summary}\n"
    )
    assert main(["plugins", "list"]) == 0
    assert in_order(shown("logsense plugins list"), rows(capfd.readouterr().out)) is None


def test_what_a_thing_is_is_as_shown(capfd):
    """All that is told of a detector is on the page, word for word, but for where it is installed."""
    assert main(["plugins", "info", "detectors.rate"]) == 0
    printed, page = rows(capfd.readouterr().out), shown("logsense plugins info detectors.rate")
    assert [row for row in printed if not row.startswith("installed")] == [
        row for row in page if not row.startswith("installed")
    ]


def test_the_checks_are_as_shown(late_orders, monkeypatch, capfd):
    """The rows of checks on the page are printed in this order, with these sums; figures of time aside."""
    monkeypatch.chdir(late_orders)
    assert main(["plugins", "check", ".", "-v"]) == 1
    figure = re.compile(r"\d+\.\d+ s")
    printed = [figure.sub("N s", row) for row in rows(capfd.readouterr().out)]
    page = [figure.sub("N s", row) for row in shown("logsense plugins check . -v")]
    assert in_order(page, printed) is None
    assert in_order([*page, "passed nothing"], printed) == "passed nothing"


def test_the_first_step_of_the_tutorial_writes_what_the_next_ones_change(tmp_path):
    """The command of step 1 writes the files that the tutorial names, laid out as the package to copy is."""
    page = (ROOT / "docs" / "write-a-plugin.md").read_text(encoding="utf-8")
    step = page[page.index("## 1.") : page.index("## 2.")]
    block = re.search(r"^```sh\n(.*?)^```$", step, re.MULTILINE | re.DOTALL)
    assert block is not None
    first, second, *_ = block[1].splitlines()
    words = shlex.split(first)
    assert words[:3] == ["logsense", "plugins", "new"]
    assert main([*words[1:], "--into", str(tmp_path), "-q"]) == 0
    folder = tmp_path / second.removeprefix("cd ")
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    named = {
        name
        for row in re.findall(r"^\| (`[^|]*) \|", step, re.MULTILINE)
        for name in re.findall(r"`([^`]+)`", row)
    }
    assert named <= written
    assert written - named == {"logsense_stall/py.typed"}
    example = ROOT / "plugins" / "logsense-example"
    copied = {
        path.relative_to(example).as_posix().replace("logsense_example", "logsense_stall")
        for place in (
            "pyproject.toml",
            "README.md",
            "logsense_example/*.py",
            "logsense_example/py.typed",
            "tests/*.py",
        )
        for path in example.glob(place)
    }
    assert copied <= written
