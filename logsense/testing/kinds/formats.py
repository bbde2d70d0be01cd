"""Checks of log formats: a TOML file, or a folder of them. The samples are the test.

What is checked is each file by itself, and beside the formats that are installed.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from logsense.host import Host
from logsense.parse import plan_source, records
from logsense.parse.recognise.formats import Format, load, read, samples, verify
from logsense.plans import Block, SourcePlan
from logsense.testing.promise import CheckFailed, dear, need, table

#: The tables of a file that tests alone read.
SAMPLES = ("sample", "near_miss")
#: The time of a sample's file, where a sample has no year: 2026-01-02 12:00 UTC.
NOON = 1_767_355_200.0
#: Lines that are no log of any format, and must not stop one.
ODD = (
    "",
    " ",
    "\t",
    "\x00" * 40,
    "{",
    '{"a":',
    "}" * 50,
    "a" * 70_000,
    "\u202e\x1b[2J",
    "=" * 80,
    "\ufffd" * 9,
)


@dataclass(frozen=True)
class Declared:
    """A format with its file, its samples and the lines that only look like it."""

    path: Path
    format: Format
    samples: tuple[dict[str, Any], ...]
    near: tuple[str, ...]


def _files(given: Any) -> list[Path]:
    path = Path(given)
    return sorted(path.glob("*.toml")) if path.is_dir() else [path]


def _each(given: Any) -> Iterator[Declared]:
    for path in _files(given):
        yield _declared(path)


def _declared(path: Path) -> Declared:
    try:
        wanted, near = samples(path)
        return Declared(path, read(path), tuple(wanted), tuple(near))
    except KeyError as error:
        msg = f"{path}: a near_miss has no {error}"
        raise CheckFailed(msg) from error


@cache
def installed() -> tuple[Declared, ...]:
    """The formats of all plugins that are installed here, by name."""
    folders = Host(kinds=("formats",)).formats()
    known, _ = load(folders)
    names = {one.name for one in known}
    found = [_declared(path) for folder in folders for path in sorted(Path(folder).glob("*.toml"))]
    return tuple(one for one in found if one.format.name in names)


def _others(own: Declared) -> list[Declared]:
    """The installed ones, but for the format itself (which may be installed, too)."""
    return [one for one in installed() if one.format.name != own.format.name]


def _planned(lines: list[str], formats: list[Format]) -> SourcePlan:
    return plan_source(0, "source", lines, formats, tz="UTC", year=2026, mtime=NOON, size=1000)


def _parsed(text: str, formats: list[Format]) -> tuple[SourcePlan, list[dict[str, Any]]]:
    """The plan and the records of a file that holds a sample and nothing else."""
    plan = _planned(text.split("\n"), formats)
    frames = list(records([Block(0, 0, 1, 0, f"{text}\n".encode("utf-8", "replace"))], plan))
    return plan, pl.concat(frames).to_dicts() if frames else []


@cache
def _read(path: Path, at: int, inner: bool, stamp: int) -> list[dict[str, Any]]:  # noqa: ARG001 - a key of the cache
    own = _declared(path)
    formats = [own.format] + ([one.format for one in _others(own)] if inner else [])
    return _parsed(own.samples[at]["line"], formats)[1]


def _told(given: Any) -> Iterator[tuple[Declared, dict[str, Any], dict[str, Any]]]:
    """Each sample with the record that its format alone makes of it (with others for what wraps lines)."""
    for own in _each(given):
        for at, sample in enumerate(own.samples):
            got = _read(own.path, at, own.format.inner, own.path.stat().st_mtime_ns)
            need(len(got) == 1, f"{own.path}: sample {at + 1} makes {len(got)} records, not one")
            yield own, sample, got[0]


def loads(given: Any) -> None:
    """The file is TOML, with known keys of the right types, a name and a pattern."""
    files = _files(given)
    need(files, f"{given}: there is no TOML file")
    for path in files:
        read(path)
        whole = tomllib.loads(path.read_text(encoding="utf-8"))
        tables = {key for key, value in whole.items() if _tables(value)}
        # No run reads on from the first [[, so none would say that nobody knows such a table.
        odd = sorted(tables - set(SAMPLES))
        need(not odd, f"{path}: {', '.join(odd)}: unknown; known are [[{']] and [['.join(SAMPLES)}]]")
        odd = sorted({*SAMPLES} & {*whole} - tables)
        need(not odd, f"{path}: {', '.join(odd)}: must be tables, each begun by [[{''.join(odd[:1])}]]")


def _tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def regexes_linear(given: Any) -> None:
    """All patterns compile in linear time: no look-around, no back-references."""
    for own in _each(given):
        problem = verify(own.format, str(own.path))
        need(problem is None, str(problem))


def named(given: Any) -> None:
    """Names are lower case, of letters, digits and hyphens; each says what it is (about)."""
    for own in _each(given):
        name = own.format.name
        odd = name != name.lower() or not name.replace("-", "").isalnum()
        need(not odd, f"{own.path}: name {name!r}: lower case letters, digits and hyphens")
        need(own.format.about.strip(), f"{own.path}: about: say in a line what writes such logs")


def name_unique(given: Any) -> None:
    """No other format has the name: of two with one name the second is not loaded."""
    seen: dict[str, Path] = {}
    for own in _each(given):
        other = seen.setdefault(own.format.name, own.path)
        need(other == own.path, f"{own.path}: {other} is called {own.format.name!r}, too")
        for one in installed():
            if one.format.name == own.format.name:
                same = one.path.read_bytes() == own.path.read_bytes()
                need(same, f"{own.path}: {one.path} is called {own.format.name!r}, too")


def samples_enough(given: Any) -> None:
    """There are two samples at least, and a near miss: no samples, no format."""
    for own in _each(given):
        need(len(own.samples) >= 2, f"{own.path}: {len(own.samples)} samples, two at least are needed")
        need(own.near, f"{own.path}: no near_miss: a line that only looks like the format")
        lacking = [at + 1 for at, sample in enumerate(own.samples) if not sample.get("line")]
        need(not lacking, f"{own.path}: sample {lacking[:1]} has no line")


def samples_recognised(given: Any) -> None:
    """A file of a sample is recognised as the format, with no other format around."""
    for own in _each(given):
        for sample in own.samples:
            plan = _planned(sample["line"].split("\n"), [own.format])
            names = [layout.name for layout in plan.layouts]
            need(names[:1] == [own.format.name], f"{own.path}: read as {names[:1]}: {sample['line'][:80]!r}")


def times_parsed(given: Any) -> None:
    """The time comes out as the sample says, in UTC."""
    for own, sample, record in _told(given):
        want = sample.get("time")
        got = None if record["time"] is None else f"{record['time']:%Y-%m-%dT%H:%M:%S.%f}Z"
        if got is not None and str(want or "").startswith("--"):
            got = "-" + got[4:]
        need(got == want, f"{own.path}: time {got}, not {want}, of {sample['line'][:80]!r}")


def levels_mapped(given: Any) -> None:
    """The level comes out as the sample says: one of TRACE to FATAL, or none."""
    _field(given, "level")


def services_named(given: Any) -> None:
    """The service comes out as the sample says, and never from a host or a logger."""
    _field(given, "service")
    for own in _each(given):
        odd = sorted(
            set(own.format.fields.get("service", ())) & {"host", "hostname", "logger", "logger_name"}
        )
        need(not odd, f"{own.path}: fields.service: {', '.join(odd)} names no service")


def messages_cut(given: Any) -> None:
    """The message begins where the header ends, as the sample says."""
    for own, sample, record in _told(given):
        got = record["message"].split("\n")[0]
        if "message" in sample:
            need(got == sample["message"], f"{own.path}: message {got!r}, not {sample['message']!r}")


def records_bounded(given: Any) -> None:
    """A record has as many lines as the sample says."""
    for own, sample, record in _told(given):
        want = sample.get("lines", 1)
        need(record["lines"] == want, f"{own.path}: a record of {record['lines']} lines, not {want}")


def _field(given: Any, name: str) -> None:
    for own, sample, record in _told(given):
        got, want = record[name], sample.get(name)
        need(got == want, f"{own.path}: {name} {got!r}, not {want!r}, of {sample['line'][:80]!r}")


def near_misses_refused(given: Any) -> None:
    """A line that only looks like the format is not taken for it."""
    for own in _each(given):
        for line in own.near:
            if own.format.kind == "text":
                taken = pl.Series([line.split("\n")[0]]).str.contains(own.format.pattern)[0]
            else:
                plan = _planned(line.split("\n"), [own.format])
                taken = own.format.name in {layout.name for layout in plan.layouts}
            need(not taken, f"{own.path}: takes its near miss {line[:80]!r}")


def takes_no_other(given: Any) -> None:
    """It takes no sample of an installed format, unless that has the higher priority."""
    for own in _each(given):
        if own.format.kind == "text":
            others = [
                (one, sample) for one in _others(own) for sample in one.samples if one.format.kind == "text"
            ]
            lines = pl.Series([sample["line"].split("\n")[0] for _, sample in others], dtype=pl.String)
            fits = lines.str.contains(own.format.pattern).to_list()
            for fit, (one, sample) in zip(fits, others, strict=True):
                stolen = fit and own.format.priority >= one.format.priority
                need(not stolen, f"{own.path}: takes a line of {one.format.name}: {sample['line'][:80]!r}")


@dear
def taken_by_no_other(given: Any) -> None:
    """Beside all installed formats its samples are still recognised as its own."""
    for own in _each(given):
        others = [one.format for one in _others(own)]
        rivals = [o for o in others if own.format.inner or o.kind == own.format.kind]
        for sample in own.samples:
            plan = _planned(sample["line"].split("\n"), sorted([own.format, *rivals], key=lambda o: o.name))
            names = [layout.name for layout in plan.layouts]
            need(
                names[:1] == [own.format.name],
                f"{own.path}: {sample['line'][:80]!r} is read as {names[:1]}: a more special pattern, or a"
                " higher priority",
            )


def groups_exist(given: Any) -> None:
    """What a format keeps, projects, measures or says is a group of its pattern, or one of its fields."""
    for own in _each(given):
        one = own.format
        wanted = (*one.keep, *one.project, *one.values, *one.message)
        if one.kind == "text":
            lost = [name for name in wanted if f"<{name}>" not in one.pattern]
        else:
            lost = [name for name in wanted if name not in one.fields]
        need(not lost, f"{own.path}: there is no group or field {', '.join(lost)}")


def status_no_level(given: Any) -> None:
    """An HTTP status is never taken for a level."""
    for own in _each(given):
        need(
            "status" not in own.format.fields.get("level", ()),
            f"{own.path}: fields.level: a status is no level",
        )


def odd_lines(given: Any) -> None:
    """Empty, endless, binary and broken lines are no cause for an exception, and cost no record."""
    for own in _each(given):
        if not own.samples:
            continue
        line = own.samples[0]["line"]
        plan = _planned([*line.split("\n")] * 5, [own.format])
        data = "".join(f"{text}\n" for text in (line, *ODD, line)).encode("utf-8", "replace")
        frames = list(records([Block(0, 0, 1, 0, data)], plan))
        need(
            sum(frame.height for frame in frames) >= 2, f"{own.path}: odd lines between two records lose them"
        )


CHECKS = table(
    loads,
    regexes_linear,
    named,
    name_unique,
    samples_enough,
    samples_recognised,
    times_parsed,
    levels_mapped,
    services_named,
    messages_cut,
    records_bounded,
    near_misses_refused,
    takes_no_other,
    groups_exist,
    status_no_level,
    odd_lines,
    taken_by_no_other,
)
