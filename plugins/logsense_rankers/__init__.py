"""The bundled rankers, found by entry point as a stranger's would be. One file a ranker."""

from logsense.api import Ranker, hookimpl
from logsense_rankers.aftermath import Aftermath
from logsense_rankers.consequence import Consequence
from logsense_rankers.evidence import Surprise
from logsense_rankers.herald import Herald
from logsense_rankers.specificity import Specificity
from logsense_rankers.upstream import Upstream


@hookimpl
def register_rankers() -> list[type[Ranker]]:
    """The classes; each is constructed with its defaults."""
    return [Surprise, Specificity, Upstream, Aftermath, Herald, Consequence]
