"""Which promises a plugin must keep: its kind is told by what it has, or by what its files hold."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from logsense.testing import classes
from logsense.testing.alone import importable
from logsense.testing.promise import Check, CheckFailed

#: By which method each kind is known.
METHODS: Mapping[str, str] = {
    "detector": "detect",
    "ranker": "score",
    "reporter": "write",
    "panel": "widget",
    "source": "fetch",
    "metrics": "claims",
    "command": "make_context",
}
#: The kinds, each with the module of its checks; a module is imported when its kind is met.
KINDS: Mapping[str, str] = {
    kind: "metrics" if kind == "metrics" else f"{kind}s" for kind in (*METHODS, "format", "mask")
}
_ALONE = {run.__name__ for run in classes.ALONE}
Checker: TypeAlias = Callable[[object], None]


def kind_of(plugin: Any) -> str:
    """The kind of a plugin: an instance, a class, a click command, or the path of TOML files.

    CheckFailed for what is none of them.
    """
    if isinstance(plugin, (str, Path)):
        return _kind_of_files(Path(plugin))
    for kind, method in METHODS.items():
        if callable(getattr(plugin, method, None)):
            return kind
    shown = getattr(plugin, "__name__", type(plugin).__name__)
    wanted = " nor ".join(f"{method} (a {kind})" for kind, method in METHODS.items())
    msg = f"{shown} has neither {wanted}"
    raise CheckFailed(msg)


def _kind_of_files(path: Path) -> str:
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    for file in files:
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            msg = f"{file} cannot be read: {error}"
            raise CheckFailed(msg) from error
        if "[[mask]]" in text:
            return "mask"
    if not files:
        msg = f"{path} holds no TOML file: give a file, or a folder, of formats or masks"
        raise CheckFailed(msg)
    return "format"


def table_of(kind: str) -> dict[str, Check]:
    """All checks of a kind by name, quick ones first as far as can be."""
    checks: dict[str, Check] = import_module(f"logsense.testing.kinds.{KINDS[kind]}").CHECKS
    return checks


def checks_for(plugin: object) -> dict[str, Check]:
    """The checks that apply to a plugin, by name; see ``kind_of`` for what it may be.

    Those that start an interpreter of their own apply to classes at the top of a module that is a file.
    """
    checks = table_of(kind_of(plugin))
    if isinstance(plugin, (str, Path)) or hasattr(plugin, "make_context") or importable(plugin):
        return dict(checks)
    return {name: check for name, check in checks.items() if name not in _ALONE}


def _of(kind: str) -> Checker:
    def check(plugin: object) -> None:
        """Every check of its kind, one after the other; CheckFailed names the first that fails."""
        found = kind_of(plugin)
        if found != kind:
            msg = f"this is no {kind} but a {found}"
            raise CheckFailed(msg)
        for one in checks_for(plugin).values():
            one(plugin)

    check.__name__ = f"check_{kind}"
    return check


check_detector = _of("detector")
check_ranker = _of("ranker")
check_format = _of("format")
check_mask = _of("mask")
check_source = _of("source")
check_metrics = _of("metrics")
check_reporter = _of("reporter")
check_panel = _of("panel")
check_command = _of("command")
