"""Two windows against each other: what is new, gone, more, fewer and the same, and how sure that is."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from logsense.detect import compare
from logsense.detect.compare import CHANGED, _log10_f
from logsense.errors import ConfigError
from logsense.schema import COUNTS
from logsense.testing import calm

START = datetime(2026, 1, 2, 3, 0)
MINUTE = timedelta(minutes=1)


def view(counts, quiet=(), buckets=60):
    """A view of buckets of a minute: counts[template] is how many records each bucket has."""
    rows = [
        {"bucket": bucket, "service": "shop", "template": name, "n": int(n), "source": 0, "line": 1,
         "last_source": 0, "last_line": 1, "first": START + bucket * MINUTE, "last": START + bucket * MINUTE}
        for name, series in counts.items()
        for bucket, n in enumerate(series)
        if n
    ]  # fmt: skip
    counted = COUNTS.of(rows)
    return replace(calm(), counts=counted, start=START, width=60_000_000, buckets=buckets, quiet=quiet)


def span(first, last):
    return START + first * MINUTE, START + last * MINUTE


def kinds(found):
    return dict(found.select("template", "kind").iter_rows())


def poisson(rate, buckets=60, seed=1):
    return np.random.default_rng(seed).poisson(rate, buckets)


@pytest.fixture
def changed():
    """An hour; at half past one message comes, one goes, one doubles, one halves, one stays as it is."""
    late = np.arange(60) >= 30
    return view(
        {
            "new": poisson(5) * late,
            "gone": poisson(5, seed=2) * ~late,
            "more": poisson(np.where(late, 20, 10), seed=3),
            "fewer": poisson(np.where(late, 10, 20), seed=4),
            "same": poisson(10, seed=5),
        }
    )


def test_each_kind_is_told(changed):
    """New, gone, more, fewer and same, with counts, rates a minute, their ratio and numbers in words."""
    found = compare(changed, span(0, 30), span(30, 60), None)
    assert kinds(found) == {name: name for name in ("new", "gone", "more", "fewer", "same")}
    rows = {row["template"]: row for row in found.iter_rows(named=True)}
    for row in rows.values():
        assert row["rate_before"] == pytest.approx(row["n_before"] / 30)
        assert row["rate_after"] == pytest.approx(row["n_after"] / 30)
        assert str(row["n_after"] or row["n_before"]) in row["sentence"] or row["kind"] == "same"
    assert rows["new"]["ratio"] is None
    assert rows["gone"]["ratio"] == 0.0
    assert rows["more"]["ratio"] == pytest.approx(2, rel=0.2)
    assert found["score"].is_sorted(descending=True)
    assert rows["same"]["score"] < CHANGED < min(rows[name]["score"] for name in rows if name != "same")


def test_windows_of_unequal_length_are_compared_by_rate(changed):
    """Ten minutes against half an hour: counts differ by three, rates do not."""
    found = compare(changed, span(0, 30), span(40, 50), None)
    rows = {row["template"]: row for row in found.iter_rows(named=True)}
    assert rows["same"]["kind"] == "same"
    assert rows["same"]["n_before"] > 2 * rows["same"]["n_after"]
    assert rows["same"]["ratio"] == pytest.approx(1, abs=0.25)
    assert rows["more"]["kind"] == "more"


def test_a_burst_is_no_change_of_rate():
    """Two hundred records in one minute of thirty say little; the same spread out evenly say much."""
    burst, spread = np.zeros(60), np.zeros(60)
    burst[45], spread[30:] = 200, 7
    run = view({"burst": burst, "spread": spread, "same": poisson(10)})
    found = compare(run, span(0, 30), span(30, 60), None)
    score = dict(found.select("template", "score").iter_rows())
    assert score["burst"] < CHANGED < 10 < score["spread"]


def test_scattered_counts_hold_the_level():
    """Of 2,000 over-dispersed series without a change at most one is called one; each alone holds 5 %."""
    rng = np.random.default_rng(7)
    series = {f"t{i}": rng.negative_binomial(2, 2 / (2 + 10), 60) for i in range(2000)}
    found = compare(view(series), span(0, 30), span(30, 60), None)
    assert found.filter(pl.col("kind").is_in(["more", "fewer"])).height <= 1
    alone = [
        compare(view({name: each}), span(0, 30), span(30, 60), None)["score"][0]
        for name, each in list(series.items())[:400]
    ]
    assert np.mean(np.array(alone) >= -math.log10(0.05)) <= 0.08


@pytest.mark.parametrize("buckets,sure", [(1, False), (2, False), (6, True)])
def test_few_buckets_tell_little(buckets, sure):
    """With a bucket or two in each window no scatter is known, so that nothing is sure; with six it is."""
    series = np.array([10, 11, 9, 10, 12, 9] * 2)[: 2 * buckets].copy()
    series[buckets:] *= 3
    found = compare(view({"more": series}, buckets=12), span(0, buckets), span(buckets, 2 * buckets), None)
    assert (found["score"][0] >= CHANGED) is sure
    assert found["kind"][0] == ("more" if sure else "same")


def test_the_more_is_compared_the_more_it_takes(changed):
    """The score of a row is corrected for how many rows there are."""
    alone = compare(changed, span(0, 30), span(30, 60), None)
    many = view({f"same{i}": poisson(10, seed=i) for i in range(95)})
    both = replace(changed, counts=pl.concat([changed.counts, many.counts]))
    among = compare(both, span(0, 30), span(30, 60), None)
    scores = [frame.filter(template="more")["score"][0] for frame in (alone, among)]
    assert scores[0] - scores[1] == pytest.approx(math.log10(100 / 5))


def test_without_windows_the_baseline_is_compared_with_what_else_is_judged(changed):
    """None and None: the quiet buckets against the judged ones that are not among them."""
    seen = replace(changed, quiet=tuple(range(5, 25)), judged=(0, 50))
    found = compare(seen, None, None, None)
    own = seen.counts.filter(template="same")
    rows = {row["template"]: row for row in found.iter_rows(named=True)}
    assert rows["same"]["n_before"] == own.filter(pl.col("bucket").is_between(5, 24))["n"].sum()
    beside = pl.col("bucket").is_between(0, 4) | pl.col("bucket").is_between(25, 49)
    assert rows["same"]["n_after"] == own.filter(beside)["n"].sum()


def test_the_last_bucket_counts_as_far_as_it_goes():
    """A run that ends half-way through its last bucket has half the time in it."""
    found = compare(view({"even": [10] * 59 + [5]}), span(0, 30), span(30, 60), START + 59.5 * MINUTE)
    assert found["rate_after"][0] == pytest.approx(10)


@pytest.mark.parametrize(
    "before,after,words",
    [
        (span(10, 20), span(19, 30), "overlap"),
        (span(20, 10), None, "must end after it begins"),
        (span(90, 99), None, "outside the run"),
        (None, None, "no baseline"),
        ((START, START + MINUTE / 2), span(10, 20), "0 whole buckets"),
        (span(0, 60), None, "is empty"),
    ],
)
def test_windows_that_cannot_be_are_refused(changed, before, after, words):
    """Each with what is wrong and what is possible."""
    with pytest.raises(ConfigError, match=words):
        compare(changed, before, after, None)


@pytest.mark.parametrize(
    "f,free,p",
    [(161.4476, 1, 0.05), (4.9646, 10, 0.05), (10.0443, 10, 0.01), (3.8502, 1000, 0.05), (0.4897, 10, 0.5)],
)
def test_the_tail_of_f_is_that_of_tables(f, free, p):
    """The p-values of printed tables (F with 1 and free degrees of freedom) come out."""
    assert 10 ** _log10_f(np.array([f]), np.array([float(free)]))[0] == pytest.approx(p, rel=1e-3)
    far = _log10_f(np.array([1e9]), np.array([1000.0]))[0]
    assert -4000 < far < -300
