"""The learned header: formats nobody declared give time, level and the message without its header."""

from datetime import datetime

import polars as pl
import pytest

from logsense.parse import extract
from tests.parse.test_plan import made, records

T = datetime(2026, 1, 2, 3, 4, 5)


def varied(*parts: str) -> list[str]:
    """Lines of one header with several messages."""
    words = [
        "cache is cold",
        "user 17 logged in from 10.0.0.1",
        "cannot open /srv/data: denied",
        "done",
        "retry in 3 s",
    ]
    levels = ["INFO", "WARN", "ERROR", "INFO", "DEBUG"]
    return [
        part.replace("LEVEL", level).replace("Level", level.capitalize()).replace("L!", level[0]) + word
        for part in parts
        for word, level in zip(words, levels, strict=True)
    ]


@pytest.mark.parametrize(
    "header",
    [
        "2026-01-02 03:04:05 LEVEL ",
        "2026-01-02 03:04:05 [main] LEVEL com.example.Foo - ",
        "2026-01-02T03:04:05Z LEVEL [pool-1-thread-3] com.example.Foo: ",
        "[2026-01-02 03:04:05] [LEVEL] ",
        "[2026-01-02 03:04:05: LEVEL/Worker-1] ",
        "[2026-01-02T03:04:05Z LEVEL  app::net] ",
        "<2026-01-02 03:04:05> <Level> <main> ",
        "LEVEL [2026-01-02 03:04:05] ",
        "L! 2026-01-02 03:04:05 4242 ",
        "2026-01-02 03:04:05|LEVEL|core|",
        "2026-01-02 03:04:05::LEVEL::",
        "2026-01-02 03:04:05, Level                  ABC    ",
        "2026-01-02 03:04:05 4242 LEVEL app.web.server ",
        "2026-01-02 03:04:05 host7 app[99]: LEVEL ",
        "2026-01-02 03:04:05 pid=7 tid=x9 LEVEL: ",
        "26/01/02 03:04:05 LEVEL storage.Manager: ",
        "1767323045 LEVEL ",
        "app.2026-01-01_00:00:00.log 2026-01-02 03:04:05 LEVEL ",
    ],
)
def test_headers_nobody_declared(header: str) -> None:
    """Time and level are read, and the message is what the program said."""
    lines = varied(header)
    got = records(lines, made(lines))
    assert {one[0] for one in got} == {T}
    assert [one[1] for one in got] == ["INFO", "WARN", "ERROR", "INFO", "DEBUG"]
    assert [one[3] for one in got] == varied("")


def test_a_message_is_not_taken_for_a_header() -> None:
    """Words that only some messages share stay in the message; level words in messages are none."""
    lines = [
        "2026-01-02 03:04:05 error while reading",
        "2026-01-02 03:04:05 all is well",
        "2026-01-02 03:04:05 3 of 4 done",
    ] * 3
    got = records(lines, made(lines))
    assert [one[3] for one in got[:3]] == ["error while reading", "all is well", "3 of 4 done"]
    assert {one[1] for one in got} == {None}


def test_the_records_time_is_the_first_not_one_in_the_message() -> None:
    """A second time further on belongs to the message."""
    lines = [f"2026-01-02 03:04:05 INFO since 2020-01-01 00:00:0{n} all quiet" for n in range(5)]
    assert {one[0] for one in records(lines, made(lines))} == {T}


def test_seconds_since_1970_beside_a_wall_time_are_the_time() -> None:
    """Of an epoch and a wall time without a zone that say the same, the epoch knows the zone."""
    lines = [
        f"- {1767323045 + n} 2026.01.01 node{n} 2026-01-01-19.04.{5 + n:02}.000000 node{n} LOG INFO ready"
        for n in range(5)
    ]
    assert records(lines, made(lines))[0][0] == T


def test_long_traces_do_not_hide_the_records() -> None:
    """Few lines with a time among many without: the file's first line tells."""
    lines = [
        "[2026-01-02 03:04:05] app.ERROR: boom",
        *(f"#{n} /srv/x{chr(97 + n)}.php run()" for n in range(20)),
    ]
    got = records(lines, made(lines))
    assert got[0][:2] == (T, "ERROR")
    assert {one[0] for one in got[1:]} == {None}


def test_level_first_without_a_time() -> None:
    """Lines that begin with a level are records with a level and no time."""
    lines = ["INFO: started", "WARNING: slow", "ERROR: failed"] * 3
    got = made(lines)
    assert [one[1:] for one in records(lines, got)[:3]] == [
        ("INFO", None, "started"),
        ("WARN", None, "slow"),
        ("ERROR", None, "failed"),
    ]


def test_a_clock_without_a_date_gives_no_time_but_records() -> None:
    """A time of day alone is never dated by a guess."""
    lines = varied("03:04:05.123 LEVEL ")
    got = records(lines, made(lines))
    assert {one[0] for one in got} == {None}
    assert [one[3] for one in got] == varied("")


def test_a_syslog_priority_before_an_unknown_header_is_its_level() -> None:
    """facility * 8 + severity gives the level, and its digits stay in the key."""
    lines = [f"<{priority}>2026-01-02 03:04:05 box prog[7]: ready" for priority in (11, 12, 14)] * 3
    got = made(lines)
    assert [one[1] for one in records(lines, got)[:3]] == ["ERROR", "WARN", "INFO"]
    assert got.layouts[0].keep


@pytest.mark.parametrize(
    "ids",
    [
        "TraceID: {0:032x} SpanID: {0:016x} ",
        "trace_id={0:032x} ",
        "traceId: {0:016x}, spanId: {0:016x} ",
        "[X-B3-TraceId={0:016x}] ",
        "requestId={0} ",
    ],
)
@pytest.mark.parametrize("named", ["a.Basket#75 ", "worker "])
def test_the_name_of_an_id_is_no_service(named: str, ids: str) -> None:
    """What a header calls its ids is neither service nor logger; the service is the source's own."""
    words = ["[add][basket] is full", "done", "payment of 7 taken", "cannot open the door"]
    lines = [f"2026-01-02 03:04:05 INFO {named}{ids.format(n + 7)}{words[n % 4]}" for n in range(40)]
    fields = extract.fields(pl.Series(lines), made(lines), pl.Series([0] * 40, dtype=pl.UInt8))
    assert set(fields["service"]) == {None}
    assert not {one for one in fields["logger"] if one and "id" in one.lower()}
    assert fields["level"].cast(pl.String).to_list() == ["INFO"] * 40


def test_behind_level_logger_and_ids_the_program_speaks() -> None:
    """A bracket behind the ids is the message's own."""
    lines = [
        f"2026-01-02T03:04:05Z INFO a.Basket#{n % 3} TraceID: {n + 9:032x} [add][to basket] ok"
        for n in range(30)
    ]
    assert {one[3] for one in records(lines, made(lines))} == {"[add][to basket] ok"}


def test_two_lines_of_code_are_two_keys() -> None:
    """A line of code stays in the key where loggers say it, unless every line has another one."""
    lines = [f"2026-01-02 03:04:05 INFO a.Basket#{70 + n % 2} item {n} put in" for n in range(200)]
    (kept,) = made(lines).layouts[0].keep
    assert set(pl.Series(lines).str.extract(kept)) == {"70", "71"}
    lines = [f"2026-01-02 03:04:05 INFO a.Basket#{n} item put in" for n in range(200)]
    assert made(lines).layouts[0].keep == ()
