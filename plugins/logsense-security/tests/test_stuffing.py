"""Crowds that try passwords: which technique it is, who gets in, and what is none."""

# ruff: noqa: E501 - rows of data read better long than broken

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from logsense.testing import planted

from logsense_security import Stuffing


def found(kind, view):
    """What a detector with its defaults finds."""
    return kind().fit(view).detect(view)


def crowd(*, names=200, addresses=200, tries=1, won=0, people=0, usual=4):
    """Log-ins that fail from a few addresses all the time, and in one bucket from very many; people: who log in.

    won: how many of those addresses get in then. usual: addresses a bucket that fail all the time.
    """
    view = planted("new")
    template, bucket = view.templates["template"].sort()[0], 60
    time = [view.start + timedelta(microseconds=b * view.width) for b in range(view.buckets)]
    rows = [
        (b, "failed", f"192.0.2.{(7 * b + i) % 250}", "address", 1)
        for b in range(view.buckets)
        for i in range(usual)
    ]
    rows += [(bucket, "failed", f"2001:db8::{i:x}", "address", tries) for i in range(addresses)]
    rows += [(bucket, "failed", f"user{i}", "user", addresses * tries // names) for i in range(names)]
    rows += [(b, "passed", f"2001:db8::{i:x}", "address", 1) for b in (5, 20) for i in range(people)]
    deeds = [
        {"bucket": b, "service": "beta", "template": template, "act": act, "actor": actor, "how": how, "n": n,
         "first": time[b], "last": time[b] + timedelta(microseconds=5)}
        for b, act, actor, how, n in rows
    ]  # fmt: skip
    won_rows = [
        {"service": "beta", "act": "passed", "actor": f"2001:db8::{i:x}", "how": "address", "name": f"user{i}",
         "n": 1, "failed": 1, "same": 1, "before": 0, "names": 1, "failed_template": template,
         "first": time[bucket], "last": time[bucket], "template": template,
         "time": time[bucket] + timedelta(microseconds=5), "source": 0, "line": i + 1}
        for i in range(won)
    ]  # fmt: skip
    return replace(
        view,
        deeds=pl.DataFrame(deeds, schema=dict(view.deeds.schema)),
        attempts=pl.DataFrame(won_rows, schema=dict(view.attempts.schema)),
    )


@pytest.mark.parametrize(
    "changed,id_",
    [
        ({"names": 200}, "T1110.004"),
        ({"names": 1}, "T1110.001"),
        ({"names": 10}, "T1110.003"),
        ({"names": 0}, "T1110"),
    ],
)
def test_a_crowd_of_addresses_that_try_few_times_each(changed, id_):
    """Many addresses that fail a time or two: what they try says which technique it is."""
    told = found(Stuffing, crowd(**changed))
    assert told.height == 1
    assert f": {id_} " in told["sentence"][0]
    assert told["score"][0] <= Stuffing().alone


def test_a_crowd_of_which_some_get_in_is_worth_more():
    """Successes beyond what people who mistype explain are valid accounts, and weigh as much as an incident."""
    told = found(Stuffing, crowd(won=9))
    assert [s.split(": ")[1].split()[0] for s in told["sentence"].sort()] == ["T1078", "T1110.004"]
    assert told["score"].min() > 6.5
    assert "of them get in" in told["sentence"].sort()[1]


@pytest.mark.parametrize(
    "changed",
    [
        {"addresses": 12, "names": 12},  # a few who mistype
        {"tries": 40},  # single guessers at one time
        {"people": 200},  # who logs in at other times: log-ins are broken
        {"usual": 90},  # a host that so many fail at all day
    ],
)
def test_a_crowd_that_is_no_attack(changed):
    """People who mistype, single guessers, an outage of the log-in and daily noise are not told."""
    assert not found(Stuffing, crowd(**changed)).height
