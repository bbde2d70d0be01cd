"""The detectors keep what every detector promises, find what is planted, and are quiet in health."""

# ruff: noqa: E501 - rows of data read better long than broken

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from logsense.testing import calm, check_command, from_table, parametrize_with_checks, planted

from logsense_security import (
    Deeds,
    Guessing,
    Outflow,
    Stuffing,
    Surges,
    Telltale,
    register_commands,
    register_detectors,
)
from logsense_security.deeds import ACTS
from logsense_security.knowledge import families

ALL = [Deeds, Guessing, Outflow, Stuffing, Surges, Telltale]
BLOCKED = families("surge")[0].samples[0]


def firewall(*, scan=400.0, noise=3.0):
    """A firewall that refuses a little all the time, and for some buckets very much."""
    n = np.full((2, 80), noise)
    n[0, ::2] += 2.0
    n[0, 60:63] = scan
    return from_table(n, ["kernel", "shop"], [BLOCKED, "order taken"], ["INFO"] * 2, quiet=range(50))


def sending(*, burst=5e8):
    """A series that sends a megabyte a bucket, and once far more."""
    view = from_table(np.ones((1, 80)), ["shop"], ["order taken"], ["INFO"], quiet=range(50))
    rows = [
        {"bucket": b, "service": "shop", "template": view.templates["template"][0], "name": "bytes_sent",
         "unit": None, "n": 1, "min": s, "max": s, "sum": s, "histogram": [{"bin": 160, "n": 1}]}
        for b in range(80) for s in [burst if b == 60 else 1e6]
    ]  # fmt: skip
    return replace(view, values=pl.DataFrame(rows, schema=dict(view.values.schema)))


def doing(act, *, actors=("198.51.100.9",), at=60, n=40, usual=False, sizes=(None, None)):
    """A run in which actors do something, in one bucket; usual: all the time, too."""
    view = planted("new")
    how = "user" if act == "commanded" else "address"
    template = view.templates["template"].sort()[0]
    rows = [
        {"bucket": b, "service": "beta", "template": template, "act": act, "actor": actor, "how": how, "n": n,
         "first": view.start + timedelta(microseconds=b * view.width),
         "last": view.start + timedelta(microseconds=b * view.width + 5),
         "smallest": sizes[0], "largest": sizes[1]}
        for actor in actors for b in ([at, *range(3, 48, 4)] if usual else [at])
    ]  # fmt: skip
    return replace(view, deeds=pl.DataFrame(rows, schema=dict(view.deeds.schema)))


@parametrize_with_checks([kind() for kind in ALL])
def test_conforms(plugin, check):
    """Each check of the kit holds."""
    check(plugin)


def found(kind, view):
    """What a detector with its defaults finds."""
    return kind().fit(view).detect(view)


def guessed(**changed):
    """The planted success after ninety failures, changed."""
    view = planted("security")
    typed = [pl.lit(value, view.attempts.schema[name]).alias(name) for name, value in changed.items()]
    return replace(view, attempts=view.attempts.with_columns(typed))


@pytest.mark.parametrize(
    "changed,ids",
    [
        ({}, ["T1110.001", "T1078"]),
        ({"same": 2}, ["T1110.003", "T1078"]),
        ({"act": "answered"}, ["T1595.003", "T1595.003"]),
    ],
)
def test_guessing_names_its_technique(changed, ids):
    """One name is guessing, many names are spraying, probes are scanning; what follows is a valid account."""
    sentences = found(Guessing, guessed(**changed))["sentence"].to_list()
    assert len(sentences) == 2
    assert all(any(id_ in sentence for sentence in sentences) for id_ in ids)


@pytest.mark.parametrize("changed", [{"before": 1}, {"failed": 3, "same": 3}, {"names": 9, "same": 2}])
def test_guessing_is_quiet_about_people(changed):
    """Who was there before, who mistypes, and whom a proxy hides among others is not told."""
    assert not found(Guessing, guessed(**changed)).height


def test_a_scan_of_ports_is_told_and_noise_is_not():
    """Far more refusals than usual are T1046; the same level all day, however high, is nothing."""
    told = found(Surges, firewall())
    assert told.height == 1
    assert "T1046" in told["sentence"][0]
    assert told["observed"][0] == "1,200"
    assert not found(Surges, firewall(scan=300.0, noise=280.0)).height
    assert not found(Surges, firewall(scan=12.0)).height


def test_data_that_leaves_is_told_and_a_busy_hour_is_not():
    """Hundreds of times the largest of the quiet time is T1048; thrice is a busy hour."""
    told = found(Outflow, sending())
    assert told.height == 1
    assert "T1048" in told["sentence"][0]
    assert not found(Outflow, sending(burst=3e6)).height


