"""The worker: loads plugins of one distribution and answers what it is asked, until it is told no more.

Started by ``worker.py`` as ``python -P -c``, so that nothing of the working directory is ever imported. It
asks for nothing by itself. Where its parent is gone it clears the run's scratch folder away and ends.
"""

import contextlib
import os
import shutil
import socket
import sys
import warnings
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import polars as pl

from logsense.entry_points import Found
from logsense.host import calls, limits, load, wire
from logsense.schema import View

#: What may be asked of what a plugin registers.
_things: dict[tuple[str, str, str], list[Any]] = {}
_views: dict[str, View] = {}


def main(answers: int, life: int, scratch: str) -> None:
    """Serve until the other end of a socket is closed. answers, life: descriptors; scratch: of the run."""
    for descriptor in (answers, life):
        os.set_inheritable(descriptor, False)  # programs that plugins start shall not hold them
    limits.no_core()
    warnings.simplefilter("ignore")  # what a plugin's dependencies deprecate is not what it prints
    watching = Thread(target=_watch, args=(life, scratch), daemon=True)
    watching.start()
    _warm()
    with socket.socket(fileno=answers) as line, contextlib.suppress(OSError):  # nobody is there any more
        # A fork of a plugin that comes back here would answer as well, and take what is asked next.
        os.register_at_fork(after_in_child=line.close)
        line.sendall(_packed({"answer": "ready"}))
        while (asked := _receive(line)) is not None:
            line.sendall(_answer(asked))
    watching.join()


def _warm() -> None:
    """Do once what each call does: Polars makes its threads and plans when they are first needed.

    Here it costs nobody anything, since workers start while files are found.
    """
    frame = pl.DataFrame({"name": ["a", "b"], "n": [1, 2]})
    frame.group_by("name").agg(pl.col("n").sum()).filter(pl.col("n") > 1).sort("name").equals(frame)
    wire.unpack(wire.pack({"frame": frame})[wire.HEAD.size :])


def _watch(life: int, scratch: str) -> None:
    """Wait until the parent is gone, however it went; then leave no file behind, and no program."""
    while os.read(life, 1):
        continue
    shutil.rmtree(scratch, ignore_errors=True)
    limits.end(os.getsid(0))


def _receive(line: socket.socket) -> bytes | None:
    """The next message without its head; None where the other end is closed."""
    head = _exactly(line, wire.HEAD.size)
    return None if head is None else _exactly(line, wire.length(head))


def _exactly(line: socket.socket, size: int) -> bytes | None:
    held = bytearray(size)
    at = 0
    while at < size:
        got = line.recv_into(memoryview(held)[at:])
        if not got:
            return None
        at += got
    return bytes(held)


def _answer(message: bytes) -> bytes:
    """The answer to a message, packed; whatever goes wrong is one, too."""
    package = ""
    try:
        asked = wire.unpack(message, view=_view)
        limits.allow(asked["seconds"], os.cpu_count() or 1)
        found = Found(**asked["found"])
        package = found.package
        if asked["do"] == "load":
            answer = [
                load.told(thing, found, place)
                | ({"path": str(thing)} if isinstance(thing, (str, Path)) else {})
                for place, thing in enumerate(_registered(found))
            ]
            said: dict[str, object] = {"answer": answer, "changed": []}
        else:
            thing = _registered(found)[asked["place"]]
            make = partial(thing, **asked["keywords"])
            answered, changed = calls.run(asked["do"], make, asked["arguments"], deep=asked["deep"])
            said = {"answer": answered, "changed": changed}
        return _packed(said)
    except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, exit included; it is told
        return _packed({"failed": load.reason(error, package)})


def _packed(said: dict[str, object]) -> bytes:
    with contextlib.suppress(Exception):  # a plugin may have closed them
        sys.stdout.flush()
        sys.stderr.flush()
    return wire.pack(said | {"peak": limits.peak()})


def _registered(found: Found) -> list[Any]:
    key = (found.kind, found.name, found.value)
    if key not in _things:
        _things[key] = load.register(found.kind, load.imported(found))
    return _things[key]


def _view(folder: str) -> View:
    """A view that the parent wrote; one at a time is kept, since detectors are asked one after another."""
    if folder not in _views:
        _views.clear()
        meta = wire.unpack(Path(folder, "view").read_bytes()[wire.HEAD.size :])
        # Files that are not packed are mapped, not read: workers share their pages.
        frames = {name: pl.read_ipc(Path(folder, f"{name}.arrow")) for name in meta.pop("frames")}
        _views[folder] = View(**(meta | frames))
    return _views[folder]
