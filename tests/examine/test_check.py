"""``plugins check``: each fault is a failure of the check that is meant, and ends nothing else."""

import json
from pathlib import Path

import pytest

from logsense import examine
from logsense.cli.main import main
from logsense.config import PluginSettings
from logsense.errors import InputError, UsageError
from logsense.scaffold import plan, write
from logsense.testing import checks_for

RANKER = '''"""A ranker."""

import polars as pl
from logsense.api import View, hookimpl

FORM = {{"candidate": pl.UInt32, "name": pl.String, "value": pl.Float64, "why": pl.String}}
{top}

class Mine:
    """It knows nothing. Finds: nothing. Misses: all. Cost: none. Source: none."""

    name = "mine"

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """No evidence at all."""
        {body}
        return pl.DataFrame(schema=FORM)


@hookimpl
def {hook}() -> list[type[Mine]]:
    """The class."""
    return [Mine]
'''


@pytest.fixture
def project(tmp_path):
    """Makes a project of a ranker with something wrong; gives its folder."""

    def make(top="", body="", hook="register_rankers", **change):
        folder = write(plan("ranker", "mine"), tmp_path)
        code = RANKER.format(top=top, body=body, hook=hook)
        (folder / "logsense_mine" / "__init__.py").write_text(code, encoding="utf-8")
        file = folder / "pyproject.toml"
        text = file.read_text(encoding="utf-8")
        for old, new in change.values():
            assert old in text
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
        return folder

    return make


def failed(folder, seconds=30.0):
    """The checks that fail, with what is said."""
    outcomes = list(examine.examined(examine.of_project(folder), seconds))
    return {one.check: one.said for one in outcomes if one.status == "failed"}, outcomes


def test_a_ranker_without_fault_passes(project):
    """Nothing fails and nothing is skipped where nothing is wrong."""
    faults, outcomes = failed(project())
    assert not faults
    assert {one.status for one in outcomes} == {"passed"}


@pytest.mark.parametrize(
    "fault, check, words",
    [
        ({"top": "import no_such_package"}, "imports", "no_such_package"),
        ({"top": "raise SystemExit(0)"}, "imports", "SystemExit"),
        ({"top": "import os; os._exit(7)"}, "imports", "status 7"),
        ({"top": "import os; os.kill(os.getpid(), 11)"}, "imports", "SIGSEGV"),
        ({"hook": "register_ranker"}, "registers", "register_ranker"),
        ({"top": "print('hello')"}, "import_silent", "do not print"),
        ({"top": "sum(i * i for i in range(30_000_000))"}, "import_quick", "s of CPU"),
        ({"top": "import sys; sys.modules['torch'] = sys"}, "import_light", "torch"),
    ],
)
def test_a_fault_of_loading_is_named(project, fault, check, words):
    """Whatever goes wrong when it is loaded is a failure of one check, with the reason."""
    faults, _ = failed(project(**fault))
    assert words in faults.pop(check)
    assert not set(faults) - {"light_import", "quick_import", "stdout_silent", "import_silent"}


def test_a_check_that_ends_the_process_costs_no_other(project):
    """A crash in one check is its failure, with the signal; the checks after it are run all the same."""
    body = "import os; view.counts.height == 0 and os.abort()"
    faults, outcomes = failed(project(body=body))
    assert faults
    assert all("SIGABRT" in said for said in faults.values())
    assert [one for one in outcomes if one.status == "passed" and one.check == "same_twice"]


def test_what_cannot_be_made_is_not_made_again(project):
    """After a crash the next process knows what failed before: nothing else is blamed for that."""
    folder = project(body="import os; view.counts.height == 0 and os.abort()")
    code = folder / "logsense_mine" / "__init__.py"
    broken = 'class Broken(Mine):\n    name = "broken"\n\n    def __init__(self):\n        1 / 0\n\n\n'
    text = code.read_text(encoding="utf-8").replace("@hookimpl", f"{broken}@hookimpl")
    code.write_text(text.replace("return [Mine]", "return [Broken, Mine]"), encoding="utf-8")
    faults, outcomes = failed(folder)
    assert "ZeroDivisionError" in faults.pop("made_with_defaults")
    assert faults
    assert all("SIGABRT" in said for said in faults.values())
    assert "imports" not in faults
    assert [one for one in outcomes if one.status == "passed" and one.check == "same_twice"]


