"""The detector keeps what every detector promises, finds a stalled service, and is quiet elsewhere."""

import polars as pl
import pytest
from logsense.testing import calm, parametrize_with_checks, planted

from logsense_example import Stall, register_detectors


@parametrize_with_checks([Stall()])
def test_conforms(plugin, check):
    """Each check of the kit holds."""
    check(plugin)


def test_the_message_that_goes_on_is_named():
    """The message is named, with its share, from the first odd bucket to the last one."""
    view = Stall.example()
    found = Stall().fit(view).detect(view)
    assert found.height == 1
    text = dict(view.templates.select("template", "text").iter_rows())[found["template"][0]]
    assert text == "retrying <str>"
    odd = view.counts.filter(pl.col("bucket").is_between(60, 74))
    assert found["start"][0] >= odd["first"].min()
    assert found["end"][0] <= odd["last"].max()
    assert found["score"][0] > 3
    assert "goes on almost alone" in found["sentence"][0]


@pytest.mark.parametrize("kind", ["rate up", "new", "silence", "rate down"])
def test_other_trouble_is_none_of_its_business(kind):
    """What other detectors find is not found here again."""
    view = planted(kind)
    assert Stall().fit(view).detect(view).height == 0


def test_calm_runs_are_quiet():
    """Nothing at all is found in twenty calm runs."""
    views = [calm(seed=seed) for seed in range(20)]
    assert not sum(Stall().fit(view).detect(view).height for view in views)


def test_the_thresholds_are_obeyed():
    """Stricter keywords find less: ten times the largest usual share is more than there can be."""
    view = Stall.example()
    assert Stall(times=10.0).fit(view).detect(view).height == 0
    assert Stall(at_least=1000).fit(view).detect(view).height == 0


def test_it_is_announced_to_the_host():
    """The hook gives the class."""
    assert register_detectors() == [Stall]
