"""What is typed: filters, moments; ids that are found in lines; programs that are opened."""

from datetime import datetime
from pathlib import Path

import pytest

from logsense.errors import UsageError
from logsense.tui.lines import condition, editor, moment
from logsense.tui.lines.ids import ids

HERE = datetime(2026, 1, 2, 10, 0, 0)


def test_a_condition_has_words_and_fields():
    """Words, words that must not be there, and fields; quotation marks keep blanks together."""
    typed = condition.parse('timeout "no route" -debug level:warn service:web service:db')
    assert typed.words == ("timeout", "no route")
    assert typed.without == ("debug",)
    assert typed.fields["service"] == ("web", "db")
    assert typed.levels == ("WARN", "ERROR", "FATAL")
    assert typed.fits("A Timeout: no route to host")
    assert not typed.fits("timeout no route debug")
    assert condition.parse("").empty


def test_a_condition_that_is_being_typed_is_read_as_far_as_it_goes():
    """An open quotation mark, a lone dash, a colon without a value and an unknown field are words."""
    for text in ('say "half', "-", "level:", "http://x", "it's"):
        assert condition.parse(text).words


def test_a_level_that_is_none_is_named():
    """A wrong level says which there are."""
    with pytest.raises(UsageError, match=r"no level 'loud'.*error"):
        condition.parse("level:loud")
    assert condition.parse("level:err").levels == ("ERROR", "FATAL")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10:05", datetime(2026, 1, 2, 10, 5)),
        ("23:30:15", datetime(2026, 1, 1, 23, 30, 15)),
        ("10:05:01.5", datetime(2026, 1, 2, 10, 5, 1, 500_000)),
        ("-5m", datetime(2026, 1, 2, 9, 55)),
        ("+30s", datetime(2026, 1, 2, 10, 0, 30)),
        ("2026-01-03T01:02", datetime(2026, 1, 3, 1, 2)),
        ("#2", datetime(2026, 1, 2, 9, 0)),
        ("50%", 0.5),
        ("%25", 0.25),
    ],
)
def test_a_moment_as_it_is_typed(text, found):
    """Times of day near here, steps from here, dates, incidents and shares of the way."""
    assert moment.parse(text, HERE, [None, datetime(2026, 1, 2, 9, 0)]) == found


@pytest.mark.parametrize("text", ["", "soon", "25:00", "10:61", "#1", "#9", "#x", "+5 parsecs"])
def test_what_is_no_moment_says_so(text):
    """A wrong moment is an error of the user."""
    with pytest.raises(UsageError):
        moment.parse(text, HERE, [None])


def test_steps_need_a_time_to_go_from():
    """Where the record has no time, a date must be typed."""
    with pytest.raises(UsageError, match="no time to go from"):
        moment.parse("+5m", None, [])


def test_ids_are_found():
    """Named ids, uuids, long hex and numbered names, the likeliest first; words are none."""
    line = 'took 3 ms request_id="9f1c2b7a3d5e" of 0d3c5b9e-1f2a-4c3d-8e7f-0123456789ab blk_-12345678 done'
    found = ids(line)
    assert found[0] == "9f1c2b7a3d5e"
    assert "0d3c5b9e-1f2a-4c3d-8e7f-0123456789ab" in found
    assert "blk_-12345678" in found
    assert not ids("the quick brown fox id=nothing at all")


def test_a_hostile_line_is_read_in_no_time():
    """A hundred thousand characters made to be looked at again and again."""
    assert not ids("id" * 50_000)
    ids("request_" * 12_000 + "=")


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("vi", ["+12", "{file}"]),
        ("code --wait", ["--wait", "--goto", "{file}:12"]),
        ("less", ["-N", "-S", "-j.5", "+12g", "{file}"]),
    ],
)
def test_editors_are_told_the_line(tmp_path, program, words):
    """Each in its own way, as a list of words, with an absolute path that is never taken for an option."""
    name = program.split()[0]
    tool = tmp_path / name
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    file = Path("-c rm.log")
    environ = {"PATH": str(tmp_path), "VISUAL": program}
    made = editor.editor(file, 12, environ)
    assert made == [name, *(word.replace("{file}", str(file.absolute())) for word in words)]


def test_no_editor_is_said(tmp_path):
    """Where there is no program, which variable to set."""
    with pytest.raises(UsageError, match="set VISUAL"):
        editor.editor(Path("a.log"), 1, {"PATH": str(tmp_path)})
    with pytest.raises(UsageError, match="nano-x was not found"):
        editor.editor(Path("a.log"), 1, {"PATH": str(tmp_path), "EDITOR": "nano-x"})
