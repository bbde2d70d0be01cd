r"""The whole way of the data, one screen.

::

    paths -> read -> parse -> mine -> count -> detect -> incident -> rank -> Analysis
             \\______ gather ______/

Each arrow is a call of one public function of one room; what travels on it are frames of schema.py. No room
knows another: they meet here; gather.py is the first half of the way, compose.py shapes what comes out.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from logsense import bind, compose, count, detect, gather, incident, mine, rank, verdicts
from logsense.analysis import Analysis, PluginFailure
from logsense.config import Settings
from logsense.host import Host
from logsense.watch import Progress, Watch


def analyze(
    paths: str | Sequence[str],
    settings: Settings | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
    watch: Watch | None = None,
    **options: object,
) -> Analysis:
    """What broke in these logs, when, where it began and why.

    paths: files, directories, globs or "-" for stdin. options: fields of ``Settings`` by name
    (``since="-2h"``, ``tz="Europe/Berlin"``, ``threads=1``). Raises PathError where a path does not
    exist and ConfigError for an option out of range; what could not be read is in ``skipped``.
    watch: what is told of the run while it goes on, and may end it; progress: its ``progress`` alone.
    """
    begun = time.perf_counter()
    settings = settings or Settings.resolve(None, **options)
    watch = watch or Watch.of(progress)
    host = Host(kinds=("formats",))
    planned = gather.plan(paths, settings, host, baseline=settings.baseline)

    def answer(gathered: gather.Gathered, partial: str | None = None) -> Analysis:
        judged = _judged(gathered, settings, tuple(host.failures))
        return replace(judged, partial=partial, seconds=time.perf_counter() - begun)

    show = watch.snapshot
    look = None if show is None else lambda gathered, partial: show(answer(gathered, partial))
    return answer(gather.gather(planned, settings, watch, around=True, look=look))


def _judged(gathered: gather.Gathered, settings: Settings, failures: tuple[PluginFailure, ...]) -> Analysis:
    """The second half of the way. failures: of plugins, before it began."""
    host = Host(kinds=("detectors", "rankers"))
    mined = mine.mine(gathered.settled.keys)
    counted = count.count(compose.run(gathered, mined.keys, mined.templates))
    whole = compose.view(gathered, counted)
    quiet, how = detect.baseline(whole)
    whole = replace(whole, quiet=quiet, how=how)
    view = compose.ordered(whole)
    anomalies = detect.detect(view, host)
    seen = compose.judged(view)
    groups, calmer = compose.grouped(anomalies, view, seen)
    lines = rank.Lines(gathered.reader.lines, gathered.planned.names)
    ranked = [(group, rank.rank(view, group.anomalies, host, lines)) for group in groups]
    incidents = tuple(
        incident.build(group, one.causes, one.components, one.symptoms, seen, one.others)
        for group, one in ranked
    )
    judged = replace(
        compose.analysis(gathered, counted, compose.judged(whole), settings),
        incidents=incidents,
        near_misses=incident.near_misses(calmer, seen),
        anomalies=anomalies,
        plugins_failed=(*failures, *host.failures),
        book=bind.book(gathered, mined),
    )
    return verdicts.applied(compose.untimed(compose.real(judged, counted)), settings.verdicts)
