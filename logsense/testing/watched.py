"""Inside the interpreter that ``alone`` starts: run a plugin, and note what it does to the world.

A plugin is asked twice, and only the second time is judged: what the libraries it imports inside its calls
set up once (scikit-learn's variables and filters of warnings) is put back in between and is not its fault.
"""

import locale
import logging
import os
import pickle
import random
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from operator import attrgetter
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import numpy as np
import polars as pl

from logsense.testing.frames import run, views_for
from logsense.testing.hostile import hostile
from logsense.testing.promise import CheckFailed, raised, reports

#: Audit events (PEP 578) that reach out of the process; "open" is looked at more closely.
REACHING = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "os.kill",
    "shutil.",
    "tempfile.",
    "urllib.",
    "http.client.",
    "ftplib.",
    "smtplib.",
    "pty.",
)
#: Events of those names that reach nowhere.
HARMLESS = ("socket.__new__", "socket.gethostname")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
#: Seconds that threads have to end.
GRACE = 1.0


class Guard:
    """Notes and refuses what reaches out while it is on; an audit hook cannot be taken away again."""

    def __init__(self) -> None:
        self.on = False
        self.did: list[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, given: tuple[Any, ...]) -> None:
        if not self.on or not _reaches(event, given) or _importing():
            return
        self.did.append(f"{event} {given[0] if given else ''!r}".strip())
        msg = f"no {event} in a plugin: {given[:1]}"
        raise PermissionError(msg)


def _reaches(event: str, given: tuple[Any, ...]) -> bool:
    if event == "open":
        path, _, flags = (*given, 0, 0, 0)[:3]
        return bool(isinstance(flags, int) and flags & WRITING) and path not in (os.devnull, b"/dev/null")
    return event.startswith(REACHING) and event not in HARMLESS


def _importing() -> bool:
    """Whether a module is being imported: what libraries do then is theirs."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - the only way to the stack that is cheap enough for every event
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def answer(module: ModuleType, task: Mapping[str, Any], costs: Mapping[str, Any]) -> None:
    """Write what came of the task where it says."""
    told: dict[str, Any] = {**costs, "brought": tuple(costs["brought"])}
    if task["name"]:
        cls = attrgetter(task["name"])(module)
        try:
            told |= _watched(cls, task["keywords"])
        except CheckFailed as error:
            told["failed"] = str(error)
        except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 - whatever it was, our parent tells it
            told["failed"] = raised(error, cls)
    Path(task["reply"]).write_bytes(pickle.dumps(told))


def _watched(cls: Any, keywords: dict[str, Any]) -> dict[str, Any]:
    guard = Guard()
    threads = set(threading.enumerate())
    before = _state()
    outputs(cls, keywords)
    _put_back(before)
    before, guard.on = _state(), True
    try:
        made = outputs(cls, keywords)
    except PermissionError:
        if not guard.did:
            raise
        made = []
    finally:
        guard.on = False
    after = _state()
    changed = tuple(name for name, value in after.items() if value != before[name])
    until = time.monotonic() + GRACE
    while (left := set(threading.enumerate()) - threads) and time.monotonic() < until:
        time.sleep(0.02)
    named = tuple(sorted(one.name for one in left))
    return {"outputs": tuple(made), "did": tuple(guard.did), "changed": changed, "threads": named}


def outputs(cls: Any, keywords: Mapping[str, Any]) -> list[Any]:
    """All that a plugin makes: frames as rows, reports as text. A kind that needs more is not run here."""
    if reports(cls):
        from logsense.testing.analyses import ANALYSES, written  # here: reports load more than detectors need

        return [written(cls, analysis()) for analysis in ANALYSES.values()]
    if not (hasattr(cls, "detect") or hasattr(cls, "score")):
        return []
    plugin = cls(**keywords)
    views = [view for _, view in views_for(plugin)]
    return [run(plugin, view).rows() for view in (*views, hostile())]


def _state() -> dict[str, Any]:
    """What all parts of a process share, in a form that can be compared."""
    root = logging.getLogger()
    return {
        "os.environ": dict(os.environ),
        "the working directory": str(Path.cwd()),
        "sys.path": list(sys.path),
        "sys.stdout": id(sys.stdout),
        "sys.stderr": id(sys.stderr),
        "sys.excepthook": id(sys.excepthook),
        "the recursion limit": sys.getrecursionlimit(),
        "random's state": random.getstate(),
        "numpy.random's state": pickle.dumps(np.random.get_state()),  # noqa: NPY002 - the one that all share
        "numpy's error handling": np.geterr(),
        "the filters of warnings": list(warnings.filters),
        "the locale": locale.setlocale(locale.LC_ALL),
        "logging": (root.level, [str(one) for one in root.handlers], logging.root.manager.disable),
        "signal handlers": [
            str(signal.getsignal(s)) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
        ],
    }


def _put_back(state: Mapping[str, Any]) -> None:
    put: Mapping[str, Callable[[Any], object]] = {
        "the working directory": os.chdir,
        "random's state": random.setstate,
        "numpy.random's state": lambda value: np.random.set_state(pickle.loads(value)),  # noqa: NPY002, S301 - as above
        "the locale": lambda value: locale.setlocale(locale.LC_ALL, value),
        "the recursion limit": sys.setrecursionlimit,
    }
    for name, restore in put.items():
        restore(state[name])
    os.environ.clear()
    os.environ.update(state["os.environ"])
    sys.path[:] = state["sys.path"]
    warnings.filters[:] = state["the filters of warnings"]  # type: ignore[index]  # typed as a sequence; it is a list
