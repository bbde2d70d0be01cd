"""The conformance kit fails what does not conform."""

from typing import Any

import polars as pl
import pytest

from logsense.schema import ANOMALIES
from logsense.testing import (
    KINDS,
    CheckFailed,
    check_detector,
    check_ranker,
    checks_for,
    parametrize_with_checks,
    planted,
    table_of,
)


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
        (Infinite, "scores_valid"),
        (Chatty, "stdout_silent"),
        (Greedy, "view_unchanged"),
        (Moody, "same_twice"),
        (Ordered, "rows_shuffled"),
        (Unsafe, "hostile_sentences"),
        (Blind, "finds_planted"),
        (Base, "finds_planted"),
        (Secretive, "state_plain"),
    ],
)
def test_each_fault_is_caught_by_its_check(bad: Any, check: str) -> None:
    """A plugin with one fault fails the check that is about it."""
    with pytest.raises(CheckFailed, match=f"^{check}: "):
        checks_for(bad())[check](bad())


def test_what_is_no_plugin_is_refused() -> None:
    """An object without detect and score has no checks, and is told so."""
    with pytest.raises(CheckFailed, match="neither detect"):
        checks_for(object())


def test_there_are_enough_checks_and_each_says_what_it_holds() -> None:
    """There are more than thirty named checks over all kinds, each with a sentence that is its promise."""
    tables = [table_of(kind) for kind in KINDS]
    assert len({check.run for table in tables for check in table.values()}) > 100
    assert all(len(table) >= 10 for table in tables)
    assert all(
        check.promise.endswith(".") and name == check.name for t in tables for name, check in t.items()
    )


def test_expected_failures_need_a_name_and_a_reason() -> None:
    """A name that no check has is refused with the nearest one, and so is a reason without words."""
    with pytest.raises(ValueError, match="did you mean rows_shuffled"):
        parametrize_with_checks([Base()], expected_failed_checks={"row_shuffled": "a known limit"})
    with pytest.raises(ValueError, match="needs a reason"):
        parametrize_with_checks([Base()], expected_failed_checks={"rows_shuffled": " "})


def test_each_kind_has_a_function_that_runs_all() -> None:
    """check_detector runs every check and names the first that fails; another kind is told what it is."""
    with pytest.raises(CheckFailed, match=r"^documented: "):
        check_detector(Undocumented)
    with pytest.raises(CheckFailed, match="no ranker but a detector"):
        check_ranker(Base)


def test_what_can_be_imported_by_nobody_is_not_started_elsewhere() -> None:
    """A class made inside a function is spared the checks that need another interpreter, and no others."""

    class Inner(Base):
        __doc__ = Base.__doc__

    assert set(checks_for(Base)) - set(checks_for(Inner)) == {
        "light_import",
        "quick_import",
        "nothing_written",
        "world_unchanged",
        "no_threads_left",
        "same_elsewhere",
    }


def test_unknown_plants_are_refused() -> None:
    """Asking for a kind that cannot be planted names the kinds that can."""
    with pytest.raises(ValueError, match="rate up"):
        planted("earthquake")
