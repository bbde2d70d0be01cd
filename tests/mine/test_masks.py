"""What is masked, what is never masked."""

import polars as pl
import pytest

from logsense.mine import mine, shapes
from logsense.mine.masks import masked
from logsense.mine.shape import public, shaped
from logsense.mine.text import named


def text(message: str) -> str:
    return named(masked(pl.Series([message]))[0])


@pytest.mark.parametrize(
    "message, expected",
    [
        ("charge failed for order 12: timeout", "charge failed for order <num>: timeout"),
        ("from 10.0.0.1:5432 and fe80::1", "from <ip> and <ip>"),
        ("peer /192.168.0.1:80 left", "peer <ip> left"),
        ("listening on [::1]:8080", "listening on <ip>"),
        ("id 123e4567-e89b-12d3-a456-426614174000 ok", "id <uuid> ok"),
        ("mac 00:1b:44:11:3a:b7 seen", "mac <mac> seen"),
        ("open /var/lib/app/x.db failed", "open <path> failed"),
        ("see https://example.org/a?b=1 now", "see <url> now"),
        ("read C:\\Program\\x.dll twice", "read <path> twice"),
        ("at 2024-01-02T03:04:05.678Z done", "at <time> done"),
        ("at 10/Oct/2000:13:55:36 +0000 done", "at <time> done"),
        ("since Thu Jul 21 09:04:43 2005 up", "since <time> up"),
        ("took 12 ms, 1.5s, 1m2.5s", "took <dur>, <dur>, <dur>"),
        ("sent 12 KB of 1846 bytes (1.80 KB)", "sent <size> of <size>"),
        ("reply from db-1.example.com:5432", "reply from <host>"),
        ("mail to anna.b@example.org sent", "mail to <email> sent"),
        ("commit d41d8cd98f00b204e9800998ecf8427e", "commit <hex>"),
        ("flags 0xdeadbeef set", "flags <hex> set"),
        ("block blk_-1608999687919862906 lost", "block <id> lost"),
        ("67108864 bytes", "<size>"),
        ("balance -5 of 1,234.50", "balance <num> of <num>"),
        ("cached=true", "cached=<bool>"),
        ('name="two words" x', 'name="<str>" x'),
        ("eth0 ssh2 IPV6 v1 keep", "eth0 ssh2 IPV6 v1 keep"),
        ("at run(Foo.java:123)", "at run(Foo.java:<num>)"),
        ("std::vector is no address", "std::vector is no address"),
    ],
)
def test_what_varies_by_its_form_is_named(message: str, expected: str) -> None:
    """Each kind of varying part becomes its placeholder; words and signs around it stay as written."""
    assert text(message) == expected


@pytest.mark.parametrize(
    "message, stays",
    [
        ('"GET /x HTTP/1.1" 500 12', 'HTTP/1.1" 500 <num>'),
        ("GET /a/b -> 200 in 3 ms", "-> 200 in <dur>"),
        ("status=500 after 12 tries", "status=500 after <num> tries"),
        ('{"status":503,"n":12}', '"status":503,"n":<num>'),
        ("errno=110 on fd 12", "errno=110 on fd <num>"),
        ("exited with code 137", "exited with code 137"),
        ("exit status 1.", "exit status 1."),
        ("killed by signal 9", "signal 9"),
        ("connect ECONNREFUSED 10.0.0.1:80", "ECONNREFUSED <ip>"),
        ("E11000 duplicate key", "E11000 duplicate key"),
        ("ORA-00600: internal error", "ORA-00600: internal"),
        ("SQLSTATE[42P01] missing", "SQLSTATE[42P01] missing"),
        ("ERROR 1045 (28000): denied", "ERROR 1045 (<num>): denied"),
        ("Completed 500 Internal Server Error in 12ms", "500 Internal Server Error in <dur>"),
        ("upstream answered 503 for 10.0.0.1", "answered 503 for <ip>"),
        ("POST /api/cart 503 12ms", "POST /api/cart 503 <dur>"),
        ("healthy=false", "healthy=false"),
        ('msg="connection refused by 10.0.0.1"', 'msg="connection refused by <ip>"'),
    ],
)
def test_what_states_a_cause_is_never_masked(message: str, stays: str) -> None:
    """Statuses, exit codes, errno and names of errors stay as written, whatever is masked beside them."""
    assert stays in text(message)


@pytest.mark.parametrize(
    "message", ["returned 250 rows", "got 200 messages", "keycode=123", "slept 404 times"]
)
def test_three_digits_alone_are_a_number(message: str) -> None:
    """A number of three digits is no status unless its neighbours say so."""
    assert "<num>" in text(message)


