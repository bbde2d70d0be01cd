"""Which plugins are loaded, and which come first."""

import pytest

from logsense.config import PluginSettings, chosen, ordered
from logsense.entry_points import here
from logsense.host import BUNDLED, Found

OURS = Found("detectors", "bundled", "logsense_x", BUNDLED, "1")
A = Found("detectors", "a", "x", "dist-a", "1")
B = Found("detectors", "b", "x", "dist-b", "1")
B2 = Found("rankers", "b", "x", "dist-b", "1")


@pytest.mark.parametrize(
    "order,names",
    [
        ((), ["bundled", "a", "b"]),
        (("dist-b",), ["b", "bundled", "a"]),
        (("detectors.b", "dist-a"), ["b", "a", "bundled"]),
        (("rankers.b",), ["bundled", "a", "b"]),
        (("nothing", "dist-a"), ["a", "bundled", "b"]),
        ((BUNDLED, "dist-b", BUNDLED), ["bundled", "b", "a"]),
    ],
)
def test_what_is_named_comes_first(order, names):
    """Plugins that the order names come first, in its order; the others keep theirs."""
    assert [one.name for one in ordered((OURS, A, B), order)] == names


@pytest.mark.parametrize(
    "settings,names",
    [
        ({}, ["bundled", "a", "b", "b"]),
        ({"load": ()}, ["bundled"]),
        ({"load": ("dist-b",)}, ["bundled", "b", "b"]),
        ({"load": ("b",)}, ["bundled", "b", "b"]),
        ({"load": ("detectors.b",)}, ["bundled", "b"]),
        ({"disabled": ("dist-b",)}, ["bundled", "a"]),
        ({"disabled": ("detectors.bundled", "rankers.b")}, ["a", "b"]),
        ({"disabled": ("dist-a",), "load": ("dist-a",)}, ["bundled"]),
        ({"order": ("dist-b",), "disabled": ("detectors.b",)}, ["b", "bundled", "a"]),
    ],
)
def test_what_is_loaded(settings, names):
    """``load`` limits other packages alone, what is disabled is left out whoever brings it."""
    assert [one.name for one in chosen((OURS, A, B, B2), PluginSettings(**settings))] == names


@pytest.mark.parametrize("name", ["dist-b", "Dist_B", "DIST.b", "dist--b"])
def test_a_distribution_may_be_spelt_in_any_way(name):
    """Names of distributions compare as installers compare them, in every list of the settings."""
    assert chosen((A, B), PluginSettings(disabled=(name,))) == [A]
    assert chosen((A, B), PluginSettings(load=(name,))) == [B]
    assert ordered((A, B), (name,)) == [B, A]
    assert here(B, PluginSettings(trusted=(name,)))
    assert not here(A, PluginSettings(trusted=(name,)))


def test_a_distribution_does_not_pass_for_an_entry():
    """``detectors.a`` in a list is the entry: a distribution called detectors-a is not meant by it."""
    other = Found("rankers", "x", "x", "detectors-a", "1")
    assert chosen((A, other), PluginSettings(load=("detectors.a",))) == [A]
    assert not here(other, PluginSettings(trusted=("detectors.a",)))
    assert chosen((A, other), PluginSettings(load=("Detectors_A",))) == [other]


def test_entries_are_spelt_as_they_are():
    """The name of an entry is a key of its distribution: another spelling is another name."""
    assert chosen((A, B), PluginSettings(disabled=("detectors.B", "Detectors.b"))) == [A, B]
