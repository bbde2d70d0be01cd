"""Planning a file: by what its lines look like, several layouts where need be, and the same each time."""

from datetime import UTC, datetime

import polars as pl
import pytest

from logsense.parse import clock, extract
from logsense.parse.recognise import plan
from logsense.parse.recognise.formats import Format
from logsense.plans import SourcePlan

MTIME = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
ACCESS = Format(
    "access",
    priority=60,
    pattern=(
        r"^(?<client>\S+) \S+ \S+ \[(?<time>[^\]]+)\] "
        r'"(?<method>[A-Z]+) (?<path>\S+)[^"]*" (?<status>[0-9]{3})'
    ),
    clock=("clf",),
    levels="none",
    keep=("status",),
    message=("method", "path", "status"),
    project=("method", "path"),
)
GENERIC = Format(
    "generic", priority=10, pattern=r"^(?<time>[0-9-]{10} [0-9:]{8}) (?<message>.*)", clock=("iso",)
)
SPECIAL = Format(
    "special",
    priority=70,
    pattern=r"^(?<time>[0-9-]{10} [0-9:]{8}) <(?<level>\w+)> (?<message>.*)",
    clock=("iso",),
)
PREFIXED = Format(
    "prefixed", priority=70, pattern=r"^(?<service>[a-z0-9-]+) +\| (?<message>.*)", levels="none", inner=True
)


def made(
    lines: list[str], *formats: Format, year: int | None = None, mtime: float = MTIME, tz: str = "UTC"
) -> SourcePlan:
    """The plan of some lines."""
    return plan.plan_source(3, "svc", lines, formats, tz=tz, year=year, mtime=mtime, size=1)


def records(lines: list[str], got: SourcePlan) -> list[tuple[object, ...]]:
    """(time, level, service, message) of each line."""
    times = pl.Series([None] * len(lines), dtype=pl.Datetime("us"))
    index = pl.Series([255] * len(lines), dtype=pl.UInt8)
    for number, layout in enumerate(got.layouts):
        read = clock.read_times(pl.Series(lines), layout.clock)
        new = (times.is_null() & read.is_not_null()).arg_true()
        times, index = times.scatter(new, read.gather(new)), index.scatter(new, number)
    found = extract.fields(pl.Series(lines), got, index)
    return list(found.select(times.alias("time"), "level", "service", "message").iter_rows())


def test_the_more_special_of_two_that_fit() -> None:
    """Priority decides between formats that fit; lines the special one leaves go to the other."""
    lines = [f"2026-01-02 03:04:0{n} <warn> a{n}" for n in range(6)] + ["2026-01-02 03:04:09 plain"]
    got = made(lines, GENERIC, SPECIAL)
    assert [layout.name for layout in got.layouts] == ["special", "generic"]
    assert records(lines, got)[-1] == (datetime(2026, 1, 2, 3, 4, 9), None, None, "plain")
    assert records(lines, got)[0][1] == "WARN"


def test_access_logs_keep_the_status_and_group_by_route() -> None:
    """keep and project become regexes with one group on the whole line."""
    lines = [
        f'10.0.0.{n} - - [02/Jan/2026:03:04:05 +0100] "GET /a HTTP/1.1" {500 + n % 2} 7' for n in range(9)
    ]
    (layout,) = made(lines, ACCESS).layouts
    assert pl.Series(lines[:1]).str.extract(layout.keep[0])[0] == "500"
    assert [pl.Series(lines[:1]).str.extract(one)[0] for one in layout.project] == ["GET", "/a"]
    assert records(lines, made(lines, ACCESS))[1] == (datetime(2026, 1, 2, 2, 4, 5), None, None, "GET /a 501")
    assert made(lines, ACCESS).zone_how == "log"


def test_a_prefix_without_a_time_takes_the_time_of_the_line_within() -> None:
    """The clock reaches through the wrapper; its service stands."""
    lines = [f"web-1  | 2026-01-02 03:04:0{n} <warn> hello {n}" for n in range(5)]
    got = made(lines, PREFIXED, SPECIAL)
    assert records(lines, got)[2] == (datetime(2026, 1, 2, 3, 4, 2), "WARN", "web-1", "hello 2")


def test_json_by_the_usual_names_without_any_declared_format() -> None:
    """Names of fields are found in the lines; a number in a level is read only where it is known how."""
    lines = [
        f'{{"level":{30 + 20 * (n % 2)},"time":{1767430800123 + n},"msg":"hi {n}","service":"pay"}}'
        for n in range(9)
    ]
    got = made(lines)
    assert got.layouts[0].kind == "json"
    assert records(lines, got)[1] == (datetime(2026, 1, 3, 9, 0, 0, 124000), "ERROR", "pay", "hi 1")
    assert pl.Series(lines[:1]).str.extract(got.layouts[0].keep[1])[0] == "30"


def test_an_array_spread_over_lines() -> None:
    """Rows of a JSON array are records; the brackets around them are no part of any."""
    lines = [
        "[",
        *(f'{{"time":"2026-01-02T03:04:0{n}Z","level":"warn","msg":"m{n}"}},' for n in range(5)),
        "]",
    ]
    got = records(lines, made(lines))
    assert got[3] == (datetime(2026, 1, 2, 3, 4, 2), "WARN", None, "m2")
    assert got[0][0] is None


def test_an_object_in_a_trace_is_no_record() -> None:
    """In a JSON log a line that holds an object without level and message goes on with the record above."""
    lines = ['{"time":"2026-01-02T03:04:05Z","level":"error","msg":"boom"}', "{}", '{"a": 1}'] * 2
    got = made(lines)
    index = pl.Series([0, 255, 255], dtype=pl.UInt8)
    assert extract.fields(pl.Series(lines[:3]), got, index)["layout"].to_list() == ["json", "", ""]


