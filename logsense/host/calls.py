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
    """Logs from elsewhere, written into a folder: "", or why not all of them came, in words.

    An OSError, or a plain RuntimeError or ValueError, is what a source tells whoever asked: a program that is
    missing, a name nobody knows. Everything else it raises is a fault of the plugin.
    """
    source = make()
    try:
        source.fetch(scheme, address, Path(folder))
    except (OSError, RuntimeError, ValueError) as error:
        told = isinstance(error, OSError) or type(error) in (RuntimeError, ValueError)
        if not (told and str(error)):
            raise
        return str(error)
    return ""


def claims(make: Make, files: Sequence[tuple[str, str]]) -> object:
    """Which files, given by name and head, are ones of metrics; there may be thousands."""
    return [make().claims(name, head) for name, head in files]


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
    return [name for name, frame in frames(view).items() if _differ(frame, after[name], deep=deep)]


def _differ(before: pl.DataFrame, after: pl.DataFrame, *, deep: bool) -> bool:
    if (before.schema, before.height) != (after.schema, after.height):
        return True
    return deep and not before.equals(after)


def run(method: str, make: Make, arguments: Sequence[Any], *, deep: bool = False) -> tuple[object, list[str]]:
    """What a method gives, and which frames of its arguments it changed in place; deep: see ``changed``."""
    mine = [_own(one) for one in arguments]
    answer = CALLS[method](make, *mine)
    touched: list[str] = []
    for before, after in zip(arguments, mine, strict=True):
        if isinstance(before, View):
            touched += [f"view.{name}" for name in changed(before, after, deep=deep)]
        elif isinstance(before, pl.DataFrame) and _differ(before, after, deep=deep):
            touched.append("candidates")  # the one frame that is given by itself
    return answer, touched


def _own(argument: Any) -> Any:
    if isinstance(argument, View):
        return own(argument)
    return argument.clone() if isinstance(argument, pl.DataFrame) else argument
