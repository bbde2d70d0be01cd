"""Whole runs: logs of a few services, and metrics beside them."""

import gzip
from datetime import datetime, timedelta

import numpy as np
import pytest
from logsense import analyze

START = datetime(2026, 3, 1, 12)
SERVICES = ("cart", "mail", "pay", "search", "stock")
MINUTES, FAULT = 12, 9


def write_logs(folder, *, fault=True):
    """Five services that log twice a second; while the fault lasts all complain of time-outs, cart last."""
    folder.mkdir(exist_ok=True)
    for place, service in enumerate(SERVICES):
        lines = []
        for second in range(MINUTES * 60):
            now = START + timedelta(seconds=second)
            lines.append(f"{now.isoformat()}Z INFO {service} handled request {second} in 12 ms")
            if fault and second >= FAULT * 60 + 10 and second % 3 == 0 and service != "cart":
                lines.append(f"{now.isoformat()}Z ERROR call failed: timed out after {place + 3} s")
        (folder / f"{service}.log").write_text("\n".join(lines) + "\n")
    return folder


def write_metrics(path, *, hot=True, names=str):
    """CPU a minute of each service, that of cart at 97 % while the fault lasts."""
    random = np.random.default_rng(5)
    rows = ["time,pod,metric,value"]
    for minute in range(MINUTES + 1):
        now = START + timedelta(minutes=minute, seconds=5)
        for service in SERVICES:
            value = 97.0 if hot and service == "cart" and minute > FAULT else 3.0 * random.lognormal(0, 0.2)
            rows.append(f"{now.isoformat()}Z,{names(service)},cpu_usage_percent,{value:.3f}")
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def logs(tmp_path):
    return write_logs(tmp_path / "logs")


def told(analysis):
    """What a reader is told of the incidents."""
    return [
        (i.start, i.end, i.components, [(c.service, c.summary) for c in i.causes]) for i in analysis.incidents
    ]


def test_a_cpu_shift_names_the_culprit(installed, logs, tmp_path):
    """Where all but one complain, the silent one whose CPU was taken is named, with its samples."""
    pod = "{}-7d4b9c6f5-x2x4z".format
    metrics = write_metrics(tmp_path / "metrics.csv", names=pod)
    alone = analyze(str(logs))
    with_metrics = analyze([str(logs), str(metrics)])
    assert with_metrics.plugins_failed == ()
    assert not any(one.service == "cart" for one in alone.incidents[0].components)
    first = with_metrics.incidents[0]
    assert first.components[0].service == "cart"
    cause = next(cause for cause in first.causes if cause.service == "cart")
    assert cause.evidence[-1].source == "metrics.csv"
    line = metrics.read_text().split("\n")[cause.evidence[-1].line - 1]
    assert "cart" in line
    assert "97.0" in line
    assert set(with_metrics.view.series["service"]) == set(SERVICES)
    assert any("metrics.csv: no log: read as metrics by csv" in note for note in with_metrics.notes)


def test_calm_metrics_change_nothing(installed, logs, tmp_path):
    """Metrics without a shift leave every incident as it is, and the lines add up."""
    metrics = write_metrics(tmp_path / "metrics.csv", hot=False)
    alone, beside = analyze(str(logs)), analyze([str(logs), str(metrics)])
    assert told(beside) == told(alone)
    assert beside.sources["lines"].sum() == alone.sources["lines"].sum()


def test_a_shift_in_a_healthy_run_is_no_incident(installed, tmp_path):
    """A burst of CPU that nothing in the logs answers to is an anomaly, no incident."""
    logs = write_logs(tmp_path / "logs", fault=False)
    found = analyze([str(logs), str(write_metrics(tmp_path / "metrics.csv"))])
    assert "resources" in found.anomalies["detector"].to_list()
    assert not found.incidents


def test_without_the_package_a_table_is_a_log(logs, tmp_path):
    """Nobody reads metrics: the file is read as lines, and does no harm."""
    metrics = write_metrics(tmp_path / "metrics.csv")
    found = analyze([str(logs), str(metrics)])
    assert "metrics.csv" in found.sources["path"].to_list()
    assert found.view.series.is_empty()
    assert told(found)[0][2][0].service != "cart"


def test_packed_metrics_are_read(installed, logs, tmp_path):
    """A gz is unpacked for the reader."""
    packed = tmp_path / "metrics.csv.gz"
    packed.write_bytes(gzip.compress(write_metrics(tmp_path / "plain.csv").read_bytes()))
    found = analyze([str(logs), str(packed)])
    assert found.incidents[0].components[0].service == "cart"
    assert found.view.series["source"].unique().to_list() == ["metrics.csv.gz"]


def test_known_good_metrics_tell_what_is_usual(installed, tmp_path):
    """Metrics beside known-good logs are the baseline of those beside the logs in question."""
    good = write_logs(tmp_path / "good", fault=False)
    write_metrics(good / "metrics.csv", hot=False)
    logs = write_logs(tmp_path / "logs")
    write_metrics(logs / "metrics.csv")
    for path in good.iterdir():
        path.write_text(path.read_text().replace("2026-03-01", "2026-02-01"))
    found = analyze(str(logs), baseline=[str(good)])
    assert found.incidents[0].components[0].service == "cart"
    assert found.view.series["time"].min() >= START


def test_what_lies_before_a_window_tells_what_is_usual(installed, logs, tmp_path):
    """With --since, the samples before it are what those inside are held against."""
    metrics = write_metrics(tmp_path / "metrics.csv")
    since = (START + timedelta(minutes=FAULT - 1)).isoformat()
    found = analyze([str(logs), str(metrics)], since=since)
    assert found.incidents[0].components[0].service == "cart"
    assert found.view.series["time"].min() >= START + timedelta(minutes=FAULT - 1)


def test_a_lone_shift_is_told_as_a_near_miss(installed, tmp_path):
    """What comes closest to an incident in a healthy run is the shift, with its numbers."""
    logs = write_logs(tmp_path / "logs", fault=False)
    found = analyze([str(logs), str(write_metrics(tmp_path / "metrics.csv"))])
    assert "cart used more CPU: cpu_usage_percent 97%" in found.near_misses[0].sentence
