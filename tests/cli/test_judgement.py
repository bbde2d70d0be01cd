"""The demo's judgement: right only where what was planted was found."""

from dataclasses import replace

import pytest

from logsense.cli.judgement import judge

TRUTH = {
    "title": "Database gone", "description": "It was stopped.",
    "fault": {"start": "2026-03-04T16:48:00Z", "end": "2026-03-04T16:49:30Z"},
    "cause": [{"source": "ledger.log", "pattern": "refused after"}],
}  # fmt: skip


@pytest.fixture
def analysis(made):
    lines = ["2026 ERROR refused after 3 tries", "  at x", "2026 next record"]
    return replace(made.noisy(), fetch=lambda source, line, count: lines)


def test_the_incident_and_a_cause_that_states_it(analysis):
    """An incident at the time of the fault with a line that states the cause is right, with its delay."""
    judgement = judge(analysis, TRUTH)
    assert judgement.right
    assert "5.2 s after" in judgement.said[0]
    assert "ledger.log:812" in judgement.said[1]


@pytest.mark.parametrize(
    "change",
    [
        {"cause": [{"source": "ledger.log", "pattern": "next record"}]},
        {"cause": [{"source": "other.log", "pattern": "refused"}]},
        {"cause": [{"source": "ledger.log", "pattern": "refused", "absent": True}]},
        {"fault": {"start": "2026-03-04T18:00:00Z", "end": "2026-03-04T18:01:00Z"}},
        {"fault": None},
    ],
)
def test_what_is_no_find(analysis, change):
    """A line of another record, source or kind, another time, or an alarm in a quiet run are not right."""
    assert not judge(analysis, TRUTH | change).right


def test_a_quiet_run_is_right_where_nothing_is_reported(made):
    """A quiet sample asks for silence."""
    assert judge(made.calm(), TRUTH | {"fault": None}).right


def test_lines_that_continue_the_evidence_count(analysis):
    """A stack trace under the line may state the cause."""
    assert judge(analysis, TRUTH | {"cause": [{"source": "*.log", "pattern": "at x"}]}).right
