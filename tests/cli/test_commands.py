"""The commands: options in, one call, one report out."""

import json
import sys
from dataclasses import replace

import polars as pl
import pytest

from logsense.cli.topics import TOPICS
from logsense.errors import ConfigError


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "app.log"
    path.write_text("x\n")
    return str(path)


def test_analyze_prints_the_report_and_exits_with_what_was_found(pipeline, run, log, made):
    """Incidents and an unreadable file: the larger code wins; the report is on stdout, stderr is empty."""
    done = run("analyze", log)
    assert done.code == 4
    assert "1 CRITICAL  availability" in done.out
    assert done.err == ""


@pytest.mark.parametrize(
    "change,flags,code",
    [
        ({}, [], 1),
        ({}, ["--exit-zero"], 0),
        ({"stopped": "interrupted"}, ["--exit-zero"], 3),
        ({"incidents": ()}, [], 0),
    ],
)
def test_exit_codes_of_analyze(pipeline, run, log, made, change, flags, code):
    """1 with incidents, 0 without or with --exit-zero, which hides no early end."""
    clean = replace(made.noisy(), skipped=made.schema.SKIPPED.empty())
    pipeline.answer = replace(clean, **change)
    assert run("analyze", log, *flags).code == code


@pytest.mark.parametrize("name", ["json", "ndjson", "markdown", "terminal"])
def test_every_format_of_the_contract_is_there(pipeline, run, log, name):
    """Each format prints something of its own; JSON is one object."""
    done = run("analyze", log, "--format", name)
    assert done.out
    if name == "json":
        assert json.loads(done.out)["schema"] == "logsense/analysis/1"


def test_top_shows_the_most_important_and_says_so_but_the_status_stays(pipeline, run, log):
    """--top 1 prints one incident of two, notes it, and exits as without it."""
    done = run("analyze", log, "--top", "1", "--format", "json")
    document = json.loads(done.out)
    assert [incident["id"] for incident in document["incidents"]] == ["a1f3"]
    assert any("--top" in note for note in document["run"]["notes"])
    assert done.code == 4


def test_redact_changes_the_report_and_not_the_status(pipeline, run, log, made):
    """--redact puts placeholders into the report and notes it; the exit status and the findings stay."""
    first = made.noisy().incidents[0]
    pipeline.answer = replace(made.noisy(), incidents=(replace(first, summary="bob@x.org is gone"),))
    plain, done = (run("analyze", log, "--format", "json", *more) for more in ((), ("--redact",)))
    document = json.loads(done.out)
    assert document["incidents"][0]["summary"] == "<email-1> is gone"
    assert document["run"]["notes"][-1] == "redacted: 1 e-mail address"
    assert (plain.code, json.loads(plain.out)["incidents"][0]["id"]) == (
        done.code,
        document["incidents"][0]["id"],
    )


def test_options_become_settings(pipeline, run, log):
    """What is given on the command line reaches the pipeline; what is not stays the default."""
    run(
        "analyze",
        log,
        "--since",
        "-2h",
        "--tz",
        "Europe/Berlin",
        "--include",
        "*.log",
        "--threads",
        "1",
        "-vv",
    )
    paths, settings = pipeline.seen[0]
    assert list(paths) == [log]
    assert (settings.since, settings.tz, settings.include) == ("-2h", "Europe/Berlin", ("*.log",))
    assert (settings.threads, settings.verbose, settings.until, settings.exclude) == (1, 2, None, ())


def test_an_unknown_format_is_refused_before_the_work(pipeline, run, log):
    """A misspelled format is answered with the nearest one, and nothing has been read by then."""
    done = run("analyze", log, "--format", "jsn")
    assert done.code == 2
    assert "did you mean json?" in done.err
    assert pipeline.seen == []


def test_a_wrong_setting_is_wrong_usage(pipeline, run, log):
    """A zone that does not exist gives 2 and names the value."""
    done = run("analyze", log, "--tz", "Mars/Olympus")
    assert done.code == 2
    assert "Mars/Olympus" in done.err


