"""Known-good runs against one in question → the differences that matter.

In: blocks of lines of each run. Out: a frozen ``Difference``: findings best first, each with its lines, its
score and one sentence. ``map_block`` and ``merge`` read (pure, associative), ``compare`` finds, ``answer``
fetches the lines and says it.
"""

from logsense.diff.answer import answer
from logsense.diff.compare import compare, in_time
from logsense.diff.found import Compared
from logsense.diff.lines import Lines, blocks, map_block, merge
from logsense.diff.result import KINDS, NO_LINES, Difference, Finding, Side

__all__ = [
    "KINDS",
    "NO_LINES",
    "Compared",
    "Difference",
    "Finding",
    "Lines",
    "Side",
    "answer",
    "blocks",
    "compare",
    "in_time",
    "map_block",
    "merge",
]
