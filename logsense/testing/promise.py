"""What a check is: a named promise, how dear it is to look at, and how a broken one is told."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import polars as pl

Run: TypeAlias = Callable[[Any], None]


class CheckFailed(AssertionError):  # noqa: N818 - test runners show an AssertionError as a failure
    """A plugin does not keep what its protocol promises."""


class NoExample(CheckFailed):
    """A plugin does not say what it is to be tried on; its own tests may give it that."""


@dataclass(frozen=True)
class Check:
    """One promise of one kind of plugin; called with a plugin it raises CheckFailed where that is broken.

    name: what it is called; promise: what it holds, in a sentence or two; slow: takes more than half a
    second, mostly for an interpreter of its own, so that `plugins check` leaves it to the end.
    """

    name: str
    promise: str
    run: Run = field(repr=False)
    slow: bool = False

    def __call__(self, plugin: object) -> None:
        """Hold a plugin (a class is made with its defaults) against the promise.

        CheckFailed begins with the name of the check; whatever else the plugin raises is one, too.
        """
        try:
            self.run(made(plugin))
        except CheckFailed as failed:
            raise type(failed)(f"{self.name}: {failed}") from failed.__cause__
        # A Rust panic and a call of exit are no Exception, and yet failures of the plugin like any other.
        except (Exception, SystemExit, pl.exceptions.PanicException) as error:
            msg = f"{self.name}: {raised(error, plugin)}"
            raise CheckFailed(msg) from error


def raised(error: BaseException, plugin: object) -> str:
    """What a plugin raised, in words, with the last place of its own package on the way there, if any."""
    cls = plugin if isinstance(plugin, type) else type(plugin)
    package = cls.__module__.partition(".")[0]
    walked = [(f.f_globals.get("__name__", ""), line) for f, line in traceback.walk_tb(error.__traceback__)]
    places = [f"{name}, line {line}" for name, line in walked if name.partition(".")[0] == package]
    where = f" ({places[-1]})" if places else ""
    return f"it raised {type(error).__name__}: {error}{where}"


def made(plugin: object) -> object:
    """An instance where a class was given; reporters stay classes: who makes them may hand them a kit."""
    return plugin() if isinstance(plugin, type) and not reports(plugin) else plugin


def reports(plugin: object) -> bool:
    """Whether it is a reporter: it writes, and neither detects nor scores (those may write, too)."""
    return hasattr(plugin, "write") and not (hasattr(plugin, "detect") or hasattr(plugin, "score"))


def need(holds: object, message: str) -> None:
    """CheckFailed with this message unless it holds."""
    if not holds:
        raise CheckFailed(message)


def need_example(holds: object, message: str) -> None:
    """NoExample with this message unless it holds."""
    if not holds:
        raise NoExample(message)


def dear(run: Run) -> Run:
    """Marks a check that takes more than half a second, mostly; gives it back."""
    _DEAR.add(run)
    return run


_DEAR: set[Run] = set()


def table(*runs: Run) -> dict[str, Check]:
    """Checks by the names of the functions that run them; their docstrings are the promises."""
    return {
        run.__name__: Check(run.__name__, " ".join((run.__doc__ or "").split()), run, slow=run in _DEAR)
        for run in runs
    }
