"""Numbers measured beside logs: which files hold them, and whose they are.

Readers are plugins (``logsense.metrics``); without one this does nothing, and a file of numbers is read
as a log. A file that a reader claims is no source of lines: its rows become ``view.series``, which a
note of the run tells. A reader that fails costs its files alone, which are then skipped with the reason.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import polars as pl

from logsense import clean, read
from logsense.host import Host, Loaded
from logsense.schema import SERIES, TIME
from logsense.store import Scratch

#: Characters of a file that readers are shown, and bytes read at once to find them.
HEAD, BLOCK = 4096, 16_384
#: Of so many files a reader is asked at once: a call of a worker costs more than its answer.
ASKED = 200
#: What a scheduler puts behind the name of a service: hashes of a deployment and its pods (its alphabet has
#: no vowels, which would make words), numbers of a stateful set or an instance, a port, a domain.
SUFFIXES = (
    r"-[0-9bcdfghjklmnpqrstvwxz]{6,10}-[0-9bcdfghjklmnpqrstvwxz]{5}$",
    r"-[0-9bcdfghjklmnpqrstvwxz]{5}$",
    r"[-_.]\d{1,5}$",
    r":\d{1,5}$",
    r"\..*$",
)


def _none() -> pl.DataFrame:
    return SERIES.empty().with_columns(known=pl.lit(None, pl.Int32))


@dataclass(frozen=True)
class Measured:
    """What readers took of the files that were found.

    found: the files that are left, as if the others had never been there; known: as in ``Planned``. series:
    SERIES with a column known, the number of the known-good PATH it came from, null for what is judged.
    notes: what was read of each file, in words.
    """

    found: read.Found
    known: dict[int, int]
    series: pl.DataFrame = field(default_factory=_none)
    notes: tuple[str, ...] = ()


def measured(found: read.Found, known: Mapping[int, int], host: Host, scratch: Scratch) -> Measured:
    """Ask the readers of the host about each file; what they claim is read at once.

    A file goes to the first reader that claims it, in the order of the host. One that fails when it is asked
    is not asked again: it would fail for every file.
    """
    readers = host.metrics()
    if not readers:
        return Measured(found, dict(known))
    left: list[read.SourceFile] = []
    skips, frames, notes = list(found.skipped), [_none()], list[str]()
    claimed = _claimed(found.sources, readers, host)
    for one in found.sources:
        who = claimed.get(one.number)
        if who is None:
            left.append(one)
            continue
        frame, said = _series(host, who, one, scratch)
        if frame is None:
            skips.append(read.Skip(one.name, said, failed=True))
            continue
        frames.append(frame.with_columns(known=pl.lit(known.get(one.number), pl.Int32)))
        notes.append(f"{one.name}: {said}")
    kept = _found(left, skips)
    places = {number: known[one.number] for number, one in enumerate(left) if one.number in known}
    return Measured(kept, places, pl.concat(frames), tuple(notes))


def set_aside(found: read.Found, host: Host, reason: str) -> read.Found:
    """The files that no reader claims; the others are skipped, with the reason."""
    readers = host.metrics()
    claimed = _claimed(found.sources, readers, host) if readers else {}
    if not claimed:
        return found
    left = [one for one in found.sources if one.number not in claimed]
    skips = [read.Skip(one.name, reason) for one in found.sources if one.number in claimed]
    return _found(left, [*found.skipped, *skips])


def _found(left: Sequence[read.SourceFile], skips: Iterable[read.Skip]) -> read.Found:
    """The files that are left, numbered through, and what is skipped."""
    return read.Found(
        tuple(replace(one, number=number) for number, one in enumerate(left)),
        tuple(sorted(skips, key=lambda skip: (skip.source, skip.reason))),
    )


def _claimed(sources: Sequence[read.SourceFile], readers: Sequence[Loaded], host: Host) -> dict[int, Loaded]:
    """Who reads which file, by its number; each reader is asked of what no other took, many files at once."""
    claimed: dict[int, Loaded] = {}
    for begin in range(0, len(sources), ASKED):
        heads = {one.number: (one.name, _head(one)) for one in sources[begin : begin + ASKED]}
        for who in readers:
            if not heads:
                break
            said = host.claims(who, list(heads.values()))
            taken = [number for number, yes in zip(heads, said, strict=True) if yes]
            claimed |= dict.fromkeys(taken, who)
            heads = {number: head for number, head in heads.items() if number not in taken}
    return claimed


def _head(one: read.SourceFile) -> str:
    return read.head(one, max_bytes=BLOCK).decode()[:HEAD]


def _series(
    host: Host, who: Loaded, one: read.SourceFile, scratch: Scratch
) -> tuple[pl.DataFrame | None, str]:
    """The rows of a file, None where it could not be read, and what there is to say of it."""
    odd = read.Notes()
    frame = host.series(who, _plain(one, scratch, odd))
    if frame is None:
        failure = host.failure_of(who)
        reason = f": {failure.reason}" if failure else ""
        return None, f"metrics that {clean.safe(who.name)} could not read{reason}"
    usable = frame.filter(pl.col("value").is_finite()).with_columns(source=pl.lit(one.name))
    many = usable.select("service", "metric").n_unique()
    said = f"no log: read as metrics by {clean.safe(who.name)}, {usable.height:,} samples of {many:,} series"
    left_out = frame.height - usable.height
    said += f", {left_out:,} without a finite value" if left_out else ""
    return usable, "; ".join(filter(None, (said, odd.of(one.number))))


def _plain(one: read.SourceFile, scratch: Scratch, notes: read.Notes) -> Path:
    """Where its text lies as it is: the file itself, else a copy that is unpacked and decoded."""
    if not one.codec and one.member is None and not one.start and one.encoding == "utf-8":
        return Path(one.path)
    path = scratch.path(Path(one.name).name)
    with path.open("wb") as copy:
        for block in read.blocks(one, notes=notes):
            copy.write(block.data)
    return path


# -- the samples of a run on its axis ----------------------------------------------------------------------


def laid_out(
    series: pl.DataFrame, pieces: Iterable[tuple[int, int, int]], services: Iterable[str]
) -> pl.DataFrame:
    """SERIES on the axis of a run, each row once, in order, under the name its service has in the logs.

    pieces: first, last and shift (µs) of the stretches of known-good logs, which are laid out before the
    run; samples of known-good files that lie beside all of them tell nothing.
    """
    own = series.filter(pl.col("known").is_null())
    usual = series.filter(pl.col("known").is_not_null())
    moved = [
        usual.filter(pl.col("time").dt.epoch("us").is_between(first, last)).with_columns(
            (pl.col("time") + timedelta(microseconds=shift)).cast(TIME)
        )
        for first, last, shift in pieces
    ]
    rows = pl.concat([own, *moved]).select(list(SERIES.columns))
    names = named(rows["service"].unique().to_list(), services)
    rows = rows.with_columns(pl.col("service").replace(names))
    return SERIES.check(rows.unique().sort("service", "metric", "time", "value", "unit"))


def named(measured_of: Iterable[str], services: Iterable[str]) -> dict[str, str]:
    """The service of the logs that each name in metrics means; names that mean none are left out.

    The same but for case and punctuation first, then what is left when the marks of a scheduler are taken
    off, the fewest that do. Two services that a name could mean both are none.
    """
    known: dict[str, set[str]] = {}
    for service in sorted(services):
        known.setdefault(_folded(service), set()).add(service)
    found = {}
    for name in measured_of:
        for form in _forms(name):
            meant = known.get(_folded(form), set())
            if meant:
                if len(meant) == 1 or name in meant:
                    found[name] = name if name in meant else next(iter(meant))
                break
    return found


def _forms(name: str) -> Iterable[str]:
    """A name, then less and less of it: each suffix taken off what the one before left."""
    yield name
    last = name.rsplit("/", 1)[-1]
    yield last
    for suffix in SUFFIXES:
        cut = re.sub(suffix, "", last)
        if cut and cut != last:
            yield cut
            yield from (form for form in _forms(cut) if form != cut)


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")
