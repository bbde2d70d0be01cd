"""One of several jobs or hosts that share a template stops or slows: from the lines to cause and evidence."""

import random
from datetime import datetime, timedelta

import pytest

from logsense import pipeline

START = datetime(2026, 3, 2, 6, 0)
#: What the jobs do: six, so that they make one template.
JOBS = ("/opt/rotate", "/opt/collect", "/opt/purge", "/opt/mirror", "/opt/index", "/opt/report")


def record(folder, start, hours, gone_from=99.0):
    """Six jobs once in ten minutes, each at a minute of its own; the second of them stops."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for minute in range(int(hours * 60)):
        n = minute % 10
        if n < len(JOBS) and not (n == 1 and minute >= gone_from * 60):
            at = start + timedelta(minutes=minute)
            lines.append(f"{at:%Y-%m-%d %H:%M:%S} INFO cron[{4000 + minute}]: (root) CMD ({JOBS[n]})\n")
    (folder / "jobs.log").write_text("".join(lines), encoding="utf-8")
    return str(folder)


def test_the_job_that_stopped_is_named_and_proven(tmp_path):
    """The cause is the one form, dated by when it was due, and its lines are evidence."""
    told = pipeline.analyze(record(tmp_path / "run", START, 24, gone_from=14))
    assert told.view.forms["form"].n_unique() == len(JOBS)
    cause = told.incidents[0].causes[0]
    assert "(root) CMD (/opt/collect)' came 84 times" in cause.summary
    assert cause.start == START + timedelta(hours=14, minutes=1)
    assert len(cause.evidence) == 3
    assert all("/opt/collect" in line.text for line in cause.evidence)


def test_all_jobs_going_on_is_quiet(tmp_path):
    """The same without a stop: no incident."""
    assert not pipeline.analyze(record(tmp_path / "run", START, 24)).incidents


@pytest.mark.parametrize("gone_from", [10.0, 99.0])
def test_forms_of_known_good_logs_count_as_the_past(tmp_path, gone_from):
    """With a baseline the forms of the run alone are shown, and the one that stops is told."""
    good = record(tmp_path / "good", START - timedelta(days=7), 24)
    bad = record(tmp_path / "bad", START, 16, gone_from=gone_from)
    told = pipeline.analyze(bad, baseline=(good,))
    assert told.view.forms["bucket"].min() >= 0
    assert told.view.forms["n"].sum() == sum(c["n"] for c in told.view.counts.iter_rows(named=True))
    causes = [cause.summary for one in told.incidents for cause in one.causes]
    assert any("/opt/collect" in said for said in causes) == (gone_from < 99)
    assert not any("/opt/rotate" in said for said in causes)


def answered(folder, *, grows):
    """Two hours of requests to eight hosts, whose times differ by a factor of a hundred; one gets slower."""
    rng, lines = random.Random(1), []
    hosts = ("search", "cdn", "auth", "billing", "images", "api", "mail", "audit")
    for second in range(0, 7200, 2):
        host = rng.randrange(len(hosts))
        took = (20, 900, 60, 150, 2500, 300, 700, 40)[host] * rng.lognormvariate(0, 0.25)
        if grows and hosts[host] == "billing" and second > 4320:
            took *= 1 + 5 * (second - 4320) / 2880
        at = START + timedelta(seconds=second)
        said = f"{took:.0f} ms" if took < 1000 else f"{took / 1000:.2f} s"
        lines.append(
            f"{at:%Y-%m-%d %H:%M:%S} INFO [proxy] request to {hosts[host]}.example.org took {said}\n"
        )
    folder.mkdir()
    (folder / "proxy.log").write_text("".join(lines), encoding="utf-8")
    return str(folder)


def test_the_host_that_gets_slower_is_named_and_proven(tmp_path):
    """The slow host is the cause although all together show nothing, and its lines are evidence."""
    told = pipeline.analyze(answered(tmp_path / "run", grows=True))
    cause = told.incidents[0].causes[0]
    assert (len(told.incidents), cause.kind) == (1, "value")
    assert "billing.example.org" in cause.summary
    assert START + timedelta(seconds=4320) <= cause.start <= START + timedelta(seconds=5000)
    assert all("billing.example.org" in line.text for line in cause.evidence)


def test_hosts_of_different_pace_are_quiet(tmp_path):
    """The same without the host that gets slower: no incident."""
    assert not pipeline.analyze(answered(tmp_path / "run", grows=False)).incidents
