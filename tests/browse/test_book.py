"""The book of a run: every record once, in order of time, with its own lines."""

import gzip
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logsense import browse, pipeline
from logsense.analysis import Where
from logsense.errors import UsageError

START = datetime(2026, 1, 2, 10, 0, 0)


def stamp(second: float) -> str:
    return (START + timedelta(seconds=second)).isoformat(sep=" ", timespec="milliseconds")


def web(count: int, step: float = 1.0) -> list[str]:
    """Lines of a service that asks."""
    return [f"{stamp(n * step)} INFO asked for page {n} in {n % 7} ms" for n in range(count)]


@pytest.fixture
def logs(tmp_path):
    """Two services, one of them packed; a record of several lines, and lines without a time."""
    db = [f"{stamp(n * 2 + 0.5)} INFO query {n} done" for n in range(100)]
    db[50:50] = [f"{stamp(99.9)} ERROR query failed", "Traceback: it broke", "  at line 7 of needle.py"]
    (tmp_path / "web.log").write_text("\n".join(web(200)) + "\n")
    with gzip.open(tmp_path / "db.log.gz", "wt") as file:
        file.write("\n".join(db) + "\n")
    return tmp_path


@pytest.fixture
def analysis(logs):
    return pipeline.analyze(str(logs), threads=1, block_size=4096)


def test_every_record_is_there_once_in_order_of_time(analysis, logs):
    """The rows of the book are the records of all files, merged by time, each with its own first line."""
    book = analysis.book()
    assert book.height == int(analysis.sources["records"].sum()) == 301
    lines = book.lines(range(book.height))
    times = [line.time for line in lines]
    assert times == sorted(times)
    assert [line.row for line in lines] == list(range(book.height))
    assert [line.text for line in lines if line.source == "web.log"] == web(200)
    assert analysis.book() is book


def test_a_packed_file_is_read_like_any_other(analysis, logs):
    """Records of a gz have the lines that stand in it when it is unpacked."""
    text = gzip.decompress((logs / "db.log.gz").read_bytes()).decode().splitlines()
    book = analysis.book()
    for line in book.lines(range(book.height)):
        if line.source == "db.log.gz":
            assert line.text == text[line.line - 1]


def test_a_record_of_several_lines_is_whole(analysis):
    """All lines of a record are to be had, and each of them leads to it."""
    book = analysis.book()
    row = book.of("db.log.gz", 51)
    assert row is not None
    assert book.lines([row])[0].lines == 3
    assert book.whole(row)[1:] == ["Traceback: it broke", "  at line 7 of needle.py"]
    assert book.of("db.log.gz", 53) == row
    assert book.of("db.log.gz", 54) != row
    assert book.of("db.log.gz", 10_000) is None
    assert book.of("no.log", 1) is None


def test_a_search_finds_records_by_any_of_their_lines(analysis):
    """A pattern in a continuation line finds the record; a search tells how far it is, and can be stopped."""
    book = analysis.book()
    told: list[float] = []
    rows = book.search(r"needle\.py", found=lambda rows, share: told.append(share))
    assert rows.tolist() == [book.of("db.log.gz", 51)]
    assert told == sorted(told)
    every = book.search("page")
    assert len(every) == 200
    assert len(book.search("page", stop=lambda: True)) < 200
    assert len(book.search("page 1", literal=True)) == 111
    assert not len(book.search("page.1", literal=True))


def test_a_pattern_that_is_none_says_why(analysis):
    """What cannot be read as a pattern is an error of the user, with the reason."""
    with pytest.raises(UsageError, match=r"is no pattern: .*unclosed"):
        analysis.book().search("(half")


def test_conditions_select(analysis):
    """Levels, services, sources, templates and times let through what they name."""
    book = analysis.book()
    errors = book.select(Where(levels=("ERROR", "FATAL")))
    assert [book.lines([row])[0].text[24:] for row in errors] == ["ERROR query failed"]
    assert len(book.select(Where(services=("web",)))) == 200
    assert len(book.select(Where(sources=("db.log.gz",)))) == 101
    assert len(book.select(Where())) == book.height
    template = book.lines([0])[0].template
    assert len(book.select(Where(templates=(template,)))) == 200
    assert len(book.select(Where(without=(template,)))) == 101
    span = book.select(Where(since=START + timedelta(seconds=10), until=START + timedelta(seconds=20)))
    assert {line.time.second for line in book.lines(span)} == set(range(10, 20))


def test_moments_are_found(analysis):
    """The first record at a time or after it."""
    book = analysis.book()
    row = book.at(START + timedelta(seconds=60))
    assert book.lines([row])[0].time == START + timedelta(seconds=60)
    assert book.at(START - timedelta(days=1)) == 0
    assert book.at(START + timedelta(days=1)) == book.height


