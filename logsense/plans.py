"""What travels between rooms beside frames: how each file is read, its blocks, what the map makes of them.

The frames within are those of schema.py. A plan and a block are all the map is given, a Part is all it gives.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from logsense.schema import ACTS


@dataclass(frozen=True)
class Clock:
    """How the time of a line is found and read, the only thing worked out for every line.

    pattern: Rust regex with one group, the text of the time; "" where the format has no time.
    start, length: where it stands in nearly every line (in characters), tried first; -1 where not fixed.
    after: start counts from behind the first of these texts in the line, "" from its beginning.
    fast: strptime formats tried in order on the text at that place; kinds: names of the grammars in
    times.toml for what no fast format reads. zone: IANA name or offset for times without one.
    year: the year for dates without one, and whether it may roll over New Year.
    """

    pattern: str = ""
    start: int = -1
    length: int = 0
    after: str = ""
    fast: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    zone: str = "UTC"
    year: int | None = None


@dataclass(frozen=True)
class Layout:
    """A format as it is used for one file: declared in TOML, or learned from the file's first lines.

    pattern: Rust regex on the whole line with named groups (time, level, service, logger, host, pid,
    message and others). fields: for kind "json" and "logfmt" the names under which each role stands.
    keep: Rust regexes with one group whose digits mean something (a status, a priority), so that they
    join the key. project: Rust regexes; where not empty the key is made of their groups alone, those named
    keep... as they are, the others collapsed. say: names of the groups or fields the message is made of.
    inner: layouts for a message that is a log line itself. joins: Rust regex on the message of a line that
    continues the record above although it has a time of its own.
    """

    name: str
    kind: str = "text"
    pattern: str = ""
    clock: Clock = field(default_factory=Clock)
    levels: str = "words"
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    say: tuple[str, ...] = ("message",)
    inner: tuple["Layout", ...] = ()
    joins: str = ""


@dataclass(frozen=True)
class IdRule:
    """An id to be found in lines: its kind (the field's name) and a Rust regex with one group."""

    kind: str
    pattern: str


@dataclass(frozen=True)
class SourcePlan:
    """All the map needs to know of one file, made once from its first 2,000 lines."""

    source: int
    service: str
    layouts: tuple[Layout, ...]
    key: str = "digit"  # digit, hex: which runs are collapsed
    ids: tuple[IdRule, ...] = ()
    sample: float = 1.0  # share of lines whose numbers are read, by a hash of the line
    thin: int = 0  # ids are halved at least so often, see Part.thinned
    zone_how: str = "--tz"  # "log" where the lines say their zone
    note: str = ""
    opens: str = ""  # regex of the line that opens an object written over many lines; "" where none are


@dataclass(frozen=True)
class Block:
    """Whole lines of one file, valid UTF-8, no line over the limit, ends with a newline."""

    source: int
    number: int
    first_line: int
    offset: int
    data: bytes


@dataclass(frozen=True)
class Part:
    """What the map makes of a block, or of many after merging; frames of schema.py."""

    records: pl.DataFrame
    multi: pl.DataFrame
    heads: pl.DataFrame
    examples: pl.DataFrame
    links: pl.DataFrame
    sampled: pl.DataFrame
    blocks: pl.DataFrame
    thinned: int = 0  # ids were halved so often: kept are those whose hash is below 2 ** (64 - thinned)
    acts: pl.DataFrame = field(default_factory=ACTS.empty)
    acts_thinned: int = 0  # as thinned, of the actors of acts
