"""The process in which a plugin is loaded and checked: ``python -m logsense.examine.child FD ORDER``.

ORDER is JSON: the entry (kind, name, module) and the checks that are done already, with what came of them.
What happens is written to the descriptor FD, one JSON object a row: ``{"begin": [subject, check]}``, then
``{"end": [status, said]}``.
"""

import inspect
import json
import os
import sys
import time
from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import Any


class _Skipped(Exception):  # noqa: N818 - it is an outcome of a check, not an error
    pass


class _Journal:
    """Tells the parent what begins and what came of it."""

    def __init__(self, descriptor: int, done: list[list[str]]) -> None:
        self.out = os.fdopen(descriptor, "w", encoding="utf-8", buffering=1)
        self.done = {(subject, check): status for subject, check, status in done}

    def tell(self, **row: Any) -> None:
        self.out.write(json.dumps(row) + "\n")

    def run(self, subject: str, name: str, check: Callable[[], str | None]) -> bool:
        """Whether a check passed; it is left out where it is done already, in another process."""
        if (subject, name) in self.done:
            return self.done[subject, name] == "passed"
        self.tell(begin=[subject, name])
        try:
            said = check() or ""
        except _Skipped as why:
            self.tell(end=["skipped", str(why)])
            return False
        except BaseException as error:  # noqa: BLE001 - it may raise anything, SystemExit too: the check failed
            name_ = type(error).__name__
            if name_ == "NoExample":  # its tests may give it one, and these are not run here
                self.tell(end=["skipped", str(error).partition(": ")[2][:2000]])
                return False
            words = str(error) if name_ == "CheckFailed" else f"it raised {name_}: {error}"
            words = words.removeprefix(f"{name}: ")  # the row names the check already
            self.tell(end=["failed", words[:2000]])
            return False
        self.tell(end=["passed", said])
        return True


def main() -> None:
    """Load the entry, and run every check on everything it registers."""
    import logsense.api  # noqa: F401 - what a plugin imports costs it nothing more

    order = json.loads(sys.argv[2])
    kind, name, module = order["entry"]
    journal = _Journal(int(sys.argv[1]), order["done"])
    subject = f"{kind}.{name}"
    known = set(sys.modules)
    begun = time.process_time()
    loaded: list[Any] = []
    point = EntryPoint(name, module, f"logsense.{kind}")
    if not journal.run(subject, "imports", lambda: loaded.append(point.load())):
        return
    plugin = loaded[0] if loaded else point.load()
    spent = time.process_time() - begun
    fresh = {one.partition(".")[0] for one in set(sys.modules) - known}
    printed = sum(os.fstat(out).st_size for out in (1, 2))

    journal.run(subject, "import_quick", lambda: _quick(spent))
    journal.run(subject, "import_light", lambda: _light(kind, fresh))
    journal.run(subject, "import_silent", lambda: _silent(printed))
    journal.run(subject, "module_documented", lambda: _documented(plugin))
    things: list[tuple[str, Any]] = []
    if journal.run(subject, "registers", lambda: _registers(kind, name, plugin, things)) and not things:
        _registers(kind, name, plugin, things)
    for label, thing in things:
        _checks(journal, f"{subject}: {label}", thing)


def _need(holds: bool, message: str) -> None:
    from logsense.testing import CheckFailed

    if not holds:
        raise CheckFailed(message)


def _quick(spent: float) -> str:
    from logsense.testing.classes import (
        QUICK,
    )  # here, and below: the kit is loaded when the plugin is measured

    _need(
        spent <= QUICK,
        f"{spent:.2f} s of CPU beside logsense.api (at most {QUICK} s): import inside the call",
    )
    return f"{spent:.2f} s of CPU beside logsense.api"


def _light(kind: str, fresh: set[str]) -> None:
    from logsense.testing.alone import HEAVY

    heavy = sorted(fresh & set(HEAVY) - ({"textual"} if kind == "panels" else set()))
    _need(not heavy, f"import inside the call that needs it: {', '.join(heavy)}")


def _silent(printed: int) -> None:
    _need(printed == 0, "do not print when imported")


def _documented(plugin: Any) -> None:
    _need(
        bool((getattr(plugin, "__doc__", "") or "").strip()), "say in the module's docstring what it brings"
    )


def _registers(kind: str, name: str, plugin: Any, things: list[tuple[str, Any]]) -> str:
    """What it registers, as the host sees it: a misspelt hook, or a thing of another form, is a failure."""
    from logsense.host import Host

    host = Host(kinds=(kind,), objects=[(kind, name, plugin)], installed=False)
    found = getattr(host, kind)()
    _need(not host.failures, "; ".join(one.reason for one in host.failures))
    things[:] = [(_label(one), getattr(one, "thing", one)) for one in found]
    _need(bool(things), f"register_{kind} gives nothing")
    return ", ".join(label for label, _ in things)


def _label(one: Any) -> str:
    return str(getattr(one, "name", None) or os.path.basename(one))  # noqa: PTH119 - a name for a person


def _checks(journal: _Journal, subject: str, thing: Any) -> None:
    """Every check of the kit that applies to a thing: an instance of a class, a folder, a command."""
    from logsense.testing import CheckFailed, checks_for

    made: list[Any] = []

    def make() -> None:
        # A reporter that is handed the kit of reports is made by the kit of tests: it gets the class.
        handed = isinstance(thing, type) and "kit" in inspect.signature(thing).parameters
        made[:] = [thing() if isinstance(thing, type) and not handed else thing]

    if not journal.run(subject, "made_with_defaults", make):
        return
    if not made:
        make()
    try:
        checks = checks_for(made[0])
    except CheckFailed as error:
        why = str(error)

        def skip() -> None:
            raise _Skipped(f"the kit has no checks for it: {why}")

        journal.run(subject, "kit", skip)
        return
    # What takes long comes last: who looks on sees at once what is plainly wrong.
    for name, check in sorted(checks.items(), key=lambda one: one[1].slow):
        journal.run(subject, name, lambda check=check: check(made[0]))  # type: ignore[misc]  # binds the loop variable


if __name__ == "__main__":
    main()
    # Threads a plugin left behind do not keep the process: what they do now is of no interest.
    sys.stdout.flush()
    os._exit(0)