def test_what_never_ends_is_stopped(project, monkeypatch):
    """A check that hangs fails when its time is over; after some the rest is given up, which is said."""
    monkeypatch.setattr(examine.run, "PATIENCE", 1)
    _, outcomes = failed(project(body="while True: pass"), seconds=4.0)
    hung = [one for one in outcomes if one.status == "failed"]
    assert len(hung) == 1
    assert "took longer than 4 s" in hung[0].said
    assert outcomes[-1].status == "skipped"
    assert "given up" in outcomes[-1].said


@pytest.mark.parametrize(
    "change, check",
    [
        (("logsense-aiops>=0.1,<1", "logsense-aiops>=0.1"), "upper_bound"),
        (("logsense-aiops>=0.1,<1", "logsense-aiops>=7,<8"), "fits_this_version"),
        (("logsense-aiops>=0.1,<1", "click<99"), "asks_for_logsense"),
        (('name = "logsense-mine"', 'name = "mine"'), "named_logsense"),
        (("mine = ", "Mine = "), "entries_lower_case"),
        (('readme = "README.md"', ""), "readme"),
        (('license = "MIT"', ""), "licence"),
        (("description", "# description"), "summary"),
    ],
)
def test_a_fault_of_the_metadata_is_named(project, change, check):
    """What a distribution must say of itself, each is a check of its own."""
    target = examine.of_project(project(change=change))
    outcomes = list(examine.run.metadata(target))
    faults = {one.check for one in outcomes if one.status == "failed"}
    assert check in faults
    # Who does not ask for logsense at all has no bound to it either.
    assert faults <= {check, "upper_bound"}


def test_the_command_says_one_line_a_check(project, capfd, monkeypatch):
    """A failure is a row with what to do, and status 1; the sum stands last. JSON says the same."""
    monkeypatch.setenv("COLUMNS", "120")
    folder = project(change=('license = "MIT"', ""))
    assert main(["plugins", "check", str(folder)]) == 1
    told = capfd.readouterr().out
    assert "\nFAILED   logsense-mine  licence  say under which licence" in f"\n{told}"
    assert told.endswith(" 1 failed, 0 skipped\n")
    monkeypatch.chdir(folder)
    assert main(["plugins", "check", ".", "--format", "json"]) == 1
    document = json.loads(capfd.readouterr().out)
    assert document["failed"] == 1
    assert document["passed"] == len(document["checks"]) - 1


def told(check, said, subject="detectors.mine: mine", status="failed"):
    """An outcome."""
    return examine.Outcome(subject, check, status, said)


def test_failures_that_say_the_same_are_one_fault():
    """Same is what differs in numbers or in the small view; lines of code, subjects and words tell apart."""
    same = [
        told("one", "planted('new'): score [12.5]"),
        told("two", "calm(): score [7]"),
        told("three", "it raised ValueError: no 7 at 0x7f30 (mine, line 3)"),
        told("four", "it raised ValueError: no 9 at 0x7f99 (mine, line 3)"),
    ]
    apart = [
        told("five", "it raised ValueError: no 9 at 0x7f99 (mine, line 4)"),
        told("six", "score [7]", subject="detectors.mine: other"),
        told("seven", "score [7]", status="skipped"),
    ]
    found = examine.faults([*same, *apart])
    assert [(one.check, one.alike) for one in found] == [
        ("one", ("two",)), ("three", ("four",)), ("five", ()), ("six", ()),
    ]  # fmt: skip
    assert found[0].said == same[0].said


