"""One test a check and plugin."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from logsense.testing.checks import checks_for


def parametrize_with_checks(
    plugins: Iterable[object], *, expected_failed_checks: Mapping[str, str] | None = None
) -> Callable[[Any], Any]:
    """A decorator for a test with the arguments ``plugin`` and ``check``.

    expected_failed_checks: names of checks that are known to fail, with the reason; they are marked as
    such, and a check that passes after all fails the test run.
    """
    import pytest  # here, so that the kit can be imported without it

    known = dict(expected_failed_checks or {})
    cases = []
    for number, plugin in enumerate(plugins):
        for name, check in checks_for(plugin).items():
            marks = [pytest.mark.xfail(reason=known[name], strict=True)] if name in known else []
            label = f"{type(plugin).__name__}-{number}-{name}"
            cases.append(pytest.param(plugin, check, id=label, marks=marks))
    return pytest.mark.parametrize("plugin,check", cases)
