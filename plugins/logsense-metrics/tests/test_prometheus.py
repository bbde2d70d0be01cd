"""Text exposition and answers of the HTTP API."""

import json
from datetime import datetime

import pytest
from logsense.api import SERIES
from logsense.testing import parametrize_with_checks

from logsense_metrics import Answer, Exposition, Table

TEXT = r"""# HELP container_cpu_usage_seconds_total CPU time
# TYPE container_cpu_usage_seconds_total counter
container_cpu_usage_seconds_total{cpu="0",pod="cart-1",container="cart"} 10 1767323040000
container_cpu_usage_seconds_total{cpu="1",pod="cart-1",container="cart"} 20 1767323040000
container_cpu_usage_seconds_total{cpu="0",pod="cart-1",container="cart"} 40 1767323100000
container_cpu_usage_seconds_total{cpu="1",pod="cart-1",container="cart"} 50 1767323100000
# TYPE memory_bytes gauge
memory_bytes{container="cart",note="a \"b\", } c"} 1.5e+08 1767323100000
memory_bytes{container="cart"} NaN 1767323160000
# TYPE wait_seconds histogram
wait_seconds_bucket{container="cart",le="+Inf"} 7 1767323100000
"""


def read(tmp_path, text):
    path = tmp_path / "metrics.prom"
    path.write_text(text)
    frame = Exposition().series(path)
    assert frame.equals(SERIES.check(frame))
    return frame


def test_counters_of_cores_are_one_rate(tmp_path):
    """Rates are made of each single series, then added: two cores, each half a second a second, are one."""
    frame = read(tmp_path, TEXT).filter(metric="container_cpu_usage_seconds_total")
    assert frame.select("time", "service", "value", "unit", "line").rows() == [
        (datetime(2026, 1, 2, 3, 5), "cart", 1.0, "s/s", 5)
    ]


def test_gauges_labels_and_what_is_left_out(tmp_path):
    """Quotes in labels do no harm; NaN and buckets of histograms are no samples."""
    frame = read(tmp_path, TEXT)
    assert frame.filter(metric="memory_bytes")["value"].to_list() == [1.5e8]
    assert not frame["metric"].str.contains("bucket").any()


def test_labels_that_make_another_thing_stay_apart(tmp_path):
    """Idle time and busy time of a host are not added."""
    text = "# TYPE cpu_seconds_total counter\n" + "".join(
        f'cpu_seconds_total{{instance="db:9100",mode="{mode}"}} {at * rate} {1767323040 + 60 * at}.0\n'
        for mode, rate in (("idle", 50), ("user", 10))
        for at in range(2)
    )
    frame = read(tmp_path, text)
    assert dict(frame.select("metric", "value").rows()) == {
        "cpu_seconds_total{mode=idle}": pytest.approx(50 / 60),
        "cpu_seconds_total{mode=user}": pytest.approx(10 / 60),
    }
    assert set(frame["service"]) == {"db:9100"}


def test_openmetrics_with_exemplars(tmp_path):
    """Times in seconds and exemplars behind samples are read."""
    frame = read(
        tmp_path, '# TYPE up gauge\nup{job="cart"} 1 1767323040.5 # {trace_id="x"} 0.5 1767323040.1\n# EOF\n'
    )
    assert frame.select("service", "value").rows() == [("cart", 1.0)]
    assert frame["time"][0].microsecond == 500_000


def test_a_snapshot_without_times_is_refused_with_the_reason(tmp_path):
    """Nobody knows when it was taken."""
    with pytest.raises(ValueError, match="none of its 1 samples has a time"):
        read(tmp_path, "# TYPE up gauge\nup 1\n")


def test_what_is_claimed():
    """The form, whatever the name; no log that happens to begin with a #."""
    assert Exposition().claims("x", TEXT)
    assert Exposition().claims("x", TEXT[:300])
    assert not Exposition().claims("x.prom", "# started\n2026-01-02 ready\n")
    assert not Exposition().claims("x.prom", "")
    assert not Exposition().claims("x.prom", "# TYPE up gauge\n2026-01-02 03:04:05 INFO no sample\nmore\n")


def test_a_broken_line_among_the_first_leaves_the_file_what_it_is(tmp_path):
    """A label that is never closed costs its own line: the file is claimed, all other samples are read."""
    broken = TEXT.replace('cpu="1",pod="cart-1",container="cart"', 'cpu="1",pod="cart-1', 1)
    broken = broken.replace("} 20 ", "  20 ", 1)
    assert Exposition().claims("x", broken)
    assert read(tmp_path, broken).height == read(tmp_path, TEXT).height


def test_answers_of_the_api(tmp_path):
    """A matrix as query_range gives it: each series with its labels."""
    told = {"status": "success", "data": {"resultType": "matrix", "result": [
        {"metric": {"__name__": "cpu", "pod": "cart"}, "values": [[1767323040, "1.5"], [1767323100, "+Inf"]]},
        {"metric": {"service": "mail"}, "values": [[1767323040, "2"]]},
    ]}}  # fmt: skip
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(told))
    assert Answer().claims("answer.json", path.read_text()[:200])
    frame = Answer().series(path)
    assert frame.select("service", "metric", "value").rows() == [("cart", "cpu", 1.5), ("mail", "query", 2.0)]
    path.write_text('{"data": {"resultType": "matrix", "result": [1]}}')
    with pytest.raises(ValueError, match="no answer to a query over a range"):
        Answer().series(path)
    path.write_text('{"data": {"resultType": "matrix", "result"')
    with pytest.raises(ValueError, match="not JSON as a whole, perhaps cut short"):
        Answer().series(path)
    assert not Answer().claims("a.json", '{"level": "INFO", "message": "resultType"}')


@parametrize_with_checks([Exposition(), Table(), Answer()])
def test_conforms(plugin, check):
    """Each check of the kit holds."""
    check(plugin)


def test_a_mark_of_byte_order_before_an_answer_is_no_harm(tmp_path):
    """Some shells write one before what they save."""
    path = tmp_path / "cart.json"
    told = {"metric": {"__name__": "memory_bytes", "service": "cart"}, "values": [[1767323040, "1"]]}
    path.write_text(json.dumps({"data": {"result": [told]}}), encoding="utf-8-sig")
    assert Answer().series(path)["value"].to_list() == [1.0]


def test_labels_that_are_none_are_told(tmp_path):
    """An answer of another form, whatever is odd about it, is refused with a reason of ours."""
    path = tmp_path / "answer.json"
    path.write_text('{"data": {"result": [{"metric": ["cart"], "values": [[1767322800, "1"]]}]}}')
    with pytest.raises(ValueError, match="no answer to a query over a range"):
        Answer().series(path)
