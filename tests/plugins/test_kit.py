"""The conformance kit fails what does not conform."""

from typing import Any

import polars as pl
import pytest

from logsense.schema import ANOMALIES
from logsense.testing import CheckFailed, checks_for, planted


class Base:
    """Finds: nothing. Misses: all. Cost: none. Source: none."""

    name = "base"
    finds: tuple[str, ...] = ()

    def __init__(self, *, level: float = 1.0) -> None:
        self.level = level

    def fit(self, view: Any) -> Any:
        return self

    def detect(self, view: Any) -> pl.DataFrame:
        return ANOMALIES.empty()


def row(view: Any, **more: Any) -> pl.DataFrame:
    base = {
        "detector": "x",
        "kind": "new",
        "service": "a",
        "template": None,
        "start": view.start,
        "end": view.start,
        "score": 1.0,
        "observed": "1",
        "expected": "0",
        "sentence": "1 of it",
    }
    return ANOMALIES.of([base | more] if view.start else [])


class Undocumented(Base):
    """Finds things."""


class Forgetful(Base):
    __doc__ = Base.__doc__

    def __init__(self, *, level: float = 1.0) -> None:
        self.level = float(level) + 0.0 if level != 1.0 else 2.0


class Positional(Base):
    __doc__ = Base.__doc__

    def __init__(self, level: float = 1.0) -> None:
        self.level = level


class Loud(Base):
    __doc__ = Base.__doc__

    def detect(self, view: Any) -> pl.DataFrame:
        return row(view, score=9.0)


class Infinite(Base):
    __doc__ = Base.__doc__

    def detect(self, view: Any) -> pl.DataFrame:
        return row(view, score=float("nan"))


class Chatty(Base):
    __doc__ = Base.__doc__

    def detect(self, view: Any) -> pl.DataFrame:
        print("working")
        return ANOMALIES.empty()


class Greedy(Base):
    __doc__ = Base.__doc__

    def detect(self, view: Any) -> pl.DataFrame:
        object.__setattr__(view, "counts", view.counts.clear())
        return ANOMALIES.empty()


class Moody(Base):
    __doc__ = Base.__doc__
    calls = 0

    def detect(self, view: Any) -> pl.DataFrame:
        type(self).calls += 1
        return row(view, score=1.0 + type(self).calls % 2)


class Ordered(Base):
    __doc__ = Base.__doc__

    def detect(self, view: Any) -> pl.DataFrame:
        return row(view, service=view.counts["template"][0] if view.counts.height else "a")


class Unsafe(Base):
    __doc__ = Base.__doc__

    def detect(self, view: Any) -> pl.DataFrame:
        return pl.concat([ANOMALIES.empty(), *(row(view, sentence=f"1 {t}") for t in view.templates["text"])])


class Blind(Base):
    __doc__ = Base.__doc__
    finds = ("new",)


class Secretive(Base):
    __doc__ = Base.__doc__

    def fit(self, view: Any) -> Any:
        self.f_ = lambda: view
        return self


@pytest.mark.parametrize(
    "bad,check",
    [
        (Undocumented, "documented"),
        (Forgetful, "parameters_stored"),
        (Positional, "parameters_keyword_only"),
        (Loud, "quiet_when_calm"),
        (Infinite, "same_twice"),
        (Chatty, "stdout_silent"),
        (Greedy, "view_unchanged"),
        (Moody, "same_twice"),
        (Ordered, "rows_shuffled"),
        (Unsafe, "sentences"),
        (Blind, "finds_planted"),
        (Base, "finds_planted"),
        (Secretive, "state_plain"),
    ],
)
def test_each_fault_is_caught_by_its_check(bad: Any, check: str) -> None:
    """A plugin with one fault fails the check that is about it."""
    with pytest.raises((CheckFailed, AttributeError, TypeError)) as caught:
        checks_for(bad())[check](bad())
    assert check == "state_plain" or isinstance(caught.value, CheckFailed)


def test_what_is_no_plugin_is_refused() -> None:
    """An object without detect and score has no checks, and is told so."""
    with pytest.raises(CheckFailed, match="neither detect"):
        checks_for(object())


def test_there_are_enough_checks_and_each_says_what_it_holds() -> None:
    """A detector meets at least twelve checks, each with a docstring."""
    checks = checks_for(Base())
    assert len(checks) >= 12
    assert all(check.__doc__ for check in checks.values())


def test_unknown_plants_are_refused() -> None:
    """Asking for a kind that cannot be planted names the kinds that can."""
    with pytest.raises(ValueError, match="rate up"):
        planted("earthquake")
