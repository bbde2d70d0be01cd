"""Times: what each way of writing means, and that the fast path and the slow one agree."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logsense.parse import clock
from logsense.parse.recognise import place
from logsense.plans import Clock

WHOLE = "^(.*)$"


def read(text: str, **more: object) -> datetime | None:
    """One text read by all grammars."""
    # Tests name single fields; their values differ in type.
    made = Clock(WHOLE, kinds=clock.grammar().order, year=2025, **more)  # type: ignore[arg-type]
    return clock.read_times(pl.Series([text]), made)[0]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("2026-01-02 03:04:05,678", "2026-01-02T03:04:05.678"),
        ("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456"),
        ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05"),
        ("2026-01-02 03:04:05 -0330", "2026-01-02T06:34:05"),
        ("2026-07-02 03:04:05 PDT", "2026-07-02T10:04:05"),
        ("2026-07-02 03:04:05 CEST", "2026-07-02T01:04:05"),
        ("2026-01-02  3:04:05", "2026-01-02T03:04:05"),
        ("2026/01/02 - 03:04:05", "2026-01-02T03:04:05"),
        ("02/Jan/2026:03:04:05 +0100", "2026-01-02T02:04:05"),
        ("Jan  2 03:04:05", "2025-01-02T03:04:05"),
        ("Fri Jan 02 03:04:05.000009 2026", "2026-01-02T03:04:05.000009"),
        ("Fri Jan  2 03:04:05 EST 2026", "2026-01-02T08:04:05"),
        ("Fri, 02 Jan 2026 03:04:05 GMT", "2026-01-02T03:04:05"),
        ("02-Jan-2026 03:04:05.1", "2026-01-02T03:04:05.1"),
        ("Jan 02, 2026 12:04:05 AM", "2026-01-02T00:04:05"),
        ("Jan 02, 2026 12:04:05 PM", "2026-01-02T12:04:05"),
        ("M\u00e4r 02, 2026 03:04:05", "2026-03-02T03:04:05"),
        ("01/02/2026 03:04:05 PM", "2026-01-02T15:04:05"),
        ("02.01.2026 03:04:05", "2026-01-02T03:04:05"),
        ("20260102-03:04:05:7", "2026-01-02T03:04:05.007"),
        ("20260102T030405Z", "2026-01-02T03:04:05"),
        ("260102 030405", "2026-01-02T03:04:05"),
        ("690102 030405", "2069-01-02T03:04:05"),
        ("700102 030405", None),  # 1970: a clock that was never set
        ("0102 03:04:05.5", "2025-01-02T03:04:05.5"),
        ("2026-032T03:04:05", "2026-02-01T03:04:05"),
        ("2026-01-02-03.04.05.000006", "2026-01-02T03:04:05.000006"),
        ("@4000000043322583000003e8", "2005-09-22T03:31:05.000001"),
    ],
)
def test_each_way_of_writing(text: str, want: str | None) -> None:
    """Every grammar reads its own way of writing, in UTC, cut to microseconds."""
    whole = want.ljust(26, "0") if want and "." in want else want
    assert read(text) == (datetime.fromisoformat(whole) if whole else None)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("1767430800", "2026-01-03T09:00:00"),
        ("1767430800.0000019", "2026-01-03T09:00:00.000001"),
        ("1767430800123", "2026-01-03T09:00:00.123000"),
        ("1767430800123456", "2026-01-03T09:00:00.123456"),
        ("1767430800123456789", "2026-01-03T09:00:00.123456"),
        ("0", None),
        ("-1767430800", None),
        ("9999999999", None),
        ("1234567890123456789012345", None),
    ],
)
def test_epochs_by_magnitude(text: str, want: str | None) -> None:
    """The unit of a number of seconds follows from its size; outside 1990 to 2100 it is no time."""
    for fast in ((), (clock.EPOCH,)):
        made = Clock(WHOLE, kinds=("epoch",), fast=fast)
        assert clock.read_times(pl.Series([text]), made)[0] == (
            datetime.fromisoformat(want) if want else None
        )


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("2026-12-31 23:59:60", datetime(2027, 1, 1)),
        ("2026-12-31 24:00:00", datetime(2027, 1, 1)),
        ("2026-12-31 24:00:01", None),
        ("2026-01-02 25:61:61", None),
        ("2026-02-29 03:04:05", None),
        ("2024-02-29 03:04:05", datetime(2024, 2, 29, 3, 4, 5)),
        ("2026-04-31 03:04:05", None),
        ("2026-13-01 03:04:05", None),
        ("1970-01-01 00:00:00", None),
        ("9999-01-01 00:00:00", None),
        ("03:04:05", None),
    ],
)
def test_odd_and_impossible(text: str, want: datetime | None) -> None:
    """Second 60 and hour 24 are the next moment; what cannot be, and a time of day alone, is null."""
    assert read(text) == want
    fast = Clock(WHOLE, kinds=("iso", "time_only"), fast=("%Y-%m-%d %H:%M:%S",))
    assert clock.read_times(pl.Series([text]), fast)[0] == want


def test_zone_of_the_run_counts_only_where_the_line_has_none() -> None:
    """--tz moves times without a zone; the skipped hour of summer time is read on, not lost."""
    texts = pl.Series(["2026-07-01 12:00:00", "2026-07-01 12:00:00Z", "2026-03-29 02:30:00"])
    for fast in ((), ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%SZ")):
        got = clock.read_times(texts, Clock(WHOLE, kinds=("iso",), zone="Europe/Berlin", fast=fast))
        assert got.to_list() == [
            datetime(2026, 7, 1, 10),
            datetime(2026, 7, 1, 12),
            datetime(2026, 3, 29, 1, 30),
        ]
        got = clock.read_times(texts.head(1), Clock(WHOLE, kinds=("iso",), zone="-02:00", fast=fast))
        assert got[0] == datetime(2026, 7, 1, 14)


def test_the_year_turns_with_the_file() -> None:
    """A date without a year that lies before the file's first months belongs to the next year."""
    texts = pl.Series(["Nov 30 10:00:00", "Dec 31 23:59:59", "Jan  1 00:00:00", "Feb 29 00:00:00"])
    want = [
        datetime(2023, 11, 30, 10),
        datetime(2023, 12, 31, 23, 59, 59),
        datetime(2024, 1, 1),
        datetime(2024, 2, 29),
    ]
    for fast in ((), ("%b %d %H:%M:%S",)):
        made = Clock(WHOLE, kinds=("syslog", f"{clock.TURN}10"), fast=fast, year=2023)
        assert clock.read_times(texts, made).to_list() == want


