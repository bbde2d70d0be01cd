"""Words of trouble and words of causes, as software at large uses them."""

import polars as pl
import pytest

from logsense.schema import TEMPLATES
from logsense.signs import error_like, stated


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
