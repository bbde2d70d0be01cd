r"""What logs hold, without a judgement: their templates, and their records one by one.

::

    paths -> read -> parse -> mine -> count -> Analysis      templates
                             \\-> records, explained          parse

Beside the pipeline, with the same rooms up to where judging begins.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

import polars as pl

from logsense import compose, count, gather, mine, read
from logsense import parse as parsing
from logsense.analysis import Analysis
from logsense.config import Settings
from logsense.errors import UsageError
from logsense.host import Host, sentence
from logsense.watch import Progress, Watch

#: Kinds of plugins that these ways ask.
PLUGINS = ("formats", "masks", "sources", "metrics")

NO_LOGS = "no logs were found in what was given"


def templates(
    paths: str | Sequence[str],
    settings: Settings | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
    **options: object,
) -> Analysis:
    """The templates of these logs, counted, without a judgement. Arguments as ``pipeline.analyze``."""
    begun = time.perf_counter()
    settings = settings or Settings.resolve(None, **options)
    watch = Watch.of(progress)
    with Host(kinds=PLUGINS, plugins=settings.plugins) as host:
        planned = gather.plan(paths, settings, host, deep=False, watch=watch)
    gathered = gather.gather(planned, settings, watch)
    mined = mine.mine(gathered.settled.keys, planned.masks)
    counted = count.count(compose.run(gathered, mined.keys, mined.templates), deep=False)
    whole = compose.analysis(gathered, counted, compose.view(gathered, counted), settings)
    return replace(whole, plugins_failed=tuple(host.failures), seconds=time.perf_counter() - begun)


def parse(
    paths: str | Sequence[str],
    settings: Settings | None = None,
    *,
    templates: bool = True,
    progress: Callable[[Progress], None] | None = None,
    tell: Callable[[str], None] | None = None,
    **options: object,
) -> Generator[pl.DataFrame, None, int]:
    """Every record, in order of file and line, as frames with the columns of the contract.

    With templates the logs are read twice. tell: called at the end with what was odd about the input. The
    generator returns an exit code. Other arguments as ``pipeline.analyze``.
    """
    settings = settings or Settings.resolve(None, **options)
    watch = Watch.of(progress)
    with Host(kinds=PLUGINS, plugins=settings.plugins) as host:
        planned = gather.plan(paths, settings, host, deep=False, watch=watch)
    if not templates:
        notes = read.Notes()
        for source, frame in _records(planned, settings, notes):
            yield frame.drop("told").with_columns(source=pl.lit(source.name))
        return _ended(planned, notes, tell, host)
    gathered = gather.gather(planned, settings, watch)
    mined = mine.mine(gathered.settled.keys, planned.masks)
    for source, frame in _records(planned, settings, read.Notes(), gathered):
        yield mine.explain(frame, mined).with_columns(source=pl.lit(source.name))
    return _ended(planned, gathered.notes, tell, host, whole=gathered.stopped != "interrupted")


def _ended(
    planned: gather.Planned,
    notes: read.Notes,
    tell: Callable[[str], None] | None,
    host: Host,
    *,
    whole: bool = True,
) -> int:
    """What a run that judges nothing ends with: 4 where input could not be read, 3 where it stopped, else 0.

    tell: called with each thing that was odd about the input, or failed, in words.
    """
    skipped, sources = planned.found.skipped, planned.found.sources
    if tell:
        said = [f"{skip.source}: {skip.reason}" for skip in skipped]
        odd = [(one.name, gather.note(one.number, planned.plans[one.number], notes)) for one in sources]
        said += [f"{name}: {note}" for name, note in odd if note]
        said += [sentence(one) for one in host.failures]
        for row in said if sources else [*said, NO_LOGS]:
            tell(row)
    if (
        (host.settings.strict and host.failures)
        or notes.has("failed")
        or any(skip.failed for skip in skipped)
    ):
        return 4
    return 3 if not whole or notes.has("limit") or any(skip.limit for skip in skipped) else 0


def _records(
    planned: gather.Planned, settings: Settings, notes: read.Notes, gathered: gather.Gathered | None = None
) -> Iterator[tuple[read.SourceFile, pl.DataFrame]]:
    """Every record of every file, in order: frames of ``parse.records.COLUMNS``.

    With ``gathered`` (the same files, read before) each record also has its ``key``. Of a window only what
    lies inside; UsageError for one that counts back from the end where the end is not known yet.
    """
    window = None if gathered else _absolute(settings)
    for one in planned.found.sources:
        blocks = read.blocks(one, size=settings.block_size, notes=notes)
        keys = None
        if gathered:
            own = gathered.settled.records.filter(pl.col("source") == one.number)
            keys = own.select("line", "key").collect()
        for frame in parsing.records(blocks, planned.plans[one.number]):
            if keys is not None:
                # The gathered records are those of the window.
                frame = frame.join(keys, on="line", maintain_order="left")  # noqa: PLW2901 - the same frame, with its keys
            elif window is not None:
                frame = frame.filter(window)  # noqa: PLW2901 - the same frame, less of it
            yield one, frame.with_columns(pl.col("service").fill_null(one.service))


def _absolute(settings: Settings) -> pl.Expr | None:
    """The condition of the window for a run whose end is not known yet; None where there is no window."""
    if settings.counts_back:
        msg = "times that count back from the end of the logs need templates: leave --no-templates out"
        raise UsageError(msg)
    return gather.within(*settings.window(None))
