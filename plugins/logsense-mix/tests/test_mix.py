"""The mix detector keeps what every detector promises, and finds what does not go together."""

from dataclasses import replace

import polars as pl
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install ./plugins/logsense-mix")
pytest.importorskip("logsense_mix", reason="not installed: pip install ./plugins/logsense-mix")

from logsense.testing import calm, parametrize_with_checks, planted

from logsense_mix import Mix, register_detectors


@parametrize_with_checks([Mix()])
def test_conforms(plugin, check):
    """Each check of the kit holds."""
    check(plugin)


def test_what_parts_is_found_though_each_count_is_usual():
    """Of two steps that go together one stays away: the buckets are found, and one of the two is named."""
    view = Mix.example()
    found = Mix().fit(view).detect(view).sort("score", descending=True)
    text = dict(view.templates.select("template", "text").iter_rows())[found["template"][0]]
    assert text in ("order taken", "order done")
    begin = view.counts.filter(pl.col("bucket") == 70)["first"].min()
    end = view.counts.filter(pl.col("bucket") == 79)["last"].max()
    assert found["start"][0] >= begin
    assert found["end"][0] <= end


def test_calm_runs_are_quiet():
    """Nothing of three decades in twenty calm runs, but for one at most."""
    loud = 0
    for seed in range(20):
        view = calm(seed=seed)
        loud += Mix().fit(view).detect(view).filter(pl.col("score") >= 3).height
    assert loud <= 1


def test_a_short_baseline_says_nothing():
    """Fifteen quiet buckets are too few for a model."""
    view = replace(planted("rate up"), quiet=tuple(range(15)))
    assert Mix().fit(view).detect(view).height == 0


def test_it_is_announced_to_the_host():
    """The hook gives the class."""
    assert register_detectors() == [Mix]
