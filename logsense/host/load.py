"""From an entry point to what it registers: imported, called, checked and told of in plain words.

The same functions serve bundled plugins in this process and strangers' in theirs (``remote.py``).
"""

import inspect
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pluggy

from logsense import api
from logsense.entry_points import Found
from logsense.errors import FrameError, PluginError
from logsense.host import checking

#: Parameters of constructors that are no keywords of settings: the kit that reporters are handed.
HANDED = ("kit", "self", "cls")
#: Characters of a docstring that are kept: it crosses from a worker at the start of every run.
LONGEST = 20_000
#: Characters of what was raised that are told.
SAID = 1_000


@dataclass(frozen=True)
class Loaded:
    """One thing a plugin registered: a class (of a detector, a panel, …), or a folder of formats.

    thing: the class, folder or command; None where it lives in a worker: ask the host. place: which of those
    that its entry registers. about: its docstring's first line; doc: all. parameters: the keywords of its
    constructor with their defaults, ``...`` where there is none, a text where the default is no plain data.
    open: whether the constructor takes any other. keywords: those of the settings.
    """

    name: str
    thing: Any
    found: Found
    place: int = 0
    about: str = ""
    doc: str = ""
    title: str = ""
    schemes: tuple[str, ...] = ()
    finds: tuple[str, ...] = ()
    parameters: Mapping[str, object] = field(default_factory=dict)
    open: bool = False
    keywords: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What tells it from all others of a run."""
        return (self.found.kind, self.found.distribution, self.found.name, self.place)

    @property
    def make(self) -> Callable[[], Any]:
        """What makes an instance, with the keywords of the settings; only where it lives here."""
        return partial(self.thing, **self.keywords) if self.keywords else self.thing


def imported(found: Found) -> object:
    """The module or object of an entry point; raises whatever importing it raises."""
    return EntryPoint(found.name, found.value, f"logsense.{found.kind}").load()


def register(kind: str, plugin: object) -> list[object]:
    """What the plugin's hook of this kind returns, checked. Each plugin has a manager of its own."""
    manager = pluggy.PluginManager("logsense")
    manager.add_hookspecs(api.Hooks)
    manager.register(plugin)
    manager.check_pending()
    implementations = getattr(manager.hook, f"register_{kind}").get_hookimpls()
    if not implementations:
        msg = f"it has no @hookimpl register_{kind}()"
        raise FrameError(msg)
    things: list[object] = []
    for implementation in implementations:
        things += list(implementation.function())
    for thing in things:
        checking.thing(kind, thing)
    return things


def told(thing: Any, found: Found, place: int) -> dict[str, Any]:
    """The fields of ``Loaded`` that say what a registered thing is, as plain data."""
    if found.kind in checking.DATA:
        return {"name": found.name, "place": place}
    if found.kind == "commands":
        doc = str(getattr(thing, "help", None) or "")[:LONGEST]
        return {"name": str(getattr(thing, "name", None) or found.name), "place": place, "doc": doc}
    parameters, open_ = _parameters(thing)
    doc = (inspect.getdoc(thing) or "")[:LONGEST]
    return {
        "name": str(getattr(thing, "name", found.name)),
        "place": place,
        "about": next(iter(doc.splitlines()), ""),
        "doc": doc,
        "title": str(getattr(thing, "title", "")),
        "schemes": tuple(str(scheme) for scheme in getattr(thing, "schemes", ())),
        "finds": tuple(str(kind) for kind in getattr(thing, "finds", ())),
        "parameters": parameters,
        "open": open_,
    }


def _parameters(thing: Any) -> tuple[dict[str, object], bool]:
    try:
        listed = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):  # a class written in C need not tell
        return {}, True
    known = {
        one.name: _plain(one.default)
        for one in listed
        if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY) and one.name not in HANDED
    }
    return known, any(one.kind == one.VAR_KEYWORD for one in listed)


def _plain(default: object) -> object:
    """A default as it can be told of in another process."""
    if default is inspect.Parameter.empty:
        return ...
    if default is None or isinstance(default, (bool, int, float, str)):
        return default
    if isinstance(default, (list, tuple)) and all(isinstance(one, (int, float, str)) for one in default):
        return tuple(default)
    return f"<{type(default).__name__}>"


def reason(error: BaseException, package: str) -> str:
    """What was raised, in words, with the last line of the package it passed through."""
    if isinstance(error, SystemExit):
        words = f"SystemExit: it asked to end the process with status {_said(error) or 0}; that was refused"
    elif isinstance(error, PluginError):
        words = str(error)  # of ours: it says all
    else:
        said = _said(error)
        words = f"{type(error).__name__}: {said}" if said else type(error).__name__
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if str(frame.f_globals.get("__name__", "")).partition(".")[0] == package != "logsense":
            path = Path(frame.f_code.co_filename)
            return f"{words} ({path.parent.name}/{path.name}:{line})"
    return words


def _said(error: BaseException) -> str:
    """What an exception says, on one line and not without end; "" where it fails at that, too."""
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 - of a stranger: its words are code like any other
        return ""
    return " ".join(said[:SAID].split()) + ("…" if len(said) > SAID else "")
