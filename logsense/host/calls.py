"""What is asked of a plugin, the same here and in a worker: one function a method."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from logsense.analysis import Analysis
from logsense.schema import View

Make = Callable[[], Any]


def detect(make: Make, view: View) -> object:
    """What a detector finds after it has learned from the same view."""
    return make().fit(view).detect(view)


def score(make: Make, view: View, candidates: pl.DataFrame) -> object:
    """What a ranker says of the candidates."""
    return make().score(view, candidates)


def fetch(make: Make, scheme: str, address: str, folder: str) -> object:
    """Logs from elsewhere, written into a folder."""
    make().fetch(scheme, address, Path(folder))
    return None


def claims(make: Make, name: str, head: str) -> object:
    """Whether a file is one of metrics."""
    return make().claims(name, head)


def series(make: Make, path: str) -> object:
    """What a file of metrics holds."""
    return make().series(Path(path))


def write(make: Make, by: str, analysis: Analysis, manner: Mapping[str, Any]) -> object:
    """The report of a reporter, all of it. by: the function of ours that lets it write, ``module:name``."""
    module, name = by.split(":")
    return list(getattr(import_module(module), name)(make, analysis, **manner))


CALLS: Mapping[str, Callable[..., object]] = {
    "detect": detect, "score": score, "fetch": fetch, "claims": claims, "series": series, "write": write,
}  # fmt: skip


def frames(view: View) -> dict[str, pl.DataFrame]:
    """The frames of a view by name."""
    values = ((one.name, getattr(view, one.name)) for one in fields(view))
    return {name: value for name, value in values if isinstance(value, pl.DataFrame)}


def own(view: View) -> View:
    """The view with frames of its own: what a plugin does to them in place, nobody else sees.

    Costs nothing: frames share their columns until one is changed.
    """
    mine: dict[str, Any] = {name: frame.clone() for name, frame in frames(view).items()}
    return replace(view, **mine)


def changed(view: View, seen: View, *, deep: bool = False) -> list[str]:
    """Names of frames with other columns, types or numbers of rows in ``seen``; deep: or other values."""
    after = frames(seen)
    return [
        name
        for name, frame in frames(view).items()
        if (frame.schema, frame.height) != (after[name].schema, after[name].height)
        or (deep and not frame.equals(after[name]))
    ]


def run(method: str, make: Make, arguments: Sequence[Any], *, deep: bool = False) -> tuple[object, list[str]]:
    """What a method gives, and which frames of its arguments it changed in place; deep: see ``changed``."""
    mine = [own(one) if isinstance(one, View) else one for one in arguments]
    answer = CALLS[method](make, *mine)
    pairs = zip(arguments, mine, strict=True)
    return answer, [
        name
        for before, after in pairs
        if isinstance(before, View)
        for name in changed(before, after, deep=deep)
    ]
