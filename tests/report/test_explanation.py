"""Why a score is what it is: of an incident, of a template, of one that is nothing."""

import importlib.util
import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import polars as pl
import pytest

from logsense import pipeline, report, schema
from logsense.errors import UsageError
from logsense.incident import ENOUGH
from logsense.rank.rank import EVEN

SAMPLES = Path(__file__).parents[2] / "sample_logs"


def fits(document):
    """The document as it is printed, held against its schema."""
    given = json.loads(report.dumps(document))
    jsonschema.Draft202012Validator(report.schema("explanation")).validate(given)
    return given


def added(terms):
    return sum(term["value"] * term["weight"] for term in terms)


def test_an_incident_with_its_terms_and_those_of_its_causes(analysis):
    """The terms of the incident and of each cause add up to their scores."""
    document = fits(report.explanation(analysis, "a1f3"))
    assert document["what"] == "incident"
    assert added(document["terms"]) == pytest.approx(document["score"], abs=1e-4)
    first = document["causes"][0]
    assert added(first["terms"]) == pytest.approx(first["score"], abs=1e-4)


@pytest.mark.parametrize(
    "wanted,role,said",
    [
        ("000000000000", "cause", "cause 1 of incident a1f3"),
        ("000000000001", "cause", "cause 2 of incident a1f3"),
        ("000000000002", "candidate", "candidate 3 of 3 of incident a1f3"),
    ],
)
def test_a_template_that_plays_a_part(analysis, wanted, role, said):
    """A template that is a cause, or a candidate that others outdid, says which and has that one's terms."""
    document = fits(report.explanation(analysis, wanted))
    assert (document["role"], document["incident"]) == (role, "a1f3")
    assert document["summary"].startswith(said)
    assert added(document["terms"]) == pytest.approx(document["score"] if document["terms"] else 0, abs=1e-4)


def counted(analysis, quiet, rest):
    """The analysis with so many records of template 2 in each bucket of the quiet time, and of the rest."""
    rows = [
        {"bucket": bucket, "service": "ledger", "template": "000000000002", "n": n, "source": 0, "line": 1,
         "last_source": 0, "last_line": 1}
        for bucket in range(53)
        if (n := quiet if bucket < 17 else rest)
    ]  # fmt: skip
    return replace(analysis, view=replace(analysis.view, counts=schema.COUNTS.of(rows)))


@pytest.mark.parametrize(
    "counts,said",
    [
        ((4, 4), "in the quiet time as often: ×68 in the quiet time (4.00 a bucket of 5 s)"),
        ((4, 6), "no more than chance explains"),
        ((0, 0), "not judged over time"),
    ],
)
def test_a_template_that_is_nothing_says_why(quiet, counts, said):
    """Without an anomaly the score is 0, and the numbers of the quiet time and the rest say why."""
    document = fits(report.explanation(counted(quiet, *counts), "000000000002"))
    assert (document["role"], document["score"]) == ("none", 0.0)
    assert said in document["summary"]
    assert added(document["terms"]) == 0.0


def test_without_a_quiet_time_nothing_is_called_ordinary(quiet):
    """Where nothing says what is normal, a template is not judged."""
    unjudged = replace(quiet, view=replace(quiet.view, quiet=()))
    assert "not judged" in report.explanation(unjudged, "000000000002")["summary"]


@pytest.mark.parametrize("level,share", [("INFO", 0.25), ("ERROR", 0.8)])
def test_an_anomaly_in_no_incident_says_what_its_words_cost_it(quiet, level, share):
    """Its surprise is a term, what its words take away another; together they are its score."""
    row = {"detector": "rate", "kind": "rate up", "service": "web", "template": "000000000001", "score": 4.0,
           "start": quiet.start, "end": quiet.end, "observed": "9", "expected": "3",
           "sentence": "×9, 3 expected"}  # fmt: skip
    texts = quiet.templates.with_columns(
        pl.lit("GET it").alias("text"), pl.lit(level, schema.Level).alias("level")
    )
    given = replace(quiet, anomalies=schema.ANOMALIES.of([row]), view=replace(quiet.view, templates=texts))
    document = fits(report.explanation(given, "000000000001"))
    assert document["role"] == "anomaly"
    assert [term["value"] for term in document["terms"]] == [4.0, pytest.approx(4.0 * share - 4.0)]
    assert added(document["terms"]) == pytest.approx(document["score"], abs=1e-4)
    assert document["anomalies"][0]["decades"] == 4.0


