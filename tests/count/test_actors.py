"""Successes with the failures before them, and deeds, by actor."""

from datetime import datetime, timedelta

import polars as pl

from logsense.count import actors
from logsense.count.axis import Axis
from logsense.count.rows import Names
from logsense.schema import ACTS, ATTEMPTS, DEEDS

START = datetime(2026, 1, 2, 3, 0)

MINUTE = 60_000_000
AXIS = Axis(start=START, width=MINUTE, buckets=60)
NAMES = Names(
    keys=pl.DataFrame(
        {"key": [1, 2, 3], "pair": [1, 2, 3], "said": [None, None, None], "template": ["lost", "won", "out"]},
        schema={"key": pl.UInt64, "pair": pl.UInt32, "said": pl.String, "template": pl.String},
    ),
    sources=pl.DataFrame(
        {"source": [0, 1], "service": ["auth", "proxy"]}, schema={"source": pl.UInt32, "service": pl.String}
    ),
)
KEY = {"failed": 1, "refused": 1, "passed": 2, "answered": 2, "took": 3, "elevated": 3}


def made(*events):
    """ACTS on the axis from (second, act, address, user[, source])."""
    rows = [
        {
            "source": source[0] if source else 0,
            "line": line,
            "time": START + timedelta(seconds=at),
            "key": KEY[act],
            "act": act,
            "address": address,
            "user": user,
        }
        for line, (at, act, address, user, *source) in enumerate(events, 1)
    ]
    return actors.placed(ACTS.of(rows), NAMES, AXIS)


def after(*events):
    """The attempts before which something failed."""
    found = ATTEMPTS.check(actors.attempts(made(*events)))
    return found.filter(pl.col("failed") > 0)


def test_failures_since_the_last_success_are_counted():
    """A success ends a run of failures; the next run begins at nothing."""
    tries = [(i, "failed", "a", "bob") for i in range(5)]
    found = after(*tries, (9, "passed", "a", "bob"), (10, "failed", "a", "bob"), (11, "passed", "a", "bob"))
    assert found.select("failed", "before").rows() == [(5, 0), (1, 1)]
    row = found.row(0, named=True)
    assert (row["first"], row["last"], row["time"]) == tuple(START + timedelta(seconds=s) for s in (0, 4, 9))
    assert (row["failed_template"], row["template"], row["name"], row["line"]) == ("lost", "won", "bob", 6)


def test_what_others_fail_at_is_not_counted():
    """Each address has its own failures, even under one user."""
    found = after(
        *[(i, "failed", "a", "root") for i in range(9)],
        (20, "failed", "b", "root"),
        (21, "passed", "b", "root"),
    )
    assert found.select("actor", "failed").rows() == [("b", 1)]


def test_failures_under_the_same_user_are_told_apart():
    """Of the failures of an office's address those of the user that succeeded are counted beside all."""
    found = after(
        *[(i, "failed", "a", "eve") for i in range(9)],
        (20, "failed", "a", "bob"),
        (21, "passed", "a", "bob"),
        (22, "passed", "a", "ann"),
    )
    assert found.select("failed", "same", "names").rows() == [(10, 1, 2)]


def test_without_addresses_the_user_is_the_actor():
    """Where no success names an address, failures are counted by user."""
    found = after(*[(i, "failed", None, "bob") for i in range(4)], (9, "passed", None, "bob"))
    assert found.select("actor", "how", "failed").rows() == [("bob", "user", 4)]


def test_successes_at_once_are_one_row_a_service():
    """Successes before which nothing failed are only counted."""
    found = actors.attempts(made(*[(i, "passed", f"a{i}", "bob") for i in range(7)]))
    assert found.select("service", "act", "n", "failed", "actor").rows() == [("auth", "passed", 7, 0, None)]


