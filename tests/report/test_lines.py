"""JSON lines of records: strict, complete, and harmless to a terminal."""

import json
from datetime import datetime

import polars as pl
import pytest

from logsense import report, schema


def frame(**columns):
    base = {
        "source": "a.log",
        "line": 1,
        "lines": 1,
        "time": datetime(2026, 1, 2, 3, 4, 5, 678000),
        "message": "x",
    }
    return pl.DataFrame({name: [value] for name, value in (base | columns).items()})


def test_times_have_microseconds_and_a_z():
    """A time is ISO 8601 in UTC with six digits; an unknown one is null."""
    assert json.loads(report.ndjson(frame()))["time"] == "2026-01-02T03:04:05.678000Z"
    unknown = frame(time=None).with_columns(pl.col("time").cast(pl.Datetime("us")))
    assert json.loads(report.ndjson(unknown))["time"] is None


def test_fields_come_in_the_order_of_the_contract():
    """Whatever the order of the columns, fields are printed in one order; unknown columns are left out."""
    odd = frame(level="ERROR", format="f", odd=1).select(
        "odd", "format", "level", "message", "time", "lines", "line", "source"
    )
    assert list(json.loads(report.ndjson(odd))) == [
        "source",
        "line",
        "lines",
        "time",
        "level",
        "message",
        "format",
    ]


@pytest.mark.parametrize(
    "text", ['quote " and \\', "tab\tnl\nnul\x00", "del\x7f c1\x9b bidi\u202e bom\ufeff", "日本 😀"]
)
def test_any_text_survives_and_no_raw_control_is_written(text):
    """What went in comes out of a JSON parser; on the way there is no control or reordering mark."""
    data = report.ndjson(frame(message=text))
    assert json.loads(data)["message"] == text
    assert not set(data.decode()) & set("\x00\x07\x1b\x7f\x9b\u202e\u2028\ufeff\t")
    assert data.count(b"\n") == 1


def test_levels_lists_and_nulls():
    """Levels are words, params a list in order, what is not known null."""
    columns = {"level": "WARN", "params": ["12", None], "template": None}
    record = json.loads(report.ndjson(frame(**columns).with_columns(pl.col("level").cast(schema.Level))))
    assert record["level"] == "WARN"
    assert record["params"] == ["12", None]
    assert record["template"] is None


def test_an_empty_frame_prints_nothing():
    """No records, no bytes."""
    assert report.ndjson(frame().clear()) == b""


def test_dumps_is_strict():
    """NaN is refused, lone surrogates and controls are escapes, the text ends with one newline."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        report.dumps({"x": float("nan")})
    assert report.dumps({"x": "\ud800\x9b"}) == '{"x": "\\ud800\\u009b"}\n'
