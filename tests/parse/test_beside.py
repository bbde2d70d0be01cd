"""What structured records say beside their message: errors, statuses, exit codes; mined, never shown."""

import json

import polars as pl
import pytest

from logsense import mine, parse
from logsense.parse import extract
from logsense.parse.beside import DETAIL_MARK
from logsense.parse.recognise import plan
from logsense.plans import Block, SourcePlan

START = {"level": "error", "time": "2026-01-02T03:04:05Z", "msg": "request errored"}


def planned(lines):
    """The plan of some lines, without declared formats."""
    return plan.plan_source(0, "svc", lines, [], tz="UTC", year=None, mtime=0.0, size=1)


def block(lines):
    """The lines as one block."""
    return Block(0, 0, 1, 0, ("\n".join(lines) + "\n").encode())


def beside(line, *, kind="json"):
    """What the line says beside its message."""
    text = json.dumps(line) if kind == "json" else line
    return extract.fields(pl.Series([text]), planned([text]), pl.Series([0], dtype=pl.UInt8))["beside"][0]


def keys(lines, plan_=None):
    """(message, n) of each key of the lines, most frequent first."""
    plan_ = plan_ or planned(lines)
    part = parse.merge([parse.map_block(block(lines), plan_)])
    found = parse.settle(part.records.lazy(), part, {0: plan_}).keys
    return sorted(found.group_by("message").agg(pl.sum("n")).rows(), key=lambda one: (-one[1], one[0]))


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"err": {"message": "OOM command not allowed", "code": "X"}}, "OOM command not allowed"),
        ({"err": "connection refused"}, "connection refused"),
        ({"error.message": "dotted"}, "dotted"),
        ({"error": {"code": 7}}, None),
        ({"error": None}, None),
        ({"error": "none"}, None),
        ({"error": "17"}, None),
        ({"error": ""}, None),
        ({"exception": "first line\nsecond line"}, "first line"),
        (
            {"exc_info": "Traceback (most recent call last):\n  File x\n    y\nKeyError: 'a'\n"},
            "KeyError: 'a'",
        ),
        ({"stack": "ReplyError: EXECABORT\n    at x (y.js:1:2)"}, "ReplyError: EXECABORT"),
        ({"stacktrace": "main.main\n\t/srv/main.go:12"}, None),
        ({"err": "m" * 1000}, "m" * 300),
        ({"err": "the request errored"}, "the request errored"),
        ({"err": "request errored"}, None),
        ({"err": {"message": "the words"}, "error": "others"}, "the words"),
    ],
)
def test_the_text_of_an_error(field, said):
    """Its first line, bounded; of a traceback the last; nothing where nothing went wrong or all was said."""
    assert beside(START | field) == (None if said is None else DETAIL_MARK + said)


def test_a_reason_joins_records_of_trouble_alone():
    """An error is one at any level; a reason may be that of something ordinary."""
    calm = START | {"level": "info"}
    assert beside(START | {"reason": "card expired"}) == f"{DETAIL_MARK}card expired"
    assert beside(calm | {"reason": "card expired"}) is None
    assert beside(calm | {"error": "refused"}) == f"{DETAIL_MARK}refused"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"status": 500}, " status=500"),
        ({"res": {"statusCode": 404}}, " status=404"),
        ({"http.response.status_code": "201"}, " status=201"),
        ({"status": "paid"}, None),
        ({"status": 12}, None),
        ({"code": 1234}, None),
        ({"exit_code": 137}, " exit=137"),
        ({"exit_code": 70000}, None),
        ({"status": 502, "err": "upstream gone"}, f" status=502{DETAIL_MARK}upstream gone"),
    ],
)
def test_statuses_and_exit_codes(field, said):
    """Only what can be a status or an exit code: names of few values, never ids."""
    assert beside(START | field) == said


