"""The map and the merge: pure, associative, commutative, and every line accounted for."""

import itertools
import random
import re
import signal

import polars as pl
import pytest

from logsense import engine, parse
from logsense.parse.keys import digit_key, hex_key, projected
from logsense.parse.numbers import numbers
from logsense.plans import Block, Clock, IdRule, Layout, Part, SourcePlan

TIMED = Layout(
    "plain",
    pattern=r"^(?<time>[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}) (?<level>[A-Z]+) (?<message>.*)$",
    clock=Clock(
        pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8})",
        start=0,
        length=19,
        fast=("%Y-%m-%d %H:%M:%S",),
        kinds=("iso",),
    ),
)
PLAN = SourcePlan(0, "shop", (TIMED,), ids=(IdRule("order", r"order=([0-9]+)"),))

TEXT = """a banner before the first record
2026-01-02 03:04:05 INFO order=17 placed in 12 ms

2026-01-02 03:04:06 ERROR order=17 failed
Traceback (most recent call last):
  File "shop.py", line 3, in pay
    charge()
ValueError: no such card
2026-01-02 03:04:07 INFO order=18 placed in 9 ms
2026-01-02 03:04:08 ERROR order=18 failed
Traceback (most recent call last):
  File "shop.py", line 3, in pay
ConnectionError: refused

"""


def cut(text: str, borders: list[int]) -> list[Block]:
    """The text as blocks that end after the given numbers of lines."""
    lines = text.encode().splitlines(keepends=True)
    blocks = []
    edges = [0, *sorted(borders), len(lines)]
    for number, (a, b) in enumerate(itertools.pairwise(edges)):
        if b > a:
            offset = sum(map(len, lines[:a]))
            blocks.append(Block(0, number, a + 1, offset, b"".join(lines[a:b])))
    return blocks


def settled(parts: list[Part]) -> tuple[list[tuple[object, ...]], ...]:
    """Everything a settled run holds, as plain rows."""
    part = parse.merge(parts)
    one = parse.settle(part.records.lazy(), part, {0: PLAN})
    records = one.records.sort("source", "line").collect()
    return tuple(frame.rows() for frame in (records, one.multi, one.keys, one.links, one.samples))


@pytest.mark.parametrize("cuts", [[1], [4], [5], [6, 7], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]])
def test_any_cut_gives_the_same(cuts: list[int]) -> None:
    """A record that a block border cuts is whole again, its stack trace's last word included."""
    whole = settled([parse.map_block(block, PLAN) for block in cut(TEXT, [])])
    assert settled([parse.map_block(block, PLAN) for block in cut(TEXT, cuts)]) == whole


def test_merge_in_any_order_and_grouping() -> None:
    """merge is associative and commutative up to the order of rows, which settle removes."""
    parts = [parse.map_block(block, PLAN) for block in cut(TEXT, [2, 4, 6, 9, 11])]
    whole = settled(parts)
    for seed in range(10):
        mixed = parts[:]
        random.Random(seed).shuffle(mixed)
        left = parse.merge(mixed[:2])
        right = parse.merge([parse.merge(mixed[2:4]), *mixed[4:]])
        assert settled([right, left]) == whole


def test_lines_of_a_stack_trace_belong_to_their_record() -> None:
    """A traceback is one record; the line that names the error becomes part of what is mined."""
    part = parse.merge([parse.map_block(block, PLAN) for block in cut(TEXT, [6])])
    one = parse.settle(part.records.lazy(), part, {0: PLAN})
    records = one.records.sort("line").collect()
    assert records["line"].to_list() == [2, 4, 9, 10]
    assert one.multi.select("line", "last").rows() == [(4, 8), (10, 13)]
    messages = dict(one.keys.select("key", "message").rows())
    said = [messages[key] for key in records["key"]]
    assert said[1] == f"order=17 failed{parse.DETAIL_MARK}ValueError: no such card"
    # The example of a key is its first line of all: numbers stand for any number.
    assert said[3] == f"order=17 failed{parse.DETAIL_MARK}ConnectionError: refused"


def test_ids_that_are_seen_once_are_dropped() -> None:
    """LINKS keeps only ids of more than one record."""
    part = parse.map_block(cut(TEXT + "2026-01-02 03:04:09 INFO order=19 placed\n", [])[0], PLAN)
    links = parse.settle(part.records.lazy(), part, {0: PLAN}).links
    assert links["id"].to_list() == ["17", "17", "18", "18"]


