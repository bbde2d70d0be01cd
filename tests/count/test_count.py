"""count(): counts and templates add up, whatever the order and the split of the records."""

import dataclasses
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from logsense.count import Counted, Run, count
from logsense.errors import FrameError
from logsense.schema import (
    CHANGES,
    COUNTS,
    EDGES,
    GAPS,
    MINED,
    RECORDS,
    SKEW,
    STEPS,
    TEMPLATES,
    VALUES,
    Level,
)

FRAMES = {
    "templates": TEMPLATES,
    "counts": COUNTS,
    "values": VALUES,
    "gaps": GAPS,
    "steps": STEPS,
    "edges": EDGES,
    "changes": CHANGES,
    "skew": SKEW,
}

_events = st.tuples(
    st.one_of(st.none(), st.floats(0, 3000), st.integers(0, 10), st.just(10.0**8)),
    st.integers(0, 2),
    st.sampled_from(["a=1", "b", "c fails", "server started", "cart calls"]),
    st.sampled_from([(), (("rid", "abcdef012345"),), (("n", "7"), ("rid", "abcdef012345"))]),
    st.sampled_from([(), (("took", 0.1),), (("took", 0.2), ("size", -3.0))]),
    st.sampled_from(["", "front"]),
)


def _same(one: Counted, other: Counted) -> None:
    for name in dataclasses.fields(Counted):
        a, b = getattr(one, name.name), getattr(other, name.name)
        if isinstance(a, pl.DataFrame):
            assert_frame_equal(a, b)
        else:
            assert a == b


@pytest.fixture
def shop(run_of, event) -> Run:
    """Four minutes of two services that share ids, a start, a rare message and records without a time."""
    events = []
    for n in range(480):
        at, ids = n * 0.5, (("request_id", f"req-{n:08d}"),)
        events.append(event(at, 0, f"GET /item{n % 3}", ids, (("took_ms", n % 7 + 0.1),)))
        events.append(event(at + 0.01, 1, f"select from table{n % 2}", ids))
        events.append(event(at + 0.02, 0, "sent", ids, service="front"))
    events += [event(n * 20.0, 2, "tick", level="DEBUG") for n in range(12)]
    events += [event(None, 2, "no time here"), event(100, 2, "Server started in 2.1 seconds", level="WARN")]
    return run_of(events)


def test_every_frame_is_as_the_schema_says(shop):
    """Each frame of the result has the columns, types and non-null values that schema.py promises."""
    counted = count(shop)
    for name, form in FRAMES.items():
        frame = getattr(counted, name)
        assert_frame_equal(form.check(frame), frame)
        assert frame.height or name == "skew"


def test_nothing_is_lost(shop):
    """Counts are the records with a time, counts of templates are all records, shares add up to one."""
    counted = count(shop)
    assert counted.counts["n"].sum() == 480 * 3 + 13
    assert (counted.untimed, counted.stray) == (1, 0)
    assert counted.templates["count"].sum() == 480 * 3 + 14
    assert counted.templates["share"].sum() == pytest.approx(1)
    untimed = counted.templates.filter(pl.col("text") == "no time here")
    assert untimed.select("count", "first", "last").row(0) == (1, None, None)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_order_and_split_change_nothing(run_of, event, data):
    """Records in any order, in any number of frames, and keys, links and samples in any order: one result."""
    run = run_of([event(*row) for row in data.draw(st.lists(_events, min_size=1, max_size=60))])
    whole = run.records.collect()
    seed = data.draw(st.integers(0, 1000))
    cut = data.draw(st.integers(0, whole.height))
    shuffled = whole.sample(fraction=1, shuffle=True, seed=seed)
    parts = [shuffled.head(cut).lazy(), shuffled.slice(cut).lazy()]
    other = dataclasses.replace(
        run,
        records=pl.concat(parts),
        keys=run.keys.sample(fraction=1, shuffle=True, seed=seed),
        mined=run.mined.sample(fraction=1, shuffle=True, seed=seed),
        samples=run.samples.sample(fraction=1, shuffle=True, seed=seed),
        links=run.links.sample(fraction=1, shuffle=True, seed=seed),
    )
    first, second = count(run), count(other)
    _same(dataclasses.replace(first, links=first.links), dataclasses.replace(second, links=first.links))
    timed = whole["time"].is_not_null().sum()
    if first.start is None:
        assert first.counts["n"].sum() == whole.height
        assert first.untimed == whole.height
    else:
        assert first.counts["n"].sum() + first.stray == timed
        assert first.untimed == whole.height - timed
    assert first.templates["count"].sum() == whole.height


