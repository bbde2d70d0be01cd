"""The conformance kit that authors of plugins run: named checks, one test each.

::

    from logsense.testing import parametrize_with_checks

    @parametrize_with_checks([Surge(), Surge(alpha=1e-6)])
    def test_conforms(plugin, check):
        check(plugin)

In: a plugin of any kind: an instance, a class, a command of click, or the path of TOML files of formats or
masks. Out: nothing; a check raises CheckFailed with its name, what is wrong, and what to do. ``checks_for``
gives the checks that apply to a plugin, ``check_detector`` and the like run them all (docs/testing.md).

`calm` and `planted` make small views with nothing wrong, or with one thing wrong, for tests of one's own;
``analyze_lines`` makes a whole run of a few lines. A detector says with the class attribute ``finds`` which
kinds of `PLANTS` it must find; for kinds of its own it has a method ``example() -> View`` in which something
is to be found. A reader of metrics has ``example() -> {name: text}``.

``promise`` says what a check is, ``checks`` which apply; ``kinds`` has a file a kind, ``classes`` what all
classes promise; ``alone`` and ``watched`` run a plugin in an interpreter of its own; ``cases``, ``hostile``,
``frames`` and ``analyses`` are the small data.

Promises: no check takes more than some seconds; pytest is imported only by the decorator; the checks
are deterministic.
"""

from logsense.testing.cases import PLANTS, SIZED, calm, from_table, planted
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
from logsense.testing.hostile import hostile
from logsense.testing.parametrize import parametrize_with_checks
from logsense.testing.promise import Check, CheckFailed
from logsense.testing.whole import analyze_lines

__all__ = [
    "KINDS",
    "PLANTS",
    "SIZED",
    "Check",
    "CheckFailed",
    "analyze_lines",
    "calm",
    "check_command",
    "check_detector",
    "check_format",
    "check_mask",
    "check_metrics",
    "check_panel",
    "check_ranker",
    "check_reporter",
    "check_source",
    "checks_for",
    "from_table",
    "hostile",
    "kind_of",
    "parametrize_with_checks",
    "planted",
    "table_of",
]