def test_two_services_that_tell_of_one_success_tell_it_once():
    """What a proxy logs of a log-in is not told beside what the application, which knows the user, logs."""
    both = [
        (i + source / 10, "failed", "a", "bob" if not source else None, source)
        for i in range(6)
        for source in (0, 1)
    ]
    found = after(*both, (9, "passed", "a", "bob", 0), (9.1, "passed", "a", None, 1))
    assert found.select("service", "name").rows() == [("auth", "bob")]


def test_probes_and_log_ins_are_different_matters():
    """A refused probe does not count before a log-in."""
    found = after((0, "refused", "a", None), (1, "failed", "a", None), (2, "passed", "a", None))
    assert found.select("act", "failed").rows() == [("passed", 1)]


def test_deeds_are_counted_by_bucket_and_by_each_actor_named():
    """A line that names an address and a user counts for both; a line that names nobody for none."""
    found = DEEDS.check(
        actors.deeds(
            made(
                (1, "took", "a", "bob"),
                (2, "took", "a", "bob"),
                (61, "took", "a", None),
                (62, "took", None, None),
            )
        )
    )
    assert found.select("bucket", "actor", "how", "n").rows() == [
        (0, "a", "address", 2),
        (0, "bob", "user", 2),
        (1, "a", "address", 1),
    ]
    assert found.select("source", "line").rows() == [(0, 1), (0, 1), (0, 3)]  # where the first of each stands


def test_the_order_of_rows_changes_nothing():
    """The same acts in another order give the same frames."""
    events = [(i % 7, "failed" if i % 3 else "passed", f"a{i % 4}", f"u{i % 2}", i % 2) for i in range(80)]
    acts = made(*events).select(list(ACTS.columns))
    other = actors.placed(acts.sample(fraction=1.0, shuffle=True, seed=1), NAMES, AXIS)
    assert actors.attempts(other).equals(actors.attempts(made(*events)))
    assert actors.deeds(other).equals(actors.deeds(made(*events)))


def test_without_times_there_is_no_order_to_tell():
    """Where nothing has a time nothing is said of what came before what."""
    acts = ACTS.of([{"source": 0, "line": 1, "key": 1, "act": "passed", "address": "a"}])
    placed = actors.placed(acts, NAMES, Axis(start=None, width=1, buckets=60))
    assert actors.attempts(placed).height == 0
    assert actors.deeds(placed).height == 0


def test_sizes_of_answers_are_kept_with_the_deed():
    """Of what an actor injects the smallest and the largest answer are kept, and of what others ask for."""
    acts = [
        {"source": 0, "line": line, "time": START, "key": 1, "act": act, "address": who, "size": size}
        for line, (act, who, size) in enumerate(
            [("injected", "a", 900.0), ("injected", "a", 90_000.0), ("asked", "", 700.0)], 1
        )
    ]
    found = DEEDS.check(actors.deeds(actors.placed(ACTS.of(acts), NAMES, AXIS)))
    assert found.select("act", "actor", "n", "smallest", "largest").rows() == [
        ("asked", "", 1, 700.0, 700.0),
        ("injected", "a", 2, 900.0, 90_000.0),
    ]


def test_what_a_scanner_was_refused_after_its_answer_counts_too():
    """Scanners ask in any order: of one that is answered at once all refusals are told, in one row."""
    refused = [(s, "refused", "a", None) for s in range(1, 13)]
    found = after((0, "answered", "a", None), *refused, (20, "answered", "a", None))
    assert found.select("failed", "before").rows() == [(12, 0)]
    row = found.row(0, named=True)
    assert [row[name] for name in ("time", "first", "last")] == [
        START + timedelta(seconds=s) for s in (0, 1, 12)
    ]


def test_a_scanner_that_is_answered_more_often_than_not_proves_nothing():
    """A site that answers anything tells nothing by it."""
    answers = [(s, "answered", "a", None) for s in range(4)]
    assert after(*answers, *[(s, "refused", "a", None) for s in range(5, 8)]).height == 0
