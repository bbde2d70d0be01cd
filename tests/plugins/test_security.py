"""What is an intruder, and what is the noise of any public host."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from logsense_detectors.privilege import Privilege
from logsense_detectors.security import Security

from logsense import pipeline
from logsense.schema import ATTEMPTS, DEEDS
from logsense.testing import calm, from_table
from logsense.testing.cases import START, WIDTH

BEGIN = datetime(2026, 3, 1)
HOURS = 12


def stamp(seconds):
    return (BEGIN + timedelta(seconds=float(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")


def usual(random):
    """Twelve hours of an sshd: log-ins, a wrong password now and then, guessers who never get in."""
    events = []
    for at in np.sort(random.uniform(0, HOURS * 3600, 500)):
        who = int(random.integers(40))
        name, address = f"user{'abcdefgh'[who % 8]}{'xyz'[who % 3]}", f"198.51.100.{who}"
        if random.random() < 0.1:
            events.append((at - 4, f"Failed password for {name} from {address} port 4022 ssh2"))
        events.append((at, f"Accepted password for {name} from {address} port 4022 ssh2"))
    for at in np.sort(random.uniform(0, HOURS * 3600, 800)):
        address = f"203.0.113.{int(random.integers(60))}"
        name = ("root", "admin", "oracle", "test")[int(random.integers(4))]
        events.append((at, f"Failed password for {name} from {address} port 4022 ssh2"))
    return events


def guesses(n, *, at=7 * 3600, name="admin", address="192.0.2.66"):
    return [(at + 2 * i, f"Failed password for {name} from {address} port 40 ssh2") for i in range(n)]


def won(n, *, at=7 * 3600, name="admin", address="192.0.2.66"):
    return [(at + 2 * n, f"Accepted password for {name} from {address} port 40 ssh2")]


@pytest.fixture
def judged(tmp_path):
    """The analysis of twelve hours of log-ins and of what else is said then."""

    def judge(*more, seed=1):
        events = sorted([*usual(np.random.default_rng(seed)), *more])
        lines = [f"{stamp(at)} host sshd[{100 + i % 7}]: {text}\n" for i, (at, text) in enumerate(events)]
        (tmp_path / "auth.log").write_text("".join(lines))
        return pipeline.analyze(str(tmp_path / "auth.log"), threads=1)

    return judge


def told(analysis):
    return analysis.anomalies.filter(pl.col("kind") == "security").sort("start", "template")


def test_guessing_without_success_is_noise(judged):
    """Guessers that never get in, an address of its own that tries 200 times among them, are not told."""
    assert told(judged(*guesses(200))).height == 0


def test_a_guessed_password_is_an_incident_with_its_numbers(judged):
    """Many failures and a success of one address are told with count, user, address, and where it stands."""
    analysis = judged(*guesses(90), *won(90))
    first, second = told(analysis).iter_rows(named=True)
    assert first["score"] > 6
    assert re.search(
        r"90 failed log-ins for admin from 192\.0\.2\.66 in 3 min .*then a success", first["sentence"]
    )
    assert first["start"] == BEGIN + timedelta(hours=7)
    assert second["start"] == first["end"] == BEGIN + timedelta(hours=7, seconds=180)
    incident = analysis.incidents[0]
    assert incident.kind == "security"
    cause = next(c for c in incident.causes if c.kind == "security")
    assert cause.evidence[0].text.endswith("Failed password for admin from 192.0.2.66 port 40 ssh2")
    assert cause.evidence[-1].text.endswith("Accepted password for admin from 192.0.2.66 port 40 ssh2")


def test_a_success_of_another_address_proves_nothing(judged):
    """An administrator who logs in while somebody guesses at the same user has not guessed."""
    assert told(judged(*guesses(90), *won(90, address="198.51.100.9"))).height == 0


def test_people_who_mistype_are_noise(judged):
    """Six wrong passwords and then the right one are nobody's business."""
    assert told(judged(*guesses(6, name="bob"), *won(6, name="bob"))).height == 0