def test_one_bug_is_told_once_with_its_place(project, capfd, monkeypatch):
    """What every run meets is one entry with the line that raised; JSON names those alike, and all checks."""
    monkeypatch.setenv("COLUMNS", "80")
    folder = project(body="raise ValueError(f'never mind the {view.counts.height}')")
    assert main(["plugins", "check", str(folder)]) == 1
    rows = capfd.readouterr().out.splitlines()
    line = (folder / "logsense_mine" / "__init__.py").read_text(encoding="utf-8").splitlines()
    at = next(number for number, text in enumerate(line, 1) if "never mind" in text)
    first = rows.index("FAILED   rankers.mine: mine  empty_frame")
    assert f"never mind the 0 (logsense_mine, line {at})" in rows[first + 1]
    assert "more fail like empty_frame; -v names them" in rows[first + 2]
    assert len([row for row in rows if row.startswith("FAILED")]) == 1
    assert "(1 fault)" in rows[-1]
    assert all(len(row) <= 80 for row in rows)
    assert main(["plugins", "check", str(folder), "--format", "json"]) == 1
    document = json.loads(capfd.readouterr().out)
    (fault,) = document["faults"]
    bad = [one["check"] for one in document["checks"] if one["status"] == "failed"]
    assert bad == [fault["check"], *fault["alike"]]
    assert document["failed"] == len(bad) > 20
    assert {"nothing_written", "same_elsewhere"} <= set(bad)
    assert main(["plugins", "check", str(folder), "-v"]) == 1
    assert " ".join(capfd.readouterr().out.split()).count(", ".join(fault["alike"])) == 1


def test_what_is_quick_is_checked_first(project):
    """Checks that take long come after all others of a thing, so that plain faults are told at once."""
    _, outcomes = failed(project())
    slow = {one.name for one in checks_for(Quick()).values() if one.slow}
    took_long = [one.check in slow for one in outcomes if one.subject == "rankers.mine: mine"]
    assert True in took_long
    assert took_long == sorted(took_long)


class Quick:
    """A ranker, of which only the names of checks are asked."""

    name = "quick"

    def score(self, view, candidates):
        """Nothing."""


def test_what_tests_give_an_example_is_skipped_not_failed(tmp_path):
    """A detector of something that cannot be planted is told so: its own tests say what it must find."""
    folder = write(plan("detector", "odd-one"), tmp_path)
    code = folder / "logsense_odd_one" / "__init__.py"
    code.write_text(code.read_text(encoding="utf-8").replace('    finds = ("new",)\n', ""), encoding="utf-8")
    faults, outcomes = failed(folder)
    assert not faults
    (skipped,) = [one for one in outcomes if one.status == "skipped"]
    assert (skipped.check, "example() -> View" in skipped.said) == ("finds_planted", True)


ROOT = Path(__file__).parents[2]


@pytest.mark.slow  # all that is bundled or published with it, checked whole: two minutes of CPU
@pytest.mark.parametrize(
    "whose",
    ["reporters.bundled", "detectors.bundled", "rankers.bundled", "formats.bundled", "masks.bundled",
     "panels.bundled", *(f"plugins/{one.name}" for one in sorted((ROOT / "plugins").glob("logsense-*")))],
)  # fmt: skip
def test_what_we_publish_passes(whose):
    """All that comes with logsense, and each package beside it, passes every check that applies to it.

    Nothing of ours is left out for want of an example.
    """
    bundled = whose.endswith(".bundled")
    target = examine.of_name(whose, PluginSettings()) if bundled else examine.of_project(ROOT / whose)
    outcomes = list(examine.examined(target, 60.0))
    assert not [one for one in outcomes if one.status == "failed"]
    assert {one.said for one in outcomes if one.status == "skipped"} <= {"it comes with logsense"}


def test_names_and_folders_that_are_none_are_told(tmp_path, capfd):
    """A folder without a project, one without a plugin, a broken one, and a name nobody has, are told."""
    with pytest.raises(UsageError, match=r"no pyproject\.toml"):
        examine.of_project(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(UsageError, match="announces no plugin"):
        examine.of_project(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project\n")
    with pytest.raises(InputError, match=r"pyproject\.toml cannot be read"):
        examine.of_project(tmp_path)
    assert main(["plugins", "check", "detectors.bundeld"]) == 2
    assert "did you mean detectors.bundled?" in capfd.readouterr().err


def test_an_installed_plugin_is_found_by_its_names():
    """An entry is checked alone; what comes with logsense is known by the distribution's metadata."""
    target = examine.of_name("rankers.bundled", PluginSettings())
    assert target.entries == (("rankers", "bundled", "logsense_rankers"),)
    assert target.summary
    assert len(target.readme) > 200
