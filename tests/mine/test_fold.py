"""Folding: many messages go through the masks as few forms, and nothing else changes."""

import random

import polars as pl
import pytest

from logsense.mine import Mined, fold, mine
from logsense.mine.fold import folded
from logsense.mine.masks import masked

CHANCE = random.Random(11)
LETTERS = "bcdfghklmnpqrstvwxyzaeiou"
NAMES = sorted({"".join(CHANCE.choices(LETTERS, k=8)) for _ in range(900)})


@pytest.fixture(autouse=True)
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folding begins with fewer messages, so that tests are fast."""
    monkeypatch.setattr(fold, "MANY", 2000)


def keys(messages: list[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {"key": range(len(messages)), "message": messages, "n": [1 + i % 3 for i in range(len(messages))]},
        schema={"key": pl.UInt64, "message": pl.String, "n": pl.UInt64},
    )


def many() -> list[str]:
    """Messages enough to be folded: routes, sentences, numbers, causes, blanks, other scripts."""
    out = []
    for at, name in enumerate(NAMES):
        out += [
            f"GET /shop/{name}/view {(200, 404)[at % 2]}",
            f"order {at + 1000} of customer {name} was accepted",
            f"transfer by {name} {('failed', 'done')[at % 2]} after {at * 7} ms",
            f"Größe für {name} geändert: {at} ⏎ Ursache: {name}",
        ]
    return [*out, "", "  ", "disk 3 full\r", "a\rb 7", "日本 12", "disk 3 full", "GET /shop/view 500"]


def plain(mined: Mined) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]], int]:
    return mined.templates.rows(), mined.keys.rows(), mined.unparsed


def unfolded(messages: list[str], monkeypatch: pytest.MonkeyPatch) -> Mined:
    with monkeypatch.context() as patch:
        patch.setattr(fold, "MANY", len(messages) + 1)
        return mine(keys(messages))


def test_folding_is_at_work() -> None:
    """Thousands of messages that differ in names and numbers make a handful of forms."""
    some = folded(pl.Series(many()))
    assert some.form is not None
    assert len(some.form) == len(many())
    assert len(some.masked) < 60


def test_folding_changes_no_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates, their ids, texts, shapes and keys are those of the long way."""
    assert plain(mine(keys(many()))) == plain(unfolded(many(), monkeypatch))


def test_the_order_of_messages_does_not_matter() -> None:
    """A folded run is a function of its set of messages."""
    frame = keys(many())
    other = mine(frame.sample(fraction=1.0, shuffle=True, seed=3))
    one = mine(frame)
    assert one.templates.equals(other.templates)
    assert one.keys.sort("key").equals(other.keys.sort("key"))


def test_crowded_codes_are_not_taken_for_one_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the masks keep a number it stays what it is, however many of them there are."""
    messages = [f"job of {name} ended: exit code {at % 90 + 1}" for at, name in enumerate(NAMES * 3)]
    assert plain(mine(keys(messages))) == plain(unfolded(messages, monkeypatch))
    some = folded(pl.Series([*messages, *(f"load {n} of {name}" for n, name in enumerate(NAMES * 3))]))
    assert some.form is not None
    assert sum("exit code" in text for text in some.masked.unique()) == 90


def test_words_that_state_a_cause_are_never_folded() -> None:
    """*failed* and *refused* stay what they are among hundreds of names in their place."""
    messages = [f"transfer {word} by the broker" for word in NAMES * 3] + ["transfer refused by the broker"]
    texts = set(mine(keys(messages)).templates["text"])
    assert texts == {"transfer <str> by the broker", "transfer refused by the broker"}


def test_words_that_masks_look_for_are_never_folded() -> None:
    """A crowd of names does not hide a word that gives the number behind it its meaning."""
    messages = [f"read {name} 503" for name in NAMES * 3] + ["read status 503"]
    some = folded(pl.Series(messages))
    assert some.form is not None
    assert some.masked[int(some.form[-1])] == masked(pl.Series(["read status 503"]))[0]


def test_messages_full_of_ids_go_the_long_way() -> None:
    """Where most messages hold an id, each has a form of its own: nothing is tried."""
    texts = pl.Series([f"order {name} of 1a2b3c4d5e{at:06x}" for at, name in enumerate(NAMES * 3)])
    assert folded(texts).form is None


def test_the_first_word_is_never_folded() -> None:
    """What a message is about stays, even where hundreds of messages differ in it alone."""
    some = folded(pl.Series([f"app.{name} {NAMES[at % 300]} stopped" for at, name in enumerate(NAMES * 3)]))
    assert some.form is None
    assert len(some.masked) == 3 * len(NAMES)


def test_messages_that_do_not_fold_go_the_long_way() -> None:
    """Free text has as many forms as messages: each is masked by itself."""
    texts = pl.Series([" ".join(CHANCE.choices(NAMES, k=6)) for _ in range(2500)])
    some = folded(texts)
    assert some.form is None
    assert some.masked.equals(masked(texts))
    blank = pl.Series([" ."] * 2500)
    assert folded(blank).masked.unique().to_list() == ["."]
