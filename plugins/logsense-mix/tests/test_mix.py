"""The mix detector keeps what every detector promises, and finds what does not go together."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install ./plugins/logsense-mix")
pytest.importorskip("logsense_mix", reason="not installed: pip install ./plugins/logsense-mix")

from logsense.testing import calm, from_table, parametrize_with_checks, planted

from logsense_mix import Mix, register_detectors


def parted():
    """Four pairs of steps that come together, of which one fails to follow for a while."""
    random = np.random.default_rng(1)
    flow = np.repeat(15.0 + random.negative_binomial(4, 4 / 44, size=(4, 100)), 2, axis=0)
    flow[1::2] = np.maximum(flow[1::2] + random.integers(-2, 3, size=(4, 100)), 0)
    flow[1, 70:80] //= 4
    texts = [f"{what} {how}" for what in ("order", "mail", "page", "cart") for how in ("taken", "done")]
    return from_table(flow, ["shop"] * 8, texts, ["INFO"] * 8, quiet=range(60))


def _with_example():
    plugin = Mix()
    plugin.example = parted
    return plugin


@parametrize_with_checks([_with_example()])
def test_conforms(plugin, check):
    """Each check of the kit holds."""
    check(plugin)


def test_what_parts_is_found_though_each_count_is_usual():
    """Of two steps that go together one stays away: the buckets are found, and one of the two is named."""
    view = parted()
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
