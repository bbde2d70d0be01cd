"""Jobs that known-good logs show like clockwork and that did not come."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from logsense_detectors.due import Due

from logsense.schema import CHANGES
from logsense.testing import from_table
from logsense.testing.cases import WIDTH

DAY = 48  # buckets


def view(at, *, days=5, good=4, text="copied to the vault", level="INFO", quiet=None):
    """A tick a bucket and a job in the buckets ``at``; all days but the last are known good."""
    n = np.zeros((2, days * DAY))
    n[0] = 1
    n[1, list(at)] = 1
    seen = from_table(n, ["jobs", "jobs"], ["tick", text], ["INFO", level])
    chosen = tuple(range(good * DAY)) if quiet is None else quiet
    return replace(seen, quiet=chosen, judged=(good * DAY, days * DAY))


def found(seen):
    return Due().fit(seen).detect(seen)


def nights(*which):
    return [7 + DAY * night for night in which]


def test_a_job_that_does_not_come_is_found_from_when_it_was_due():
    """Four nights out of four, then none: one anomaly, from the hour it was due to the end of the run."""
    seen = view(nights(0, 1, 2, 3))
    row = found(seen).row(0, named=True)
    due = seen.counts.filter(seen.counts["bucket"] == 7 + DAY * 4)["first"][0]
    assert (row["kind"], row["service"]) == ("vanished", "jobs")
    assert abs((row["start"] - due).total_seconds()) * 1e6 <= WIDTH
    assert row["score"] > 6.5
    assert "came 4 times" in row["sentence"]


@pytest.mark.parametrize("share,told", [(0.0, True), (0.3, False)])
def test_where_records_are_dropped_one_of_a_job_is_no_loss(share, told):
    """Of the day that is judged every third beat is missing, too: the one of the night may have got lost."""
    n = np.ones((5, 5 * DAY))
    n[1] = 0
    n[1, nights(0, 1, 2, 3)] = 1
    n[2:, 4 * DAY :] = np.random.default_rng(1).random((3, DAY)) >= share
    texts = ["tick", "copied to the vault", "beat x", "beat y", "beat z"]
    seen = replace(from_table(n, ["jobs"] * 5, texts, ["INFO"] * 5), quiet=tuple(range(4 * DAY)))
    rows = found(replace(seen, judged=(4 * DAY, 5 * DAY)))
    assert bool((rows["score"] > 6).any()) is told


@pytest.mark.parametrize(
    "at,why",
    [
        (nights(0, 1, 2, 3, 4), "it came"),
        (nights(0, 1, 3), "it came too few times"),
        ((7, 40, 100, 180), "it has no rhythm"),
        ((7, 7 + 47, 7 + 94, 7 + 140, 7 + 188), "it comes a little early each time"),
    ],
)
def test_what_came_or_has_no_rhythm_is_not_missed(at, why):
    """Nothing is said of a job that came, came too rarely before, or at odd times."""
    assert found(view(at)).is_empty(), why


def test_a_night_that_is_missed_between_others_is_found():
    """A job that skips a night of the run and comes again is found, once."""
    seen = view(nights(0, 1, 2, 3, 5), days=6, good=4)
    assert found(seen).height == 1


def test_what_was_missed_in_the_known_good_logs_only_is_no_finding():
    """A night without the job among the known-good ones makes it no clockwork."""
    assert found(view(nights(0, 1, 3, 4, 5), days=6, good=5)).is_empty()


def test_the_first_hours_of_a_delay_are_no_alarm():
    """A job an hour late scores low: the score grows with the delay."""
    late = found(view([*nights(0, 1, 2, 3)], days=5, good=4))["score"][0]
    n = view(nights(0, 1, 2, 3))
    early = replace(n, counts=n.counts.filter(n.counts["bucket"] < 7 + DAY * 4 + 2), buckets=7 + DAY * 4 + 2)
    seen = replace(early, judged=(4 * DAY, early.buckets))
    scores = found(seen)["score"].to_list()
    assert late > 6.5 > max(scores, default=0.0)


TABLE = "RELOAD (<path>) <num> entries"


def reloaded(seen, *told):
    """The view with the times (buckets) at which a table was read again, and how many entries it held."""
    changes = [
        {"time": seen.start + timedelta(microseconds=bucket * WIDTH), "service": "crond", "kind": "config",
         "template": "reload", "source": 0, "line": bucket, "text": f"RELOAD (/etc/crontab) {held} entries"}
        for bucket, held in told
    ]  # fmt: skip
    words = seen.templates.head(1).with_columns(template=pl.lit("reload"), text=pl.lit(TABLE))
    return replace(seen, changes=CHANGES.of(changes), templates=pl.concat([seen.templates, words]))


def test_a_job_that_a_table_lost_is_missed_from_its_reload_on():
    """A reload with fewer entries after the last time dates the loss, is told, and counts as evidence."""
    seen = view(nights(0, 1, 2, 3), days=6)
    row = found(reloaded(seen, (195, 11), (7 + DAY * 4 - 3, 10))).row(0, named=True)
    late = found(reloaded(seen, (195, 11), (7 + DAY * 4 - 3, 11))).row(0, named=True)
    assert row["start"] == seen.start + timedelta(microseconds=(7 + DAY * 4 - 3) * WIDTH)
    assert "crond reloaded its configuration" in row["sentence"]
    assert "with 10 entries, 11 before" in row["sentence"]
    assert row["start"] < late["start"]
    assert "reloaded" not in late["sentence"]


def test_a_lost_entry_makes_a_short_delay_enough():
    """Where a table lost an entry a job counts when it is a few hours late, not only after most of a day."""
    end = 7 + DAY * 4 + 5
    whole = view(nights(0, 1, 2, 3))
    cut = replace(whole, counts=whole.counts.filter(pl.col("bucket") < end), buckets=end)
    cut = replace(cut, judged=(4 * DAY, end))
    assert (found(cut)["score"] < 6.5).all()
    assert found(reloaded(cut, (193, 11), (195, 10)))["score"].max() > 6.5


def test_a_reload_after_a_job_was_due_does_not_date_its_loss():
    """What came after it did not lose it."""
    seen = view(nights(0, 1, 2, 3), days=6)
    row = found(reloaded(seen, (195, 11), (7 + DAY * 4 + 9, 10))).row(0, named=True)
    assert row["start"] == found(seen)["start"][0]


def test_without_known_good_logs_nothing_is_said():
    """A baseline among what is judged, trouble that ends, and no times at all: nothing."""
    seen = view(nights(0, 1, 2, 3))
    assert found(replace(seen, judged=None)).is_empty()
    assert found(replace(seen, quiet=(*seen.quiet, 200))).is_empty()
    assert found(replace(seen, start=None)).is_empty()
    assert found(view(nights(0, 1, 2, 3), text="error: copy failed", level="ERROR")).is_empty()


def test_the_order_of_rows_changes_nothing():
    """Shuffled counts give the same anomalies."""
    seen = view(nights(0, 1, 2, 3))
    mixed = replace(seen, counts=seen.counts.sample(fraction=1.0, shuffle=True, seed=3))
    assert found(mixed).equals(found(seen))


@pytest.mark.parametrize("seam,agree,missed", [(192, True, True), (192, False, True), (None, None, True)])
def test_a_pause_over_a_seam_counts_less_one_round(seam, agree, missed):
    """A job that never comes in the run is found even where its hour is not known to agree."""
    seams = () if seam is None else ((seam, agree),)
    seen = replace(view(nights(0, 1, 2, 3), days=7, good=4), seams=seams)
    assert bool(found(seen).height) == missed


def test_a_rhythm_that_starts_anew_after_a_seam_is_not_missed():
    """Where another recording follows on, a pause of less than two rounds says nothing."""
    at = [*nights(0, 1, 2, 3), 7 + DAY * 5 - 1]
    seen = view(at, days=6, good=4)
    assert found(seen).height == 1
    assert found(replace(seen, seams=((4 * DAY, False),))).is_empty()
