"""Figures over cases: shares, a median, means. None where there is no case to take them over."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from logsense.evaluate.judge import Outcome
from logsense.evaluate.run import Result

#: What is asked of every faulty case, by the name of the figure.
MARKS: Mapping[str, Callable[[Outcome], bool]] = {
    "detected": lambda outcome: outcome.detected,
    "first": lambda outcome: outcome.first,
    "cause@1": lambda outcome: outcome.cause_within(1),
    "cause@3": lambda outcome: outcome.cause_within(3),
    "component@1": lambda outcome: outcome.component_within(1),
    "component@3": lambda outcome: outcome.component_within(3),
}


def figures(results: Sequence[Result]) -> dict[str, float | int | None]:
    """The figures over all cases; docs/evaluate.md says what each means.

    A faulty case that failed counts as missed and is left out of false, clean and seconds.
    """
    from statistics import median  # 3 ms, which reports of other things would pay

    faulty = [result for result in results if result.truth is not None and result.truth.faulty]
    clean = [result for result in results if result.truth is not None and not result.truth.faulty]
    seen = [result.outcome for result in faulty if result.outcome is not None]
    onsets = [abs(outcome.onset) for outcome in seen if outcome.onset is not None]
    whole: dict[str, float | int | None] = {"cases": len(faulty)}
    for name, asked in MARKS.items():
        whole[name] = _mean(r.outcome is not None and asked(r.outcome) for r in faulty)
    return whole | {
        "onset_s": round(median(onsets), 1) if onsets else None,
        "false": _mean(outcome.false for outcome in seen),
        "clean_runs": len(clean),
        "clean": _mean(r.outcome.incidents for r in clean if r.outcome is not None),
        "seconds": _mean(r.seconds for r in results if r.outcome is not None and r.seconds is not None),
        "failed": sum(result.problem is not None for result in results),
    }


def _mean(values: Iterable[float]) -> float | None:
    from statistics import fmean

    listed = list(values)
    return round(fmean(listed), 3) if listed else None