def test_a_time_within_the_json_is_not_the_records_time() -> None:
    """A field of the same name further in does not win over the record's own."""
    lines = [
        f'{{"request":{{"time":"2020-01-01T00:00:00Z"}},"time":"2026-01-02T03:04:0{n}Z","msg":"m"}}'
        for n in range(5)
    ]
    assert records(lines, made(lines))[4][0] == datetime(2026, 1, 2, 3, 4, 4)


def test_logfmt() -> None:
    """Pairs are found without a declared format; a sentence with one pair is none."""
    lines = [f'ts=2026-01-02T03:04:0{n}Z level=warn msg="disk {n} full" app=store' for n in range(5)]
    got = made(lines)
    assert records(lines, got)[3] == (datetime(2026, 1, 2, 3, 4, 3), "WARN", "store", "disk 3 full")


def test_two_formats_in_one_file() -> None:
    """A line of another format in between is a record of its own."""
    lines = [
        "2026-01-02 03:04:05 INFO main: a",
        '{"time":"2026-01-02T03:04:06Z","level":"error","msg":"b"}',
        "Jan  2 03:04:07 host app[1]: c",
    ] * 4
    got = records(lines, made(lines))
    assert [one[3] for one in got[:3]] == ["a", "b", "c"]
    assert None not in {one[0] for one in got}


def test_the_year_comes_from_the_files_own_time() -> None:
    """Dates without a year end before the file was written, on into the next year where they turn."""
    lines = ["Dec 30 10:00:00 h a[1]: x", "Jan  2 10:00:00 h a[1]: y"]
    got = records(lines, made(lines))
    assert [one[0] for one in got] == [datetime(2025, 12, 30, 10), datetime(2026, 1, 2, 10)]
    assert "inferred" in made(lines).note
    got = records(lines, made(lines, year=2019))
    assert [one[0] for one in got] == [datetime(2019, 12, 30, 10), datetime(2020, 1, 2, 10)]
    assert records(["Feb 29 10:00:00 h a[1]: x"], made(["Feb 29 10:00:00 h a[1]: x"]))[0][0] == datetime(
        2024, 2, 29, 10
    )


def test_day_first_or_month_first_is_decided_by_the_file() -> None:
    """What is possible decides, then what moves."""
    assert records(["13/01/2026 10:00:00 x"], made(["13/01/2026 10:00:00 x"]))[0][0] == datetime(
        2026, 1, 13, 10
    )
    assert records(["01/13/2026 10:00:00 x"], made(["01/13/2026 10:00:00 x"]))[0][0] == datetime(
        2026, 1, 13, 10
    )
    lines = [f"0{day}/04/2026 10:00:00 x" for day in range(1, 8)]
    assert records(lines, made(lines))[6][0] == datetime(2026, 4, 7, 10)


def test_ids_and_the_kind_of_key() -> None:
    """Ids are seen by field and by look, at most three; hex ids choose the hex key."""
    lines = [
        f"2026-01-02 03:04:05 INFO request_id={n * 7919:08x}{n:024x} order ord-{n} done" for n in range(60)
    ]
    got = made(lines)
    assert got.key == "hex"
    assert {"request_id", "ord"} <= {rule.kind for rule in got.ids}
    assert len(got.ids) <= 3
    rule = next(rule for rule in got.ids if rule.kind == "request_id")
    assert pl.Series(lines[:2]).str.extract(rule.pattern).to_list() == [
        f"{n * 7919:08x}{n:024x}" for n in range(2)
    ]
    assert made(["2026-01-02 03:04:05 INFO plain words"] * 5).ids == ()


@pytest.mark.parametrize(
    "field",
    [
        "TraceID: {} SpanID: 00000000000000b7",
        "spanId=00000000000000b7 trace_id={}",
        '{{"traceId":"{}"}}',
        "X-B3-TraceId: {}",
        "traceparent=00-{}-00000000000000b7-01",
        "[shop,{},00000000000000b7]",
    ],
)
def test_a_trace_is_an_id_whatever_it_is_called(field: str) -> None:
    """The trace id is found whole under its usual names; the span's is left out beside it."""
    ids = [f"{n * 7919:08x}{n:024x}" for n in range(60)]
    lines = [f"2026-01-02 03:04:05 INFO {field.format(one)} served" for one in ids]
    rules = made(lines).ids
    assert pl.Series(lines).str.extract(rules[0].pattern).to_list() == ids
    assert not [rule for rule in rules if "span" in rule.kind.lower()]


def test_a_span_alone_is_an_id() -> None:
    """Where no trace is named the span is followed."""
    lines = [f"2026-01-02 03:04:05 INFO span_id={n:016x} served" for n in range(60)]
    assert [rule.kind for rule in made(lines).ids] == ["span_id"]


def test_nothing_to_plan() -> None:
    """Empty and blank heads, and text without times, give a plan without layouts."""
    for lines in ([], [""], ["", "  "], ["just words", "and more"]):
        assert made(lines).layouts == ()
        assert made(lines).source == 3


def test_a_bad_regex_of_a_strangers_format_costs_nothing_else() -> None:
    """A format that does not compile is passed over."""
    lines = [f"2026-01-02 03:04:0{n} <warn> a{n}" for n in range(6)]
    assert (
        made(lines, Format("bad", priority=99, pattern="^(?=2)", clock=("iso",)), SPECIAL).layouts[0].name
        == "special"
    )


def test_the_same_plan_for_the_same_lines() -> None:
    """Formats in another order and a second call change nothing."""
    lines = [f"2026-01-02 03:04:0{n} <warn> a{n} id=req-{n}" for n in range(6)]
    assert made(lines, GENERIC, SPECIAL, ACCESS) == made(lines, ACCESS, SPECIAL, GENERIC)
