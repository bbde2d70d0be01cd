"""The room that holds analyses against the truth of recorded cases, and makes figures of it.

In: a folder of cases (folders or tar archives with ``logs/`` and ``truth.json``) and a way to analyse a
folder of logs. Out: a `Result` a case, and the `figures` over all.

Promises
- The run never sees a truth: an archive's logs are unpacked alone, the truth is read when the run is over.
- A case that is broken is named and counted as failed; it costs the others nothing.
- One set of definitions (`judge`) serves ``evaluate`` and ``demo``; docs/evaluate.md states them.
- Figures over no case are None, never 0.
"""

from logsense.evaluate.cases import Case, find
from logsense.evaluate.figures import MARKS, figures
from logsense.evaluate.judge import Outcome, judge
from logsense.evaluate.run import Result, evaluate
from logsense.evaluate.truth import Sign, Truth, checked, read

__all__ = [
    "MARKS",
    "Case",
    "Outcome",
    "Result",
    "Sign",
    "Truth",
    "checked",
    "evaluate",
    "figures",
    "find",
    "judge",
    "read",
]