def test_records_on_disk_count_the_same(shop, tmp_path):
    """Records scanned from Arrow IPC give what records in memory give."""
    shop.records.collect().write_ipc(tmp_path / "records.arrow")
    on_disk = dataclasses.replace(shop, records=pl.scan_ipc(tmp_path / "records.arrow"))
    _same(count(shop), count(on_disk))


def test_first_and_last_record_are_exact(run_of, event):
    """Of records of one bucket the first and the last are found by time, then source, then line."""
    events = [event(0.0, 0, "other"), event(240.0, 0, "other")]
    events += [event(101.0, 1, "m"), event(100.9, 1, "m"), event(100.9, 0, "m", service="db")]
    events += [event(101.0, 0, "m", service="db")]
    row = count(run_of(events)).counts.filter(pl.col("n") == 4).row(0, named=True)
    assert (row["service"], row["bucket"]) == ("db", 50)
    assert (row["source"], row["line"], row["last_source"], row["last_line"]) == (0, 3, 1, 1)
    assert row["last"] - row["first"] == timedelta(seconds=0.1)


@pytest.mark.parametrize("days", [3, 200, 1500])
def test_wide_buckets_keep_exact_places(run_of, event, days):
    """Where a bucket is longer than an hour the first and last record of it are still exact."""
    step = days * 86_400 / 4000
    events = [event(n * step + 0.000001 * n, 0, "m") for n in range(4001)]
    counted = count(run_of(events))
    assert 60 <= counted.buckets <= 2000
    start = counted.counts["first"].dt.epoch("us").to_list()
    assert start == sorted(start)
    assert counted.counts.select((pl.col("last_line") - pl.col("line") + 1 == pl.col("n")).all()).item()


def test_service_of_a_field_before_that_of_the_source(run_of, event):
    """The service a record names counts; without one it is the source's; a template lists both."""
    events = [event(0, 0, "m"), event(1, 0, "m", service="front"), event(2, 1, "m")]
    counted = count(run_of(events))
    assert counted.counts["service"].unique().sort().to_list() == ["db", "front", "web"]
    assert counted.templates["services"].to_list() == [["db", "front", "web"]]


def test_highest_level_and_first_example(run_of, event):
    """A template has the highest level of its keys, and its first record by source and line as example."""
    run = run_of([event(5, 1, "late 1", level="ERROR"), event(0, 1, "early 2", level="INFO")])
    one = dataclasses.replace(
        run,
        mined=MINED.of([{"key": key, "template": "0" * 12} for key in run.keys["key"]]),
        templates=pl.DataFrame({"template": ["0" * 12], "text": ["<str> <num>"], "shapes": [["x"]]}),
    )
    row = count(one).templates.row(0, named=True)
    assert (row["level"], row["example"], row["line"], row["count"]) == ("ERROR", "late 1", 1, 2)
    assert count(one).templates.schema["level"] == Level


def test_without_any_time_lines_are_the_axis(run_of, event):
    """Where nothing has a time a bucket is an equal part of each source, and no time is made up."""
    events = [event(None, source, f"m{source}") for source in (0, 1) for _ in range(240 * (source + 1))]
    counted = count(run_of(events))
    assert (counted.start, counted.buckets, counted.untimed) == (None, 120, 720)
    per_bucket = counted.counts.group_by("service").agg(pl.len(), pl.min("n"), pl.max("n").alias("most"))
    assert per_bucket.sort("service").rows() == [("db", 120, 4, 4), ("web", 120, 2, 2)]
    assert counted.counts["first"].null_count() == counted.counts.height
    assert counted.gaps.height == counted.steps.height == counted.changes.height == 0


def test_nothing_at_all(run_of):
    """A run without records gives empty frames of the right form."""
    counted = count(run_of([]))
    assert counted.start is None
    for name, form in FRAMES.items():
        assert_frame_equal(getattr(counted, name), form.empty())


def test_a_key_without_a_template_is_a_defect(shop):
    """A record whose key was never mined raises FrameError and says how many there are."""
    lost = RECORDS.of([{"source": 0, "line": 9999, "time": None, "key": 4242}]).lazy()
    with pytest.raises(FrameError, match="1 records have a key"):
        count(dataclasses.replace(shop, records=pl.concat([shop.records, lost])))
