"""What settings change in a run."""

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from logsense import pipeline
from logsense.config import PluginSettings, Settings, Thresholds
from logsense.config.keys import KEYS, KEYWORDS, TABLES
from logsense.errors import ConfigError
from logsense.incident import group
from logsense.schema import ANOMALIES


@pytest.fixture(scope="module")
def logs(samples):
    return str(samples / "stock-pages" / "logs")


def test_the_evidence_an_incident_needs(logs):
    """More evidence is asked for: what was an incident is a near miss that says what it lacks."""
    assert pipeline.analyze(logs, threads=1).incidents
    high = pipeline.analyze(logs, threads=1, thresholds=Thresholds(incident=99.0))
    assert high.incidents == ()
    assert "99.0 decades" in high.near_misses[0].lacking


def test_how_far_apart_anomalies_of_one_incident_lie(logs):
    """What is grouped follows the distance that is set; the defaults are those of the code."""
    analysis = pipeline.analyze(logs, threads=1)
    one = analysis.anomalies.sort("score", descending=True).head(1)
    late = pytest.importorskip("polars").duration(seconds=40 * analysis.view.width // 1_000_000)
    import polars as pl

    pair = ANOMALIES.check(pl.concat([one, one.with_columns(pl.col("start", "end") + late)]), "two")
    pair = pair.with_columns(end=pl.col("start"), score=pl.lit(50.0))
    far, near = (
        group(pair, analysis.view, Thresholds(join_buckets=buckets, incident=1.0, join_seconds=0.0))
        for buckets in (5, 50)
    )
    assert len(far[0]) + len(far[1]) > len(near[0]) + len(near[1]) == 1


def test_what_is_left_out_does_not_run(logs):
    """Without the bundled detectors nothing is found; without one of them nothing of its own."""
    whole = pipeline.analyze(logs, threads=1)
    gone = whole.anomalies["detector"][0]
    less = pipeline.analyze(logs, threads=1, plugins=PluginSettings(disabled=(f"detectors.{gone}",)))
    assert gone not in less.anomalies["detector"].to_list()
    assert less.anomalies.height
    none = pipeline.analyze(logs, threads=1, plugins=PluginSettings(disabled=("detectors.bundled",)))
    assert none.anomalies.is_empty()


@pytest.mark.parametrize(
    "given,named",
    [
        ({"plugins": {"seconds": 3}}, "plugins"),
        ({"plugins": PluginSettings(seconds=0)}, "plugins.seconds"),
        ({"thresholds": Thresholds(incident=-1)}, "thresholds.incident"),
        ({"no_plugin": True}, "no_plugin"),
    ],
)
def test_settings_given_by_a_program_are_checked_too(given, named):
    """What a program gives is checked by the same table of keys."""
    with pytest.raises(ConfigError, match=named):
        Settings.resolve({}, **given)


def test_every_key_sets_a_field():
    """Each key of the table changes the field it names, and its default fits what it allows."""
    parts = {"run": Settings, "plugins": PluginSettings, "thresholds": Thresholds}
    for key in KEYS:
        if key.table in parts:
            assert key.target in {one.name for one in fields(parts[key.table])}, key.path
    assert replace(Settings(), threads=1).check()
    undeclared = {one.name for one in fields(PluginSettings)} - {
        key.target for key in KEYS if key.table == "plugins"
    }
    assert undeclared == {"keywords", "origins", "tell"}


def test_the_document_has_every_key(root: Path):
    """docs/config.md describes each table and each key as the code has it, and no other."""
    text = (root / "docs" / "config.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+\.\w+)` \|(.*)\|$", text, re.MULTILINE))
    wanted = {(key.path, f" {key.allowed} | {key.about} | {_variable(key)} ") for key in KEYS}
    assert rows == wanted
    for table in TABLES:
        assert f"`[{table}]`" in text
    for kind in KEYWORDS:
        assert f"`[{kind}.NAME]`" in text


def _variable(key) -> str:
    return f"`{key.variable}`" if key.variable else ""
