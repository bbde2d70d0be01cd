"""``logsense evaluate``: recorded cases against their truth."""

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from logsense import report
from logsense.cli.main import main

SAMPLES = Path(__file__).parents[2] / "sample_logs"
TRUTH = {
    "kind": "availability", "title": "Database gone", "services": ["ledger"],
    "fault": {"start": "2026-03-04T16:48:00Z", "end": "2026-03-04T16:49:30Z"},
    "cause": [{"source": "ledger.log", "pattern": "refused after"}],
}  # fmt: skip


@pytest.fixture
def cases(tmp_path):
    """A faulty case, a clean one, and one whose truth is broken."""
    for name, truth in (("one", json.dumps(TRUTH)), ("two", '{"fault": null}'), ("worse", "{")):
        (tmp_path / name / "logs").mkdir(parents=True)
        (tmp_path / name / "truth.json").write_text(truth)
    return tmp_path


@pytest.mark.parametrize("format_", ["terminal", "markdown", "json", "ndjson"])
def test_every_format_has_each_case_and_the_figures(pipeline, run, cases, format_):
    """Each case is named, the broken one with its reason; the status is 0 whatever was found."""
    done = run("evaluate", str(cases), "--format", format_)
    assert done.code == 0
    for part in ("one", "two", "worse", "truth.json is not JSON", "failed"):
        assert part in done.out


def test_json_fits_its_schema_and_counts_the_broken_case_as_failed(pipeline, run, cases):
    """Figures are over the cases that could be judged; a clean run with incidents says how many."""
    document = json.loads(run("evaluate", str(cases), "--format", "json").out)
    jsonschema.Draft202012Validator(report.schema("evaluation")).validate(document)
    one, two, worse = document["cases"]
    assert (one["detected"], one["component@1"], one["onset_s"]) == (True, True, 5.2)
    assert (two["faulty"], two["incidents"], two["detected"]) == (False, 2, None)
    assert (worse["faulty"], worse["problem"] is None) == (None, False)
    figures = document["figures"]
    assert (figures["cases"], figures["clean_runs"], figures["failed"]) == (1, 1, 1)
    assert (figures["detected"], figures["false"], figures["clean"]) == (1.0, 0.0, 2.0)


def test_ndjson_is_a_line_a_case_then_the_figures(pipeline, run, cases):
    """Every line is an object of the schema's number; the last has the figures alone."""
    lines = [json.loads(row) for row in run("evaluate", str(cases), "--format", "ndjson").out.splitlines()]
    assert {line["schema"] for line in lines} == {"logsense/evaluation/1"}
    assert [line.get("case") for line in lines] == ["one", "two", "worse", None]
    assert lines[-1]["figures"]["cases"] == 1


def test_the_run_is_given_the_logs_alone(pipeline, run, cases):
    """What is analysed is the folder of logs, in which no truth lies; options reach the run."""
    run("evaluate", str(cases), "--threads", "1")
    for paths, settings in pipeline.seen:
        assert [Path(path).name for path in paths] == ["logs"]
        assert settings.threads == 1


def test_a_run_that_fails_costs_the_others_nothing(pipeline, run, cases):
    """An error, ours or not, is that case's problem."""
    pipeline.answer = ValueError("boom\x1b[2J")
    done = run("evaluate", str(cases), "--format", "json")
    document = json.loads(done.out)
    assert done.code == 0
    assert "boom" in document["cases"][0]["problem"]
    assert document["figures"]["failed"] == 3
    assert document["figures"]["detected"] == 0.0
    assert document["figures"]["clean"] is None


def test_ctrl_c_ends_it_with_what_is_known(pipeline, run, cases, made):
    """An interrupted run is the last one; the status says that it stopped early."""
    from dataclasses import replace

    pipeline.answer = replace(made.noisy(), stopped="interrupted")
    done = run("evaluate", str(cases), "--format", "json")
    assert done.code == 3
    assert [case["case"] for case in json.loads(done.out)["cases"]] == ["one"]


def test_no_cases_is_wrong_usage(pipeline, run, tmp_path):
    """A folder without cases, or none at all, is not a set of perfect figures."""
    (tmp_path / "notes").mkdir()
    done = run("evaluate", str(tmp_path))
    assert (done.code, done.out) == (2, "")
    assert "holds no case" in done.err
    assert run("evaluate", str(tmp_path / "nowhere")).code == 2


def test_the_samples_as_folders_and_packed(tmp_path, capfd):
    """The samples that come with logsense are understood, whether folders or archives."""
    shutil.make_archive(str(tmp_path / "stock-sync"), "gztar", SAMPLES.parent, "sample_logs/stock-sync")
    shutil.copytree(SAMPLES / "quiet", tmp_path / "quiet")
    assert main(["evaluate", str(tmp_path), "--format", "json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert [case["case"] for case in document["cases"]] == ["quiet", "stock-sync"]
    figures = document["figures"]
    assert (figures["detected"], figures["cause@3"], figures["clean"], figures["failed"]) == (
        1.0,
        1.0,
        0.0,
        0,
    )