def test_a_near_miss_says_what_was_lacking(quiet):
    """A template that came closest is called so, with what its group lacked."""
    near = replace(quiet.near_misses[0], template_id="000000000002")
    document = fits(report.explanation(replace(quiet, near_misses=(near,)), "000000000002"))
    assert document["role"] == "near miss"
    assert "2.5 are lacking" in document["summary"]


@pytest.mark.parametrize(
    "wanted,said",
    [
        ("ffff", r"no incident or template 'ffff'.*incidents: a1f3, b2c4; templates: 000000000000, "),
        ("a1f", r"at least 4 digits"),
        ("0000", r"'0000' begins several ids: 000000000000, 000000000001, 000000000002; give more digits"),
        ("\x1b[2J", r"no incident or template"),
    ],
)
def test_an_id_that_is_none_or_several(analysis, wanted, said):
    """The message names the ids there are; what was asked for is made harmless."""
    with pytest.raises(UsageError, match=said) as caught:
        report.explanation(analysis, wanted)
    assert "\x1b" not in str(caught.value)


def test_a_prefix_of_four_digits_is_enough_where_it_is_one_alone(analysis):
    """Case and blanks do not matter, four digits do."""
    longer = replace(analysis.incidents[0], id="a1f3b2c4d5e6")
    given = replace(analysis, incidents=(longer, analysis.incidents[1]))
    assert report.explanation(given, " A1F3 ")["id"] == "a1f3b2c4d5e6"


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("wanted", ["a1f3", "000000000002"])
def test_rows_fit_the_width_and_obey_nobody(analysis, width, wanted):
    """No row is wider than the terminal; escapes in logs stay text."""
    evil = "\x1b]0;x\x07 " + "long words of a log " * 20
    first = replace(analysis.incidents[0], summary=evil)
    other = replace(first.others[0], summary=evil, service=evil)
    given = replace(analysis, incidents=(replace(first, others=(other,)),))
    document = report.explanation(given, wanted)
    for color in (False, True):
        rows = "".join(report.explanation_rows(document, width, color=color))
        plain = re.sub(r"\x1b\[[01]m", "", rows)
        assert "\x1b" not in plain
        assert all(report.cells(row) <= width for row in plain.splitlines())
    assert "\x1b" not in "".join(report.explanation_markdown(document))


@pytest.mark.parametrize("sample", ["stock-pages", "stock-sync", "quiet"])
def test_on_the_samples_every_score_is_the_sum_of_its_terms(sample):
    """Of every incident, cause, candidate, near miss and template of a real run."""
    analysis = pipeline.analyze([str(SAMPLES / sample / "logs")], threads=1)
    scored = [*analysis.incidents, *analysis.near_misses]
    scored += [cause for one in analysis.incidents for cause in (*one.causes, *one.others)]
    assert scored
    for one in scored:
        assert sum(t.value * t.weight for t in one.terms) == pytest.approx(one.score, abs=1e-9)
    roles = set()
    for template in analysis.templates["template"]:
        document = fits(report.explanation(analysis, template))
        roles.add(document["role"])
        assert added(document["terms"]) == pytest.approx(document["score"], abs=1e-4)
    assert "none" in roles
    assert ("cause" in roles) == bool(analysis.incidents)


def test_the_page_on_scores_has_the_numbers_of_the_code(root):
    """docs/explain.md names the evidence at which a score is one half, as it is today."""
    text = (root / "docs" / "explain.md").read_text(encoding="utf-8")
    assert f"| an incident | {ENOUGH:g}," in text
    assert f"| a cause or candidate | {EVEN:g}:" in text
    assert f"| a template that is neither | {ENOUGH:g} |" in text


def test_the_schema_forbids_what_it_does_not_know():
    """The schema is a valid one and refuses an empty object."""
    path = Path(__file__).parents[1] / "contract" / "test_schema_json.py"
    spec = importlib.util.spec_from_file_location("strictness", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    jsonschema.Draft202012Validator.check_schema(report.schema("explanation"))
    with pytest.raises(jsonschema.ValidationError):
        module.check({}, "explanation")
