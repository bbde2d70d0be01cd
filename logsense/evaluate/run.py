"""Every case in turn: analyse its logs, then read its truth and compare."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from logsense.analysis import Analysis
from logsense.clean import safe
from logsense.errors import InputError, LogsenseError
from logsense.evaluate.cases import Case
from logsense.evaluate.judge import Outcome, judge
from logsense.evaluate.truth import Truth


@dataclass(frozen=True)
class Result:
    """What became of a case. problem: why it failed; then there is no outcome.

    truth: None where it could not be read. seconds: wall time of the analysis. stopped: the analysis was
    interrupted, so that no further case shall be begun.
    """

    name: str
    truth: Truth | None = None
    outcome: Outcome | None = None
    seconds: float | None = None
    problem: str | None = None
    stopped: bool = False


def evaluate(cases: Iterable[Case], analyze: Callable[[Path], Analysis]) -> Iterator[Result]:
    """The result of each case, as it is done; ends early after one that was interrupted."""
    for case in cases:
        result = _one(case, analyze)
        yield result
        if result.stopped:
            return


def _one(case: Case, analyze: Callable[[Path], Analysis]) -> Result:
    """One case. Its logs are there until it is judged, since evidence is read from them."""
    try:
        with case.logs() as logs:
            begun = time.perf_counter()
            analysis = analyze(logs)
            seconds = time.perf_counter() - begun
            if analysis.stopped == "interrupted":
                return _failed(case, "interrupted before it was read to its end", stopped=True)
            truth = case.truth()
            return Result(case.name, truth, judge(analysis, truth), seconds)
    except LogsenseError as error:
        return _failed(case, str(error))
    except Exception as error:  # noqa: BLE001 - a defect on one case is named and costs the others nothing
        return _failed(case, f"a defect of ours: {type(error).__name__}: {error}")


def _failed(case: Case, problem: str, *, stopped: bool = False) -> Result:
    """A case without an outcome; its truth still says whether it was a faulty one."""
    try:
        truth = case.truth()
    except InputError:
        truth = None
    return Result(case.name, truth, problem=safe(problem), stopped=stopped)