def test_templates_as_json_and_for_a_person(pipeline, run, log):
    """Both list the most frequent first; the terminal one has the count and the text."""
    document = json.loads(run("templates", log, "--format", "json", "--top", "2").out)
    assert [template["count"] for template in document["templates"]] == [9000, 476]
    rows = run("templates", log).out.splitlines()
    assert "9,000" in rows[1]
    assert "GET <path> <num>" in rows[1]
    assert run("templates", log, "--top", "1", "-v").out.endswith("without --top they are shown, too\n")
    lines = run("templates", log, "--format", "ndjson").out.splitlines()
    assert json.loads(lines[0])["template"] == "GET <path> <num>"


def test_parse_prints_records_and_ends_with_what_the_run_says(pipeline, run, log):
    """Records come as JSON lines; the code a run returns is the command's; notes go to stderr."""
    frame = pl.DataFrame({"source": ["a", "a"], "line": [1, 2], "lines": [1, 1], "message": ["x", "y"]})

    def parse(paths, settings, *, templates, progress, tell):
        assert templates is False
        yield frame
        tell("b.gz: cut short")
        return 4

    pipeline.parse = parse
    done = run("parse", log, "--no-templates")
    assert [json.loads(line)["message"] for line in done.out.splitlines()] == ["x", "y"]
    assert done.code == 4
    assert done.err == "logsense: b.gz: cut short\n"
    assert run("parse", log, "--no-templates", "-q").err == ""


def test_plugins_list_imports_no_plugin(run, monkeypatch):
    """What is installed is listed by entry points alone; the bundled kinds are all there."""
    for name in [name for name in sys.modules if name.startswith("logsense_")]:
        monkeypatch.delitem(sys.modules, name)
    document = json.loads(run("plugins", "list", "--format", "json").out)
    assert {row["kind"] for row in document["plugins"]} >= {
        "formats", "detectors", "rankers", "reporters", "panels",
    }  # fmt: skip
    assert not [name for name in sys.modules if name.startswith("logsense_")]
    assert "logsense_reporters" in run("plugins", "list").out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(run, shell):
    """The script of each shell asks the program by its name."""
    assert "_LOGSENSE_COMPLETE" in run("completion", shell).out


def test_help_topics(run):
    """A topic is printed alone; all of them without one."""
    assert run("help", "exit-codes").out.startswith("exit-codes\n  0   done")
    assert "\nplugins\n" in run("help").out
    for name in TOPICS:
        assert run("help", name).out.startswith(f"{name}\n")
        assert name in run("help", "--help").out


@pytest.mark.parametrize("width", [40, 80, 200])
def test_help_topics_fit_the_terminal(run, width, monkeypatch):
    """Text is set for the terminal, tables stay tables, and rows do not grow past what is read well."""
    monkeypatch.setenv("COLUMNS", str(width))
    rows = run("help").out.splitlines()
    assert max(map(len, rows)) <= {40: 48, 80: 80, 200: 110}[width]
    assert any(row.startswith("  3   stopped early") for row in rows)


def test_configuration_errors_name_the_key(pipeline, run, log):
    """An error of the house is one line on stderr with its own code."""
    pipeline.answer = ConfigError("year is 3000; it must be before 2100")
    done = run("analyze", log)
    assert (done.code, done.out) == (2, "")
    assert done.err == "logsense: year is 3000; it must be before 2100\n"


def test_shells_complete_the_commands_of_plugins():
    """Completion knows the commands of the group, and the kinds that a new plugin may be of."""
    from click.shell_completion import ShellComplete

    from logsense.cli.main import logsense as cli

    complete = ShellComplete(cli, {}, "logsense", "_LOGSENSE_COMPLETE")
    names = {one.value for one in complete.get_completions(["plugins"], "")}
    assert {"list", "info", "new", "check", "trace"} <= names
    kinds = {one.value for one in complete.get_completions(["plugins", "new", "late", "--kind"], "")}
    assert {"detector", "metrics"} <= kinds
