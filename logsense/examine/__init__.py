"""Whether a plugin keeps its promises: the conformance kit run on all it registers, and what surrounds it.

In: the name of an installed plugin, or the folder of a project with a pyproject. Out: one Outcome a check, as
they come: passed, failed with what to do, or skipped with why.

- ``target`` reads what the distribution says of itself, from its metadata or from its pyproject.
- ``metadata`` checks that: names, requirement, summary, licence, README.
- ``faults`` folds failures that say the same into one.
- ``run`` starts a process for each entry, in which ``child`` loads it and runs the kit. A check that hangs or
  ends the process is a failure of that check; the others are run by another process.

Promises: code of a plugin never runs in this process; every check ends, by a limit of time if need be;
nothing of a folder runs but what the person named.
"""

from logsense.examine.faults import Fault, faults
from logsense.examine.outcome import Outcome
from logsense.examine.run import examined
from logsense.examine.target import Target, of_name, of_project

__all__ = ["Fault", "Outcome", "Target", "examined", "faults", "of_name", "of_project"]
