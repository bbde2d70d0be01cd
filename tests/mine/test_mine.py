"""Messages to templates: what is joined, what stays apart, and that nothing depends on order."""

import random
import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logsense.mine import UNPARSED, Mined, mine, run, shapes
from logsense.mine.masks import masked
from logsense.mine.shape import collapse, shaped, spans
from logsense.schema import MINED


def keys(messages: list[str], n: list[int] | None = None) -> pl.DataFrame:
    numbers = n or [1] * len(messages)
    return pl.DataFrame(
        {"key": range(len(messages)), "message": messages, "n": numbers},
        schema={"key": pl.UInt64, "message": pl.String, "n": pl.UInt64},
    )


def by_message(mined: Mined, messages: list[str]) -> dict[str, str]:
    texts = dict(mined.templates.select("template", "text").iter_rows())
    homes = dict(mined.keys.iter_rows())
    return {message: texts[homes[number]] for number, message in enumerate(messages)}


def texts(messages: list[str], n: list[int] | None = None) -> set[str]:
    return set(mine(keys(messages, n)).templates["text"])


NAMES = [
    "amber", "birch", "cedar", "daisy", "elder", "fern", "grape", "hazel", "iris",
    "jade", "kelp", "lilac", "maple", "nettle", "olive",
]  # fmt: skip


def test_names_become_a_placeholder() -> None:
    """A position with many words is a parameter, and the text keeps the example's spacing and signs."""
    assert texts([f"user {name} logged in, session [{i}]" for i, name in enumerate(NAMES)]) == {
        "user <str> logged in, session [<num>]"
    }


def test_few_words_stay_apart() -> None:
    """States of something are not a parameter."""
    assert len(texts(["VM started on host", "VM paused on host", "VM resumed on host"])) == 3


def test_words_that_state_a_cause_stay_apart() -> None:
    """However many words stand at a position, *failed* and *refused* are not lost among them."""
    messages = [f"transfer {word} by the broker" for word in [*NAMES, "failed", "refused"]]
    assert texts(messages) == {
        "transfer <str> by the broker",
        "transfer failed by the broker",
        "transfer refused by the broker",
    }


def test_a_user_may_have_a_name_that_states_a_cause() -> None:
    """Where a name is announced, a word such as *down* is a name like others."""
    assert len(texts([f"login for user {name} accepted" for name in [*NAMES, "down"]])) == 1


def test_an_enumeration_with_frequent_words_is_not_a_parameter() -> None:
    """Five words, each often seen, are rather states; the same words, each seen once, are a parameter."""
    messages = [f"link went {word} again" for word in NAMES[:6]]
    assert len(texts(messages, [1] * 6)) == 1
    assert len(texts(messages, [50_000] * 6)) == 6


def test_several_names_at_once() -> None:
    """Shapes that differ in two names at once (classes) are joined; one of two words never is."""
    messages = [f"Registering com.acme.{n}.Event for com.acme.{n}.Handler now" for n in NAMES]
    assert texts(messages) == {"Registering <str> for <str> now"}


def test_kinds_that_disagree_read_str() -> None:
    """A placeholder has a kind only where all messages agree on it."""
    assert texts(["peer 10.0.0.1 left", "peer 12 left"]) == {"peer <str> left"}
    assert texts(["peer 10.0.0.1 left", "peer 10.0.0.22 left"]) == {"peer <ip> left"}


def test_lists_of_any_length_are_one_template() -> None:
    """Runs of placeholders count as one; they are shown part by part where all messages do so."""
    assert texts(["ids 1, 2, 3 gone", "ids 4 gone"]) == {"ids <num> gone"}
    assert texts(["pair 1/2 gone", "pair 3/4 gone"]) == {"pair <num>/<num> gone"}


def test_ids_are_hashes_of_shapes() -> None:
    """A template has the same id in another run, whatever the kinds of its placeholders."""
    one = mine(keys(["peer 10.0.0.1 left"])).templates
    other = mine(keys(["unrelated words", "peer 12 left"])).templates.filter(
        pl.col("text") == "peer <num> left"
    )
    assert one["template"][0] == other["template"][0]
    assert len(one["template"][0]) == 12
    assert int(one["template"][0], 16) >= 0


def test_shapes_of_a_template_are_those_of_its_messages() -> None:
    """Each message's shape stands among the shapes of its template: profiles match by them."""
    messages = [f"user {name} logged in" for name in NAMES] + ["disk 12 full", "status=500"]
    mined = mine(keys(messages))
    own = dict(mined.templates.select("template", "shapes").iter_rows())
    homes = dict(mined.keys.iter_rows())
    for number, shape in enumerate(shapes(pl.Series(messages))):
        assert shape in own[homes[number]]
    assert all(group == sorted(group) for group in own.values())


WORDS = st.sampled_from(
    ["user", "=", "failed", "12", "10.0.0.1", "a-7", "/x/y/z", "<init>", ",", "()", "Foo.Bar", *NAMES]
)
MESSAGES = st.lists(st.lists(WORDS, max_size=7).map(" ".join), min_size=1, max_size=60)


