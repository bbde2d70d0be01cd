r"""The way of ``diff``: known-good runs against one in question.

::

    GOOD... -> read -> diff.map_block -> merge \
                                                diff.compare -> Difference
    BAD     -> read -> diff.map_block -> merge /

Beside the pipeline: the rooms read and diff meet here, and know nothing of each other.
"""

import glob
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from logsense import addresses, diff, engine, fetch, metrics, parse, read, watch
from logsense.analysis import PluginFailure
from logsense.clean import name as clean_name
from logsense.config import Settings
from logsense.errors import UsageError
from logsense.host import Host, sentence
from logsense.parse.recognise.formats import load
from logsense.plans import Block, SourcePlan
from logsense.store import Scratch
from logsense.watch import Progress

Watch = Callable[[Progress], None]
Lines = Callable[[int, int, int], list[str]]
#: As many findings of a run of several files are put in order of time; a time is looked for so many lines up.
TIMED, ABOVE = 200, 30
#: How much larger than its file a packed log is, where nothing better is known.
UNPACKED = 10
NO_LOGS = "no logs were found in it"


@dataclass(frozen=True)
class _Run:
    """One path: a run, with its files. number: the place of its path; first: number of its first source."""

    number: int
    path: str
    good: bool
    found: read.Found
    first: int

    def name(self, source: read.SourceFile) -> str:
        """The name of a file as the answer prints it: of a good run with the path that was given."""
        return self.under(source.name)

    def under(self, inner: str) -> str:
        """The same for any name below the path."""
        given = clean_name(self.path)
        if not self.good or given in ("", ".") or given == inner or addresses.scheme(self.path):
            return inner
        # A file given by itself has its own name for an inner one.
        return given if given.endswith(f"/{inner}") else f"{given.rstrip('/')}/{inner}"


def difference(
    good: Sequence[str],
    bad: str,
    settings: Settings | None = None,
    *,
    whole: bool = False,
    progress: Watch | None = None,
    **options: object,
) -> diff.Difference:
    """What is different in a run in question, and why it probably failed, against runs known to be good.

    good, bad: files, directories, patterns, addresses or "-" for stdin, each a run of one or more files.
    Files that a reader of metrics claims are left out. whole: findings of low score are kept, too. options:
    fields of ``Settings`` by name (``threads=1``). Raises PathError where a path does not exist, UsageError
    without a good run; what could not be read is in ``skipped``.
    """
    begun = time.perf_counter()
    if not good:
        msg = "nothing to compare with: give at least one run known to be good, then the one in question"
        raise UsageError(msg)
    if [*good, bad].count("-") > 1:
        msg = "standard input (-) can be one of the runs only"
        raise UsageError(msg)
    settings = settings or Settings.resolve(None, **options)
    with Scratch() as scratch:
        with Host(kinds=("sources", "metrics"), plugins=settings.plugins) as host:
            fetching = fetch.Fetching(settings, host, scratch, watch.Watch.of(progress))
            runs = _runs([*good, bad], fetching)
        reading = _Reading(runs, settings, progress)
        known, complete = reading.lines(runs[:-1])
        # Against half of the good runs the rest would look new: nothing true could be said.
        asked, finished = reading.lines(runs[-1:] if complete else [])
        found = diff.compare(known, asked) if complete else diff.Compared()
        lines = read.Reader(reading.sources, diff.blocks(known, asked), spool=scratch).lines
        failed = tuple(host.failures)
        if len(runs[-1].found.sources) > 1:
            times, more = _times(found, runs[-1].found.sources, lines, settings)
            found, failed = diff.in_time(found, times), (*failed, *more)
        answer = diff.answer(found, lines, reading.names, whole=whole)
        return replace(
            answer,
            runs=tuple(reading.side(run, asked if not run.good else known) for run in runs),
            skipped=reading.skipped(),
            notes=(*reading.told(), *(sentence(one) for one in failed)),
            plugins_failed=failed,
            stopped=reading.stopped(complete=complete, finished=finished),
            seconds=time.perf_counter() - begun,
        )


def _runs(paths: Sequence[str], fetching: fetch.Fetching) -> list[_Run]:
    """Each path with its files, numbered through."""
    runs: list[_Run] = []
    first = 0
    good = [match for path in paths[:-1] for match in _matches(path)]
    paths = [*dict.fromkeys(good), paths[-1]]
    for number, path in enumerate(paths):
        found = metrics.set_aside(fetch.find([path], fetching), fetching.host, diff.NO_LINES)
        found = replace(found, sources=tuple(replace(s, number=first + s.number) for s in found.sources))
        runs.append(_Run(number, path, number < len(paths) - 1, found, first))
        first += len(found.sources)
    return runs