@pytest.mark.parametrize("act,id_", [(act, id_) for act, id_, *_ in ACTS])
def test_deeds_are_told_once_where_they_are_new(act, id_):
    """A first deed is told with its technique; what is done in the quiet time, too, is not."""
    told = found(Deeds, doing(act))
    assert told.height == 1
    assert id_ in told["sentence"][0]
    assert not found(Deeds, doing(act, usual=True)).height


def test_a_site_that_answers_all_injections_says_nothing():
    """Where many scanners are answered, an answer is the noise of the internet."""
    many = tuple(f"198.51.100.{i}" for i in range(9))
    assert not found(Deeds, doing("injected", actors=many)).height


def test_few_requests_of_a_tool_are_noise():
    """A banner that a tool asks for is told by nobody, a scan is."""
    assert not found(Deeds, doing("scanned", n=8)).height
    assert "T1595.002" in found(Deeds, doing("scanned", n=300))["sentence"][0]


def test_an_injection_by_a_tool_weighs_more():
    """Of an address that scans with a tool, too, an answered injection is meant; of another it is as ever."""
    plain = found(Deeds, doing("injected"))["score"][0]
    for who, more in (("198.51.100.9", 1.0), ("198.51.100.10", 0.0)):
        view, tool = doing("injected", actors=("198.51.100.9",)), doing("scanned", n=300, actors=(who,))
        told = found(Deeds, replace(view, deeds=pl.concat([view.deeds, tool.deeds])))
        told = told.filter(pl.col("sentence").str.contains("T1190"))
        assert told["score"][0] == pytest.approx(plain + more)
        assert ("by a tool" in told["sentence"][0]) == (more > 0)


def test_three_answers_of_odd_size_are_often():
    """Each would be a chance of its own; of unknown size ten are needed."""
    asked = doing("asked", usual=True, sizes=(480.0, 900.0), actors=("",))

    def score(n, sizes):
        view = doing("injected", n=n, sizes=sizes)
        return found(Deeds, replace(view, deeds=pl.concat([view.deeds, asked.deeds])))["score"][0]

    odd, unknown = (500.0, 90_000.0), (None, None)
    assert score(3, odd) == pytest.approx(score(2, odd) + 1.0)
    assert score(3, unknown) == pytest.approx(score(2, unknown))


@pytest.mark.parametrize(
    "answer,score", [((500.0, 520.0), None), ((500.0, 90_000.0), 2.0), ((0.0, 0.0), 2.0), ((None, None), 0.0)]
)
def test_an_injection_is_judged_by_the_size_of_its_answer(answer, score):
    """Answered as always is nothing; another size than the page ever had is worth more than an unknown one."""
    view = doing("injected", sizes=answer)
    asked = doing(
        "asked", usual=True, sizes=(480.0, 900.0) if answer[0] != 0 else (4800.0, 9000.0), actors=("",)
    )
    told = found(Deeds, replace(view, deeds=pl.concat([view.deeds, asked.deeds])))
    if score is None:
        assert not told.height
        return
    plain = found(Deeds, doing("injected"))["score"][0]
    assert told["score"][0] == pytest.approx(plain + score)
    assert ("are usual" in told["sentence"][0]) == (score > 0)


def said(text, *, usual=False):
    """A run in which a message comes once; usual: twice in the quiet time, too."""
    n = np.full((2, 100), 2.0)
    n[0] = 0.0
    n[0, [60, 5, 25] if usual else [60]] = 1.0
    return from_table(n, ["host", "shop"], [text, "order taken"], ["INFO"] * 2, quiet=range(48))


@pytest.mark.parametrize("family", families("telling"), ids=lambda f: f"{f.technique.id} {f.what}")
def test_each_technique_is_told_where_new_and_not_where_usual(family):
    """A telling message is told, with its technique; one of the quiet time, and a near miss, is not."""
    for text in family.samples:
        sentences = found(Telltale, said(text))["sentence"].to_list()
        assert any(f": {family.technique.id} " in sentence for sentence in sentences)
        assert not found(Telltale, said(text, usual=True)).height
    for text in family.near:
        assert not found(Telltale, said(text)).height


@pytest.mark.parametrize("kind", ALL)
def test_calm_runs_are_quiet(kind):
    """Nothing at all in twenty calm runs."""
    assert not sum(found(kind, calm(seed=seed)).height for seed in range(20))


def test_the_host_is_given_all():
    """The hooks give the classes and the command."""
    assert register_detectors() == ALL
    assert [command.name for command in register_commands()] == ["attack"]


def test_the_command_conforms():
    """The kit's checks of commands hold."""
    check_command(register_commands()[0])
