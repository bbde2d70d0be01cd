"""``plugins trace`` says what became of what a stranger's detector found."""

from dataclasses import replace
from datetime import datetime

import pytest

from logsense import analyze
from logsense.cli.plugins.fate import NOWHERE, fates
from logsense.schema import ANOMALIES


@pytest.fixture(scope="module")
def analysis(root):
    return analyze(str(root / "sample_logs" / "stock-pages" / "logs"))


def found(name, cause, **change):
    """A finding of a detector of that name about what a cause is about."""
    row = {
        "detector": name, "kind": cause.kind, "service": cause.service, "template": cause.template_id,
        "start": cause.start, "end": cause.start, "score": 5.0, "observed": "1", "expected": "0",
        "sentence": "1 where 0 are usual",
    }  # fmt: skip
    return row | change


def test_each_finding_is_told_where_it_went(analysis):
    """A finding is a cause of an incident, a sign beside one, or in none: then it is said where to look."""
    first = analysis.incidents[0].causes[0]
    long_ago = datetime(2001, 1, 1)
    rows = [
        found("mine", first),
        found("mine", first, template=None, service="nobody"),
        found("mine", first, start=long_ago, end=long_ago),
    ]
    seen = replace(analysis, anomalies=ANOMALIES.of(rows))
    told = list(fates(seen, ["mine", "other"]))
    assert told[0].startswith("mine found 3: 1 among the signs of incident 1, 1 cause 1 of incident 1")
    assert told[0].endswith(f"1 {NOWHERE}")
    assert told[1] == "other found 0"
    assert "what came closest" in told[2]


def test_nothing_is_said_where_all_is_seen(analysis):
    """Findings that are causes need no advice; names are made harmless."""
    rows = [found("\x1b[1mmine", analysis.incidents[0].causes[0])]
    (told,) = fates(replace(analysis, anomalies=ANOMALIES.of(rows)), ["\x1b[1mmine"])
    assert told.isprintable()
    assert told.endswith("1 cause 1 of incident 1")