def test_no_year_no_time() -> None:
    """Without a year from anywhere a date without one stays null."""
    made = Clock(WHOLE, kinds=("syslog",), fast=("%b %d %H:%M:%S",))
    assert clock.read_times(pl.Series(["Nov 30 10:00:00"]), made)[0] is None


def test_colours_and_marks_do_not_hide_a_time() -> None:
    """Escape codes within a time, and a byte order mark before it, are no part of it."""
    lines = pl.Series(["\x1b[32m2026-01-02\x1b[0m 03:04:05 x", "\ufeff2026-01-02 03:04:05 x"])
    made = Clock(r"^([0-9-]+ [0-9:]+)", kinds=("iso",))
    assert clock.read_times(lines.head(1), made)[0] == datetime(2026, 1, 2, 3, 4, 5)


def test_a_fixed_place_never_cuts_a_time() -> None:
    """Where a longer time stands at the place of a shorter one, the longer one is read."""
    lines = ["2026-01-02 03:04:05 a"] * 20
    examples = pl.DataFrame({"text": lines, "raw": lines, "n": [1] * 20})
    made = place.make_clock(
        r"^([0-9-]+ [0-9:.]+)", ("iso",), examples, place.Setting("UTC", None, 0, pl.Series(lines))
    )
    assert made is not None
    assert made.start == 0
    got = clock.read_times(pl.Series(["2026-01-02 03:04:05.25 b", "2026-01-02 03:04:05 b"]), made)
    assert got.to_list() == [datetime(2026, 1, 2, 3, 4, 5, 250_000), datetime(2026, 1, 2, 3, 4, 5)]


