"""What is this file? Its plan, made once from its first lines; nothing here runs per line.

``formats`` loads the declared formats, ``learn`` learns the header of what none of them fits, ``structured``
looks at JSON and logfmt, ``folded`` at objects over many lines, ``place`` finds where the time stands,
``ids`` the ids worth following, ``years`` the year of dates that have none; ``plan`` asks them all and writes
down a ``plans.SourcePlan``.
"""

from logsense.parse.recognise.plan import plan_source
from logsense.parse.recognise.years import align_years

__all__ = ["align_years", "plan_source"]
