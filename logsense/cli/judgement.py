"""Says in words how an analysis compares with the truth of a recorded sample, after the run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logsense.analysis import Analysis
    from logsense.evaluate import Outcome

#: Causes of an incident that may state what was planted.
CAUSES = 3


@dataclass(frozen=True)
class Judgement:
    """Whether the sample was understood, and in words what was found and what not."""

    title: str
    description: str
    right: bool
    said: tuple[str, ...]


def judge(analysis: "Analysis", truth: Mapping[str, Any]) -> Judgement:
    """What the analysis found of the truth; what counts as found is defined in ``logsense.evaluate``.

    truth: the content of a ``truth.json``. Raises InputError where that is none.
    """
    from logsense import evaluate

    checked = evaluate.checked(truth)
    outcome = evaluate.judge(analysis, checked)
    right = outcome.cause_within(CAUSES) if outcome.faulty else outcome.incidents == 0
    if not outcome.faulty:
        found = "and no incident was reported" if right else f"yet {outcome.incidents} reported"
        said: tuple[str, ...] = (f"nothing was wrong, {found}",)
    elif outcome.detected:
        said = _found(outcome)
    else:
        said = (f"no incident at {checked.start:%H:%M:%S}; {outcome.incidents} at other times",)
    return Judgement(checked.title, checked.description, right, said)


def _found(outcome: "Outcome") -> tuple[str, ...]:
    """How near the incident is, and which cause states what was done."""
    off = outcome.onset or 0.0
    begins = (
        f"incident {outcome.incident} begins {abs(off):.1f} s {'after' if off >= 0 else 'before'} the fault"
    )
    if outcome.cause is None:
        return begins, f"none of its first {CAUSES} causes states what was done"
    return begins, f"cause {outcome.cause} states it: {outcome.place}"
