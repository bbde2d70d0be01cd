"""All that a plugin may import. One hook a kind; every hook returns a list.

A plugin is a module (or object) named by an entry point of the group ``logsense.<kind>`` whose
``@hookimpl register_<kind>()`` returns classes, or paths (formats, masks), or click commands.
Import heavy packages (polars is fine, scikit-learn is not) inside the call that needs them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol, Self

import pluggy
import polars as pl

from logsense.analysis import Analysis, Cause, Component, Evidence, Incident, Symptom, Term, Timeline
from logsense.clean import safe
from logsense.places import lines_at
from logsense.schema import ANOMALIES, COUNTS, FINDING_KINDS, LEVELS, SERIES, View
from logsense.signs import error_like, kin, stated

API_VERSION = "1.0"
hookspec = pluggy.HookspecMarker("logsense")
hookimpl = pluggy.HookimplMarker("logsense")


class Detector(Protocol):
    """Finds anomalies in counts. Keyword-only parameters, stored as given; state is plain data.

    The docstring says Finds / Misses / Cost / Source. ``fit`` learns from the buckets in ``view.quiet``;
    ``detect`` returns an ANOMALIES frame whose score is -log10 of a p-value that is corrected for the number
    of series tested. Neither changes the view.
    """

    name: str

    def fit(self, view: View) -> Self:
        """Learn what is normal."""

    def detect(self, view: View) -> pl.DataFrame:
        """What is not: an ANOMALIES frame."""


class Ranker(Protocol):
    """Gives evidence for candidates: how much speaks for each being the cause of an incident.

    ``score`` takes the view and the candidates (ANOMALIES of one incident, with a row number column
    ``candidate``) and returns a frame candidate, name, value, why: value in decades of evidence
    (log10 of a likelihood ratio), never ranks. Several rows a candidate add up.
    """

    name: str

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """Evidence for each candidate: candidate u32, name str, value f64, why str."""


class Reporter(Protocol):
    """Writes an Analysis in one format; ``write`` may have a parameter ``explain``: show how scores came."""

    name: str

    def write(self, analysis: Analysis, *, width: int, color: bool, verbose: int) -> Iterator[str]:
        """The report, piece by piece, with its own newlines."""


class Panel(Protocol):
    """A view of a run on the screens (docs/panels.md). The class is made without arguments, once an Analysis.

    title: what people read. The widget may post a Textual message with a ``place``, as ``lines_at`` gives.
    """

    name: str
    title: str

    def widget(self, analysis: Analysis) -> object:
        """A Textual widget, made at once: what takes longer than a blink belongs in a worker of its own."""


class Source(Protocol):
    """Brings logs that lie in no file: ``schemes = ("journal",)`` takes ``logsense analyze journal://UNIT``.

    ``fetch`` gets what stands behind ``://`` and a folder of the run, empty, for text files; their names and
    folders become those of sources, and of services. It raises what the user can act on.
    """

    name: str
    schemes: tuple[str, ...]

    def fetch(self, scheme: str, address: str, folder: Path) -> None:
        """Write the logs behind an address into the folder."""


class Metrics(Protocol):
    """Reads numbers measured beside logs: files it claims are no logs, their rows are ``view.series``."""

    name: str

    def claims(self, name: str, head: str) -> bool:
        """Whether a file is one of metrics: by its name, and its first lines (4,096 characters at most)."""

    def series(self, path: Path) -> pl.DataFrame:
        """What it holds: a SERIES frame."""


class Hooks:
    """The hook specifications."""

    @hookspec
    def register_formats(self) -> Iterable[Path]:
        """Folders of TOML files, one a log format (docs/formats.md). Called once a run."""

    @hookspec
    def register_detectors(self) -> Iterable[type[Detector]]:
        """Classes of detectors. Called once a run of ``analyze``."""

    @hookspec
    def register_rankers(self) -> Iterable[type[Ranker]]:
        """Classes of rankers. Called once a run of ``analyze``."""

    @hookspec
    def register_reporters(self) -> Iterable[type[Reporter]]:
        """Classes of reporters. Called when a report is asked for."""

    @hookspec
    def register_panels(self) -> Iterable[type[Panel]]:
        """Classes of panels. Called when the page of panels is opened."""

    @hookspec
    def register_sources(self) -> Iterable[type[Source]]:
        """Classes of sources. Called once a run that is given an address."""

    @hookspec
    def register_metrics(self) -> Iterable[type[Metrics]]:
        """Classes of readers of metrics. Called once a run of ``analyze``."""

    @hookspec
    def register_masks(self) -> Iterable[Path]:
        """Folders of TOML files of masks (docs/masks.md). Called once a run."""

    @hookspec
    def register_commands(self) -> Iterable[object]:
        """Commands of click beside our own, named as their entry points. Called when one is called."""


__all__ = [
    "ANOMALIES", "API_VERSION", "COUNTS", "FINDING_KINDS", "LEVELS", "SERIES", "Analysis", "Cause",
    "Component", "Detector", "Evidence", "Hooks", "Incident", "Metrics", "Panel", "Ranker",
    "Reporter", "Source", "Symptom", "Term", "Timeline", "View", "error_like", "hookimpl",
    "hookspec", "kin", "lines_at", "safe", "stated",
]  # fmt: skip
