"""Fields of lines: JSON, logfmt, text, wrappers; one odd line spoils no other."""

import polars as pl
import pytest

from logsense.parse import extract
from logsense.plans import Clock, Layout, SourcePlan

JSON = Layout(
    "j",
    kind="json",
    clock=Clock(r'"ts":"([^"]+)"', kinds=("iso",)),
    fields={
        "level": ("level", "log.level"),
        "message": ("msg", "message"),
        "service": ("service.name",),
        "logger": ("logger",),
    },
)
TEXT = Layout(
    "t",
    pattern=r"^(?<time>[0-9: -]{19}) (?:(?<level>[A-Z]+) )?(?:(?<service>\w+)\[\d+\]: )?(?<message>.*)$",
    clock=Clock("^([0-9: -]{19})", kinds=("iso",)),
)


def fields(lines: list[str], *layouts: Layout, index: list[int] | None = None) -> pl.DataFrame:
    """The fields of lines, all read by the first layout's clock unless said otherwise."""
    where = pl.Series(index or [0] * len(lines), dtype=pl.UInt8)
    return extract.fields(pl.Series(lines), SourcePlan(0, "s", layouts), where)


def test_json_roles_by_name_plain_or_nested() -> None:
    """A dotted name is a key with a dot or an object within an object; what is missing is null."""
    got = fields(
        [
            '{"level":"warn","msg":"a \\"b\\"","service":{"name":"x"}}',
            '{"log.level":"info","message":"c","service.name":"y"}',
            '{"msg":"d"}',
        ],
        JSON,
    )
    assert got["level"].to_list() == ["WARN", "INFO", None]
    assert got["message"].to_list() == ['a "b"', "c", "d"]
    assert got["service"].to_list() == ["x", "y", None]


@pytest.mark.parametrize(
    "odd",
    [
        '{"msg":' * 50_000,
        '{"msg":"cut',
        '{"msg":NaN}',
        '{"msg":1e999}',
        '{"msg":' + "9" * 5000 + "}",
        '{"msg":"\\ud800"}',
        '["msg"]',
        "",
        "{}",
        "plain text",
    ],
)
def test_one_odd_json_line_spoils_no_other(odd: str) -> None:
    """Broken, deep and huge JSON is plain text; the lines around it are read, nothing is raised."""
    got = fields(['{"msg":"before"}', odd, '{"msg":"after"}'], JSON)
    assert got["message"].to_list()[::2] == ["before", "after"]
    assert got["message"][1] is not None
    assert got.height == 3


def test_logfmt_with_quotes() -> None:
    """Quoted values lose their quotes and escapes; names match whole."""
    layout = Layout(
        "l", kind="logfmt", fields={"level": ("level",), "message": ("msg",), "service": ("app",)}
    )
    got = fields(
        ['ts=1 level=error msg="say \\"no\\"" app=pay xlevel=info', "ts=1 level=info msg=up app=pay"], layout
    )
    assert got["message"].to_list() == ['say "no"', "up"]
    assert got["level"].to_list() == ["ERROR", "INFO"]
    assert got["service"].to_list() == ["pay", "pay"]


def test_a_wrapper_stands_and_the_inner_line_fills_in() -> None:
    """Level and service of the wrapped line count where the wrapper has none; its message is the message."""
    wrapper = Layout(
        "w",
        pattern=r"^(?<time>\S+) (?:std(?:out|err)) F (?<message>.*)$",
        clock=Clock(r"^(\S+)"),
        levels="none",
        inner=(JSON, TEXT),
    )
    got = fields(
        [
            '2026-01-02T03:04:05Z stdout F {"level":"error","msg":"deep","service":{"name":"pay"}}',
            "2026-01-02T03:04:05Z stdout F 2026-01-02 03:04:05 WARN inner",
            "2026-01-02T03:04:05Z stderr F bare words",
        ],
        wrapper,
    )
    assert got["message"].to_list() == ["deep", "inner", "bare words"]
    assert got["level"].to_list() == ["ERROR", "WARN", None]
    assert got["service"].to_list() == ["pay", None, None]
    assert set(got["layout"]) == {"w"}


