"""What is a difference, what is none, and in which order."""

import random

import pytest

ERROR = "2026-03-09 10:05:00.123 ERROR disk full: cannot write /data/x"
FRAME = "    at store.write(store.c:12)"


def build(seed, *extra, steps=40):
    """A run of a build whose times, ids and durations differ by seed; extra: (after step, line)."""
    rows = []
    for step in range(steps):
        ident = f"{(seed * 7919 + step) * 2654435761 % 2**48:012x}"
        stamp = f"2026-03-0{seed} 10:{step:02d}:{seed * 7 % 60:02d}.{step * 13:03d}"
        rows.append(f"{stamp} step {step} id={ident} took {seed * step} ms")
        if step % 10 == 0:
            rows.append(f"{stamp} wrote part {'abcdef'[step // 10] * 3}")
        rows += [line for after, line in extra if after == step]
    return "\n".join(rows) + "\n"


def spans(found):
    return [(one.kind, one.line, one.end_line) for one in found]


def test_times_ids_and_durations_are_no_difference(compare):
    """The same build at another time is the same."""
    assert compare([build(1), build(2)], build(3)) == ()
    assert compare([build(1)], build(3)) == ()


def test_order_is_no_difference(compare):
    """Workers that run side by side print the same lines in any order."""
    rows = build(2).splitlines()
    random.Random(1).shuffle(rows)
    assert compare([build(1)], "\n".join(rows) + "\n", whole=True) == ()


def test_a_shorter_log_is_no_difference(compare):
    """A log that ends before the good ones lacks their end, and that is all."""
    assert compare([build(1), build(2)], build(3, steps=25), whole=True) == ()


def test_progress_bars_are_no_difference(compare):
    """Of a progress bar only the last state counts."""
    bars = ["".join(f"\r{n}% of it" for n in range(0, 101, step)) + "\rall read\n" for step in (5, 7)]
    assert compare([bars[0]], bars[1], whole=True) == ()


def test_progress_bars_drawn_line_by_line_are_no_difference(compare):
    """How many states of a bar a log holds, or whether any, is chance: none is new, none is missing."""
    bar = "".join(f"  {'=' * n}  {n}% 4.{n} MB/s eta 0:00:{59 - n}\n" for n in range(0, 50, 7))
    plain, drawn = build(1), build(2).replace("\n", "\n" + bar, 1)
    for good, bad in ((plain, drawn), (drawn, plain)):
        assert compare([good], bad, whole=True) == ()


def test_what_a_good_run_prints_too_is_no_difference(compare):
    """An error that any one of the good runs knows is no news."""
    assert compare([build(1), build(2, (7, ERROR))], build(3, (20, ERROR))) == ()


def test_adjacent_new_lines_are_one_finding(compare):
    """An error and the lines that belong to it are one finding of these lines."""
    found = compare([build(1)], build(3, (5, ERROR), (5, FRAME), (5, FRAME.replace("write", "flush"))))
    assert spans(found) == [("new", 8, 10)]
    assert (found[0].key_line, found[0].new, found[0].errors) == (8, 3, 1)


def test_known_lines_end_a_finding(compare):
    """More than two known lines in a row stand between two findings."""
    other = "2026-03-09 10:05:00.123 ERROR no route to the mail host at all"
    found = compare([build(1)], build(3, (5, ERROR), (30, other)))
    assert sorted(spans(found)) == [("new", 8, 8), ("new", 37, 37)]


def test_the_line_that_says_why_comes_before_the_verdicts(compare):
    """The cause comes first, whatever the build prints about having failed."""
    bad = build(3, (20, ERROR), (39, "FAIL"), (39, "##[error]Process completed with exit code 1."))
    found = compare([build(1)], bad, whole=True)
    assert found[0].line == 25
    assert found[0].score > 2 * max((one.score for one in found[1:]), default=0)


def test_what_follows_the_end_of_a_step_counts_little(compare):
    """Errors of steps that clear up, behind the end of the failed one, come last."""
    late = "2026-03-09 10:05:00.123 ERROR no artefact was found to archive here"
    bad = build(3, (10, ERROR)) + "##[error]Process completed with exit code 1.\n" + build(2, (5, late))
    found = compare([build(1)], bad, whole=True)
    lines = [one.line for one in found if one.how == "words"]
    assert lines[0] == 14
    assert compare([build(1)], bad)[-1].line == 14


def test_a_repeat_is_not_reported_again(compare):
    """The same error over and over is one finding; --all has the others."""
    bad = build(3, *((step, ERROR) for step in (5, 15, 25, 35)))
    assert len(compare([build(1)], bad)) == 1
    assert len(compare([build(1)], bad, whole=True)) == 4
    assert compare([build(1)], bad)[0].times == 4


def test_new_lines_right_above_the_end_count_without_words(compare):
    """What is new above the end of a step is a finding although no word tells of a failure."""
    bad = (
        build(3)
        + "the moon is full tonight\nand so are the tides\n##[error]Process completed with exit code 1.\n"
    )
    found = compare([build(1)], bad)
    assert spans(found)[0] == ("new", 45, 46)
    assert found[0].how == "above"


def test_a_log_that_says_no_more_than_that_it_failed(compare):
    """Where nothing new stands above the end of a step, the end is all there is, and it is said so."""
    found = compare([build(1)], build(3) + "##[error]Process completed with exit code 1.\n")
    assert [(one.how, one.line) for one in found] == [("end", 45)]