def test_a_status_the_message_states_is_not_said_twice():
    """The message holds the code where it announces it, not where a number happens to be the same."""
    assert beside(START | {"msg": "GET /a -> 500", "status": 500}) is None
    assert beside(START | {"msg": "500 rows", "status": 500}) == " status=500"


def test_logfmt():
    """Pairs say the same as objects."""
    line = 'ts=2026-01-02T03:04:05Z level=error msg="request errored" status=500 err="dial tcp: refused"'
    assert beside(line, kind="logfmt") == f" status=500{DETAIL_MARK}dial tcp: refused"


def test_a_record_is_shown_as_its_logger_said_it():
    """The message stays; what is mined of it stands beside, so that values are found all the same."""
    lines = [
        json.dumps(START | {"status": 500, "err": {"message": f"no route to 10.0.0.{n}"}}) for n in range(3)
    ]
    frame = pl.concat(parse.records([block(lines)], planned(lines)))
    assert set(frame["message"]) == {"request errored"}
    assert frame["told"][1] == f"request errored status=500{DETAIL_MARK}no route to 10.0.0.1"
    part = parse.map_block(block(lines), planned(lines))
    settled = parse.settle(part.records.lazy(), part, {0: planned(lines)})
    mined = mine.mine(settled.keys)
    keyed = frame.join(part.records.select("line", "key"), on="line")
    explained = mine.explain(keyed, mined)
    assert "told" not in explained.columns
    assert explained["template"].unique().to_list() == ["request errored status=500 ⏎ no route to <ip>"]
    assert explained["params"].to_list() == [["10.0.0.0"], ["10.0.0.1"], ["10.0.0.2"]]


def varied(number):
    """A word of letters that no other number has, so that every line has a key of its own."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number * 7919:09d}")


@pytest.mark.parametrize("kind", ["json", "logfmt"])
def test_keys_made_of_parts_are_told_apart_too(kind):
    """Where only parts of a line make its key, an error that no line of the head has, and a status, join."""
    lines = []
    for number in range(2600):
        bad = number >= 2400
        line = START | {
            "level": "info",
            "msg": "request",
            "id": varied(number),
            "status": 500 if bad else 200 + number % 2,
        }
        if bad:
            line["err"] = f"{'refused' if number % 2 else 'no route'} after {number} ms"
        if kind == "logfmt":
            lines.append(" ".join(f'{name}="{value}"' for name, value in line.items()))
        else:
            lines.append(json.dumps(line))
    made = planned(lines)
    assert made.layouts[0].project
    found = [(message.split(" after ")[0], n) for message, n in keys(lines, made)]
    assert found == [
        ("request status=200", 1200),
        ("request status=201", 1200),
        (f"request status=500{DETAIL_MARK}no route", 100),
        (f"request status=500{DETAIL_MARK}refused", 100),
    ]
    part = parse.map_block(block(lines), made)
    assert part.examples.height == 4


def test_broken_lines_have_nothing_beside():
    """A line that is no object says nothing beside itself, whatever it looks like."""
    lines = [json.dumps(START | {"err": "refused"}), '{"err":"refused","status":500']
    got = extract.fields(pl.Series(lines), planned(lines), pl.Series([0, 255], dtype=pl.UInt8))
    assert got["beside"].to_list() == [f"{DETAIL_MARK}refused", None]


def test_a_long_message_keeps_what_stands_beside_it():
    """What is mined is bounded, and the error is not what is cut off."""
    lines = [json.dumps(START | {"msg": "word " * 2000, "err": "refused"})]
    ((message, _),) = keys(lines)
    assert message.endswith(f"{DETAIL_MARK}refused")
    assert len(message) <= 4000


def test_text_has_nothing_beside():
    """Only structured lines have fields."""
    lines = ["2026-01-02 03:04:05 ERROR request errored err=refused"]
    got = extract.fields(pl.Series(lines), planned(lines), pl.Series([0], dtype=pl.UInt8))
    assert got["beside"].to_list() == [None]
    assert isinstance(planned(lines), SourcePlan)
