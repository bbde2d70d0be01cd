"""The conformance kit that authors of plugins run: named checks, one test each.

::

    from logsense.testing import parametrize_with_checks

    @parametrize_with_checks([Surge(), Surge(alpha=1e-6)])
    def test_conforms(plugin, check):
        check(plugin)

In: instances of detectors, rankers or panels. Out: nothing; a check raises CheckFailed with what is wrong,
and what to do. `calm` and `planted` make small views with nothing wrong, or with one thing wrong, for tests
of one's own. A detector says with the class attribute ``finds`` which kinds of `PLANTS` it must find;
for kinds of its own it has a method ``example() -> View`` in which something is to be found. Panels are
shown on screens without a terminal.

Promises: no check takes more than some seconds; pytest is imported only by the decorator; the checks
are deterministic.
"""

from logsense.testing.cases import PLANTS, SIZED, calm, from_table, hostile, planted
from logsense.testing.checks import (
    KINDS,
    check_command,
    check_detector,
    check_format,
    check_mask,
    check_metrics,
    check_panel,
    check_ranker,
    check_reporter,
    check_source,
    checks_for,
    kind_of,
    table_of,
)
from logsense.testing.parametrize import parametrize_with_checks
from logsense.testing.promise import Check, CheckFailed

__all__ = [
    "KINDS", "PLANTS", "SIZED", "Check", "CheckFailed", "calm", "check_command", "check_detector", "check_format",
    "check_mask", "check_metrics", "check_panel", "check_ranker", "check_reporter", "check_source", "checks_for",
    "from_table", "hostile", "kind_of", "parametrize_with_checks", "planted", "table_of",
]  # fmt: skip
