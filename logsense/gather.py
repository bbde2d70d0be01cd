"""The first half of the way: paths to records. Where read and parse meet, for ``pipeline`` and ``listing``.

Files are found, each gets its plan, and blocks of all of them are mapped and merged by the engine. What
was odd about a file is noted beside it and never ends a run.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from logsense import addresses, clean, engine, fetch, metrics, mine, parse, read
from logsense.config import Settings
from logsense.errors import ConfigError, UsageError
from logsense.host import Host
from logsense.parse.recognise import formats
from logsense.plans import Block, Part, SourcePlan
from logsense.schema import SERIES, SKIPPED, SOURCES
from logsense.store import Ledger, Scratch
from logsense.watch import File, Headway, Pace, Watch

#: Ids of about this many records are kept, numbers of ``Settings.sample_lines`` lines are read.
LINKED_RECORDS = 200_000
#: Bytes a line, and how much larger than its file a compressed log is, where nothing better is known.
LINE_BYTES, UNPACKED = 120, 10


@dataclass(frozen=True)
class Planned:
    """The files that were found, and how each of them is to be read.

    known: numbers of the files that are known good, each with the number of the PATH it came from; baseline:
    those PATHs. masks: those of plugins, for ``mine``. series: what readers of metrics took, see
    ``metrics.Measured``.
    """

    found: read.Found
    plans: Mapping[int, SourcePlan]
    problems: tuple[str, ...]
    scratch: Scratch
    known: Mapping[int, int] = field(default_factory=dict)
    baseline: tuple[str, ...] = ()
    masks: mine.Masks = field(default_factory=mine.Masks)
    series: pl.DataFrame = field(default_factory=SERIES.empty)

    @property
    def names(self) -> dict[int, str]:
        """The printed name of each source."""
        return {one.number: one.name for one in self.found.sources}


@dataclass(frozen=True)
class Gathered:
    """All that was read: the settled records, a row a source, what was skipped, and a way back to lines.

    sources: those that are judged; usual: those that are known good. window: since and until, UTC.
    """

    planned: Planned
    settled: parse.Settled
    sources: pl.DataFrame
    skipped: pl.DataFrame
    reader: read.Reader
    notes: read.Notes
    stopped: str | None
    usual: pl.DataFrame = field(default_factory=SOURCES.empty)
    window: tuple[datetime | None, datetime | None] = (None, None)


def plan(
    paths: str | Sequence[str],
    settings: Settings,
    host: Host,
    *,
    deep: bool = True,
    baseline: Sequence[str] = (),
    watch: Watch | None = None,
) -> Planned:
    """Find the files and make the plan of each.

    deep: ids and numbers are wanted, too. baseline: PATHs of known-good logs. host: may be asked for formats
    and, where a path is an address, for sources. watch: is told what is fetched. Raises PathError and
    UsageError.
    """
    paths = [paths] if isinstance(paths, str) else [str(path) for path in paths]
    scratch = Scratch()
    fetching = fetch.Fetching(settings, host, scratch, watch or Watch())
    given = _with_known(fetch.find(paths, fetching), baseline, fetching)
    beside = metrics.measured(*given, host, scratch)
    found, known_good = beside.found, beside.known
    known, problems = formats.load(host.formats())
    masks, more = mine.declared(host.masks(), host.held_masks())
    lines = max(sum(_unpacked(one) for one in found.sources) / LINE_BYTES, 1.0)
    shares = _shares(found.sources, settings.sample_lines)
    thin = int(lines / LINKED_RECORDS).bit_length()
    heads = {one.number: _lines(read.head(one)) for one in found.sources}

    def planned(one: read.SourceFile) -> SourcePlan:
        made = parse.plan_source(
            one.number,
            one.service,
            heads[one.number],
            known,
            tz=settings.tz,
            year=settings.year,
            mtime=one.mtime,
            size=one.size,
        )
        return replace(
            made, sample=shares[one.number] if deep else 0.0, thin=thin, ids=made.ids if deep else ()
        )

    # A plan is a few dozen small queries, 30 ms a file: with many files the cores share them.
    with ThreadPoolExecutor(max_workers=settings.threads) as pool:
        plans = {plan.source: plan for plan in pool.map(planned, found.sources)}
    if settings.year is None:
        judged = {number: plan for number, plan in plans.items() if number not in known_good}
        usual = {number: plan for number, plan in plans.items() if number in known_good}
        plans = parse.align_years(judged, heads) | parse.align_years(usual, heads)
    said = (*beside.notes, *(str(problem) for problem in (*problems, *more)))
    return Planned(found, plans, said, scratch, known_good, tuple(baseline), masks, beside.series)


def _with_known(
    found: read.Found, baseline: Sequence[str], fetching: fetch.Fetching
) -> tuple[read.Found, dict[int, int]]:
    """Also the files of known-good PATHs, behind the others: each file once, under the PATH it came from."""
    if "-" in baseline:
        msg = "known-good logs are read from files: give --baseline a path, not -"
        raise UsageError(msg)
    sources, skipped, known = list(found.sources), list(found.skipped), dict[int, int]()
    met = {_place(one) for one in sources}
    for place, given in enumerate(sorted(set(baseline))):
        more = fetch.find([given], fetching)
        skipped += [replace(skip, source=_below(given, skip.source)) for skip in more.skipped]
        for one in more.sources:
            name = _below(given, one.name)
            if _place(one) in met:
                skipped.append(read.Skip(name, "is judged, or given before: no part of the baseline"))
                continue
            met.add(_place(one))
            known[len(sources)] = place
            sources.append(replace(one, number=len(sources), name=name))
    return read.Found(tuple(sources), tuple(sorted(skipped, key=lambda s: (s.source, s.reason)))), known


def _place(one: read.SourceFile) -> tuple[str, str | None, int]:
    return os.path.realpath(one.path), one.member, one.start


def _below(given: str, name: str) -> str:
    """The printed name of a file below the PATH it came from, the PATH itself in front."""
    if addresses.scheme(given):
        return name  # it begins with the address
    shown = clean.name(os.fsencode(given).decode("utf-8", "surrogateescape")).rstrip("/") or "/"
    return shown if shown.rsplit("/", 1)[-1] == name and not Path(given).is_dir() else f"{shown}/{name}"


def _shares(sources: Sequence[read.SourceFile], wanted: int) -> dict[int, float]:
    """The share of each file's lines that numbers are read from: about ``wanted`` lines in all.

    Small files are read whole before large ones get more than an even part: what gauges say every minute
    must not drown beside a busy access log.
    """
    shares: dict[int, float] = {}
    left = float(wanted)
    order = sorted(sources, key=lambda one: (_unpacked(one), one.number))
    for done, one in enumerate(order):
        lines = max(_unpacked(one) / LINE_BYTES, 1.0)
        shares[one.number] = min(1.0, left / (len(order) - done) / lines)
        left -= shares[one.number] * lines
    return shares


def _lines(head: bytes) -> list[str]:
    return head.decode().split("\n")[:-1]


def _unpacked(source: read.SourceFile) -> int:
    return source.size if not source.codec else source.size * UNPACKED


def gather(
    planned: Planned,
    settings: Settings,
    watch: Watch | None = None,
    *,
    around: bool = False,
    look: Callable[[Gathered, str], None] | None = None,
) -> Gathered:
    """Read and parse all that is planned. around: keep the records outside the window, too.

    look: is given now and then what is gathered so far, and words for how much that is; None: never. What is
    gathered in the end does not depend on it.
    """
    ledger = Ledger(planned.scratch)
    notes = read.Notes()
    watch = watch or Watch()
    watch.found(_files(planned))
    sizes = {one.number: _unpacked(one) for one in planned.found.sources}
    headway = Headway(planned.names, sizes, watch.progress, lambda number: _told(planned, number, notes))
    pace = Pace()
    unpacked: dict[int, read.SourceFile] = {}

    def step(block: Block) -> Part:
        part = parse.map_block(block, planned.plans[block.source])
        return replace(part, records=ledger.keep(part.records))

    def settled(part: Part, among: Planned) -> Gathered:
        run = parse.settle(ledger.scan(), part, among.plans)
        at_hand = [unpacked.get(one.number, one) for one in among.found.sources]
        reader = read.Reader(at_hand, run.blocks, spool=planned.scratch)
        return _gathered(run, among, settings, reader, notes, around=around)

    def provisional(part: Part, show: Callable[[Gathered, str], None]) -> None:
        try:
            gathered = settled(part, _begun(planned, headway.begun))
        except ConfigError:
            return  # a window that counts back from the end: it may be empty up to here
        show(gathered, headway.so_far())
        # What had to be unpacked for a line of it is not unpacked again.
        unpacked.update((one.number, one) for one in gathered.reader.sources)

    meanwhile = engine.Meanwhile[Part](headway.done, watch.stop)
    if look is not None:
        meanwhile = replace(
            meanwhile, due=pace.due, look=lambda part: pace.take(lambda: provisional(part, look))
        )
    blocks = _blocks(planned, settings, notes, headway)
    light = not any(one.sample for one in planned.plans.values())  # keys alone are wanted
    part, whole = engine.run(
        blocks, step, parse.merge, threads=settings.threads, light=light, meanwhile=meanwhile
    )
    gathered = settled(part, planned)
    return gathered if whole else replace(gathered, stopped="interrupted")


def _gathered(
    settled: parse.Settled,
    planned: Planned,
    settings: Settings,
    reader: read.Reader,
    notes: read.Notes,
    *,
    around: bool,
) -> Gathered:
    """What is gathered, with what there is to say of each source; what lies outside the window apart."""
    sources = _sources(planned, settled, notes)
    is_known = pl.col("source").is_in(list(planned.known))
    sources, usual = sources.filter(~is_known), sources.filter(is_known)
    last = sources["last"].max()
    window = settings.window(last if isinstance(last, datetime) else None)
    inside = within(*window)
    if inside is not None:
        settled, sources = _window(settled, sources, inside, around=around)
    limits = [note.text for note in notes if note.kind == "limit"]
    limits += [skip.reason for skip in planned.found.skipped if skip.limit]
    return Gathered(
        planned=planned,
        settled=settled,
        sources=sources,
        skipped=_skipped(planned, notes),
        reader=reader,
        notes=notes,
        stopped=next(iter(limits), None),
        usual=usual,
        window=window,
    )


def _files(planned: Planned) -> tuple[File, ...]:
    """What is to be read, in order, then what is not."""
    sources, skipped = planned.found.sources, planned.found.skipped
    read_of = [File(one.name, _unpacked(one), planned.plans[one.number].note or None) for one in sources]
    return (*read_of, *(File(skip.source, 0, skip.reason, skipped=True) for skip in skipped))


def _told(planned: Planned, number: int, notes: read.Notes) -> tuple[str | None, bool]:
    """What was odd about a source so far, and whether some of it could not be read."""
    failed = any(one.source == number and one.kind == "failed" for one in notes)
    return note(number, planned.plans[number], notes), failed


def _begun(planned: Planned, numbers: Sequence[int]) -> Planned:
    """The plan of these sources alone: nothing is said of known-good logs before any of them is read."""
    wanted = set(numbers)
    found = replace(planned.found, sources=tuple(s for s in planned.found.sources if s.number in wanted))
    known = {number: place for number, place in planned.known.items() if number in wanted}
    return replace(planned, found=found, known=known, baseline=planned.baseline if known else ())


def _blocks(planned: Planned, settings: Settings, notes: read.Notes, headway: Headway) -> Iterator[Block]:
    for source in planned.found.sources:
        blocks = read.blocks(source, size=settings.block_size, notes=notes)
        yield from headway.follow(source.number, blocks)


def _sources(planned: Planned, settled: parse.Settled, notes: read.Notes) -> pl.DataFrame:
    """SOURCES: lines add up as in records + without event + skipped."""
    lines = settled.blocks.group_by("source").agg(lines=pl.col("lines").cast(pl.UInt64).sum())
    records = settled.records.group_by("source").agg(
        records=pl.len().cast(pl.UInt64), first=pl.min("time"), last=pl.max("time")
    )
    more = settled.multi.group_by("source").agg(more=(pl.col("last") - pl.col("line")).cast(pl.UInt64).sum())
    plans = planned.plans
    rows = [
        {
            "source": one.number,
            "path": one.name,
            "set": one.set,
            "service": one.service,
            "format": "+".join(dict.fromkeys(layout.name for layout in plans[one.number].layouts)) or None,
            "zone": plans[one.number].zone_how,
            "note": note(one.number, plans[one.number], notes),
        }
        for one in planned.found.sources
    ]
    names = ["source", "path", "set", "service", "format", "zone", "note"]
    frame = pl.DataFrame(rows, schema={name: SOURCES.columns[name] for name in names})
    for other in (lines, records.collect(engine="streaming"), more):
        frame = frame.join(other, on="source", how="left")
    frame = frame.with_columns(pl.col("lines", "records", "more").fill_null(0)).with_columns(
        in_records=pl.col("records") + pl.col("more"), skipped_lines=pl.lit(0, pl.UInt64)
    )
    frame = frame.with_columns(without_event=pl.col("lines") - pl.col("in_records"))
    return SOURCES.check(frame.sort("source"))


def _window(
    settled: parse.Settled, sources: pl.DataFrame, inside: pl.Expr, *, around: bool
) -> tuple[parse.Settled, pl.DataFrame]:
    """Only what lies inside --since and --until; the lines outside are counted as skipped.

    around: their records are kept nevertheless, to tell what is usual.
    """
    told = "not judged, read to tell what is usual" if around else "left out"
    records = settled.records.filter(inside)
    kept = records.group_by("source").agg(
        inside=pl.len().cast(pl.UInt64), first=pl.min("time"), last=pl.max("time")
    )
    multi = settled.multi.join(records.select("source", "line").collect(), on=["source", "line"], how="semi")
    more = multi.group_by("source").agg(more=(pl.col("last") - pl.col("line")).cast(pl.UInt64).sum())
    sources = sources.drop("first", "last").join(kept.collect(), on="source", how="left")
    sources = sources.join(more, on="source", how="left").with_columns(pl.col("inside", "more").fill_null(0))
    within = pl.col("inside") + pl.col("more")
    sources = sources.with_columns(
        skipped_lines=pl.col("skipped_lines") + pl.col("in_records") - within,
        in_records=within,
        records=pl.col("inside"),
        note=pl.when(within < pl.col("in_records"))
        .then(
            pl.concat_str(
                pl.col("note"), pl.lit(f"lines outside the window {told}"), separator="; ", ignore_nulls=True
            )
        )
        .otherwise("note"),
    )
    if around:
        return settled, SOURCES.check(sources.sort("source"))
    settled = replace(
        settled,
        records=records,
        multi=multi,
        links=settled.links.filter(inside),
        samples=settled.samples.filter(inside),
        acts=settled.acts.filter(inside),
    )
    return settled, SOURCES.check(sources.sort("source"))


def note(number: int, plan: SourcePlan, notes: read.Notes) -> str | None:
    """What was odd about a file, in words."""
    return "; ".join(text for text in (plan.note, notes.of(number)) if text) or None


def _skipped(planned: Planned, notes: read.Notes) -> pl.DataFrame:
    names = planned.names
    rows: list[dict[str, object]] = [
        {"source": skip.source, "reason": skip.reason, "failed": skip.failed}
        for skip in planned.found.skipped
    ]
    rows += [
        {"source": names[note.source], "reason": note.text, "failed": True}
        for note in notes
        if note.kind == "failed"
    ]
    return SKIPPED.of(rows).sort("source", "reason")


def within(since: datetime | None, until: datetime | None) -> pl.Expr | None:
    """The condition of a window: since belongs to it, until does not, what has no time does not either."""
    bounds = [pl.col("time") >= since] if since is not None else []
    bounds += [pl.col("time") < until] if until is not None else []
    return pl.all_horizontal(bounds) if bounds else None
