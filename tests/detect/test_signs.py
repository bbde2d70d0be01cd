"""Words of trouble and words of causes, as software at large uses them."""

import polars as pl
import pytest

from logsense.schema import TEMPLATES
from logsense.signs import error_like, kin, stated


def frame(text: str, level: str | None = None) -> pl.DataFrame:
    return TEMPLATES.of([{"template": "x", "text": text, "level": level}])


@pytest.mark.parametrize(
    "text",
    [
        "connection refused",
        "java.lang.NullPointerException",
        'GET /x HTTP/1.1" 503 <num>',
        "request timed out",
        "POST /api/orders 502",
        "out of memory: killed process <num>",
        "panic: index out of range",
        "status=500",
    ],
)
def test_trouble_is_told_by_words(text: str) -> None:
    """Failures are recognised without a level."""
    assert error_like(frame(text))[0]


@pytest.mark.parametrize(
    "text",
    [
        "session opened for user <id>",
        "scan finished, 0 errors",
        "errors=0 dropped=0",
        'GET /x HTTP/1.1" 200 <num>',
        "failover drill scheduled",
        "served <num> requests",
        "no errors found",
        'GET /x HTTP/1.1" 404 <num>',
    ],
)
def test_health_is_not_trouble(text: str) -> None:
    """Words turned round, client errors and plain work are no trouble."""
    assert not error_like(frame(text, "INFO"))[0]


@pytest.mark.parametrize(
    "text",
    [
        'open() "/srv/www/x.png" failed (2: No such file or directory), client: <ip>, server: _',
        "AH01630: client denied by server configuration: /var/www",
        "client intended to send too large body: <num> bytes",
        "Not Found: /favicon.ico",
    ],
)
def test_what_a_client_got_wrong_is_no_trouble(text: str) -> None:
    """What a server writes beside a 404 or a 403 is no trouble of the server, and states no cause."""
    assert not error_like(frame(text, "ERROR"))[0]
    assert stated(pl.Series([text]))["decades"][0] == 0


def test_kin_share_rare_words_but_are_not_the_same() -> None:
    """Two messages are kin by rare words, not by common ones, by trouble or by being alike."""
    texts = [
        "lease of vault not renewed, issuer said <num>, current one stays",
        "upload of <id> into vault failed: lease expired at <time>, storage sent it back",
        "upload of <id> into vault failed: lease expired at <time>, storage sent it later",
        *(f"request number{letter * 4} served" for letter in "abcdefghijkl"),
    ]
    templates = pl.DataFrame({"template": [str(i) for i in range(len(texts))], "text": texts})
    pairs = kin(templates)
    assert pairs.filter((pl.col("template") == "0") & (pl.col("other") == "1"))["words"].to_list() == [
        ["lease", "vault"]
    ]
    assert not pairs.filter((pl.col("template") == "1") & (pl.col("other") == "2")).height
    assert not pairs.filter(pl.col("template").cast(int) > 2).height


def test_levels_count_whatever_the_words() -> None:
    """WARN and above is trouble; DEBUG talk of errors is not."""
    assert error_like(frame("low stock", "WARN"))[0]
    assert not error_like(frame("retry after error", "DEBUG"))[0]


@pytest.mark.parametrize(
    "text,why",
    [
        ("write: No space left on device", "disk or quota full"),
        ("accept4() failed (24: Too many open files)", "too many open files or processes"),
        ("remaining connection slots are reserved", "no connections, slots or pool left"),
        ("certificate has expired", "certificate or TLS"),
        ("ERROR: deadlock detected", "deadlock or lock"),
        ("getaddrinfo ENOTFOUND db", "a name that does not resolve"),
    ],
)
def test_causes_are_named(text: str, why: str) -> None:
    """What states a cause is said in words, with decades above those of a mere failure."""
    row = stated(pl.Series([text, "request failed"]))
    assert row["why"][0] == why
    assert row["decades"][0] > 1.5 > row["decades"][1]


def test_passing_on_takes_off() -> None:
    """Who passes another's failure on states less than who has it."""
    own, passed = stated(pl.Series(["connection refused", "upstream request failed: connection refused"]))[
        "decades"
    ]
    assert passed < own
