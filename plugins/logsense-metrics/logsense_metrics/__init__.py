"""Metrics beside logs as evidence for logsense: CSV, Prometheus text, and answers of its HTTP API.

Three entry points name this module: readers, a detector and a ranker.
"""

from logsense.api import Detector, Metrics, Ranker, hookimpl

from logsense_metrics.answer import Answer
from logsense_metrics.exposition import Exposition
from logsense_metrics.resources import Resources
from logsense_metrics.strain import Strain
from logsense_metrics.table import Table


@hookimpl
def register_metrics() -> list[type[Metrics]]:
    """The readers, a class a form."""
    return [Exposition, Answer, Table]


@hookimpl
def register_detectors() -> list[type[Detector]]:
    """The detector of shifts of resources."""
    return [Resources]


@hookimpl
def register_rankers() -> list[type[Ranker]]:
    """The ranker that reads them as evidence."""
    return [Strain]


__all__ = ["Answer", "Exposition", "Resources", "Strain", "Table"]
