"""The values at a template's placeholders."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from logsense.mine import mine, parameters


def values(message: str, text: str) -> list[str] | None:
    found: list[str] | None = parameters(pl.Series([message]), text)[0:1].to_list()[0]
    return found


def test_values_come_in_order() -> None:
    """Each placeholder gives what stood there; spacing beside signs does not matter."""
    assert values("charge failed for order 12: timeout", "charge failed for order <num>: timeout") == ["12"]
    assert values("from 10.0.0.1 port 22 ssh2", "from <ip> port <num> ssh2") == ["10.0.0.1", "22"]
    assert values("a = 1 ,b=2", "a=<num>, b=<num>") == ["1", "2"]


def test_what_does_not_fit_is_null() -> None:
    """A message of another template, and a null, give null; a template without placeholders an empty list."""
    assert parameters(pl.Series(["plain", "other", None]), "plain").to_list() == [[], None, None]
    assert values("from x", "to <str>") is None


def test_signs_of_regexes_are_plain_text() -> None:
    """Nothing in a template's text is acted on as a pattern; texts such as <init> are no placeholders."""
    assert values("<init> a.b* (x) [3] $^|\\d+", "<init> a.b* (<str>) [<num>] $^|\\d+") == ["x", "3"]
    assert values("call () done", "call (<str>) done") == [""]
    assert values("aXb* (x) [3]", "a.b* (<str>) [<num>]") is None


def test_further_lines_and_the_detail() -> None:
    """A record's further lines do not matter, save that a template's detail is looked for in them."""
    text = "boom <num> ⏎ Caused by: <str>"
    assert values("boom 1\n at x\nCaused by: full disk\n at y", text) == ["1", "full disk"]
    assert values("boom 1 ⏎ Caused by: full disk", text) == ["1", "full disk"]
    assert values("boom 1\n at x", text) is None
    assert values("boom 1\n at x", "boom <num>") == ["1"]


def test_unparsed_gives_the_whole_message() -> None:
    """What is too varied to be grouped is one value."""
    assert values("any thing 5", "<unparsed>") == ["any thing 5"]


PARTS = st.sampled_from(
    ["user", "12", "10.0.0.1", "a-7", "/x/y/z", "k=v", "(x)", "<init>", "[1, 2]", "ok:", "é", "7ms"]
)


@settings(deadline=None, max_examples=30)
@given(st.lists(PARTS, min_size=1, max_size=7).map(" ".join))
def test_a_template_of_one_message_fits_it(message: str) -> None:
    """The text of a template reads the values out of the message it was made from, one a placeholder."""
    frame = pl.DataFrame(
        {"key": pl.Series([1], dtype=pl.UInt64), "message": [message], "n": pl.Series([1], dtype=pl.UInt64)}
    )
    text = mine(frame).templates["text"][0]
    found = values(message, text)
    assert found is not None
    rebuilt = text
    for value in found:
        start = min(rebuilt.find(f"<{kind}>") for kind in _kinds() if f"<{kind}>" in rebuilt)
        rebuilt = rebuilt[:start] + value + rebuilt[rebuilt.index(">", start) + 1 :]
    assert rebuilt == message


def _kinds() -> tuple[str, ...]:
    return ("num", "ip", "id", "path", "time", "hex", "size", "dur", "str", "bool", "host")
