r"""The whole way of the data, one screen.

::

    paths -> read -> parse -> mine -> count -> detect -> incident -> rank -> Analysis
             \\______ gather ______/

Each arrow is a call of one public function of one room; what travels on it are frames of schema.py. No room
knows another: they meet here; gather.py is the first half of the way, compose.py shapes what comes out.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace

import polars as pl

from logsense import bind, compose, count, detect, gather, incident, mine, rank, verdicts
from logsense.analysis import Analysis, Span, Windows
from logsense.config import Settings
from logsense.host import Host
from logsense.watch import Progress, Watch

#: Kinds of plugins that a run asks.
PLUGINS = ("formats", "masks", "sources", "metrics", "detectors", "rankers")
#: Those of them that judge what is counted.
JUDGES = ("detectors", "rankers")


def analyze(
    paths: str | Sequence[str],
    settings: Settings | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
    watch: Watch | None = None,
    **options: object,
) -> Analysis:
    """What broke in these logs, when, where it began and why.

    paths: files, directories, globs, addresses or "-" for stdin. options: fields of ``Settings`` by name
    (``since="-2h"``, ``tz="Europe/Berlin"``, ``threads=1``). Raises PathError where a path does not
    exist and ConfigError for an option out of range; what could not be read is in ``skipped``.
    watch: what is told of the run while it goes on, and may end it; progress: its ``progress`` alone.
    """
    begun = time.perf_counter()
    settings = settings or Settings.resolve(None, **options)
    watch = watch or Watch.of(progress)
    with Host(kinds=PLUGINS, plugins=settings.plugins) as host:
        host.warm(*JUDGES)  # what takes a moment to start does so while files are found
        planned = gather.plan(paths, settings, host, baseline=settings.baseline, watch=watch)
        host.prepare(*JUDGES)  # a wrong keyword must not cost the reading first

        def answer(gathered: gather.Gathered, partial: str | None = None) -> Analysis:
            mined = mine.mine(gathered.settled.keys, gathered.planned.masks)
            counted = count.count(compose.run(gathered, mined.keys, mined.templates))
            whole = compose.view(gathered, counted)
            book = bind.book(gathered, mined)
            basis = compose.Basis(gathered, counted, whole, settings, tuple(host.failures), book)
            return replace(
                _judged(basis, Windows(), host), partial=partial, seconds=time.perf_counter() - begun
            )

        show = watch.snapshot
        look = None if show is None else lambda gathered, partial: show(answer(gathered, partial))
        return answer(gather.gather(planned, settings, watch, around=True, look=look))


def rethink(analysis: Analysis, windows: Windows, host: Host | None = None) -> Analysis:
    """The same run judged again: what happened in one window, by what is usual in another.

    Nothing is read again but the lines that prove what is found. suspect: only that is judged; usual: its
    buckets are the baseline, other than known-good logs; both as the pipeline chose where None. Times are
    those of the run, naive UTC. ConfigError, which says what is possible, for a window that cannot be.
    host: of detectors and rankers, for who judges often and closes it in the end; None: one for this call.
    """
    begun = time.perf_counter()
    basis = compose.basis(analysis)
    with ExitStack() as ends:
        asked = host or ends.enter_context(Host(kinds=JUDGES, plugins=basis.settings.plugins))
        asked.warm(*JUDGES)
        judged = _judged(basis, windows, asked)
    return replace(judged, partial=analysis.partial, seconds=time.perf_counter() - begun)


def compare(analysis: Analysis, before: Span | None = None, after: Span | None = None) -> pl.DataFrame:
    """COMPARED: what is said, and how often, in one window against another, most telling first.

    before: None for the baseline; after: None for what is judged and no part of either. Times, and errors,
    as in ``rethink``.
    """
    basis = compose.basis(analysis)
    return detect.compare(detect.windowed(basis.view, analysis.windows), before, after, analysis.end)


def _judged(basis: compose.Basis, windows: Windows, host: Host) -> Analysis:
    """The second half of the way: what is counted, judged."""
    gathered, counted = basis.gathered, basis.counted
    whole = detect.windowed(basis.view, windows)
    view = compose.ordered(whole)
    anomalies = detect.detect(view, host)
    seen = compose.judged(view)
    groups, calmer = compose.grouped(anomalies, view, seen, basis.settings.thresholds)
    lines = rank.Lines(gathered.reader.lines, gathered.planned.names)
    ranked = [(group, rank.rank(view, group.anomalies, host, lines)) for group in groups]
    incidents = tuple(
        incident.build(group, one.causes, one.components, one.symptoms, seen, one.others)
        for group, one in ranked
    )
    judged = replace(
        compose.analysis(gathered, counted, compose.judged(whole), basis.settings, windows),
        incidents=incidents,
        near_misses=incident.near_misses(calmer, seen),
        anomalies=anomalies,
        plugins_failed=tuple(dict.fromkeys((*basis.failures, *host.failures))),
        basis=basis,
        book=basis.book,
    )
    return verdicts.applied(compose.untimed(compose.real(judged, counted)), basis.settings.verdicts)
