"""A whole run over a few lines, with plugins that are given as classes."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from logsense import pipeline
from logsense.analysis import Analysis
from logsense.api import hookimpl
from logsense.config import Settings
from logsense.errors import UsageError
from logsense.host import Host
from logsense.testing.checks import kind_of

#: Under which kind of the host a plugin of the kit's kind is registered.
_HOST = {
    "metrics": "metrics",
    **{kind: f"{kind}s" for kind in ("detector", "ranker", "format", "mask", "source")},
}


def analyze_lines(files: Mapping[str, str], *plugins: Any, **options: object) -> Analysis:
    """What ``logsense.analyze`` makes of these texts, with plugins beside those that are installed.

    files: names of log files (``shop/app.log``), each with its text. plugins: classes of detectors, rankers,
    sources and metrics, or paths of formats and masks; they run in this process. options: as those of
    ``logsense.analyze``. What a plugin raises is in ``plugins_failed``. UsageError for what only reports or
    screens ask for, and for names outside the folder.
    """
    with tempfile.TemporaryDirectory() as top, _given(plugins):
        folder = Path(top).resolve()
        for name, text in files.items():
            path = (folder / name).resolve()
            if not path.is_relative_to(folder):
                msg = f"{name!r} lies outside the folder of the run; give a relative name"
                raise UsageError(msg)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        analysis = pipeline.analyze(str(folder), Settings.resolve({}, **options))
        len(analysis.incidents)  # all that reads lines has read them: the folder goes
        return analysis


@contextmanager
def _given(plugins: tuple[Any, ...]) -> Iterator[None]:
    """The pipeline makes its hosts with these plugins as objects, in this block."""
    with tempfile.TemporaryDirectory() as apart:
        objects = tuple(_object(number, plugin, Path(apart)) for number, plugin in enumerate(plugins))

        def host(**given: Any) -> Host:
            return Host(**{**given, "objects": (*given.get("objects", ()), *objects)})

        with mock.patch.object(pipeline, "Host", host):
            yield


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _object(number: int, plugin: Any, apart: Path) -> tuple[str, str, object]:
    kind = kind_of(plugin)
    if kind in ("format", "mask") and Path(plugin).is_file():  # plugins announce folders
        plugin = Path(shutil.copy(plugin, _made(apart / str(number)))).parent
    if kind not in _HOST:
        msg = f"a run asks for no {kind}; see check_{kind}"
        raise UsageError(msg)
    hook: Callable[[], list[Any]] = lambda: [plugin]  # noqa: E731 - hookimpl marks a function of its own each
    thing = SimpleNamespace(**{f"register_{_HOST[kind]}": hookimpl(hook)})
    return _HOST[kind], f"given-{number}", thing
