"""Objects written over many lines: a record from its first bracket to its last."""

import itertools
import json

import pytest

from logsense import parse
from logsense.parse.recognise import plan
from logsense.plans import Block


def an_object(number, *, indent=2):
    """A record whose time is not its first field, and which holds another time further in."""
    said = {
        "level": "error" if number % 2 else "info",
        "timestamp": f"2026-02-03T12:20:{number:02d}Z",
        "message": "cannot pay" if number % 2 else "paid",
        "order": {"id": number, "timestamp": "2020-01-01T00:00:00Z"},
    }
    return json.dumps(said, indent=indent)


def planned(lines):
    """The plan of some lines, without declared formats."""
    return plan.plan_source(0, "svc", lines, [], tz="UTC", year=None, mtime=0.0, size=1)


def blocks(lines, *borders):
    """The lines as blocks that end after the given numbers of lines."""
    edges = [0, *borders, len(lines)]
    return [
        Block(0, number, first + 1, first, ("\n".join(lines[first:last]) + "\n").encode())
        for number, (first, last) in enumerate(itertools.pairwise(edges))
    ]


def shown(lines, *borders):
    """(line, lines, second, level, message) of each record."""
    frames = parse.records(blocks(lines, *borders), planned(lines))
    return [
        (line, n, time and time.second, level, message)
        for frame in frames
        for line, n, time, level, message in frame.select("line", "lines", "time", "level", "message").rows()
    ]


SAID = [("INFO", "paid"), ("ERROR", "cannot pay")]


def test_a_record_goes_from_its_first_bracket_to_its_last():
    """Time, level and message are the object's own; a time further in begins no record."""
    lines = "\n".join(an_object(number) for number in range(6)).split("\n")
    assert shown(lines) == [(1 + 9 * n, 9, n, *SAID[n % 2]) for n in range(6)]


def test_an_array_of_objects_on_shared_lines():
    """``},{`` closes one and opens the next; it is the first line of the next."""
    inner = [an_object(number)[2:-2] for number in range(3)]
    lines = ("[{\n" + "\n},{\n".join(inner) + "\n}]").split("\n")
    assert shown(lines) == [(1, 8, 0, *SAID[0]), (9, 8, 1, *SAID[1]), (17, 9, 2, *SAID[0])]


def test_an_indented_array():
    """Objects may be indented; those further in are no records."""
    lines = json.dumps([json.loads(an_object(number)) for number in range(3)], indent=2).split("\n")
    assert [one[:3] for one in shown(lines)] == [(2, 9, 0), (11, 9, 1), (20, 9, 2)]


def test_the_map_agrees_with_what_is_shown():
    """Lines, keys and messages of the analysis are those of the records."""
    lines = "\n".join(an_object(number) for number in range(6)).split("\n")
    made = planned(lines)
    part = parse.map_block(blocks(lines)[0], made)
    settled = parse.settle(part.records.lazy(), part, {0: made})
    assert settled.records.sort("line").collect()["line"].to_list() == [1 + 9 * n for n in range(6)]
    assert settled.multi.select("line", "last").rows() == [(1 + 9 * n, 9 + 9 * n) for n in range(6)]
    assert sorted(settled.keys.select("level", "message", "n").rows()) == [
        ("ERROR", "cannot pay", 3),
        ("INFO", "paid", 3),
    ]


@pytest.mark.parametrize("border", range(1, 27))
def test_a_block_border_moves_no_record(border):
    """A cut object keeps its place and its length, and spoils no other."""
    lines = "\n".join(an_object(number) for number in range(3)).split("\n")
    whole, cut = shown(lines), shown(lines, border)
    assert [one[:2] for one in cut] == [one[:2] for one in whole]
    touched = (border - 1) // 9 if border % 9 else None
    assert [one for n, one in enumerate(cut) if n != touched] == [
        one for n, one in enumerate(whole) if n != touched
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["2026-01-02 03:04:05 INFO answer:", "{", '  "time": "2026-01-02T03:04:05Z",', '  "a": 1', "}"] * 4,
        ["{", '  "name": "shop",', '  "version": "1.2.3"', "}"],
        ["{", "}"],
        ["{"],
    ],
)
def test_other_objects_are_not_folded(lines):
    """A dump behind a line of text belongs to that line; an object without time and message is no log."""
    assert planned(lines).opens == ""
