"""A plugin in an interpreter of its own: what importing it costs, and what it does to the world around it.

``told(plugin)`` starts one interpreter a plugin, with another seed of hashes, in an empty folder, and
remembers what it told. Files that are written, the network and other programs are refused there and noted
(by audit hooks, PEP 578); reading files is allowed, since plugins may bring data.
"""

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from logsense.testing.promise import need

#: Packages that may be imported inside a call, never when a plugin's module is loaded.
HEAVY = ("sklearn", "scipy", "pandas", "torch", "tensorflow", "matplotlib", "textual", "drain3")
_NOTHING = pickle.dumps({})
#: Seconds after which an interpreter is stopped.
PATIENCE = 120
#: The seed of hashes in there; the other where that is ours.
SEEDS = ("20011", "20021")

_CODE = """
import pickle, sys, time
task = pickle.load(sys.stdin.buffer)
sys.path[:] = task["path"]
begun = time.process_time()
import logsense.api
api = time.process_time() - begun
loaded = set(sys.modules)
begun = time.process_time()
from importlib import import_module, util
if task["file"]:
    spec = util.spec_from_file_location(task["module"], task["file"])
    module = sys.modules[task["module"]] = util.module_from_spec(spec)
    spec.loader.exec_module(module)
else:
    module = import_module(task["module"])
spent = time.process_time() - begun
brought = sorted({name.partition(".")[0] for name in set(sys.modules) - loaded})
from logsense.testing.watched import answer
answer(module, task, {"api": api, "spent": spent, "brought": brought})
"""


@dataclass(frozen=True)
class Told:
    """What an interpreter told of a plugin.

    api, spent: CPU seconds of importing logsense.api, and then the plugin's module. brought: top-level names
    of the modules that came with it. outputs: what the plugin made of its views, as rows or text. did:
    what it wrote, started or called. changed: names of what is no longer as it was. threads: those it left.
    printed: what went to stdout. files: those that lie in its folder now. failed: why there is nothing of
    the above but the costs, in words; "" where it went well.
    """

    api: float = 0.0
    spent: float = 0.0
    brought: tuple[str, ...] = ()
    outputs: tuple[Any, ...] = ()
    did: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    printed: str = ""
    failed: str = ""
    files: tuple[str, ...] = ()


def importable(plugin: object) -> bool:
    """Whether another interpreter could import it: it stands at the top of a module that is a file."""
    cls = plugin if isinstance(plugin, type) else type(plugin)
    file = getattr(sys.modules.get(cls.__module__), "__file__", None)
    return bool(file) and "<locals>" not in cls.__qualname__


def module_told(module: str) -> Told:
    """What importing a module told; nothing of it is run."""
    return _told(module, "", _NOTHING)


def told(plugin: Any, keywords: Mapping[str, object] | None = None) -> Told:
    """What was told of a plugin that is made with these keywords, and asked for all that it can do."""
    cls = plugin if isinstance(plugin, type) else type(plugin)
    try:
        given = pickle.dumps(dict(keywords or {}))
    except (TypeError, AttributeError, pickle.PicklingError):
        given = _NOTHING  # keywords that are no plain data: another check says so
    return _told(cls.__module__, cls.__qualname__, given)


@cache
def _told(module: str, name: str, keywords: bytes) -> Told:
    known = _found_by_name(module)
    file = None if known else getattr(sys.modules.get(module), "__file__", None)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as apart:
        reply = Path(apart, "reply")
        path = [folder if not p else str(Path(p).resolve()) for p in sys.path]
        task = {
            "path": path,
            "module": module,
            "file": file,
            "name": name,
            "keywords": pickle.loads(keywords),  # noqa: S301 - made above
            "reply": str(reply),
        }
        seed = SEEDS[os.environ.get("PYTHONHASHSEED") == SEEDS[0]]
        environ = {**os.environ, "PYTHONHASHSEED": seed, "TMPDIR": folder, "HOME": folder}
        command = [sys.executable, "-P", "-c", _CODE]
        done = _run(command, pickle.dumps(task), folder, environ)
        need(
            done.returncode == 0,
            f"{module} cannot be imported in an interpreter of its own: {_text(done.stderr)[-500:]}",
        )
        need(reply.exists(), f"{module} ended the interpreter")
        told: dict[str, Any] = pickle.loads(reply.read_bytes())  # noqa: S301 - from our own child, a line above
        need(not told.get("failed"), str(told.get("failed")))  # in the words of all checks: it is one fault
        left = tuple(sorted(str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.is_file()))
    return Told(**told, printed=_text(done.stdout), files=left)


def _run(
    command: list[str], given: bytes, folder: str, environ: Mapping[str, str]
) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            command, input=given, capture_output=True, check=False, cwd=folder, env=environ,
            timeout=PATIENCE,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        need(False, f"it was stopped after {PATIENCE} s in an interpreter of its own")
        raise


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").strip()


def _found_by_name(module: str) -> bool:
    """Whether the name alone leads to the module (test runners load files under names of their own)."""
    top = module.partition(".")[0]
    return any(finder.find_spec(top, None) for finder in sys.meta_path if hasattr(finder, "find_spec"))
