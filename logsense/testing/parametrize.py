"""One test a check and plugin."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from logsense.testing.checks import checks_for


def parametrize_with_checks(
    plugins: Iterable[object], *, expected_failed_checks: Mapping[str, str] | None = None
) -> Callable[[Any], Any]:
    """A decorator for a test with the arguments ``plugin`` and ``check``.

    expected_failed_checks: names of checks that are known to fail, with the reason; they are marked as
    such, and a check that passes after all fails the test run. ValueError for a name that none of the plugins
    has (with the nearest one), and for an empty reason.
    """
    import pytest  # here, so that the kit can be imported without it

    known = dict(expected_failed_checks or {})
    given = [(plugin, checks_for(plugin)) for plugin in plugins]
    _refuse(known, {name for _, checks in given for name in checks})
    cases = []
    for number, (plugin, checks) in enumerate(given):
        for name, check in checks.items():
            marks = [pytest.mark.xfail(reason=known[name], strict=True)] if name in known else []
            cases.append(pytest.param(plugin, check, id=f"{_label(plugin)}-{number}-{name}", marks=marks))
    return pytest.mark.parametrize("plugin,check", cases)


def _refuse(known: Mapping[str, str], names: set[str]) -> None:
    for name, reason in known.items():
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(names))}"
            msg = f"expected_failed_checks: there is no check {name!r}; {hint}"
            raise ValueError(msg)
        if not str(reason or "").strip():
            msg = f"expected_failed_checks: {name!r} needs a reason: why it may fail, in words"
            raise ValueError(msg)


def _label(plugin: object) -> str:
    if isinstance(plugin, (str, Path)):
        return Path(plugin).stem
    if isinstance(plugin, type):
        return plugin.__name__
    return str(getattr(plugin, "name", None) if hasattr(plugin, "make_context") else type(plugin).__name__)
