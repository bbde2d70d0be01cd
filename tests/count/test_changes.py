"""Changes: what happened to a service, told by its messages and its counts."""

import dataclasses
from datetime import timedelta

import polars as pl
import pytest

from logsense.count import count
from logsense.count.changes.words import kind_of


@pytest.mark.parametrize(
    "text,kind",
    [
        ("Server started on port 8080", "restart"),
        ("Started Application in 3.2 seconds (JVM running for 4.1)", "restart"),
        ("[INFO] Listening at: http://0.0.0.0:8000 (12)", "restart"),
        ("database system is ready to accept connections", "restart"),
        ("Received SIGTERM scheduling shutdown...", "restart"),
        ("recommend starting", "restart"),
        ("Booting worker with pid: 12", "restart"),
        ("spawned: 'mailer' with pid 77", "restart"),
        ("exited: mailer (exit status 1; not expected)", "restart"),
        ("Linux version 6.1.0 (build@host)", "restart"),
        ("Scaled up replica set web-6d5 to 3", "deploy"),
        ("Deployment web-42 completed", "deploy"),
        ("rollout of version 2.4.1 started", "deploy"),
        ("Migrating schema public to version 7", "deploy"),
        ("Successfully applied 3 migrations", "deploy"),
        ("Installed: nginx-1.24.0-1", "deploy"),
        ("Reloading configuration", "config"),
        ("received SIGHUP, reloading configuration files", "config"),
        ('parameter "work_mem" changed to "8MB"', "config"),
        ("feature flag new_checkout enabled", "config"),
        ("(root) REPLACE (root)", "config"),
        ("DROP INDEX idx_orders", "config"),
        ("signal 10 (SIGUSR1) received, reopening logs", "rotation"),
        ("logfile turned over due to size>1000K", "rotation"),
        ("rsyslogd was HUPed", "rotation"),
        ("order 12 restored from backup", None),
        ("Starting job cleanup", None),
        ("Started Session 12 of user root.", None),
        ("GET /start 200", None),
        ("user logged in", None),
        ("Starting transaction 9", None),
        ("configured limit not reached", None),
        ("request processed in 12 ms", None),
    ],
)
def test_what_software_prints(text, kind):
    """Messages of software at large are known for what they tell, and ordinary ones tell nothing."""
    assert pl.select(kind_of(pl.lit(text))).item() == kind


def _calm(event, seconds: int = 240, rate: int = 10):
    return [event(n / rate, n % 2, f"work {n % 3}") for n in range(seconds * rate)]


def test_a_change_stands_where_it_was_said(run_of, event):
    """A change has the time, service and line of the message, and the message as its text."""
    events = [*_calm(event), event(100.5, 2, "Deployment web-42 completed"), event(200, 2, "Server started")]
    frame = count(run_of(events)).changes
    assert frame.select("service", "kind", "source", "line", "text").rows() == [
        ("cart", "deploy", 2, 1, "Deployment web-42 completed"),
        ("cart", "restart", 2, 2, "Server started"),
    ]
    assert frame["time"][0] - frame["time"][1] == timedelta(seconds=-99.5)


def test_changes_close_together_are_one(run_of, event):
    """Several messages of one kind within ten seconds are one change of a service; of two services, two."""
    events = _calm(event)
    events += [event(100 + n, 2, f"worker {name} started") for n, name in enumerate("abc")]
    events += [event(101, 0, "server started"), event(150, 2, "worker d started")]
    frame = count(run_of(events)).changes
    assert frame.select("service", "text").rows() == [
        ("cart", "worker a started"),
        ("web", "server started"),
        ("cart", "worker d started"),
    ]


def test_what_happens_all_the_time_is_no_change(run_of, event):
    """A message in most buckets, or in an even rhythm, is how the service works."""
    events = _calm(event)
    events += [event(n * 2.0, 2, "worker started") for n in range(100)]
    events += [event(n * 20.0, 0, "reloading configuration") for n in range(12)]
    assert count(run_of(events)).changes.is_empty()


def test_a_rotated_set_changes_where_its_next_file_begins(run_of, event):
    """Files of one rotated set give a rotation at the first time of each later file."""
    run = run_of(_calm(event))
    times = pl.Series("first", [run.records.collect()["time"].min()] * 3).dt.offset_by("10s")
    sources = run.sources.with_columns(
        pl.Series("set", ["app.log", "app.log", None]),
        times,
        path=pl.Series(["app.log.1", "app.log", "cart.log"]),
    )
    sources = sources.with_columns(
        first=pl.col("first").dt.offset_by("1s") - pl.duration(seconds=pl.col("source"))
    )
    frame = count(dataclasses.replace(run, sources=sources)).changes
    assert frame.select("kind", "source", "line", "text").rows() == [
        ("rotation", 0, 1, "app.log.1 goes on where app.log ends")
    ]


@pytest.mark.parametrize("times,seconds,found", [(4, 8, True), (2, 20, True), (2, 4, False), (1, 60, False)])
def test_a_surge_is_more_of_the_same(run_of, event, times, seconds, found):
    """Several times the usual records with the same mix is a surge; a short or small rise is none."""
    events = _calm(event)
    events += [
        event(120 + n / 10 / max(times - 1, 1), n % 2, f"work {n % 3}")
        for n in range((times - 1) * seconds * 10)
    ]
    frame = count(run_of(events)).changes
    assert frame["kind"].to_list() == ["surge"] * found
    if found:
        assert abs((frame["time"][0] - count(run_of(events)).start).total_seconds() - 120) <= 2
        assert "all services" in frame["text"][0]