@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000, 1_000_000_000])
def test_a_number_at_a_fixed_place_is_never_cut(unit: int) -> None:
    """Seconds, ms, µs, ns have their place; what stands elsewhere or goes on is read by the pattern."""
    lines = [f"- {(1_700_000_000 + number) * unit} up" for number in range(20)]
    examples = pl.DataFrame({"text": lines, "raw": lines, "n": [1] * 20})
    pattern = r"^\S+ ([0-9]{9,19}) "
    made = place.make_clock(pattern, ("epoch",), examples, place.Setting("UTC", None, 0, pl.Series(lines)))
    assert made is not None
    assert made.start == 2
    hard = [
        f"- {1_700_000_000 * unit} a",
        f"ALERT {1_700_000_001 * unit} b",
        f"- {1_700_000_002 * unit}0 a digit too many",
        f"- {1_700_000_004 * unit}.5 a fraction",
        f"-- {1_700_000_005 * unit} one further",
        "- 999999999 of nine digits",
        "",
    ]
    slow = Clock(pattern, kinds=("epoch",))
    assert clock.read_times(pl.Series(hard), made).to_list()[:2] == [
        datetime(2023, 11, 14, 22, 13, 20),
        datetime(2023, 11, 14, 22, 13, 21),
    ]
    for line in hard:
        one = pl.Series([line])
        assert clock.read_times(one, made).to_list() == clock.read_times(one, slow).to_list(), line


WRITTEN = [
    ("iso", "%Y-%m-%d %H:%M:%S.%f"),
    ("iso", "%Y-%m-%dT%H:%M:%S.%fZ"),
    ("iso", "%Y-%m-%d %H:%M:%S,123"),
    ("iso", "%Y-%m-%dT%H:%M:%S+0530"),
    ("clf", "%d/%b/%Y:%H:%M:%S -0700"),
    ("syslog", "%b %d %H:%M:%S"),
    ("ctime", "%a %b %d %H:%M:%S %Y"),
    ("month_name_day", "%b %d, %Y %I:%M:%S %p"),
    ("compact", "%Y%m%d %H%M%S"),
    ("short_date", "%y%m%d %H%M%S"),
    ("eu_dot", "%d.%m.%Y %H:%M:%S"),
    ("monthday", "%m-%d %H:%M:%S.%f"),
    ("bgl", "%Y-%m-%d-%H.%M.%S.%f"),
]


@settings(max_examples=40, deadline=None)
@given(
    moments=st.lists(st.datetimes(datetime(1991, 1, 1), datetime(2068, 1, 1)), min_size=1, max_size=20),
    way=st.sampled_from(WRITTEN),
    zone=st.sampled_from(["UTC", "+05:45", "America/New_York"]),
)
def test_fast_and_slow_agree(moments: list[datetime], way: tuple[str, str], zone: str) -> None:
    """For any moments, way of writing and zone both paths give the same times."""
    kind, form = way
    texts = pl.Series([moment.strftime(form) for moment in moments])
    slow = Clock(WHOLE, kinds=(kind,), zone=zone, year=2024)
    found = place.fast_format(texts[0], slow)
    assert found, (texts[0], "has no fast format")
    fast = Clock(WHOLE, kinds=(kind,), zone=zone, year=2024, fast=(found,))
    want = clock.read_times(texts, slow)
    assert clock._fast(texts, fast).drop_nulls().len() >= 1
    assert clock.read_times(texts, fast).to_list() == want.to_list()


@settings(max_examples=30, deadline=None)
@given(moment=st.datetimes(datetime(1991, 1, 1), datetime(2099, 1, 1)))
def test_dates_are_those_of_the_calendar(moment: datetime) -> None:
    """The day arithmetic agrees with the standard library over a century."""
    assert read(moment.isoformat(sep=" ", timespec="microseconds")) == moment
    assert read(moment.strftime("%Y-%jT%H:%M:%S")) == moment.replace(microsecond=0)
    assert read(f"{(moment - datetime(1970, 1, 1)) // timedelta(seconds=1)}") == moment.replace(microsecond=0)
