"""Numbers of lines: which measure something, what they are of, in which unit."""

import polars as pl
import pytest

from logsense.parse.numbers import numbers
from logsense.schema import SAMPLES

FIELDS = ("source", "line", "time", "key", "text")


def read(line):
    """(name, value, unit) of the numbers of a line, by name."""
    frame = pl.DataFrame(
        {"source": [0], "line": [1], "time": [None], "key": [7], "text": [line]},
        schema={name: SAMPLES.columns.get(name, pl.String) for name in FIELDS},
    )
    return sorted(numbers(frame).select("name", "value", "unit").rows())


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("took_ms=12 used 40%", [("took_ms", 0.012, "s"), ("used", 40.0, "percent")]),
        ("used 40% size: 2 KB", [("size", 2048.0, "bytes"), ("used", 40.0, "percent")]),
        ('"duration":1.5s,"ms":7', [("duration", 1.5, "s"), ("ms", 0.007, "s")]),
        (r'"{\"bytes\":123}"', [("bytes", 123.0, "bytes")]),
        ("durationMs=15 heapUsed=9", [("duration_ms", 0.015, "s"), ("heap_used", 9.0, None)]),
        ("pid=21 rss=2 KiB", [("rss", 2048.0, "bytes")]),
        ("done 14 thumbs in 20 s", [("in", 20.0, "s"), ("thumbs", 14.0, None)]),
        ("load 4.90 4.99 tasks 15", [("load", 4.9, None), ("tasks", 15.0, None)]),
        ("disk /var 7.8% used, 2 KiB free", [("free", 2048.0, "bytes"), ("used", 7.8, "percent")]),
        ("73 bytes sent, 57 bytes (1 KB) received", [("received", 57.0, "bytes"), ("sent", 73.0, "bytes")]),
        ("memory: 512 MB of 2 GB", [("memory", 2.0**29, "bytes"), ("memory limit", 2.0**31, "bytes")]),
        ("pool: 17/20 busy", [("pool", 17.0, None), ("pool limit", 20.0, None)]),
        ("queue 12 of 100", [("queue", 12.0, None), ("queue limit", 100.0, None)]),
        ("took 1m23.5s", [("took", 83.5, "s")]),
        ("took 1h0m2s", [("took", 3602.0, "s")]),
        ("speed 2 KB/s", [("speed", 2048.0, "bytes/s")]),
        ("copied 1,234,567 bytes", [("copied", 1234567.0, "bytes")]),
        ("expires in 20 days", [("in", 1728000.0, "s")]),
        ("temp=-3.5", [("temp", -3.5, None)]),
    ],
)
def test_measures(line, found):
    """Each form gives name, value in base units, and unit."""
    assert read(line) == found


@pytest.mark.parametrize(
    "line",
    [
        "order=17 userId=7 port: 8080 statusCode=500 attempt 3/5",  # tell things apart
        "api.example.org:443 open, main.c:212 failed",  # a port, a line
        "at 2024-01-02 03:04:05, from 10.2.0.1, rev 1.2.3, log: 16:49:08.651",  # go on
        "s=5b1f;i=29 key 0x1f",  # a piece of hex; names of one letter
        "message 757943 accepted, worker 3 started",  # a number of a thing
        "Windows NT 10.0; rv:128.0 HTTP/1.1",
        "in 5, for 12",
    ],
)
def test_what_measures_nothing_is_left_out(line):
    """Ids, ports, dates, addresses, versions and codes are no numbers to watch."""
    assert read(line) == []


def test_a_number_does_not_swallow_the_name_of_the_next():
    """A word behind a number that is the name of the next one stays there."""
    assert [name for name, _, _ in read("a_count=5 size: 7 took 12 ms max=3")] == [
        "a_count",
        "max",
        "size",
        "took",
    ]


def test_no_lines_and_lines_without_numbers():
    """Nothing gives nothing."""
    assert read("") == []
    assert read("started") == []
