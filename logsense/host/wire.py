"""What crosses between this process and a worker: plain data as JSON, frames as Arrow IPC. Never pickle.

A message is two numbers (the length of its JSON and of all its frames), the JSON, and the frames one after
the other. What JSON does not know is an object with one key: ``{"$frame": 0}``, ``{"$time": "…"}``,
``{"$Cause": {…}}``: only the frozen dataclasses named here are made from it, which do nothing by themselves.
"""

import io
import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from logsense import analysis as answers
from logsense.errors import FrameError
from logsense.schema import View

HEAD = struct.Struct(">QQ")
#: What may cross beside plain values and frames.
CLASSES: Mapping[str, type[Any]] = {
    one.__name__: one
    for one in (
        answers.Analysis, answers.Cause, answers.Change, answers.Component, answers.Evidence,
        answers.Incident, answers.Muted, answers.NearMiss, answers.NotJudged, answers.PluginFailure,
        answers.Symptom, answers.Term, answers.Timeline, answers.Verdict, answers.Windows, View,
    )
}  # fmt: skip
#: Fields that stay at home: what fetches lines, and what only the pipeline understands.
HOME = ("book", "basis", "fetch")


def pack(value: object, *, view: Callable[[View], str] | None = None) -> bytes:
    """A message. view: where a View is written, and under which name it is found there; None: it is sent."""
    held: list[bytes] = []
    text = json.dumps(_plain(value, held, view)).encode("ascii")
    sizes = json.dumps([len(one) for one in held]).encode("ascii")
    body = b"".join(held)
    inner = HEAD.pack(len(sizes), len(text)) + sizes + text
    return HEAD.pack(len(inner), len(body)) + inner + body


def length(head: bytes) -> int:
    """How many bytes follow the head of a message."""
    first, second = HEAD.unpack(head)
    return int(first) + int(second)


def unpack(rest: bytes, *, view: Callable[[str], View] | None = None) -> Any:
    """What a message says. rest: all that follows its head; FrameError where it cannot be understood."""
    try:
        size, count = HEAD.unpack_from(rest)
        sizes = json.loads(rest[HEAD.size : HEAD.size + size])
        begin = HEAD.size + size
        body = memoryview(rest)[begin + count :]
        held, at = [], 0
        for one in sizes:
            held.append(body[at : at + one])
            at += one
        return _made(json.loads(rest[begin : begin + count]), held, view)
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        struct.error,
        RecursionError,
    ) as error:
        raise FrameError(f"what its worker sent cannot be read: {type(error).__name__}: {error}") from error
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise FrameError(f"a frame its worker sent cannot be read: {error}") from error


def _plain(value: Any, held: list[bytes], view: Callable[[View], str] | None) -> Any:
    if isinstance(value, np.generic):  # a number of NumPy
        value = value.item()
    if isinstance(value, pl.DataFrame):
        return {"$frame": _hold(value, held)}
    if isinstance(value, View) and view is not None:
        return {"$view": view(value)}
    if isinstance(value, (list, tuple)):
        rows = [_plain(one, held, view) for one in value]
        return rows if isinstance(value, list) else {"$tuple": rows}
    if isinstance(value, Mapping):
        return {"$map": [[str(key), _plain(one, held, view)] for key, one in value.items()]}
    if is_dataclass(value) and type(value).__name__ in CLASSES:
        own = [one.name for one in fields(value) if one.name not in HOME]
        return {f"${type(value).__name__}": {n: _plain(getattr(value, n), held, view) for n in own}}
    return value if value is None or isinstance(value, (bool, int, float, str)) else _dated(value)


def _dated(value: Any) -> Any:
    if value is ...:
        return {"$none": 0}
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, timedelta):
        return {"$took": value / timedelta(microseconds=1)}
    if isinstance(value, Path):
        return {"$path": str(value)}
    raise FrameError(f"{type(value).__name__} cannot leave a worker: give plain data or frames")


def _hold(frame: pl.DataFrame, held: list[bytes]) -> int:
    try:
        out = io.BytesIO()
        frame.write_ipc(out, compression="uncompressed")
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, TypeError, ValueError) as error:
        raise FrameError(f"a frame cannot leave its process: {error}") from error
    held.append(out.getvalue())
    return len(held) - 1


def _made(value: Any, held: list[memoryview], view: Callable[[str], View] | None) -> Any:
    if not isinstance(value, dict):
        return [_made(one, held, view) for one in value] if isinstance(value, list) else value
    ((key, inside),) = value.items()
    if key == "$frame":
        return pl.read_ipc(io.BytesIO(held[inside]))
    if key == "$view" and view is not None:
        return view(inside)
    if key in ("$tuple", "$map"):
        rows = [_made(one, held, view) for one in inside]
        return tuple(rows) if key == "$tuple" else {str(name): one for name, one in rows}
    if key.removeprefix("$") in CLASSES:
        made = {name: _made(one, held, view) for name, one in inside.items()}
        return CLASSES[key.removeprefix("$")](**made)
    return _SIMPLE[key](inside)


_SIMPLE: Mapping[str, Callable[[Any], Any]] = {
    "$none": lambda _: ...,
    "$time": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$took": lambda us: timedelta(microseconds=us),
    "$path": Path,
}
