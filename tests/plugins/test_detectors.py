"""What the bundled detectors find, and what they leave alone."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from logsense_detectors.novelty import Novelty
from logsense_detectors.rate import Rate
from logsense_detectors.severity import Severity
from logsense_detectors.silence import Silence

from logsense.schema import CHANGES
from logsense.testing import calm, from_table, planted
from logsense.testing.cases import START, WIDTH


def test_new_template_starts_at_its_first_record() -> None:
    """A new message's anomaly starts at the time of its first record, not of its bucket."""
    view = planted("new", at=60)
    found = Novelty().fit(view).detect(view).filter(pl.col("score") > 5)
    first = view.counts.filter(pl.col("template") == found["template"][0])["first"].min()
    assert found["start"][0] == first
    assert first != START + timedelta(microseconds=60 * WIDTH)


def test_chronic_messages_are_not_new() -> None:
    """A message that spans most of the run is chronic, wherever the baseline lies."""
    n = np.ones((2, 100))
    n[1, :10] = 0
    view = from_table(
        n, ["a", "a"], ["tick", "error: cannot open <path>"], ["INFO", "ERROR"], quiet=range(2, 10)
    )
    assert Novelty().fit(view).detect(view).height == 0


@pytest.mark.parametrize("begin", [0, 9, 17])
def test_a_fault_that_covers_most_of_the_run_is_new(begin: int) -> None:
    """Trouble that goes on for 83 of 100 buckets is told, at the start, in the middle and to the end."""
    words, levels = ["tick", "error: cannot open <path>"], ["INFO", "ERROR"]
    n = np.ones((2, 100))
    n[1] = 0
    n[1, begin : begin + 83] = 4
    view = from_table(n, ["a", "a"], words, levels, quiet=range(2, 20))
    found = Novelty().fit(view).detect(view)
    assert found.height == 1
    assert found["score"][0] > 5
    n[1, begin : begin + 83 : 4] = 0  # now and then, as what is chronic comes
    now_and_then = from_table(n, ["a", "a"], words, levels, quiet=range(2, 20))
    assert Novelty().fit(now_and_then).detect(now_and_then).height == 0


def test_a_service_that_came_with_its_trouble_is_not_new_for_most_of_the_run() -> None:
    """Where a service is silent outside its trouble nothing shows that it was ever without."""
    n = np.ones((3, 100))
    n[1:, :18] = 0
    view = from_table(
        n,
        ["a", "b", "b"],
        ["tick", "tock", "error: no <path>"],
        ["INFO", "INFO", "ERROR"],
        quiet=range(2, 20),
    )
    assert Novelty().fit(view).detect(view).filter(pl.col("service") == "b").height == 0


def came(*buckets: int) -> pl.DataFrame:
    """What novelty finds of an error that comes three times in each of these buckets."""
    n = np.ones((2, 100))
    n[1] = 0
    n[1, list(buckets)] = 3
    quiet = [bucket for bucket in range(2, 60) if bucket not in buckets]
    view = from_table(n, ["a", "a"], ["tick", "error: cannot open <path>"], ["INFO", "ERROR"], quiet=quiet)
    return Novelty().fit(view).detect(view).sort("start")


def test_what_comes_and_goes_again_and_again_is_less_surprising_each_time() -> None:
    """At its fourth coming an error has a rate of its own; what came once before is as odd as at first."""
    found, twice = came(15, 30, 45, 60), came(45, 60)
    assert found.height == 4
    assert found["score"][0] == found["score"].max() > found["score"][3] + 0.5
    assert twice["score"][0] == pytest.approx(twice["score"][1])
    told = [sentence.rpartition(", ")[2] for sentence in found["sentence"]]
    assert told == ["never before", "3 before that", "6 before that", "9 before that"]


def test_messages_of_start_up_are_not_new() -> None:
    """What a service says only in its first tenth is its start-up."""
    n = np.ones((2, 100))
    n[1] = 0
    n[1, 1:4] = 3
    view = from_table(n, ["a", "a"], ["tick", "listening on <ip>"], ["INFO", "INFO"], quiet=range(20, 60))
    assert Novelty().fit(view).detect(view).height == 0


def test_harmless_messages_after_a_restart_are_expected_and_errors_are_not() -> None:
    """Just after a restart of a service its harmless new messages are left out, its new errors are not."""
    n = np.ones((3, 100))
    n[1:] = 0
    n[1:, 70:73] = 1
    texts = ["tick", "loaded module <str>", "error: cannot load module <str>"]
    view = from_table(n, ["a"] * 3, texts, ["INFO", "INFO", "ERROR"], quiet=range(2, 60))
    time = START + timedelta(microseconds=70 * WIDTH)
    change = {"time": time, "service": "a", "kind": "restart", "source": 0, "line": 1, "text": "starting"}
    view = replace(view, changes=CHANGES.of([change]))
    found = Novelty().fit(view).detect(view)
    bad = view.templates.filter(pl.col("level") == "ERROR")["template"][0]
    assert found["template"].to_list() == [bad]


def test_a_surge_of_a_whole_service_is_no_rise_of_its_templates() -> None:
    """When all templates of a service double together, none of them is called out."""
    random = np.random.default_rng(1)
    n = random.negative_binomial(10, 0.5, size=(8, 100)).astype(float)
    n[:, 60:80] *= 2
    view = from_table(
        n, ["a"] * 8, [f"served {chr(97 + i)}" for i in range(8)], ["INFO"] * 8, quiet=range(2, 50)
    )
    found = Rate().fit(view).detect(view)
    assert found.filter(pl.col("kind") == "rate up").height == 0


def test_rise_and_fall_say_numbers() -> None:
    """A rise says what was observed and what was expected."""
    view = planted("rate up")
    found = Rate().fit(view).detect(view).filter(pl.col("kind") == "rate up")
    row = found.sort("score", descending=True).row(0, named=True)
    assert float(row["observed"].split()[0].replace(",", "")) > 3 * float(row["expected"].replace(",", ""))


def test_false_alarms_on_calm_counts_are_rare() -> None:
    """Over 20 calm runs of 30 templates there is at most one rate anomaly of score 4 or more."""
    loud = 0
    for seed in range(20):
        view = calm(seed=seed)
        loud += Rate().fit(view).detect(view).filter(pl.col("score") >= 4).height
    assert loud <= 1


def test_the_end_of_the_run_is_no_silence() -> None:
    """A run that ends for all at once has no silence."""
    view = calm()
    assert Silence().fit(view).detect(view).height == 0


def test_silence_starts_when_the_next_one_was_due() -> None:
    """A vanished heartbeat's anomaly starts one usual gap after the last beat."""
    view = planted("vanished", at=60)
    row = Silence().fit(view).detect(view).filter(pl.col("kind") == "vanished").row(0, named=True)
    beat = view.counts.filter(pl.col("template") == row["template"])
    assert row["start"] - beat["last"].max() == timedelta(microseconds=5 * WIDTH)


def test_trouble_that_ends_is_no_loss() -> None:
    """An error that came regularly and stops is not missed."""
    n = np.ones((2, 100))
    n[1, :] = 0
    n[1, :50:2] = 1
    view = from_table(n, ["a", "a"], ["tick", "error: cannot open <path>"], ["INFO", "ERROR"])
    assert Silence().fit(view).detect(view).height == 0


def test_known_errors_that_come_all_at_once_are_found() -> None:
    """Many known rare errors at once are a burst of severity, though each alone is no news."""
    view = planted("severity")
    found = Severity().fit(view).detect(view)
    assert found.filter(pl.col("service") == "beta")["score"].max() > 3