def test_a_line_with_a_time_that_does_not_fit_keeps_what_stands_behind_it() -> None:
    """A header that breaks off still gives a message without its time, and a level right behind it."""
    strict = Layout(
        "s",
        pattern=r"^(?<time>[0-9: -]{19}) (?<level>[A-Z]+) \[(?<thread>\w+)\] (?<message>.*)$",
        clock=TEXT.clock,
    )
    got = fields(["2026-01-02 03:04:05 INFO [main] ok", "2026-01-02 03:04:05 ERROR: bare"], strict)
    assert got["message"].to_list() == ["ok", "bare"]
    assert got["level"].to_list() == ["INFO", "ERROR"]


def test_a_line_is_given_to_the_next_layout_it_fits() -> None:
    """Two layouts with one kind of time: each line is split by the one whose form it has."""
    strict = Layout("s", pattern=r"^(?<time>[0-9: -]{19}) <(?<level>\w+)> (?<message>.*)$", clock=TEXT.clock)
    got = fields(["2026-01-02 03:04:05 <warn> a", "2026-01-02 03:04:05 INFO app[7]: b"], strict, TEXT)
    assert got["layout"].to_list() == ["s", "t"]
    assert got["service"].to_list() == [None, "app"]


def test_no_time_is_a_continuation_but_an_impossible_one_is_a_record() -> None:
    """A line whose time cannot be still has its layout; one without any does not."""
    got = fields(["2026-02-31 03:04:05 INFO x", "    at Foo.bar"], TEXT, index=[255, 255])
    assert got["layout"].to_list() == ["t", ""]
    assert got["message"].to_list() == ["x", "    at Foo.bar"]


def test_colours_are_no_part_of_a_field() -> None:
    """ANSI codes are dropped before a line is split."""
    got = fields(["\x1b[1m2026-01-02 03:04:05\x1b[0m \x1b[31mERROR\x1b[0m boom\x1b[K"], TEXT)
    assert got.select("level", "message").row(0) == ("ERROR", "boom")


def test_joins() -> None:
    """A layout can say that a line with a time goes on with the record above."""
    layout = Layout("t", pattern=TEXT.pattern, clock=TEXT.clock, joins=r"^DETAIL:")
    got = fields(["2026-01-02 03:04:05 DETAIL: more", "2026-01-02 03:04:05 INFO other"], layout)
    assert got["joins"].to_list() == [True, False]


def test_nothing_in_nothing_out() -> None:
    """No lines and no layouts are no error."""
    assert (
        extract.fields(
            pl.Series([], dtype=pl.String), SourcePlan(0, "s", ()), pl.Series([], dtype=pl.UInt8)
        ).height
        == 0
    )
    assert fields(["x"], index=[255])["message"].to_list() == ["x"]


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ("Caused by: java.sql.SQLException: timeout", True),
        ("java.lang.IllegalStateException: no stock", True),
        ("ValueError: bad", True),
        ("shop.errors.SaveError: cart 77", True),
        ("TypeError: x is not a function", True),
        ("System.InvalidOperationException: empty", True),
        ("panic: runtime error: index out of range", True),
        ("thread 'main' panicked at src/main.rs:3:5:", True),
        ("ActiveRecord::ConnectionNotEstablished (refused):", True),
        ("Traceback (most recent call last):", False),
        ('  File "a.py", line 3, in f', False),
        ("\tat com.example.Foo.bar(Foo.java:3)", False),
        ("    raise ValueError(x)", False),
        ("... 12 more", False),
    ],
)
def test_telling_lines(line: str, want: bool) -> None:
    """Of a trace the exception says most, in every usual language; frames do not."""
    assert extract.telling(pl.Series([line]))[0] is want


def test_stated_level() -> None:
    """A continuation line may state the level of its record; words in a sentence do not."""
    lines = pl.Series(["SEVERE: boom", '"level": "WARN", "x": 1', "an error: no", "error"])
    assert extract.stated_level(lines).to_list() == ["ERROR", "WARN", None, None]