def test_thinning_keeps_whole_ids_whatever_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a kept id every record is kept, and which are kept depends on the ids alone."""
    monkeypatch.setattr("logsense.parse.parts.LINK_ROWS", 60)
    text = "".join(f"2026-01-02 03:04:05 INFO order={i % 100} placed\n" for i in range(400))
    parts = [parse.map_block(block, PLAN) for block in cut(text, [37, 150, 151, 390])]
    whole = settled([parse.map_block(cut(text, [])[0], PLAN)])
    assert settled([parse.merge(parts[3:]), parse.merge(parts[:3])]) == whole
    ids = [row[0] for row in whole[3]]
    assert 0 < len(ids) <= 60
    assert all(ids.count(one) == 4 for one in ids)


def test_numbers_get_their_base_unit() -> None:
    """``12 ms`` is 0.012 s; an identifier is no measure."""
    text = '2026-01-02 03:04:05 INFO took_ms=12 port=8080 used 40% size: 2 KB "duration":1.5s id=7\n'
    part = parse.map_block(cut(text, [])[0], PLAN)
    found = {row["name"]: (row["value"], row["unit"]) for row in numbers(part.sampled).iter_rows(named=True)}
    assert found == {
        "took_ms": (0.012, "s"),
        "used": (40.0, "percent"),
        "size": (2048.0, "bytes"),
        "duration": (1.5, "s"),
    }


def test_threads_change_nothing() -> None:
    """One thread and four give the same part."""
    blocks = cut(TEXT * 20, list(range(7, 250, 11)))
    one, _ = engine.run(blocks, lambda block: parse.map_block(block, PLAN), parse.merge, threads=1)
    four, whole = engine.run(blocks, lambda block: parse.map_block(block, PLAN), parse.merge, threads=4)
    assert whole
    assert settled([one]) == settled([four])


def test_ctrl_c_keeps_what_is_known() -> None:
    """An interrupt in the middle of reading ends the run with the blocks mapped so far."""
    blocks = cut(TEXT * 30, list(range(15, 450, 15)))
    kept: list[int] = []

    def step(block: Block) -> Part:
        part = parse.map_block(block, PLAN)
        kept.append(part.records.height)
        if block.number == 3:
            signal.raise_signal(signal.SIGINT)
        return part

    for threads in (1, 2):
        kept.clear()
        before = signal.getsignal(signal.SIGINT)
        part, whole = engine.run(blocks, step, parse.merge, threads=threads)
        assert not whole
        assert 16 <= part.records.height == sum(kept) < 120
        assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("raw", "digits", "hexes"),
    [
        (b"", b"", b""),
        (b"7", b"0", b"0"),
        (b"a12b\n3.4\n", b"a0b\n0.0\n", b"0\n0.0\n"),
        (b"id 9f8e7d6c\n", b"id 0f0e0d0c\n", b"id 0\n"),
        (b"face off\n", b"face off\n", b"face off\n"),
    ],
)
def test_runs_collapse(raw: bytes, digits: bytes, hexes: bytes) -> None:
    """Digit runs become one 0; with hex, letters next to digits go with them; lines stay lines."""
    assert digit_key(raw) == digits
    assert hex_key(raw) == hexes


@pytest.mark.parametrize("place", [0, 1, 55, 62, 63, 64, 65, 127, 128, 200])
def test_ids_collapse_wherever_they_lie(place: int) -> None:
    """Four hex letters on either side of a digit go with it, a fifth stays, wherever they lie."""
    block = b"z" * place + b"abcde7edcba" + b"z" * 70 + b"\n"
    assert hex_key(block) == b"z" * place + b"a0a" + b"z" * 70 + b"\n"


def test_an_empty_merge_is_empty() -> None:
    """merge([]) is a part without rows that settles to a run without rows."""
    part = parse.merge([])
    assert parse.settle(part.records.lazy(), part, {0: PLAN}).records.collect().height == 0
    assert isinstance(part.examples, pl.DataFrame)


def test_a_record_over_many_blocks_is_whole_for_parse() -> None:
    """Every line of a long stack trace is in the record's message, whatever the blocks."""
    frames = "".join(f"\tat shop.Pay.step{i}(Pay.java:{i})\n" for i in range(300))
    text = f"2026-01-02 03:04:05 ERROR paying failed\n{frames}\n2026-01-02 03:04:06 INFO next\n"
    for cuts in ([], [1], [50, 51, 120, 301]):
        found = pl.concat(list(parse.records(cut(text, cuts), PLAN)))
        assert found.select("line", "lines").rows() == [(1, 301), (303, 1)]
        assert found["message"][0].split("\n")[1:] == frames.split("\n")[:-1]


@pytest.mark.parametrize("sign", ['"', ";", "a", "[", "|", "."])
def test_a_pattern_that_skips_to_a_sign_finds_what_it_says(sign: str) -> None:
    """Lines split at the sign are read as the whole pattern reads them; a line without the sign is itself."""
    lines = pl.Series(
        [
            f"x {sign}GET /b{sign} 200 ",
            f"{sign}GET /c{sign} 404 {sign}GET /d{sign} 500 ",
            "none, GET /e, 500 ",
            "",
            sign,
            "é",
        ]
    )
    skipped = re.escape(sign)
    into, rest = f"^[^{skipped}]*{skipped}", rf"([A-Z]+ /[b-e]){skipped} (?<keep>[0-9]{{3}}) "
    texts, kept = projected(lines, (into + rest,))
    want, want_kept = projected(lines, (f"(?:){into}{rest}",))
    assert texts.to_list() == want.to_list() == ["GET /b", "GET /c", "none, GET /e, 500 ", "", sign, "é"]
    assert [one.to_list() for one in kept] == [one.to_list() for one in want_kept]


def test_signs_that_mean_more_in_a_regex_are_left_to_it() -> None:
    """``^[^.]*.`` skips to a full stop and one more of anything: no split says that."""
    lines = pl.Series(["ab", ".b"])
    assert projected(lines, ("^[^.]*.(b)",))[0].to_list() == ["b", "b"]
