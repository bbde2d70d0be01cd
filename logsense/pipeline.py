r"""The whole way of the data, one screen.

::

    paths -> read -> parse -> mine -> count -> detect -> incident -> rank -> Analysis
             \\______ gather ______/

Each arrow is a call of one public function of one room; what travels on it are frames of schema.py. No room
knows another: they meet here; gather.py is the first half of the way, compose.py shapes what comes out.
"""

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace

import polars as pl

from logsense import compose, count, detect, gather, incident, mine, rank, read
from logsense.analysis import Analysis
from logsense.config import Settings
from logsense.host import Host

Watch = Callable[[gather.Progress], None]


def analyze(
    paths: str | Sequence[str],
    settings: Settings | None = None,
    *,
    progress: Watch | None = None,
    **options: object,
) -> Analysis:
    """What broke in these logs, when, where it began and why.

    paths: files, directories, globs or "-" for stdin. options: fields of ``Settings`` by name
    (``since="-2h"``, ``tz="Europe/Berlin"``, ``threads=1``). Raises PathError where a path does not
    exist and ConfigError for an option out of range; what could not be read is in ``skipped``.
    """
    begun = time.perf_counter()
    settings = settings or Settings.resolve(None, **options)
    host = Host(kinds=("formats", "detectors", "rankers"))
    planned = gather.plan(_paths(paths), settings, host, baseline=settings.baseline)
    gathered = gather.gather(planned, settings, progress, around=True)
    counted = _counted(gathered)
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
        plugins_failed=tuple(host.failures),
        seconds=time.perf_counter() - begun,
    )
    return compose.untimed(compose.real(judged, counted))


def _paths(paths: str | Sequence[str]) -> list[str]:
    return [paths] if isinstance(paths, str) else [str(path) for path in paths]


def _counted(gathered: gather.Gathered, *, deep: bool = True) -> count.Counted:
    mined = mine.mine(gathered.settled.keys)
    return count.count(compose.run(gathered, mined.keys, mined.templates), deep=deep)


def templates(
    paths: str | Sequence[str],
    settings: Settings | None = None,
    *,
    progress: Watch | None = None,
    **options: object,
) -> Analysis:
    """The templates of these logs, counted: an Analysis without a judgement. Arguments as ``analyze``."""
    begun = time.perf_counter()
    settings = settings or Settings.resolve(None, **options)
    planned = gather.plan(_paths(paths), settings, Host(kinds=("formats",)), deep=False)
    gathered = gather.gather(planned, settings, progress)
    counted = _counted(gathered, deep=False)
    whole = compose.analysis(gathered, counted, compose.view(gathered, counted), settings)
    return replace(whole, seconds=time.perf_counter() - begun)


def parse(
    paths: str | Sequence[str],
    settings: Settings | None = None,
    *,
    templates: bool = True,
    progress: Watch | None = None,
    tell: Callable[[str], None] | None = None,
    **options: object,
) -> Generator[pl.DataFrame, None, int]:
    """Every record, in order of file and line, as frames with the columns of the contract.

    With templates the logs are read twice. tell: called at the end with what was odd about the input. The
    generator returns an exit code. Other arguments as ``analyze``.
    """
    settings = settings or Settings.resolve(None, **options)
    planned = gather.plan(_paths(paths), settings, Host(kinds=("formats",)), deep=False)
    if not templates:
        notes = read.Notes()
        for source, frame in gather.records(planned, settings, notes):
            yield frame.drop("told").with_columns(source=pl.lit(source.name))
        return gather.ended(planned, notes, tell)
    gathered = gather.gather(planned, settings, progress)
    mined = mine.mine(gathered.settled.keys)
    for source, frame in gather.records(planned, settings, read.Notes(), gathered):
        yield mine.explain(frame, mined).with_columns(source=pl.lit(source.name))
    return gather.ended(planned, gathered.notes, tell, whole=gathered.stopped != "interrupted")
