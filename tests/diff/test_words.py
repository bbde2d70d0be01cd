"""What lines say by their words: a line of each family, and those that only look like one."""

import polars as pl
import pytest

from logsense.diff.words import strengths, words


def said(*texts):
    return strengths(pl.Series(texts)).to_dicts()


@pytest.mark.parametrize(
    "kind,texts",
    {
        "footer": (
            "[ERROR] Re-run Maven using the -X switch to enable full debug logging.",
            "npm ERR! A complete log of this run can be found in:",
            "Run with --stacktrace option to get the stack trace.",
            "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
            'See also "/build/CMakeFiles/CMakeError.log".',
            "(See full trace by running task with --trace)",
        ),
        "exit": (
            "##[error]Process completed with exit code 1.",
            'The command "make test" exited with 2.',
            "Build step 'Execute shell' marked build as failure",
            "Finished: FAILURE",
            "make[1]: *** [all] Error 2",
            "npm ERR! code ELIFECYCLE",
            "ERROR: Job failed: exit code 1",
        ),
        "benign": (
            "Found 0 errors",
            "failures: 0, errors: 0",
            "$ ./fail.sh",
            "+ grep ERROR log",
            "  if-no-files-found: error",
            " * [new branch]          fix-error -> origin/fix-error",
            'echo "ERROR: not formatted"',
        ),
        "strong": (
            "ERROR could not reach the store",
            "java.lang.IllegalStateException: closed",
            "src/a.c:1:2: error: expected ';'",
            "error TS2339: Property 'x' does not exist",
            "error[E0308]: mismatched types",
            "##[error]No such image",
            "Traceback (most recent call last):",
            "not ok 3 - parses",
            "--- FAIL: TestParse (0.00s)",
            "npm ERR! code E404",
            "E       assert 1 == 2",
            "Segmentation fault (core dumped)",
            "a.o: undefined reference to `f'",
            "Warning  BackOff  CrashLoopBackOff restarting",
            "app.service: Failed with result 'exit-code'.",
        ),
        "pass": (
            "ok  	example.org/pkg	0.1s",
            "PASS",
            "=== RUN   TestParse",
            "test parse ... ok",
            "Downloading org.example:lib",
            "go: downloading example.org/x v1.0.0+incompatible",
            "[ 45%] Building C object a.o",
        ),
        "warning": ("WARN disk nearly full", "DeprecationWarning: use y"),
        "medium": (
            "  3. line 12: 404 http://example.org/a.png", "https://example.org/b (503)",
            "[404] http://example.org/c", "would reformat src/a.py", "a.c: trailing whitespace.",
            "coverage of 79% is below the 80% that is wanted",
            "Permission denied", "could not connect", "connection timed out", "line longer than 80"),
        "place": ("lib/a.py:12:3: F401 'os' imported and unused",),
        "stack": ("    at com.example.A.b(A.java:1)", '  File "a.py", line 3, in f', "    ^~~~"),
        "": ("everything as usual", "tests/test_errors.py", "--fail-fast", "better-errors 2.1"),
    }.items(),
)  # fmt: skip
def test_each_family_of_words(kind, texts):
    """Every class knows a line of each of its families, and no other class takes it."""
    wrong = {text: row["kind"] for text, row in zip(texts, said(*texts), strict=True) if row["kind"] != kind}
    assert not wrong


def test_a_count_of_failures_is_not_benign_beside_none():
    """A count of no errors is harmless only where no other count is above 0."""
    none, some = said("Tests: 83, failures: 0, errors: 0", "Tests: 83, errors: 0, failures: 1")
    assert none["strength"] == 0
    assert some["strength"] > none["strength"]


def test_verdicts_and_terse_lines_count_less_than_what_says_why():
    """The lines "FAIL" and "3 failing" say that, not why: any line that says what went wrong is stronger."""
    why, *verdicts = said(
        "ERROR could not reach the store at startup", "FAIL", "FAIL example.org/pkg 0.1s", "  3 failing",
        "Tests run: 4, Failures: 1, Errors: 0", "error: aborting due to 3 previous errors", "FATAL stop",
    )  # fmt: skip
    assert all(row["strength"] < why["strength"] / 1.5 for row in verdicts)


def test_an_error_that_calls_itself_a_warning_counts_less():
    """A line with "warning: … error:" is weaker than the same without it."""
    hard, soft = said("x: error: no entry for this", "WARNING x: error: no entry for this")
    assert soft["strength"] < hard["strength"]


def test_marks_of_headings_and_ends():
    """A heading begins an account, an end of a step closes it, a verdict on the whole does not."""
    rows = said("___ test_parse ___", "##[error]Process completed with exit code 1.", "Finished: FAILURE", "")
    assert [row["heading"] for row in rows] == [True, False, False, False]
    assert [row["closing"] for row in rows] == [False, True, False, False]
    assert [row["blank"] for row in rows] == [False, False, False, True]


def test_every_pattern_is_read_by_polars():
    """Each pattern by itself is valid for the engine that runs it, and matches nothing in an empty line."""
    for one in words().classes:
        for pattern in (one.pattern, one.unless):
            if pattern:
                assert pl.select(pl.lit("").str.contains(pattern, strict=True)).item() is False, one.name
