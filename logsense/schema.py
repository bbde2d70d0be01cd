"""Every frame of the house: columns, types, units, meaning. Nothing else knows a column by heart.

Time is ``Datetime("us")`` without a zone and means UTC; unknown is null, never now, never 1970.
A *key* is the 64-bit hash of a line with its digit (or hex) runs collapsed: lines with one key share
format, header, level, service and template. It holds within a run only (Polars does not promise its
hash between versions), so nothing that is stored holds a key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

import polars as pl

from logsense.errors import FrameError

LEVELS = ("TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "ERROR", "FATAL")
Level = pl.Enum(LEVELS)
TIME = pl.Datetime("us")

#: The kinds of an anomaly, a cause or a symptom (the contract's words).
FINDING_KINDS = (
    "new", "vanished", "silence", "rate up", "rate down", "severity", "value", "sequence", "gap",
    "forecast", "security", "change", "mix",
)  # fmt: skip
INCIDENT_KINDS = ("availability", "performance", "security", "absence", "change")
SEVERITIES = ("critical", "major", "minor")

DType: TypeAlias = pl.DataType | type[pl.DataType]


@dataclass(frozen=True)
class Frame:
    """What a frame must look like: its name, columns with types, which may be null, or be left out."""

    name: str
    columns: Mapping[str, DType]
    nullable: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()

    def empty(self) -> pl.DataFrame:
        """A frame of this form without rows."""
        return self._empty.clone()

    @cached_property
    def _empty(self) -> pl.DataFrame:
        """Made once: each block of lines takes several of them, and to make one costs 0.1 ms."""
        return pl.DataFrame(schema=dict(self.columns))

    def of(self, rows: list[dict[str, object]]) -> pl.DataFrame:
        """A frame of this form from plain rows; columns a row leaves out are null."""
        return pl.DataFrame(rows, schema=dict(self.columns))

    def check(self, frame: pl.DataFrame, whose: str = "logsense") -> pl.DataFrame:
        """The frame with its columns in order; FrameError names the owner, column and row."""
        lost = self.optional.difference(frame.columns)
        frame = frame.with_columns(**{name: pl.lit(None, self.columns[name]) for name in lost})
        for column, dtype in self.columns.items():
            if column not in frame.columns:
                msg = f"{whose}: {self.name} has no column {column!r}; it must be {dtype}"
                raise FrameError(msg)
            if frame.schema[column] != dtype:
                msg = f"{whose}: {self.name}.{column} is {frame.schema[column]}, must be {dtype}"
                raise FrameError(msg)
            if column not in self.nullable and frame[column].null_count():
                row = frame[column].is_null().arg_true()[0]
                msg = f"{whose}: {self.name}.{column} is null in row {row}, and may not be"
                raise FrameError(msg)
        return frame.select(list(self.columns))


def _frame(name: str, nullable: str = "", /, **columns: DType) -> Frame:
    return Frame(name, columns, frozenset(nullable.split()))


# -- what read finds -------------------------------------------------------------------------------
# A row a physical file.
SOURCES = _frame(
    "SOURCES", "set format zone first last note",
    source=pl.UInt32,       # number of the physical file, in canonical (sorted) order
    path=pl.String,         # name as the contract prints it: relative to the PATH given, escaped
    set=pl.String,          # the rotated set it belongs to, else null
    service=pl.String,      # the source's name without endings and rotation marks
    format=pl.String,       # names of the formats found, joined by "+"
    zone=pl.String,         # zone its times were read in, and how it is known ("log", "--tz")
    lines=pl.UInt64,        # lines of the file, as decompressed
    records=pl.UInt64,      # records found in it
    in_records=pl.UInt64,   # lines that lie in records
    without_event=pl.UInt64,  # blank lines, and lines before the first record
    skipped_lines=pl.UInt64,  # lines left out, with the reason in note
    first=TIME, last=TIME,  # the earliest and the latest time in it
    note=pl.String,         # what was odd about it and what was done
)  # fmt: skip
SKIPPED = _frame("SKIPPED", source=pl.String, reason=pl.String, failed=pl.Boolean)
# A place from which lines can be fetched again; one row a block.
BLOCKS = _frame(
    "BLOCKS",
    source=pl.UInt32, number=pl.UInt32,
    first_line=pl.UInt32,   # number (from 1) of the block's first line
    lines=pl.UInt32,
    offset=pl.UInt64,       # bytes before it, as decompressed
)  # fmt: skip

# -- what the map makes of a block (a Part), before templates are known ------------------------------
RECORDS = _frame("RECORDS", "time", source=pl.UInt32, line=pl.UInt32, time=TIME, key=pl.UInt64)
# Only the records that span several lines: `last` is the last line that is not blank; `detail` the key
# of the continuation line that says most (an exception, a cause), null where none does.
MULTI = _frame("MULTI", "detail", source=pl.UInt32, line=pl.UInt32, last=pl.UInt32, detail=pl.UInt64)
# Lines at the start of a block that continue the record of the block before it.
HEADS = _frame("HEADS", "detail", source=pl.UInt32, first=pl.UInt32, last=pl.UInt32, detail=pl.UInt64)
# The distinct keys of a part, each with its first line of all; what they say is read once, after merging.
EXAMPLES = _frame(
    "EXAMPLES",
    key=pl.UInt64,
    source=pl.UInt32, line=pl.UInt32,
    layout=pl.UInt8,        # index of the layout whose clock read the line; 255 for none
    text=pl.String,         # the line, at most 16,000 characters
    starts=pl.Boolean,      # whether it starts a record; else it is the telling line of one
    n=pl.UInt64,            # how many lines have this key
)  # fmt: skip
KEYS = _frame(
    "KEYS", "level logger host",
    key=pl.UInt64,
    source=pl.UInt32, line=pl.UInt32,  # its first line of all, from which text is taken
    layout=pl.String,       # name of the format that read it; "" for none
    level=Level, service=pl.String, logger=pl.String, host=pl.String,
    message=pl.String,      # the example's message: the line less its header, at most 4,000 characters
    n=pl.UInt64,            # how many lines have this key
)  # fmt: skip
# Ids (request, trace, order, block, session) seen in records; kept for a consistent sample of ids.
LINKS = _frame(
    "LINKS", "time",
    id=pl.String, kind=pl.String,      # kind: the field's name, or "uuid", "hex"
    source=pl.UInt32, line=pl.UInt32, time=TIME, key=pl.UInt64,
)  # fmt: skip
# A consistent sample of the lines that may hold numbers with a name or a unit; these are read after merging.
SAMPLED = _frame(
    "SAMPLED", "time", source=pl.UInt32, line=pl.UInt32, time=TIME, key=pl.UInt64, text=pl.String
)
# Those numbers.
SAMPLES = _frame(
    "SAMPLES", "time unit",
    source=pl.UInt32, line=pl.UInt32, time=TIME, key=pl.UInt64,
    name=pl.String, unit=pl.String, value=pl.Float64,
)  # fmt: skip

# Who did what where safety is at stake: a row a line that speaks of an act (parse/acts.toml).
ACTS = _frame(
    "ACTS", "time address user size",
    source=pl.UInt32, line=pl.UInt32, time=TIME, key=pl.UInt64,
    act=pl.String,          # failed, passed (a log-in); refused, answered (a probe); else as in DEEDS
    address=pl.String, user=pl.String,  # of whom, as the line says
    size=pl.Float64,        # of an answer in bytes, to what is injected or asked
)  # fmt: skip

# -- what mine and count make of it -------------------------------------------------------------------
#: key -> template. Several keys make one template.
MINED = _frame("MINED", key=pl.UInt64, template=pl.String)
# A row a template: one form of message.
TEMPLATES = _frame(
    "TEMPLATES", "level first last",
    template=pl.String,     # its id: 12 hex digits, a hash of its text with untyped placeholders
    text=pl.String,         # reads well: literal words and typed placeholders such as <num>, <ip>
    shapes=pl.List(pl.String),  # the shapes that make it, sorted: what profiles and verdicts match by
    count=pl.UInt64, share=pl.Float64,  # records of it, and as a part of all
    level=Level,            # the highest level it was seen with
    services=pl.List(pl.String),  # that say it, sorted
    first=TIME, last=TIME,  # of its records; null where none has a time
    source=pl.UInt32, line=pl.UInt32,  # where its example stands
    example=pl.String,      # message of the example
)  # fmt: skip
# A row a bucket, service and template, where there are records. first and last are null where no record of
# the run has a time: then a bucket is a part of each source.
COUNTS = _frame(
    "COUNTS", "first last",
    bucket=pl.Int32,        # number of the bucket; its start is View.start + bucket * View.width
    service=pl.String, template=pl.String,       # who says it; id of the template
    n=pl.UInt32,                                 # how many there are
    source=pl.UInt32, line=pl.UInt32,            # the first record of these, by (time, source, line)
    last_source=pl.UInt32, last_line=pl.UInt32,  # the last one
    first=TIME, last=TIME,                       # their times
)  # fmt: skip
# A row a bucket, service, template and number in its messages.
VALUES = _frame(
    "VALUES", "unit",
    bucket=pl.Int32, service=pl.String, template=pl.String,  # as in COUNTS
    name=pl.String, unit=pl.String,  # the word that names the number; its unit where one is stated
    n=pl.UInt32, min=pl.Float64, max=pl.Float64, sum=pl.Float64,  # of the numbers seen
    histogram=pl.List(pl.Struct({"bin": pl.Int16, "n": pl.UInt32})),  # bin = floor(8 * log2(value)), adds up
)  # fmt: skip
# A row a service and template: the gaps between its occurrences.
GAPS = _frame(
    "GAPS", service=pl.String, template=pl.String,  # as in COUNTS
    n=pl.UInt64,            # how many gaps there are, between distinct whole seconds
    median=pl.Float64, mad=pl.Float64, largest=pl.Float64,  # of these, in µs; mad: median absolute deviation
    last=TIME,              # when it was seen last
)  # fmt: skip
# COUNTS of some forms (messages, numbers as <num>) of a template, about even ones, none of a crowd.
FORMS = _frame("FORMS", form=pl.String, **COUNTS.columns)  # its text; as there
# GAPS of these.
FORM_GAPS = _frame("FORM_GAPS", form=pl.String, **GAPS.columns)  # as there
# Numbers of some forms of a template, with the records that hold them.
FORM_VALUES = _frame(
    "FORM_VALUES", "unit",
    **FORMS.columns,        # as there
    name=pl.String, unit=pl.String, sum=pl.Float64,  # as in VALUES
)  # fmt: skip
# A row a bucket and step: two records that follow on each other under one id (of a request, an order, …).
STEPS = _frame(
    "STEPS", "place next_place",
    bucket=pl.Int32,        # bucket of the first of the two
    service=pl.String, template=pl.String,             # "START" where an id is seen first
    next_service=pl.String, next_template=pl.String,   # "END" where it is seen last
    n=pl.UInt32, longest=pl.Int64, total=pl.Int64,     # how many; µs between the two, longest and summed
    histogram=pl.List(pl.Struct({"bin": pl.Int16, "n": pl.UInt32})),  # of those µs, as in VALUES
    # Where in the code the two were written (logger and line); null where records do not say. A step is from
    # place to place where both are known; the templates are then the commonest of these places.
    place=pl.String, next_place=pl.String,
)  # fmt: skip
# A row a change that the logs tell of.
CHANGES = _frame(
    "CHANGES", "template",
    time=TIME, service=pl.String,  # when, and of whom
    kind=pl.String,         # deploy, restart, config, rotation, surge, scan
    template=pl.String, source=pl.UInt32, line=pl.UInt32, text=pl.String,  # the record that tells of it
)  # fmt: skip
# A row a pair of services of which one calls the other.
EDGES = _frame(
    "EDGES", "first last",
    service=pl.String, to=pl.String, n=pl.UInt64,  # who calls, whom, how often seen
    how=pl.String,          # "shared <kind of id>", "address", "name"
    first=TIME, last=TIME,  # of what says so
)  # fmt: skip
SKEW = _frame("SKEW", service=pl.String, offset=pl.Int64, n=pl.UInt64)  # µs its clock runs ahead
# Log-ins and probes that succeeded, with what failed right before under the same actor. Those before which
# nothing failed are one row a service and act without an actor: n says how many they are.
ATTEMPTS = _frame(
    "ATTEMPTS", "actor how name failed_template first last template time source line",
    service=pl.String, act=pl.String,  # of whom; passed (a log-in) or answered (a probe)
    actor=pl.String, how=pl.String,    # an address or a user, and which of the two ("address", "user")
    name=pl.String,         # the user, where the line that succeeded names one
    n=pl.UInt64,            # how many successes this stands for
    failed=pl.UInt64,       # failures of the actor since its last success; of a scanner all, whenever
    same=pl.UInt64,         # those of them that name the same user
    before=pl.UInt64,       # its earlier successes as this user
    names=pl.UInt64,        # as how many users it succeeds in the run
    failed_template=pl.String, first=TIME, last=TIME,  # the commonest failure; first and last of all
    template=pl.String, time=TIME,     # what succeeded, and when
    source=pl.UInt32, line=pl.UInt32,  # where that stands
)  # fmt: skip
# What actors did under higher rights, what they took and sent, and how they logged in.
DEEDS = _frame(
    "DEEDS", "smallest largest",
    bucket=pl.Int32, service=pl.String, template=pl.String,  # as in COUNTS
    # elevated, commanded (elevated, by a telling command), took, injected (a request), scanned (by a tool
    # that says its name), failed, passed (a log-in), asked (by nobody known, actor "", of a page that is
    # injected into: some of it); of a cloud: enrolled, granted, keyed (an account, rights, a key), blinded
    # (its trail is off)
    act=pl.String,
    actor=pl.String, how=pl.String,    # as in ATTEMPTS; a line that tells both counts for both
    n=pl.UInt32, first=TIME, last=TIME,  # how often; from when to when
    source=pl.UInt32, line=pl.UInt32,    # where the first of them stands
    smallest=pl.Float64, largest=pl.Float64,  # of the answers' sizes in bytes, where they are known
)  # fmt: skip
# A row a measurement given beside the logs.
SERIES = replace(_frame(
    "SERIES", "unit source line",
    time=TIME, service=pl.String, metric=pl.String,  # when, of whom, its name
    value=pl.Float64, unit=pl.String,  # what was measured, and in what; unit null where it is not said
    source=pl.String,       # the file in which it stands; may be left out: the run fills it in
    line=pl.UInt32,         # the line in which it stands; may be left out
), optional=frozenset({"source", "line"}))  # fmt: skip

# -- what detect finds ----------------------------------------------------------------------------------
# A row a finding of a detector.
ANOMALIES = replace(_frame(
    "ANOMALIES", "template form lasts metric",
    detector=pl.String, kind=pl.String,  # its name; one of FINDING_KINDS
    service=pl.String, template=pl.String,  # where; template null: all of the service
    start=TIME, end=TIME,   # of its first and its last record
    score=pl.Float64,       # -log10 of a corrected p-value, capped at 300
    observed=pl.String, expected=pl.String,  # what is, and what is usual: numbers with their units
    sentence=pl.String,     # one sentence with numbers
    form=pl.String,         # where only one form of the template is meant (see FORMS); may be left out
    lasts=pl.Boolean,       # whether most of what came since was like it, to the end of the run; as form
    metric=pl.String,       # the metric of the service in SERIES whose samples prove it; as form
), optional=frozenset({"form", "lasts", "metric"}))  # fmt: skip

# Two windows of a run against each other.
COMPARED = _frame(
    "COMPARED", "ratio",
    service=pl.String, template=pl.String,
    kind=pl.String,         # new, gone (none in the other window), more, fewer (beyond chance), same
    n_before=pl.UInt64, n_after=pl.UInt64,
    rate_before=pl.Float64, rate_after=pl.Float64,  # a minute
    ratio=pl.Float64,       # rate after by rate before; null where there is none before
    score=pl.Float64,       # -log10 of a p-value corrected for the number of rows, 0..300
    sentence=pl.String,     # the same in words
)  # fmt: skip


# -- what is seen of a run -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class View:
    """What a detector or a ranker sees of a run: small frames, whatever the size of the logs.

    start is the time of bucket 0, width the length of a bucket in µs, buckets how many there are (the
    last one may be cut). quiet: the numbers of the buckets that are the baseline. how: the words that
    say how the baseline was chosen.

    judged: first bucket that is judged, and one more than the last; None: all of them. The others are there
    to tell what is usual: known-good logs, or what lies outside the window; what is found there counts for
    nothing. Times before the judged ones need not be real: known-good logs are laid out before the run, by
    whole days where they are long enough. seams: the buckets with which one recording follows on another, so
    that a pause over them means nothing, each with whether hours of the day agree across it. usual: from when
    to when a baseline really lies whose times here are others, or whose buckets are no longer in here (their
    numbers are then below 0, or beyond the last).
    """

    start: datetime | None  # UTC, naive; None where nothing has a time
    width: int
    buckets: int
    quiet: tuple[int, ...]
    how: str
    sources: pl.DataFrame
    templates: pl.DataFrame
    counts: pl.DataFrame
    values: pl.DataFrame
    gaps: pl.DataFrame
    steps: pl.DataFrame
    changes: pl.DataFrame
    edges: pl.DataFrame
    series: pl.DataFrame
    attempts: pl.DataFrame = field(default_factory=ATTEMPTS.empty)
    deeds: pl.DataFrame = field(default_factory=DEEDS.empty)
    forms: pl.DataFrame = field(default_factory=FORMS.empty)
    form_gaps: pl.DataFrame = field(default_factory=FORM_GAPS.empty)
    form_values: pl.DataFrame = field(default_factory=FORM_VALUES.empty)
    judged: tuple[int, int] | None = None
    seams: tuple[tuple[int, bool], ...] = ()
    usual: tuple[datetime, datetime] | None = None

    @property
    def apart(self) -> bool:
        """Whether the baseline lies apart from what is judged, so that what it holds is known to be usual."""
        if self.judged is None or not self.quiet:
            return False
        return not any(self.judged[0] <= bucket < self.judged[1] for bucket in self.quiet)
