"""Which plugins are loaded, and which come first."""

import pytest

from logsense.config import PluginSettings, chosen, ordered
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
