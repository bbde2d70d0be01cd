"""``logsense explain`` and ``analyze --explain``: what scores are made of."""

import json

import pytest


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "app.log"
    path.write_text("x\n")
    return str(path)


@pytest.mark.parametrize("format_", ["terminal", "markdown", "json", "ndjson"])
def test_every_format_says_the_id_the_score_and_the_terms(pipeline, run, log, format_):
    """Each format names what was asked for, and a term with its why. Unreadable input still gives 4."""
    done = run("explain", "a1f3", log, "--format", format_)
    assert done.code == 4
    assert "a1f3" in done.out
    assert "0.97" in done.out
    assert "476 refusals" in done.out
    if "json" in format_:
        assert json.loads(done.out)["schema"] == "logsense/explanation/1"
    assert (len(done.out.splitlines()) == 1) == (format_ == "ndjson")


def test_found_incidents_are_no_news_to_who_asks(pipeline, run, log, made):
    """Where all was read the status is 0, incidents or not."""
    from dataclasses import replace

    pipeline.answer = replace(made.noisy(), skipped=made.schema.SKIPPED.empty())
    assert run("explain", "000000000000", log).code == 0


def test_an_unknown_id_names_those_there_are(pipeline, run, log):
    """Wrong usage, nothing on stdout, the ids on stderr."""
    done = run("explain", "nosuchid", log)
    assert (done.code, done.out) == (2, "")
    assert "a1f3, b2c4" in done.err
    assert "000000000000" in done.err


def test_the_options_of_reading_are_those_of_analyze(pipeline, run, log):
    """A zone and a window reach the run."""
    run("explain", "a1f3", log, "--tz", "Europe/Berlin", "--since", "-2h")
    _, settings = pipeline.seen[0]
    assert (settings.tz, settings.since) == ("Europe/Berlin", "-2h")


@pytest.mark.parametrize("format_", ["terminal", "markdown", "json", "ndjson"])
def test_analyze_shows_terms_only_where_asked(pipeline, run, log, format_):
    """--explain prints the terms of incidents and causes; without it the report is as ever."""
    assert "first seen 16:48:05" not in run("analyze", log, "--format", format_).out
    said = run("analyze", log, "--format", format_, "--explain").out
    assert "first seen 16:48:05" in said
    assert "476 records of trouble" in said
