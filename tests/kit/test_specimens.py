"""The kit passes good plugins, and fails each bad one at the check that is about its fault, there alone."""

from importlib import import_module
from pathlib import Path

import pytest
from specimens import good

from logsense.testing import CheckFailed, checks_for

HERE = Path(__file__).parent / "specimens"
BAD = sorted(path.stem for path in (HERE / "bad").glob("*.py") if not path.stem.startswith("_"))
GOOD = {
    "detector": good.Detector,
    "ranker": good.Ranker,
    "reporter": good.Reporter,
    "source": good.Source,
    "metrics": good.Metrics,
    "panel": good.Panel,
    "command": good.command,
    "format": HERE / "good_format.toml",
    "mask": HERE / "good_mask.toml",
}


def failed(plugin):
    """The names of the checks that a plugin fails, each with what was said."""
    out = {}
    for name, check in checks_for(plugin).items():
        try:
            check(plugin)
        except CheckFailed as error:
            out[name] = str(error)
    return out


#: These take more than five seconds each; others of their kind are always tried.
LONG = {"pairs", "panel"}


def each(names):
    """A case a name, the long ones marked."""
    return [pytest.param(name, marks=[pytest.mark.slow] if name in LONG else []) for name in names]


@pytest.mark.parametrize("kind", each(GOOD))
def test_good_plugins_pass(kind):
    """A small plugin of each kind that keeps every promise passes every check of its kind."""
    assert failed(GOOD[kind]) == {}


@pytest.mark.parametrize("name", each(BAD))
def test_bad_plugins_fail_the_check_that_is_meant(name):
    """Each bad plugin fails the one check that is about its fault, by name, and passes all others."""
    bad = import_module(f"specimens.bad.{name}")
    told = failed(bad.PLUGIN)
    assert list(told) == [bad.MEANT], told
    assert told[bad.MEANT].startswith(f"{bad.MEANT}: ")


def test_there_are_bad_plugins_of_most_kinds():
    """Ten bad plugins at least, no two about the same check."""
    meant = [import_module(f"specimens.bad.{name}").MEANT for name in BAD]
    assert len(set(meant)) == len(meant) >= 10