def test_a_new_line_without_words_of_failure(compare):
    """With nothing else to tell, a line like none of the good ones is a finding of low score."""
    found = compare([build(1)], build(3, (12, "feature turbo was switched on by the operator")))
    assert spans(found) == [("new", 16, 16)]
    assert found[0].how == "far"
    error = compare([build(1)], build(3, (12, ERROR)))
    assert error[0].score > 3 * found[0].score


def test_a_line_that_reads_differently_is_changed(compare):
    """A new line much like a good one that is gone is that line changed, and names it."""
    good = [build(1), build(2)]
    found = compare(good, build(3).replace("wrote part bbb", "wrote nothing bbb"))
    assert [one.kind for one in found] == ["changed"]
    assert found[0].near.text == "wrote part bbb"
    assert found[0].near.line == 13


def test_a_line_with_most_words_other_is_new_not_changed(compare):
    """A new line that shares but some words with one that is gone is no change of it."""
    row = "tests/shop.py::test_{} {} in order"
    good = [build(seed, (4, row.format("undo", "PASSED"))) for seed in (1, 2)]
    found = compare(good, build(3, (4, row.format("total", "FAILED"))))
    assert found[0].kind == "new"


def test_a_line_of_all_good_runs_that_is_gone_is_missing(compare):
    """The place of a missing line lies in a good run."""
    bad = "\n".join(row for row in build(3).splitlines() if "part bbb" not in row) + "\n"
    found = compare([build(1), build(2)], bad)
    assert spans(found) == [("missing", 13, 13)]


def test_what_only_some_good_runs_have_is_not_missing(compare):
    """A line that one good run lacks may be lacking."""
    extra = (12, "cache was saved for the next time")
    assert compare([build(1), build(2, extra)], build(3), whole=True) == ()


def test_a_known_error_more_often_than_ever(compare):
    """A line the good runs know, many times as often as in any of them, is more."""
    good = [build(1, (3, ERROR)), build(2, (3, ERROR), (9, ERROR))]
    found = compare(good, build(3, *((step, ERROR) for step in range(12))))
    assert [(one.kind, one.times, one.usual) for one in found] == [("more", 12, 2)]
    assert compare(good, build(3, *((step, ERROR) for step in range(3)))) == ()


def test_a_known_line_far_less_often(compare):
    """A line of which little is left, in a log of the same length, is fewer."""
    beat = "heartbeat of the worker"
    good = [build(seed, *((1, beat) for _ in range(200))) for seed in (1, 2)]
    bad = build(3, (1, beat), *((1, f"step {n} id=aaaaaaaa1 took 1 ms") for n in range(199)))
    assert [(one.kind, one.times, one.usual) for one in compare(good, bad)] == [("fewer", 1, 200)]


def test_noise_of_the_good_runs_is_damped(compare):
    """Where good runs differ from each other as much, lines without a word of failure are no findings."""
    good = [build(1, (12, "on branch apple tree")), build(2, (12, "switched to pear and plum"))]
    bad = build(3, (12, "welcome aboard dear cherry"))
    assert compare(good, bad) == ()
    assert len(compare(good, bad, whole=True)) == 1


def test_an_error_much_like_a_good_line_is_damped(compare):
    """What good runs print too, with another name in it, comes after what is really new."""
    usual = "12 files: ERROR of a retry that a client asks for in module {} of the service, ignored as ever"
    good = [build(1, *((step, usual.format(f"{name}pod")) for step, name in enumerate("abcdefgh")))]
    bad = build(3, (35, usual.format("zpod")), (10, "error: no entry for the key"))
    found = compare(good, bad, whole=True)
    assert found[0].line == 14
    assert found[1].score < found[0].score / 2


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_answer_does_not_depend_on_blocks(compare, size):
    """The same lines in blocks of any size give the same findings."""
    bad = build(3, (5, ERROR), (5, FRAME), (30, "FAIL"), (39, "##[error]Process completed with exit code 1."))
    whole = compare([build(1), build(2)], bad, whole=True)
    assert compare([build(1), build(2)], bad, whole=True, size=size) == whole


def test_an_empty_side_is_no_fault(compare):
    """Without lines on a side there is an answer, too."""
    assert compare([""], "") == ()
    assert compare([build(1)], "") == ()
    assert [one.kind for one in compare([""], "ERROR no entry for the key\n")] == ["new"]


def test_a_flood_costs_no_more_than_its_start(compare):
    """Of one line repeated without end only the first lines are looked at, and one finding comes out."""
    flood = "\n".join([ERROR + f" {n}\nstep {n} id=aaaaaaaa1 took 1 ms" for n in range(3000)]) + "\n"
    found = compare([build(1)], flood)
    assert len(found) == 1
    assert found[0].times == 3000


def test_a_log_that_shares_nothing_gives_a_list_that_ends(compare):
    """However many findings there are, only so many are kept; --all has them all."""
    names = [f"{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}" * 3 for n in range(400)]
    rows = [f"ERROR no entry for the key {name}\n" + "step 1 id=aaaaaaaa1 took 1 ms\n" * 3 for name in names]
    assert len(compare([build(1)], "".join(rows))) == 200
    whole = compare([build(1)], "".join(rows), whole=True)
    assert sum(one.how == "words" for one in whole) == 400


def test_the_account_of_a_failure_begins_at_its_heading(compare):
    """The account of a failed test reaches back to the heading that names it."""
    account = ["____________ test_total ____________", "", "    def test_total():", "        cart = Cart()",
               "        cart.add(tea)", "        cart.add(cup)", ">       assert cart.total() == 4",
               "E       assert cart.total() == 4", "", "tests/cart_test.py:31: AssertionError"]  # fmt: skip
    found = compare([build(1)], build(3, *((12, row) for row in account)))
    assert spans(found) == [("new", 16, 25)]
