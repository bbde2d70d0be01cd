"""The room that tells causes from symptoms, with the lines that prove them.

In: a view, the anomalies of one incident, the host (rankers are plugins) and a way to fetch original
lines. Out: Ranked: causes and components, best first, and symptoms.

Promises
- Evidence is added in one unit, decades (log10 of a likelihood ratio); ranks are never averaged, since
  a ranker with nothing to say would then vote as loudly as one that is certain.
- The terms of a cause add up to its score, each its decades times one weight; `explain` prints them.
- Components follow evidence, never volume: the loudest service is usually the victim.
- Ties go to the earlier, then by name: the same input gives the same order.
"""

from logsense.rank.changes import changes
from logsense.rank.rank import Lines, Ranked, rank

__all__ = ["Lines", "Ranked", "changes", "rank"]