def test_a_flood_of_one_message_is_no_surge(run_of, event):
    """Many records of another mix are for the detectors, not a surge."""
    events = _calm(event) + [event(120 + n / 50, 0, "cannot connect") for n in range(500)]
    assert count(run_of(events)).changes.is_empty()


def test_falling_silent_makes_no_surge_of_what_was_before(run_of, event):
    """A service that is quiet for most of the run after a fault did not surge before it."""
    events = [event(n / 10, n % 2, f"work {n % 3}") for n in range(2400) if n < 800 or n % 3 == 0]
    assert count(run_of(events)).changes.is_empty()


def test_a_scan_is_many_distinct_refused_requests(run_of, event):
    """A burst of distinct 404s, or of paths only scanners ask for, is one scan; a usual 404 is none."""
    calm = _calm(event) + [event(n * 7.0, 0, f'"GET /old/{n % 2} HTTP/1.1" 404 12') for n in range(30)]
    assert count(run_of(calm)).changes.is_empty()
    words = ["alpha", "beta", "gamma", "delta"]
    burst = [event(90 + n / 20, 0, f'"GET /{words[n % 4]}/{chr(97 + n)} HTTP/1.1" 404 12') for n in range(20)]
    paths = ("/.env", "/.git/config", "/wp-login.php", "/pma/", "/cgi-bin/x", "/.aws/x", "/solr/", "/owa/")
    probes = [event(150, 1, f'"GET {path} HTTP/1.1" 404 0') for path in paths]
    probes += [event(151, 0, f'"GET {path} HTTP/1.0" 404 0') for path in paths]
    frame = count(run_of(calm + burst + probes)).changes
    assert frame.select("service", "kind").rows() == [("web", "scan"), ("db", "scan")]


PROBES = ("/.env", "/.git/config", "/wp-login.php", "/pma/", "/cgi-bin/luci")


def _asked(event, times, *, of=PROBES):
    """A scanner's requests at these seconds, one path after another."""
    return [event(at, 0, f'"GET {of[i % len(of)]} HTTP/1.1" 404 0') for i, at in enumerate(times)]


@pytest.mark.parametrize("begin", [90.0, 90.5, 91.0, 91.5, 91.9])
def test_a_fast_scan_is_told_wherever_a_bucket_ends(run_of, event, begin):
    """Five paths within two seconds are one scan at its first request, in one bucket or across two."""
    frame = count(run_of(_calm(event) + _asked(event, [begin + n / 2.5 for n in range(5)]))).changes
    assert frame["kind"].to_list() == ["scan"]
    assert (frame["time"][0] - count(run_of(_calm(event))).start).total_seconds() == pytest.approx(
        begin, abs=0.6
    )


def test_a_slow_scan_is_told_again_and_again_until_it_ends(run_of, event):
    """A path every seven seconds for forty: what begins or ends in it has a row shortly before."""
    frame = count(run_of(_calm(event) + _asked(event, range(90, 132, 7)))).changes
    begin = count(run_of(_calm(event))).start
    rows = [(time - begin).total_seconds() for time in frame["time"]]
    assert set(frame["kind"]) == {"scan"}
    assert rows[0] == pytest.approx(90, abs=0.6)
    assert all(any(0 <= at - row <= 14 for row in rows) for at in range(90, 126))


def test_few_probes_or_all_day_long_are_no_scan(run_of, event):
    """Three paths tell nothing; a site that is asked for such paths all the time lives so."""
    assert count(run_of(_calm(event) + _asked(event, range(90, 118, 7), of=PROBES[:3]))).changes.is_empty()
    assert count(run_of(_calm(event) + _asked(event, range(0, 240, 7)))).changes.is_empty()


def test_what_was_served_before_is_no_scan(run_of, event):
    """Twenty pages that were there are gone at once: the site broke; twenty that never were are a scan."""
    pages = [f"/{chr(97 + n)}/{'xy' * (n + 1)}.css" for n in range(20)]
    served = [event(20 + n, 0, f'"GET {page} HTTP/1.1" 200 900') for n, page in enumerate(pages)]
    gone = [event(150 + n / 20, 0, f'"GET {page} HTTP/1.1" 404 0') for n, page in enumerate(pages)]
    assert "scan" not in count(run_of(_calm(event) + served + gone)).changes["kind"].to_list()
    assert count(run_of(_calm(event) + gone)).changes["kind"].to_list() == ["scan"]


def test_a_scan_is_told_from_an_error_log_alone(run_of, event):
    """An error log has no status, but says that what was asked for is not there."""
    words = (
        'open() "/srv/www{0}" failed (2: No such file or directory), request: "GET {0} HTTP/1.1", host: "a"'
    )
    asked = [event(90 + 3 * n, 0, words.format(path)) for n, path in enumerate(PROBES)]
    assert set(count(run_of(_calm(event) + asked)).changes["kind"]) == {"scan"}