def _times(
    compared: diff.Compared, sources: Sequence[read.SourceFile], lines: Lines, settings: Settings
) -> tuple[dict[tuple[int, int], datetime], tuple[PluginFailure, ...]]:
    """When each of the best findings was written: the last time at or above its key line."""
    by_number = {source.number: source for source in sources}
    with Host(kinds=("formats",), plugins=settings.plugins) as host:
        formats, _ = load(host.formats())
    plans: dict[int, SourcePlan] = {}
    times: dict[tuple[int, int], datetime] = {}
    for one in compared.found[:TIMED]:
        source = by_number.get(one.source)
        if source is None:
            continue
        if one.source not in plans:
            head = read.head(source).decode().split("\n")[:-1]
            plans[one.source] = parse.plan_source(
                one.source, source.service, head, formats, tz=settings.tz, year=settings.year,
                mtime=source.mtime, size=source.size,
            )  # fmt: skip
        first = max(one.key_line - ABOVE, 1)
        data = "".join(f"{text}\n" for text in lines(one.source, first, one.key_line - first + 1))
        records = parse.map_block(Block(one.source, 0, first, 0, data.encode()), plans[one.source]).records
        last = records.sort("line")["time"].drop_nulls()
        if len(last):
            times[one.source, one.key_line] = last[-1]
    return times, tuple(host.failures)


def _matches(path: str) -> list[str]:
    """The files of a pattern, each a run of its own; a path is itself."""
    if addresses.scheme(path) or Path(path).exists() or not glob.has_magic(path):
        return [path]
    return sorted(glob.glob(path, recursive=True)) or [path]  # noqa: PTH207 - names stay as they are given


class _Reading:
    """Reads runs, and knows what was odd about them."""

    def __init__(self, runs: Sequence[_Run], settings: Settings, progress: Watch | None) -> None:
        self.runs, self.settings, self.progress = runs, settings, progress
        self.notes = read.Notes()
        self.sources = [source for run in runs for source in run.found.sources]
        self.names = {source.number: run.name(source) for run in runs for source in run.found.sources}
        self.total = sum(s.size * (UNPACKED if s.codec else 1) for s in self.sources)
        self.done = 0

    def lines(self, runs: Sequence[_Run]) -> tuple[diff.Lines, bool]:
        """The lines of runs, and whether all of them were read."""
        owner = {source.number: run for run in runs for source in run.found.sources}

        def step(block: Block) -> diff.Lines:
            run = owner[block.source]
            return diff.map_block(block, run.number, rows=not run.good)

        def blocks() -> Iterator[Block]:
            for run in runs:
                for source in run.found.sources:
                    yield from read.blocks(source, size=self.settings.block_size, notes=self.notes)

        meanwhile = engine.Meanwhile[diff.Lines](done=self._on_done)
        return engine.run(blocks(), step, diff.merge, threads=self.settings.threads, meanwhile=meanwhile)

    def _on_done(self, block: Block) -> None:
        self.done += len(block.data)
        if self.progress:
            self.progress(Progress(self.done, max(self.done, self.total), self.names[block.source]))

    def side(self, run: _Run, lines: diff.Lines) -> diff.Side:
        """What there is to say of a run."""
        own = [source.number for source in run.found.sources]
        count, distinct = lines.of(run.number, own)
        return diff.Side(clean_name(run.path), run.good, len(own), count, distinct)

    def skipped(self) -> tuple[tuple[str, str, bool], ...]:
        """Files that were not, or not wholly, read."""
        rows = [
            (run.under(skip.source), skip.reason, skip.failed)
            for run in self.runs
            for skip in run.found.skipped
        ]
        rows += [(self.names[note.source], note.text, True) for note in self.notes if note.kind == "failed"]
        empty = (run for run in self.runs if not run.found.sources and not run.found.skipped)
        rows += [(clean_name(run.path), NO_LOGS, False) for run in empty]
        return tuple(sorted(dict.fromkeys(rows)))

    def told(self) -> tuple[str, ...]:
        """What was odd about files that were read."""
        return tuple(sorted(f"{self.names[n.source]}: {n.text}" for n in self.notes if n.kind == "note"))

    def stopped(self, *, complete: bool, finished: bool) -> str | None:
        """Why not all was read."""
        if not complete:
            return "interrupted while the good runs were read; nothing was compared"
        if not finished:
            return "interrupted; what follows holds for what was read of the run in question"
        limits = [note.text for note in self.notes if note.kind == "limit"]
        limits += [skip.reason for run in self.runs for skip in run.found.skipped if skip.limit]
        return next(iter(limits), None)
