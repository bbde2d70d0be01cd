"""Declared formats: loading is quick, errors have an address, regexes are cut at the right place."""

from pathlib import Path

import polars as pl
import pytest

from logsense.errors import ConfigError
from logsense.parse.recognise import formats

GOOD = """name = "good"
kind = "text"
priority = 60
pattern = '''^\\[(?<time>[^\\]]+)\\] (?<level>[A-Z]+) (?:<(?<pri>[0-9]+)>)?(?<message>.*)'''
clock = ["iso"]
keep = ["pri"]
[[sample]]
line = "not read by the loader = [ "
"""


def put(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_only_the_part_before_the_samples_is_read(tmp_path: Path) -> None:
    """A run does not pay for samples: broken ones do not stop the loader."""
    put(tmp_path, "good.toml", GOOD + "[[sample\n")
    found, problems = formats.load([tmp_path])
    assert [one.name for one in found] == ["good"]
    assert not problems
    assert found[0].keep == ("pri",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('kind = "text"\npattern = "x"', "name"),
        ('name = "a"\npattern = "x"\ncolour = 1', "colour"),
        ('name = "a"\npattern = 3', "pattern"),
        ('name = "a"\npattern = "x"\nkind = "xml"', "xml"),
        ('name = "a"\npattern = "x"\nclock = ["moon"]', "moon"),
        ('name = "a"\npattern = "x"\nlevels = "moods"', "moods"),
        ('name = "a"\npattern = "x"\ninner = "yes"', "inner"),
        ('name = "a"\nkind = "text"', "pattern"),
        ('name = "a"\nkind = "json"\nfields = { time = "ts" }', "fields"),
        ("name = ", "TOML"),
    ],
)
def test_a_bad_file_is_named_and_stops_no_other(tmp_path: Path, text: str, words: str) -> None:
    """Every mistake is a ConfigError with file and key; the other files are there."""
    put(tmp_path, "bad.toml", text)
    put(tmp_path, "good.toml", GOOD)
    found, problems = formats.load([tmp_path])
    assert [one.name for one in found] == ["good"]
    assert len(problems) == 1
    assert isinstance(problems[0], ConfigError)
    assert "bad.toml" in str(problems[0])
    assert words in str(problems[0])


def test_two_formats_of_one_name(tmp_path: Path) -> None:
    """The second of one name is refused, whatever the order of the directory."""
    put(tmp_path, "b.toml", GOOD)
    put(tmp_path, "a.toml", GOOD)
    found, problems = formats.load([tmp_path])
    assert len(found) == 1
    assert "b.toml" in str(problems[0])


def test_a_bad_regex_is_told_by_verify() -> None:
    """Look-around is no Rust regex: verify says so, with the key."""
    problem = formats.verify(formats.Format("x", pattern="^(?=a)b"))
    assert problem is not None
    assert "pattern" in str(problem)
    assert formats.verify(formats.Format("x", pattern="^(?<message>.*)", keep=("status",))) is not None


@pytest.mark.parametrize(
    ("pattern", "name", "line", "want"),
    [
        (r"^\[(?<time>[^\]]+)\] (?<message>.*)", "time", "[10:00] x", "10:00"),
        (r"^(?<a>\S+) (?:<(?<pri>[0-9]+)>)?(?<message>.*)", "pri", "x <34>y", "34"),
        (r"^(?<lazy>.+?) \| (?<message>.*)", "lazy", "a b | c", "a b"),
        (r"^(?:(?<one>A)|B(?<two>[0-9]))x", "two", "B7x", "7"),
        (r"^(?<x>[[:alpha:]\]()]+) (?<y>\([^)]*\))", "y", "a]( (b)", "(b)"),
        (r"^(?<time>[0-9]{2}:[0-9]{2})(?:Z)?(?<message>.*)", "time", "10:00Z hi", "10:00"),
    ],
)
def test_a_pattern_up_to_a_group(pattern: str, name: str, line: str, want: str) -> None:
    """The cut pattern has that group alone and catches what the whole one catches."""
    cut = formats.up_to(pattern, name)
    assert pl.Series([line]).str.extract(cut)[0] == want
    assert pl.Series([line]).str.extract_groups(pattern).struct.field(name)[0] == want


def test_no_such_group() -> None:
    """A pattern without the group gives nothing."""
    assert formats.up_to("^(?<a>x)", "b") == ""


@pytest.mark.parametrize(
    ("pattern", "want"),
    [
        (r"^\[(?<time>x)\] - y?z", ("[", "] - ", "z")),
        (r"^a(?:b|c)+d{0,2}e*", ("a",)),
        (r"^a|b", ()),
        (r"(?i)^abc", ()),
        ("", ()),
    ],
)
def test_literals_are_in_every_match(pattern: str, want: tuple[str, ...]) -> None:
    """Only characters that no match can lack are taken for a quick test."""
    assert formats.literals(pattern) == want


@pytest.mark.parametrize(
    "pattern",
    [
        r"[]a]b",
        r"[^]a]+",
        r"[a[^b]c]d",
        r"[a&&[^b]]",
        r"[\]]\d",
        r"(?<a>b)(?P<c>d)",
        r"(?i:a)",
        r"\x{41}\p{L}a{2,3}",
        "{",
    ],
)
def test_pieces_of_a_pattern_are_the_pattern(pattern: str) -> None:
    """Classes, groups' names, escapes and counts are one piece each; nothing of a pattern is lost."""
    pieces = formats.tokens(pattern)
    assert "".join(pieces) == pattern
    assert sum(piece.startswith("[") for piece in pieces) == pattern.startswith("[")
