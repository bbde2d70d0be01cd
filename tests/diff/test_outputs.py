"""The outputs of a difference, whatever the logs hold."""

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from logsense import report
from logsense.diff import KINDS, Difference, Finding, Side
from logsense.report.differences import FORMATS, write
from logsense.report.text import cells

NASTY = '\x1b[31m::error::100%, a:b,c <x> ]]> & "q" ##[error] | `y` \x00\x9b\ufffe \u202etxt\n##vso[x]'


def finding(rank=1, kind="new", text="ERROR disk full", source="build.log", line=7, end_line=9):
    lines = tuple(
        (number, text if number == line else f"  at frame {number}") for number in range(line, end_line + 1)
    )
    return Finding(
        rank,
        kind,
        0.9 / rank,
        source,
        line,
        end_line,
        line,
        text,
        "3 new lines, in no good run",
        "0123456789ab",
        lines,
    )


def answer(*findings, **more):
    sides = (
        Side("good/1.log", True, 1, 120, 40),
        Side("good/2.log", True, 1, 1, 1),
        Side("bad.log", False, 1, 99, 44),
    )
    return Difference(tuple(findings), more.pop("left_out", 0), sides, more.pop("new_lines", 3), **more)


MANY = answer(
    *(finding(n, kind, line=n * 20, end_line=n * 20 + 12) for n, kind in enumerate(KINDS * 3, 1)),
    left_out=4, notes=("bad.log: 2 bytes not UTF-8",), stopped="interrupted",
    skipped=(("lib.so", "binary", False), ("x.gz", "cut short", True)),
)  # fmt: skip
HARM = answer(
    finding(text=NASTY, source="a:b,%c\\x1b[2J d.log"),
    skipped=((NASTY, NASTY, True),),
    notes=(NASTY,),
    stopped=NASTY,
)
CASES = {"none": answer(new_lines=0), "one": answer(finding()), "many": MANY, "harm": HARM}


def text(of, name, **manner):
    return "".join(write(CASES[of] if isinstance(of, str) else of, name, **manner))


@pytest.mark.parametrize("of", CASES)
@pytest.mark.parametrize("name", FORMATS)
def test_no_log_can_command_who_reads_the_output(of, name):
    """No output has a control, a mark that reorders text, or a runner's command that came from a log."""
    out = text(of, name)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", out)
    assert name != "junit" or "\ufffe" not in out  # XML cannot hold it in any form
    for row in out.splitlines():
        assert "##vso[" not in row
        assert "##[" not in row
        if name != "github":
            assert not row.lstrip().startswith("::")


