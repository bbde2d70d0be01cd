"""Which checks a plugin must pass: its kind is told by what it has, or by what its files hold."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from logsense.testing.alone import importable
from logsense.testing.promise import Check, CheckFailed

#: By which method each kind is known, and the module of its checks.
KINDS: Mapping[str, str] = {
    "detector": "detect",
    "ranker": "score",
    "reporter": "write",
    "panel": "widget",
    "source": "fetch",
    "metrics": "claims",
    "command": "make_context",
}
_MODULES: Mapping[str, str] = {"metrics": "metrics"}


def kind_of(plugin: object) -> str:
    for kind, method in KINDS.items():
        if callable(getattr(plugin, method, None)):
            return kind
    msg = (
        f"{plugin!r} is no plugin: it has neither "
        + ", nor ".join(f"{method} (a {kind})" for kind, method in KINDS.items())
    )
    raise CheckFailed(msg)


def table_of(kind: str) -> dict[str, Check]:
    module = import_module(f"logsense.testing.kinds.{_MODULES.get(kind, kind + 's')}")
    checks: dict[str, Check] = module.CHECKS
    return checks


def checks_for(plugin: Any) -> dict[str, Check]:
    checks = table_of(kind_of(plugin))
    return checks
