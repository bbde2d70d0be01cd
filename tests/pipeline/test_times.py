"""Runs whose lines have no time, or an odd one: judged as far as can be, and said."""

from pathlib import Path

import pytest
from logsense_reporters.terminal import Terminal

from logsense import pipeline
from logsense.report import document, dumps, write

ORDER = "in the order of lines"


@pytest.fixture
def untimed(tmp_path: Path) -> Path:
    """2,000 lines without a time; from line 1,201 on a fault lasts for 200."""
    calm = [
        "processing item {}",
        "cache hit for key k{}",
        "wrote {} bytes to the store",
        "request done in {} ms",
    ]
    rows = []
    for number in range(2000):
        rows.append(calm[number % 4].format(number * 7 % 1000))
        if 1200 <= number < 1400 and number % 3 == 0:
            rows.append("ERROR: connection to the store refused: too many open files")
    path = tmp_path / "worker.log"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_lines_without_times_are_judged_in_their_order(untimed: Path) -> None:
    """The fault is found where it stands, and no time is made up anywhere in the result."""
    found = pipeline.analyze(str(untimed))
    assert len(found.incidents) == 1
    incident = found.incidents[0]
    assert "too many open files" in incident.causes[0].template
    assert incident.causes[0].evidence[0].line == 1201 + 1
    assert "parts" in incident.summary
    assert (incident.start, incident.end, incident.timeline) == (None, None, None)
    assert "1970" not in dumps(document(found))
    assert found.anomalies["start"].null_count() == found.anomalies.height > 0
    assert found.counts["first"].null_count() == found.counts.height
    assert any(ORDER in note for note in found.notes)
    assert ORDER.replace("the ", "") in found.view.how


def test_calm_lines_without_times_make_no_incident(untimed: Path) -> None:
    """Without the fault nothing is found, and the report says in which order it looked."""
    rows = [row for row in untimed.read_text(encoding="utf-8").splitlines(True) if "ERROR" not in row]
    untimed.write_text("".join(rows), encoding="utf-8")
    found = pipeline.analyze(str(untimed))
    assert not found.incidents
    said = "".join(write(Terminal, found))
    assert ORDER in said


@pytest.mark.parametrize("lines", [0, 1, 3, 100])
def test_too_little_has_no_baseline(lines: int, tmp_path: Path) -> None:
    """Nothing at all, one line, few lines: the report claims no quiet time."""
    (tmp_path / "worker.log").write_text("started\n" * lines, encoding="utf-8")
    found = pipeline.analyze(str(tmp_path))
    assert found.exit_code == 0
    assert not found.view.quiet
    assert "calmest" not in "".join(write(Terminal, found))


def test_what_is_in_no_count_is_said(tmp_path: Path) -> None:
    """A record years away and one without a time are named, for they are in no count over time."""
    rows = [f"2026-01-02 03:{minute:02}:05,000 INFO db: connection {minute} ok" for minute in range(60)]
    rows.append("1999-01-02 03:04:05,000 INFO db: connection 7 ok")
    rows.append("no time here")
    (tmp_path / "db.log").write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = pipeline.analyze(str(tmp_path))
    said = " | ".join(found.notes)
    assert "1 record has a time far from all others" in said
    assert int(found.sources["lines"].sum()) == 62