def test_a_200_and_a_500_are_two_templates() -> None:
    """Requests that differ in their status never share a template."""
    messages = [f"GET /api/users/{n} HTTP/1.1 {status}" for n in (1, 2) for status in (200, 500)]
    keys = pl.DataFrame(
        {
            "key": pl.Series(range(4), dtype=pl.UInt64),
            "message": messages,
            "n": pl.Series([1] * 4, dtype=pl.UInt64),
        }
    )
    mined = mine(keys)
    assert sorted(mined.templates["text"]) == [
        "GET /api/users/<num> HTTP/1.1 200",
        "GET /api/users/<num> HTTP/1.1 500",
    ]


def test_the_route_of_a_request_is_kept_and_a_quoted_one_is_a_path() -> None:
    """A message that is a request names its route; a request inside other text holds one path."""
    assert text("GET /api/v1/cart/12?full=1 200") == "GET /api/v1/cart/<num>?<query> 200"
    assert text('10.0.0.1 - "GET /api/cart/12 HTTP/1.1" 200') == '<ip> - "GET /api/cart/<num> HTTP/1.1" 200'
    assert text('10.0.0.1 "GET /api/cart/12 HTTP/1.1" len: 7') == '<ip> "GET <path> HTTP/1.1" len: <num>'


def test_only_the_first_line_and_the_detail_are_mined() -> None:
    """Of a message of several lines the first counts, and what stands behind the mark of the detail."""
    assert text("boom 1\n  at x\n ⏎ Caused by: disk 2 full") == "boom <num> ⏎ Caused by: disk <num> full"
    assert text("boom 1\r\nmore") == "boom <num>"


def test_odd_messages_do_not_break_the_masks() -> None:
    """Null, blank, private-use and colour characters, and texts that look like placeholders, are mined."""
    odd = pl.Series([None, "", "  ", "\ue001 \ue1ff", "\x1b[31mred\x1b[0m 5", "<init> <*> 5", "é 12 日本 3"])
    assert [named(m) for m in masked(odd)] == [
        "",
        "",
        "",
        "? ?",
        "red <num>",
        "<init> <*> <num>",
        "é <num> 日本 <num>",
    ]


def test_gates_change_nothing() -> None:
    """A message's mask does not depend on the messages beside it."""
    messages = ["a 1", "b 10.0.0.1", "GET /x/1 500", "status=500", "no digit at all", 'k="v w" 0x1f'] * 3
    alone = [masked(pl.Series([message]))[0] for message in messages]
    assert masked(pl.Series(messages)).to_list() == alone


def test_shapes_are_untyped_with_single_blanks() -> None:
    """A shape has one kind of placeholder, signs apart and single blanks: spacing and kinds do not matter."""
    got = shapes(pl.Series(["took  12 ms: ok", "took 7: ok", "took x: ok"]))
    assert got.to_list() == ["took <*> : ok", "took <*> : ok", "took x : ok"]
    assert got.to_list()[0] == public(shaped(masked(pl.Series(["took 5: ok"])))[0])


def test_the_input_is_not_changed() -> None:
    """Masking leaves the caller's column as it was."""
    messages = pl.Series(["a 1\nb", "GET /x/1 500", None])
    before = messages.to_list()
    masked(messages)
    assert messages.to_list() == before


@pytest.mark.parametrize(
    "message",
    [
        "error123 at 5", "on 1.10.2024 at 5", 'responded status: "503"', "a.b.Class_:12",
        "host-1.example-:80", "5 ERROR 77", "FALSE alarm", "healthy=False", "got 0X1F", "1 Internal",
        "peer ::1 up", "[--:--:01]", "~/a/b 5", "C:\\x", "HTTP/1.1 200", "=>404", "12 KIB",
        "E1234", "5xx 7", "Sept 12",
    ],
)  # fmt: skip
def test_a_batch_of_any_size_is_masked_alike(message: str) -> None:
    """By itself, in a batch too small for gates, in one with gates, and in one too large to be asked."""
    alone = masked(pl.Series([message]))[0]
    others = [
        '"GET /a/b HTTP/1.1" 200 error code 12 10.0.0.1:80, 1/Oct/2000 status=5 true x_1 a-1-2-3-4 f.java:3'
    ]
    for size in (1, 400, 12_000):
        for some in (others * size, ["plain words"] * size):
            assert masked(pl.Series([*some, message]))[-1] == alone