def test_a_service_that_was_there_before_is_no_intruder(judged):
    """A client whose password was wrong for a while had succeeded before."""
    assert told(judged(*won(0, at=3600), *guesses(90), *won(90))).height == 0


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_ordinary_days_are_quiet(judged, seed):
    """Nothing is told of days on which nothing happens."""
    assert told(judged(seed=seed)).height == 0


def test_what_the_intruder_does_next_is_said(judged):
    """What the same address takes after it got in is in the sentence."""
    out = [(7.2 * 3600 + i, "admin exported table users (2002 rows) from 192.0.2.66") for i in range(3)]
    sentence = told(judged(*guesses(90), *won(90), *out))["sentence"][0]
    assert re.search(r"next: .*exported table users .* ×3$", sentence)


def test_the_order_of_files_and_threads_changes_nothing(judged, tmp_path):
    """The same lines in two files, read by two threads, give the same findings."""
    one = told(judged(*guesses(90), *won(90)))
    lines = (tmp_path / "auth.log").read_text().splitlines(keepends=True)
    both = tmp_path / "both"
    both.mkdir()
    (both / "auth.log.1").write_text("".join(lines[: len(lines) // 3]))
    (both / "auth.log").write_text("".join(lines[len(lines) // 3 :]))
    two = told(pipeline.analyze(str(both), threads=2))
    assert two.select("start", "end", "score", "sentence").equals(
        one.select("start", "end", "score", "sentence")
    )


def attempt(**more):
    row = {
        "service": "auth",
        "act": "passed",
        "actor": "192.0.2.66",
        "how": "address",
        "n": 1,
        "failed": 80,
        "same": 80,
        "before": 0,
        "names": 1,
        "failed_template": "a" * 12,
        "template": "b" * 12,
        "first": START + timedelta(microseconds=60 * WIDTH),
        "last": START + timedelta(microseconds=64 * WIDTH),
        "time": START + timedelta(microseconds=65 * WIDTH),
        "source": 0,
        "line": 9,
    }
    return row | more


def found(view, rows=(), done=()):
    given = replace(view, attempts=ATTEMPTS.of(list(rows)), deeds=DEEDS.of(list(done)))
    return pl.concat([cls().fit(given).detect(given) for cls in (Security, Privilege)])


def test_more_failures_weigh_more_and_more_successes_less():
    """The score grows with the failures, and is lower the more successes were looked at."""
    scores = [found(calm(), [attempt(failed=n, same=n)])["score"][0] for n in (20, 40, 80)]
    assert scores == sorted(set(scores))
    many = attempt(actor=None, how=None, failed=0, n=10_000, first=None, last=None, time=None)
    assert found(calm(), [attempt(), many])["score"][0] == pytest.approx(scores[-1] - 4, abs=0.1)


def test_at_a_shared_address_only_failures_of_the_same_user_count():
    """Behind a proxy somebody's success after many failures of others says nothing."""
    assert found(calm(), [attempt(names=30, same=1)]).height == 0
    assert found(calm(), [attempt(names=30, same=80)]).height == 2


def test_a_scanner_that_is_answered_is_told_unless_the_site_answers_many():
    """A refused scanner that is given one thing after all is told; a site that answers every probe is not."""
    rows = [attempt(act="answered", name=None)]
    assert "refused probes from 192.0.2.66" in found(calm(), rows)["sentence"][0]
    others = [attempt(act="answered", actor=f"192.0.2.{i}") for i in range(5)]
    assert found(calm(), [*rows, *others]).height == 0


def test_a_scanner_that_is_answered_first_is_told_with_its_whole_scan():
    """The answer may come before the refusals: the anomaly spans both, and says which came first."""
    at = START + timedelta(microseconds=59 * WIDTH)
    told = found(calm(), [attempt(act="answered", name=None, time=at)])
    assert "80 refused probes from 192.0.2.66" in told["sentence"][0]
    assert "after an answer" in told["sentence"][0]
    assert told["start"][0] == at
    assert told["end"][0] == START + timedelta(microseconds=64 * WIDTH)


def deed(bucket, actor, n, act="took", how="user"):
    at = START + timedelta(microseconds=bucket * WIDTH)
    return {
        "bucket": bucket,
        "service": "app",
        "template": "c" * 12,
        "act": act,
        "actor": actor,
        "how": how,
        "n": n,
        "first": at,
        "last": at + timedelta(seconds=1),
    }


def test_one_who_takes_far_more_than_others_is_told():
    """Sixty exports of one where others make two are told; the nightly export of a job is not."""
    others = [deed(b, f"user{b}", 2) for b in range(10, 40, 3)]
    rows = found(calm(), done=[*others, deed(60, "eve", 60)])
    assert rows["sentence"].str.contains("by eve").to_list() == [True]
    assert rows["score"][0] == 4  # it may be a nightly job: more only of one who broke in
    broke_in = found(calm(), [attempt(actor="eve", how="user")], [*others, deed(70, "eve", 60)])
    assert broke_in.filter(pl.col("template") == "c" * 12)["score"][0] > 5
    usual = [deed(b, "job", 30) for b in range(5, 95, 6)]
    assert found(calm(), done=[*others, *usual]).height == 0


def test_a_user_new_to_raised_rights_is_told_and_a_known_one_is_not():
    """Who never used sudo before is told; a check that runs it all day is not."""
    check = [deed(b, "check", 1, "elevated") for b in range(1, 99, 2)]
    rows = found(calm(), done=[*check, deed(70, "eve", 2, "elevated")])
    assert rows["sentence"].str.contains("eve acts under higher rights ×2, never before").to_list() == [True]
    assert rows["score"][0] < 6  # worth a word, never an incident alone


@pytest.mark.parametrize(
    "text, least",
    [
        ("The audit log was cleared.", 5.5),
        ("auditd: audit daemon stopped by <user>", 5.5),
        ("add 'eve' to group 'sudo'", 2.5),
        ("role cluster-admin granted to eve", 2.5),
        ("new user: name=eve, UID=<num>, GID=<num>", 2.0),
        ("access key created for eve", 2.0),
    ],
)
def test_new_messages_of_security_are_told(text, least):
    """Tampering, rights, accounts and keys are told when new, not when they come all day or at the start."""
    n = np.ones((2, 100))
    n[1] = 0
    n[1, 70] = 1
    rows = found(from_table(n, ["app", "app"], ["tick", text], ["INFO", "INFO"]))
    assert rows["score"].to_list() == [pytest.approx(least, abs=1.0)]
    n[1, ::5] = 1
    assert found(from_table(n, ["app", "app"], ["tick", text], ["INFO", "INFO"])).height == 0
    n[1] = 0
    n[1, 3] = 1
    assert found(from_table(n, ["app", "app"], ["tick", text], ["INFO"] * 2, quiet=range(20, 80))).height == 0


@pytest.mark.parametrize(
    "text", ["vote granted to peer", "token granted lock", "session key created", "audit daemon started"]
)
def test_words_of_other_trades_are_no_events_of_security(text):
    """Votes, locks and session keys are granted and made all day."""
    n = np.ones((2, 100))
    n[1] = 0
    n[1, 70] = 1
    assert found(from_table(n, ["app", "app"], ["tick", text], ["INFO", "INFO"])).height == 0


def test_hostile_names_are_made_safe():
    """Escapes in the name of a user or an address reach no sentence."""
    rows = found(calm(), [attempt(actor="\x1b[31mred", name="\x1b]8;;x\x07bob")])
    assert all(text.isprintable() for text in rows["sentence"])
