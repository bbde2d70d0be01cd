"""All that a plugin may import. One hook a kind; every hook returns a list.

A plugin is a module (or object) named by an entry point of the group ``logsense.<kind>s`` whose
``@hookimpl register_<kind>s()`` returns classes (detectors, rankers, reporters, panels) or paths (formats).
Import heavy packages (polars is fine, scikit-learn is not) inside the call that needs them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol, Self, runtime_checkable

import pluggy
import polars as pl

from logsense.analysis import Analysis, Cause, Component, Evidence, Incident, Symptom, Term, Timeline
from logsense.clean import safe
from logsense.places import lines_at
from logsense.schema import ANOMALIES, COUNTS, FINDING_KINDS, LEVELS, View
from logsense.signs import error_like, kin, stated

API_VERSION = "1.0"

hookspec = pluggy.HookspecMarker("logsense")
hookimpl = pluggy.HookimplMarker("logsense")


@runtime_checkable
class Detector(Protocol):
    """Finds anomalies in counts. Keyword-only parameters, stored as given; state is plain data.

    The docstring says Finds / Misses / Cost / Source. ``fit`` learns from the buckets in
    ``view.quiet``; ``detect`` returns an ANOMALIES frame whose score is -log10 of a p-value that is
    corrected for the number of series tested. Neither changes the view. Of a run with known-good logs
    ``view.judged`` are the buckets to be judged, the rest is what is usual; ``view.seams`` are buckets before
    which time is no gap, since recordings meet there.
    """

    name: str

    def fit(self, view: View) -> Self:
        """Learn what is normal."""
        ...

    def detect(self, view: View) -> pl.DataFrame:
        """What is not: an ANOMALIES frame."""
        ...


@runtime_checkable
class Ranker(Protocol):
    """Gives evidence for candidates: how much speaks for each being the cause of an incident.

    ``score`` takes the view and the candidates (ANOMALIES of one incident, with a row number column
    ``candidate``) and returns a frame candidate, name, value, why: value in decades of evidence
    (log10 of a likelihood ratio), never ranks. Several rows a candidate are allowed; the host adds up.
    """

    name: str

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """Evidence for each candidate: candidate u32, name str, value f64, why str."""
        ...


@runtime_checkable
class Reporter(Protocol):
    """Writes an Analysis in one format: an iterator of text, with its own newlines.

    ``write`` may have a parameter ``explain``: whether to show what the scores are made of.
    """

    name: str

    def write(self, analysis: Analysis, *, width: int, color: bool, verbose: int) -> Iterator[str]:
        """The report, piece by piece."""
        ...


@runtime_checkable
class Panel(Protocol):
    """A view of a run on the screens (docs/panels.md). The class is made without arguments, once an Analysis.

    name: as in the place ``panels/NAME``; title: what people read. The widget may post a Textual message
    with an attribute ``place``, such as ``lines_at`` gives: the screens go there.
    """

    name: str
    title: str

    def widget(self, analysis: Analysis) -> object:
        """A Textual widget, made at once: what takes longer than a blink belongs in a worker of its own."""
        ...


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


__all__ = [
    "ANOMALIES",
    "API_VERSION",
    "COUNTS",
    "FINDING_KINDS",
    "LEVELS",
    "Analysis",
    "Cause",
    "Component",
    "Detector",
    "Evidence",
    "Hooks",
    "Incident",
    "Panel",
    "Ranker",
    "Reporter",
    "Symptom",
    "Term",
    "Timeline",
    "View",
    "error_like",
    "hookimpl",
    "hookspec",
    "kin",
    "lines_at",
    "safe",
    "stated",
]