@settings(deadline=None, max_examples=20)
@given(MESSAGES, st.randoms(use_true_random=False))
def test_order_does_not_matter(messages: list[str], chance: random.Random) -> None:
    """The same set of messages gives the same templates, texts, ids and homes in any order of rows."""
    frame = keys(messages)
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=chance.randrange(2**31))
    one, other = mine(frame), mine(shuffled)
    assert one.templates.equals(other.templates)
    assert one.keys.sort("key").equals(other.keys.sort("key"))


@settings(deadline=None, max_examples=40)
@given(MESSAGES)
def test_shapes_are_the_same_in_both_ways(messages: list[str]) -> None:
    """The shape made on columns is the one made word by word for texts, and places lie in the text."""
    hidden = masked(pl.Series(messages))
    for text, shape in zip(hidden, shaped(hidden), strict=True):
        found = spans(text)
        assert " ".join(found.tokens) == shape
        assert all(0 <= a <= b <= len(text) for a, b in found.places)


@settings(deadline=None, max_examples=20)
@given(MESSAGES)
def test_every_key_has_a_template(messages: list[str]) -> None:
    """The keys frame is MINED, holds each key once, and each template of it is in the templates frame."""
    mined = mine(keys(messages))
    MINED.check(mined.keys)
    assert mined.keys["key"].to_list() == list(range(len(messages)))
    assert set(mined.keys["template"]) == set(mined.templates["template"])
    assert mined.templates["template"].is_unique().all()


def test_no_keys_give_no_templates() -> None:
    """An empty run is an answer, not an error."""
    mined = mine(keys([]))
    assert (mined.templates.height, mined.keys.height, mined.unparsed) == (0, 0, 0)


def test_collapse_says_what_it_joined() -> None:
    """Widths add up to the number of tokens before, token by token."""
    tokens, widths = collapse(("a", "\ue000", ",", "\ue000", "b"))
    assert (tokens, widths) == (("a", "\ue000", "b"), (1, 3, 1))


def test_long_messages_are_told_by_their_beginning() -> None:
    """Messages of thousands of words are one template where they begin alike, and cost no square of it."""
    chance = random.Random(7)
    tails = [" ".join(chance.choices(NAMES, k=600)) for _ in range(30)]
    head = " ".join(f"word{chr(97 + i)}" for i in range(20)) + " :" * 110
    assert len(texts([f"{head} {tail}" for tail in tails])) == 1


def words(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return sorted({"".join(chance.choices("bcdfghklmnpqrstvwxyzaeiou", k=8)) for _ in range(count)})


def test_many_routes_make_few_templates() -> None:
    """Thousands of distinct routes become one template a route, method and status, in any order."""
    names = words(1500, 1)
    messages = [f"{method} /shop/{name}/view 200" for name in names for method in ("GET", "POST")]
    messages += [f"GET /shop/{name}/view 500" for name in names]
    expected = {"GET /shop/<str>/view 200", "POST /shop/<str>/view 200", "GET /shop/<str>/view 500"}
    assert texts(messages) == expected
    assert texts(messages[::-1]) == expected


def test_many_different_messages_are_not_taken_for_one() -> None:
    """Short messages of other words stay apart where thousands of shapes make the column rule run."""
    first = [f"{a} {b} done" for a in NAMES[:8] for b in NAMES[:3]]
    crowd = [f"loading plugin {name} from disk" for name in words(2500, 2)]
    homes = by_message(mine(keys(first + crowd)), first + crowd)
    assert {homes[m] for m in crowd} == {"loading plugin <str> from disk"}
    assert len({homes[m] for m in first}) > 10


def test_beyond_the_cap_records_join_or_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the cap shapes join what covers them, the rest is one template whose records are counted."""
    monkeypatch.setattr(run, "CAP", 20)
    often = [f"user {name} logged in" for name in NAMES]
    rare = [f"{a} {b} {a}{b}" for a in words(10, 3) for b in words(3, 4)]
    messages = [*often, "user zinnia logged in", *rare, "disk corrupted badly"]
    numbers = [9] * len(often) + [1] + [2] * len(rare) + [2]
    mined = mine(keys(messages, numbers))
    homes = by_message(mined, messages)
    assert homes["user zinnia logged in"] == "user <str> logged in"
    assert homes["disk corrupted badly"] == "disk corrupted badly"
    lost = [m for m in messages if homes[m] == UNPARSED]
    assert lost
    assert mined.unparsed == sum(n for m, n in zip(messages, numbers, strict=True) if m in lost)


def test_crowded_free_text_is_joined_by_what_it_shares() -> None:
    """Where shapes differ in two words at once and nothing joins them, what they share makes the template."""
    one, two = words(30, 5), words(30, 6)
    messages = [f"offer of {a} was handed over to {b} at the gate" for a, b in zip(one, two, strict=False)]
    assert texts(messages) == {"offer of <str> was handed over to <str> at the gate"}


def test_drain_is_loaded_only_for_a_crowd() -> None:
    """A small run does not pay for importing drain3."""
    code = (
        "import sys, polars as pl; from logsense.mine import mine\n"
        "mine(pl.DataFrame({'key': [1], 'message': ['a 1'], 'n': [1]}, "
        "schema={'key': pl.UInt64, 'message': pl.String, 'n': pl.UInt64}))\n"
        "sys.exit('drain3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
