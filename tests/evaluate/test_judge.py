"""When an incident is that of a fault, when a cause states it, and the figures made of that."""

import importlib.util
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from logsense.analysis import Component
from logsense.evaluate import MARKS, Outcome, Result, checked, evaluate, figures, find, judge
from logsense.evaluate.judge import bare, meets

START, END = datetime(2026, 3, 4, 16, 48), datetime(2026, 3, 4, 16, 49, 40)
TRUTH = {
    "services": ["db"], "aliases": {"db": ["ledger"]},
    "fault": {"start": "2026-03-04T16:48:00Z", "end": "2026-03-04T16:49:40Z"},
    "cause": [{"source": "ledger.log", "pattern": "refused after"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def made():
    path = Path(__file__).parents[1] / "report" / "conftest.py"
    spec = importlib.util.spec_from_file_location("analyses", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def analysis(made):
    """Two incidents; each line is followed by a trace and the next record."""
    lines = [
        "2026 ERROR refused after 3 tries",
        "Traceback (most recent call last):",
        "  at x",
        "2026 next record",
    ]
    return replace(made.noisy(), fetch=lambda source, line, count: lines)


def at(seconds):
    return START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "begins,ends,met",
    [
        (0, 100, True),
        (-25, 0, True),  # a quarter of the fault's length before it
        (-26, 100, False),
        (-15, -10, True),
        (-15, -11, False),  # over before the fault, save for ten seconds
        (-15, None, False),  # without an end it ends when it begins
        (-10, None, True),
        (130, 200, True),
        (131, 200, False),
        (None, None, False),
    ],
)
def test_when_an_incident_is_that_of_the_fault(made, begins, ends, met):
    """It meets the fault's time, with ten seconds before and thirty after, and does not begin long before."""
    incident = replace(
        made.incident(1),
        start=None if begins is None else at(begins),
        end=None if ends is None else at(ends),
    )
    assert meets(incident, START, END) == met


def test_a_short_fault_may_be_seen_twenty_seconds_early(made):
    """The least that an incident may begin before it."""
    incident = replace(made.incident(1), start=at(-20), end=at(0))
    assert meets(incident, START, at(4))
    assert not meets(replace(incident, start=at(-21)), START, at(4))


def test_all_that_is_found(analysis):
    """Incident, cause, component by another name, onset and place."""
    outcome = judge(analysis, checked(TRUTH))
    assert outcome == Outcome(True, 2, 0, 1, 5.25, 1, 1, "ledger.log:812")


def test_an_incident_listed_later_is_detected_but_not_first(analysis):
    """What is said first counts; an incident at another time is a false one."""
    swapped = replace(analysis, incidents=analysis.incidents[::-1])
    late = replace(analysis.incidents[1], start=at(400), end=at(500))
    outcome = judge(replace(swapped, incidents=(late, analysis.incidents[0])), checked(TRUTH))
    assert (outcome.detected, outcome.first, outcome.incident, outcome.false) == (True, False, 2, 1)


@pytest.mark.parametrize(
    "sign,number",
    [
        ({"source": "ledger.log", "pattern": "refused"}, 1),
        ({"source": "ledger.log.gz", "pattern": "refused"}, 1),
        ({"source": "*.log", "pattern": r"^\s+at x"}, 1),
        ({"source": "access.log", "pattern": "refused"}, 2),
        ({"source": "ledger.log", "pattern": "next record"}, None),
        ({"source": "other.log", "pattern": "refused"}, None),
        ({"source": "*", "pattern": "refused", "absent": True}, None),
    ],
)
def test_when_a_cause_states_what_was_done(analysis, sign, number):
    """A line at the evidence's place, or one that continues it, in a file that fits, of a kind that fits."""
    assert judge(analysis, checked(TRUTH | {"cause": [sign]})).cause == number


def test_only_the_first_two_lines_of_three_causes_count(analysis):
    """Proofs further down, and causes further down, state nothing."""
    first = analysis.incidents[0]
    cause = first.causes[0]
    other = replace(cause.evidence[0], source="x.log")
    low = replace(cause, evidence=(other, other, cause.evidence[0]))
    given = replace(first, causes=(low, low, low, cause))
    outcome = judge(replace(analysis, incidents=(given,)), checked(TRUTH))
    assert outcome.detected
    assert outcome.cause is None


def test_an_absence_must_be_called_one(analysis):
    """Where lines cease, the cause must be of a kind that says so."""
    first = analysis.incidents[0]
    gone = replace(first.causes[0], kind="vanished")
    sign = {"source": "ledger.log", "pattern": "refused", "absent": True}
    given = replace(analysis, incidents=(replace(first, causes=(gone,)),))
    assert judge(given, checked(TRUTH | {"cause": [sign]})).cause == 1


def test_components_beyond_the_third_do_not_count(analysis):
    """Of the components the first three are looked at."""
    first = analysis.incidents[0]
    for place in (1, 3, 4):
        parts = [Component(f"s{n}", 0.5) for n in range(5)]
        parts[place - 1] = Component("DB-error.log.2", 0.5)
        given = replace(analysis, incidents=(replace(first, components=tuple(parts)),))
        assert judge(given, checked(TRUTH)).component == (place if place <= 3 else None)


@pytest.mark.parametrize(
    "name,plain",
    [
        ("a/b/Web.log", "web"),
        ("web-access", "web"),
        ("web-error.log.1", "web"),
        ("web.log.1.gz", "web"),
        ("web", "web"),
    ],
)
def test_names_are_compared_without_endings(name, plain):
    """Folders, capitals and what a log file's name adds do not count."""
    assert bare(name) == plain


def test_a_clean_run_counts_its_incidents(analysis):
    """Where nothing was wrong every incident is a false one, and nothing else is asked."""
    assert judge(analysis, checked({"fault": None})) == Outcome(False, 2, 2)


FAULTY, CLEAN = checked(TRUTH), checked({"fault": None})


def test_figures_over_cases():
    """Shares over faulty cases with failures as missed, the median of distances, means of the rest."""
    results = [
        Result("a", FAULTY, Outcome(True, 1, 0, 1, -4.0, 1, 3, "x:1"), 1.0),
        Result("b", FAULTY, Outcome(True, 3, 2, 2, 10.0, 3, None, "x:1"), 2.0),
        Result("c", FAULTY, Outcome(True, 1, 1), 3.0),
        Result("d", FAULTY, problem="no"),
        Result("e", CLEAN, Outcome(False, 1, 1), 2.0),
        Result("f", CLEAN, problem="no"),
        Result("g", problem="no truth"),
    ]
    assert figures(results) == {
        "cases": 4, "detected": 0.5, "first": 0.25, "cause@1": 0.25, "cause@3": 0.5, "component@1": 0.0,
        "component@3": 0.25, "onset_s": 7.0, "false": 1.0, "clean_runs": 2, "clean": 1.0, "seconds": 2.0,
        "failed": 3,
    }  # fmt: skip


def test_figures_over_nothing_are_unknown():
    """Over no case a share is not 0."""
    assert all(figures([])[name] is None for name in (*MARKS, "onset_s", "false", "clean", "seconds"))


def test_the_truth_is_read_when_the_run_is_over(tmp_path, analysis):
    """While logs are analysed nothing has opened the truth: it may come into being only then."""
    (tmp_path / "one" / "logs").mkdir(parents=True)

    def analyze(logs):
        assert logs == tmp_path / "one" / "logs"
        (tmp_path / "one" / "truth.json").write_text('{"fault": null}')
        return analysis

    (result,) = evaluate(find(tmp_path), analyze)
    assert result.outcome == Outcome(False, 2, 2)
    assert result.problem is None