@pytest.mark.parametrize("of", CASES)
@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("verbose", [0, 1])
def test_terminal_rows_fit_and_colour_adds_nothing(of, width, verbose):
    """Rows are never wider than asked, and without their colours they are the same text."""
    plain = text(of, "terminal", width=width, verbose=verbose)
    assert all(cells(row) <= width for row in plain.splitlines())
    colored = text(of, "terminal", width=width, verbose=verbose, color=True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == plain


def test_the_terminal_opens_on_the_findings():
    """Findings come before what was compared; each with its place, kind, sentence and lines."""
    out = text("many", "terminal", width=100)
    assert out.index("build.log:20-32") < out.index("GOOD") < out.index("IN QUESTION")
    assert "1 NEW  build.log:20-32" in out
    assert "│ 20  ERROR disk full" in out
    assert "… 7 more lines" in out
    assert "-v shows 10 more differences" in out
    assert "--all adds 4 of low score" in out
    assert "x.gz: cut short" in out
    assert "lib.so" not in out
    assert "lib.so" in text("many", "terminal", width=100, verbose=1)


def test_without_a_finding_it_says_what_that_means():
    """No difference, none that matters, and nothing compared are three things."""
    assert "no difference: every line" in text("none", "terminal")
    assert "3 new lines, none tells of a failure" in text(answer(), "terminal")
    empty = Difference((), 0, (Side("g", True, 0, 0, 0), Side("b", False, 1, 5, 5)), 5)
    assert "no line of a good run was read" in text(empty, "markdown")


@pytest.mark.parametrize("of", CASES)
def test_json_fits_its_schema(of):
    """The document fits logsense/diff/1; as lines it says the same."""
    document = json.loads(text(of, "json"))
    jsonschema.Draft202012Validator(report.schema("diff")).validate(document)
    *findings, run = [json.loads(row) for row in text(of, "ndjson").splitlines()]
    assert [{"schema": "logsense/diff/1", **one} for one in document["findings"]] == findings
    assert run == {"schema": "logsense/diff/1", "run": document["run"]}


COMMAND = re.compile(r"::(error|warning|notice) ((?:\w+=[^:,\r\n]*,?)*)::([^\r\n]*)")


def unescaped(value):
    for code, sign in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        value = value.replace(code, sign)
    return value


@pytest.mark.parametrize("of", CASES)
def test_annotations_are_commands_and_nothing_else(of):
    """Every row is one command whose properties and message read back as they were given."""
    rows = text(of, "github").splitlines()
    commands = [COMMAND.fullmatch(row) for row in rows]
    assert all(commands)
    marks = [command for command in commands if "file=" in command[2]]
    assert len(marks) == min(len(CASES[of].findings), 10)
    for command, one in zip(marks, CASES[of].findings, strict=False):
        given = dict(part.split("=", 1) for part in command[2].split(","))
        assert set(given) == {"file", "line", "endLine", "title"}
        assert unescaped(given["file"]) == one.source
        assert (given["line"], given["endLine"]) == (str(one.line), str(one.end_line))
        assert one.summary in unescaped(command[3])
    assert any("interrupted" in row for row in rows) == (of == "many")


@pytest.mark.parametrize("of", CASES)
def test_junit_is_xml_that_counts_right(of):
    """Well-formed XML whose counts are those of its cases; one failure a case, a case also without any."""
    root = ET.fromstring(text(of, "junit"))
    assert root.tag == "testsuites"
    (suite,) = root.findall("testsuite")
    cases = suite.findall("testcase")
    assert cases
    for name, elements in (
        ("tests", cases),
        ("failures", suite.findall("testcase/failure")),
        ("errors", suite.findall("testcase/error")),
    ):
        assert int(suite.attrib[name]) == int(root.attrib[name]) == len(elements)
    for case in cases:
        assert {"classname", "name"} <= set(case.attrib)
        assert len(case) <= 1
        assert all(part.attrib["message"] and part.attrib["type"] for part in case)
    assert len(suite.findall("testcase/failure")) == len(CASES[of].findings)


#: What SARIF 2.1.0 asks of the parts that are used here.
SARIF = json.loads(Path(__file__).with_name("sarif.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("of", CASES)
def test_sarif_has_the_form_of_the_standard(of):
    """The log fits SARIF 2.1.0; each result names a rule that is there, and says what it says in JSON."""
    log = json.loads(text(of, "sarif"))
    jsonschema.Draft202012Validator(SARIF).validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == len(CASES[of].findings)
    for result, one in zip(run["results"], CASES[of].findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == one.kind
        region = result["locations"][0]["physicalLocation"]["region"]
        assert (region["startLine"], region["endLine"]) == (one.line, one.end_line)
        assert result["partialFingerprints"] == {"logsenseLine/v1": one.id}
    assert run["invocations"][0]["executionSuccessful"] == (of in ("none", "one"))


def test_markdown_has_a_table_and_lines_in_fences():
    """A row a finding, the first ten with their lines, and what was not read."""
    out = text("many", "markdown")
    assert out.startswith("# 15 differences\n")
    assert len(re.findall(r"^\| \d+ \|", out, re.MULTILINE)) == 15
    assert out.count("```text") == 10
    assert "cut short" in out
    assert re.search(r"\*\*Stopped early\*\*: interrupted", out)


def test_the_terminal_advises_what_is_not_in_force_already():
    """Each hint of how to see more is true for the options of the call, and says how much more."""
    many = CASES["many"]
    assert "-v shows" not in text("many", "terminal", verbose=1)
    crowd = replace(many, findings=many.findings * 20)
    there = len(crowd.findings)
    assert there > 100
    assert "-v shows 95 more differences" in text(crowd, "terminal")
    assert f"--format json has all {there}" in text(crowd, "terminal", verbose=1)
    cut = replace(many, findings=many.findings[:2], left_out=4 + 3, cut=3)
    for verbose in (0, 1):
        said = text(cut, "terminal", verbose=verbose)
        assert "-v shows" not in said
        assert "without --top there are 3 more differences" in said
        assert "--all adds 4 of low score" in said
    assert "3 more differences left out (--top)" in text(cut, "markdown")
