"""The bundled formats read their own samples, and nothing else's."""

from pathlib import Path
from typing import Any

import logsense_formats
import polars as pl
import pytest

from logsense.parse import plan_source, records
from logsense.parse.recognise.formats import Format, load, read, samples, verify
from logsense.plans import Block, SourcePlan

FOLDERS = list(logsense_formats.register_formats())
FILES = sorted(path for folder in FOLDERS for path in folder.glob("*.toml"))
FORMATS, PROBLEMS = load(FOLDERS)
BY_PATH = dict(
    zip(FILES, (next(one for one in FORMATS if one.name == read(path).name) for path in FILES), strict=True)
)
NOON = 1_767_355_200.0  # 2026-01-02 12:00 UTC: the file's own time, where a sample has no year


def named(path: Path) -> str:
    return path.stem


def planned(lines: list[str], formats: list[Format]) -> SourcePlan:
    return plan_source(0, "source", lines, formats, tz="UTC", year=2026, mtime=NOON, size=1000)


def rivals(one: Format) -> list[Format]:
    """The formats a sample is planned with: test_no_format_steals has compared the text formats already."""
    return (
        FORMATS
        if one.inner
        else [other for other in FORMATS if other.kind == one.kind != "text" or other is one]
    )


def parsed(text: str, formats: list[Format]) -> tuple[SourcePlan, list[dict[str, Any]]]:
    """The plan and the records of a file that holds a sample and nothing else."""
    plan = planned(text.split("\n"), formats)
    frames = list(records([Block(0, 0, 1, 0, f"{text}\n".encode())], plan))
    return plan, pl.concat(frames).to_dicts()


def written(record: dict[str, Any], like: str | None) -> str | None:
    """The record's time as a sample writes it: without the year where the line has none."""
    if record["time"] is None:
        return None
    text = f"{record['time']:%Y-%m-%dT%H:%M:%S.%f}Z"
    return "-" + text[4:] if like is not None and like.startswith("--") else text


def test_every_file_is_a_format() -> None:
    """All files load, each is named like its format, and all their regexes compile."""
    assert PROBLEMS == []
    assert [one.name for one in FORMATS] == sorted(path.stem.replace("_", "-") for path in FILES)
    assert [problem for one in FORMATS if (problem := verify(one)) is not None] == []


@pytest.mark.parametrize("path", FILES, ids=named)
def test_samples(path: Path) -> None:
    """A sample is read by its format: time, level, service, message, boundaries."""
    wanted, near = samples(path)
    assert len(wanted) >= 2
    assert near
    one = BY_PATH[path]
    for want in wanted:
        plan, got = parsed(want["line"], rivals(one))
        assert plan.layouts[0].name == one.name
        assert len(got) == 1
        record = got[0]
        assert record["format"] == one.name
        assert written(record, want.get("time")) == want.get("time")
        assert record["level"] == want.get("level")
        assert record["service"] == want.get("service")
        assert record["lines"] == want.get("lines", 1)
        if "message" in want:
            assert record["message"].split("\n")[0] == want["message"]


@pytest.mark.parametrize("path", FILES, ids=named)
def test_near_misses(path: Path) -> None:
    """A line that only looks like the format is not taken for it."""
    one = BY_PATH[path]
    for line in samples(path)[1]:
        if one.kind == "text":
            assert not pl.Series([line.split("\n")[0]]).str.contains(one.pattern)[0]
        else:
            assert one.name not in {layout.name for layout in planned([line], [one]).layouts}


def test_no_format_steals() -> None:
    """Of the text formats a sample's first line fits, its own has the highest priority, alone."""
    text = [one for one in FORMATS if one.kind == "text"]
    owners, lines = [], []
    for path in FILES:
        for sample in samples(path)[0]:
            owners.append(BY_PATH[path])
            lines.append(sample["line"].split("\n")[0])
    fits = {one.name: pl.Series(lines).str.contains(one.pattern) for one in text}
    stolen = []
    for at, owner in enumerate(owners):
        others = [one for one in text if one is not owner and fits[one.name][at]]
        if owner.kind == "text":
            stolen += [(lines[at], one.name) for one in others if one.priority >= owner.priority]
    assert stolen == []


def test_wrappers_take_the_time() -> None:
    """A wrapper's time stands before that of the line within; the level comes from within."""
    inner = '{"level":"error","msg":"cannot dial","time":"2026-01-02T03:04:01Z"}'
    _, (got,) = parsed(f"2026-01-02T03:04:05.000000001Z stderr F {inner}", FORMATS)
    assert written(got, None) == "2026-01-02T03:04:05.000000Z"
    assert (got["level"], got["message"]) == ("ERROR", "cannot dial")


def test_status_is_no_level() -> None:
    """An HTTP status never makes a level, whatever the access log."""
    for one in FORMATS:
        if "status" in one.keep:
            assert "status" not in one.fields.get("level", ())
            assert "<level>" not in one.pattern


def test_services_are_named_by_fields() -> None:
    """No format takes a host or a logger for a service."""
    for one in FORMATS:
        assert not set(one.fields.get("service", ())) & {"host", "hostname", "logger", "logger_name"}


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: str(one.name))
def test_groups_exist(one: Format) -> None:
    """What a format keeps, projects, measures or says is a group of its pattern or one of its fields."""
    if one.kind == "text":
        for name in (*one.keep, *one.project, *one.values, *one.message):
            assert f"(?<{name}>" in one.pattern
    else:
        assert all(name in one.fields for name in (*one.keep, *one.project, *one.values, *one.message))
    assert one.levels == "none" or "<level>" in one.pattern or one.fields.get("level")
