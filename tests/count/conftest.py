"""Small runs, made by hand: a list of events becomes the frames that parse and mine would leave."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl
import pytest

from logsense.count import Run
from logsense.schema import KEYS, LINKS, MINED, RECORDS, SAMPLES, SOURCES

START = datetime(2026, 1, 2, 3, 0)


class Event(NamedTuple):
    """A record: seconds after START (None: no time), source, message; perhaps ids and numbers."""

    at: float | None
    source: int
    message: str
    ids: tuple[tuple[str, str], ...] = ()
    numbers: tuple[tuple[str, float], ...] = ()
    service: str = ""
    level: str | None = "INFO"
    logger: str | None = None


def _time(at: float | None) -> datetime | None:
    return None if at is None else START + timedelta(microseconds=round(at * 1e6))


def build(events: Sequence[Event], services: Sequence[str] = ("web", "db", "cart")) -> Run:
    """Lines are numbered in order of the events of each source; a key is a distinct message."""
    keyed = {
        pair: n + 1 for n, pair in enumerate(dict.fromkeys((e.message, e.service, e.logger) for e in events))
    }
    line = dict.fromkeys(range(len(services)), 0)
    records, links, samples, keys = [], [], [], {}
    for event in events:
        line[event.source] += 1
        key = keyed[event.message, event.service, event.logger]
        place = {"source": event.source, "line": line[event.source], "time": _time(event.at), "key": key}
        records.append(place)
        links += [place | {"id": id_, "kind": kind} for kind, id_ in event.ids]
        samples += [place | {"name": name, "unit": None, "value": value} for name, value in event.numbers]
        told = keys.setdefault(
            key,
            {k: place[k] for k in ("source", "line", "key")}
            | {
                "layout": "x",
                "level": event.level,
                "service": event.service,
                "logger": event.logger,
                "message": event.message,
                "n": 0,
            },
        )
        told["n"] += 1
    texts = list(dict.fromkeys(e.message for e in events))
    ids = {text: f"{n + 1:012x}" for n, text in enumerate(texts)}
    return Run(
        records=RECORDS.of(records).lazy(),
        keys=KEYS.of(list(keys.values())),
        mined=MINED.of([{"key": key, "template": ids[text]} for (text, *_), key in keyed.items()]),
        templates=pl.DataFrame(
            {"template": list(ids.values()), "text": texts, "shapes": [[text] for text in texts]},
            schema={"template": pl.String, "text": pl.String, "shapes": pl.List(pl.String)},
        ),
        sources=SOURCES.of(
            [
                {"source": n, "path": f"{name}.log", "service": name, "lines": line[n], "set": None}
                for n, name in enumerate(services)
            ]
        ),
        links=LINKS.of(links),
        samples=SAMPLES.of(samples),
    )


@pytest.fixture(scope="session")
def run_of() -> Callable[..., Run]:
    return build


@pytest.fixture(scope="session")
def event() -> type[Event]:
    return Event