def test_anomalies_mark_their_records(analysis):
    """Records of the template and service of an anomaly are marked, from its start to its end."""
    book = analysis.book()
    first = book.lines([0])[0]
    anomaly = pl.DataFrame(
        {
            "service": [first.service],
            "template": [first.template],
            "start": [START + timedelta(seconds=5)],
            "end": [START + timedelta(seconds=7)],
        }
    )
    assert [line.time.second for line in book.lines(book.marked(anomaly))] == [5, 6, 7]


def test_pauses_are_found(tmp_path):
    """The record after a gap many times the usual one."""
    lines = [f"{stamp(n + (300 if n > 40 else 0))} INFO tick {n}" for n in range(80)]
    (tmp_path / "a.log").write_text("\n".join(lines) + "\n")
    book = pipeline.analyze(str(tmp_path), threads=1).book()
    assert [line.text[-7:] for line in book.lines(book.pauses(None, 20))] == ["tick 41"]


def test_values_of_a_template(analysis):
    """What stood at the placeholders: how often each, and the spread of numbers."""
    book = analysis.book()
    page, took = book.values(book.lines([0])[0].template)
    assert page.distinct == 200
    assert page.quantiles is not None
    assert (page.quantiles[0], page.quantiles[2], page.quantiles[4]) == (0, 99.5, 199)
    assert took.unit == "ms"
    assert took.distinct == 7
    assert took.top[0][1] == 29
    assert len(book.values("no such template")) == 0


def test_records_without_a_time_stay_in_their_place(tmp_path):
    """A record that has no time comes behind the one before it in its file, and says that it has none."""
    lines = [f"{stamp(n)} INFO tick {n}" for n in range(30)]
    plain = [f"step {n} of the plan" for n in range(20)]
    (tmp_path / "a.log").write_text("\n".join(lines) + "\n")
    (tmp_path / "plain.log").write_text("\n".join(plain) + "\n")
    book = pipeline.analyze(str(tmp_path), threads=1).book()
    shown = book.lines(range(book.height))
    assert [line.text for line in shown if line.time is None] == plain
    assert [line.text for line in shown if line.time is not None] == lines


def test_known_good_logs_are_not_in_it(tmp_path):
    """What tells what is usual is no part of the run that is looked at; of a window only what is inside."""
    good, bad = tmp_path / "good", tmp_path / "bad"
    for folder in (good, bad):
        folder.mkdir()
        (folder / "web.log").write_text("\n".join(web(200)) + "\n")
    book = pipeline.analyze(str(bad), threads=1, baseline=(str(good),)).book()
    assert book.height == 200
    inside = pipeline.analyze(str(bad), threads=1, until=stamp(50)).book()
    assert inside.height == 50


def frames(rows):
    """RECORDS, in an order that means nothing, and what their keys say."""
    records = pl.DataFrame(
        [{"source": s, "line": n, "time": t, "key": k} for s, n, t, k in rows],
        schema={"source": pl.UInt32, "line": pl.UInt32, "time": pl.Datetime("us"), "key": pl.UInt64},
    )
    says = pl.DataFrame(
        {
            "key": [0, 1, 2],
            "level": ["INFO", None, "ERROR"],
            "service": ["", "db", ""],
            "template": ["a", "b", None],
        },
        schema_overrides={"key": pl.UInt64},
    )
    multi = pl.DataFrame(schema={"source": pl.UInt32, "line": pl.UInt32, "last": pl.UInt32})
    return records, multi, says


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.integers(1, 40), st.one_of(st.none(), st.integers(0, 50)), st.integers(0, 2)
        ),
        unique_by=lambda row: row[:2],
        max_size=40,
    )
)
def test_mapped_and_in_memory_are_one(tmp_path_factory, rows):
    """An index in files is the one in memory; any order of records gives the same; no record is lost."""
    rows = [(s, n, None if t is None else START + timedelta(seconds=t), k) for s, n, t, k in rows]
    folder = tmp_path_factory.mktemp("index")
    services = {0: "zero", 1: "one", 2: "two"}
    one = browse.index(*_lazy(frames(rows)), services, folder.joinpath)
    two = browse.index(*_lazy(frames(rows[::-1])), services, folder.joinpath, small=-1)
    for name in ("time", "place", "kind", "order", "untimed"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert one.height == len(rows)
    places = [(int(place) >> 32, int(place) & 0xFFFFFFFF) for place in one.place]
    assert sorted(places) == sorted((s, n) for s, n, _, _ in rows)
    assert np.all(np.diff(one.time) >= 0)
    assert np.all(np.diff(one.place[one.order].astype(np.int64)) > 0)
    said = {(s, n): services[s] if k != 1 else "db" for s, n, _, k in rows}
    assert [one.kinds["service"][int(kind)] for kind in one.kind] == [said[place] for place in places]


def _lazy(made):
    records, multi, says = made
    return records.lazy(), multi, says
