"""Two runs of the same say the same, once what always differs is masked."""

import polars as pl
import pytest

from logsense.diff.masks import cleaned, masked


def clean(*lines):
    return pl.DataFrame({"line": lines}).select(cleaned(pl.col("line")))["line"].to_list()


def mask(line):
    return pl.DataFrame({"line": [line]}).select(masked(cleaned(pl.col("line"))))["line"][0]


@pytest.mark.parametrize(
    "line,text",
    [
        ("2026-01-02T03:04:05.1234567Z error: no", "error: no"),
        ("build\tRun tests\t2026-01-02T03:04:05.1234567Z error: no", "error: no"),
        ("build\tRun tests\t\ufeff2026-01-02T03:04:05Z error: no", "error: no"),
        ("2026-01-02T03:04:05.123456Z 01E error: no", "error: no"),
        ("[2026-01-02T03:04:05.123Z] error: no", "error: no"),
        ("2026-01-02 03:04:05.123456 | error: no", "error: no"),
        ("2026-01-02 03:04:05,123 ERROR no", "ERROR no"),
        ("03:04:05 error: no", "error: no"),
        ("travis_time:start:0a1b\r\x1b[0Kerror: no", "error: no"),
        ("travis_fold:end:install.1\r\x1b[0K", ""),
        ("\x1b[31;1merror:\x1b[0m no", "error: no"),
        ("\x1b]8;;http://a.example\x07error: no\x1b]8;;\x07", "error: no"),
        ("   indented stays  ", "   indented stays"),
        ("step 2026-01-02T03:04:05Z is no prefix", "step 2026-01-02T03:04:05Z is no prefix"),
    ],
)
def test_what_a_runner_puts_before_a_line_is_cut(line, text):
    """Prefixes of the known CI systems, colours and links are gone; indentation and the rest stay."""
    assert clean(line) == [text]


def test_of_a_progress_bar_the_last_state_counts():
    """Of parts between carriage returns the last that is not blank is what a terminal would show."""
    assert clean("10%\r50%\r100% done\r", "0%\rfailed\r   ") == ["100% done", "failed"]


@pytest.mark.parametrize(
    "one,other",
    [
        ("took 3.2 s", "took 14 ms"),
        ("took 1m 2s", "took 59s"),
        ("at 12:03:04", "at 1:13:14"),
        ("45% done", "7% done"),
        ("read 1.2 MB/s", "read 900 kB/s"),
        ("id 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "id 9c5b94b1-35ad-49bb-b118-8e8fc24abf80"),
        ("commit 3fa9b2c1d", "commit 90ab12cde77"),
        ("at 0x7fff5fbff8a0", "at 0x10"),
        (f"key {'dGhpcyBpcw' * 5}==", f"key {'QW5vdGhlciBv' * 5}=="),
        ("on Mon, Jan 12 2026", "on Sun Feb 1 2026"),
        ("in /tmp/build-abc/x", "in /tmp/tmp_77/y"),
        ("==== a ====", "========== a =="),
        ("worker-12 ready", "worker-3 ready"),
        ("port 8080", "port 43211"),
    ],
)  # fmt: skip
def test_two_runs_of_the_same_are_alike(one, other):
    """Numbers with units, times, ids, hashes, temporary files and rules of any length are masked."""
    assert mask(one) == mask(other)


@pytest.mark.parametrize(
    "one,other",
    [
        ("checkpoint written", "checkpoint skipped"),
        ("src/main.c: no", "src/other.c: no"),
        ("a/very/long/path/of/a/project/with/words/a.c", "a/very/long/path/of/a/project/with/other/a.c"),
        ("facade", "decade"),
    ],
)  # fmt: skip
def test_words_are_not_masked(one, other):
    """What is said stays: two lines with other words or paths differ."""
    assert mask(one) != mask(other)


@pytest.mark.parametrize(
    "line",
    [
        "   =====                25% 5.5 MB/s eta 0:00:49",
        "   ━━━━━━━━━━ 1.2/3.4 MB 5.1 MB/s eta 0:00:01",
        "model.bin: 45%|████      | 3/10 [00:01<00:02, 3.1it/s]",
        " 100%",
    ],
)
def test_a_progress_bar_on_a_line_of_its_own_is_blank(line):
    """How often a bar was drawn is chance, so that none is new, missing, more or fewer."""
    assert mask(line) == ""


@pytest.mark.parametrize(
    "line", ["coverage: 85%", "[ 50%] Building CXX object main.o", "tests: 12 of 30 failed", "42"]
)
def test_what_says_more_than_how_far_it_is_stays(line):
    """A share that a line states, and work that a share stands before, are compared."""
    assert mask(line)
