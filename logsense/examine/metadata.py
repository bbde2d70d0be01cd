"""The checks of what a distribution says of itself: without importing anything of it."""

import re
from collections.abc import Callable, Iterator

from logsense import __version__
from logsense.entry_points import fits, needs
from logsense.examine.outcome import Outcome
from logsense.examine.target import Target
from logsense.inventory import CORE

#: A README of fewer characters says nothing that the summary does not.
LEAST_README = 200


def metadata(target: Target) -> Iterator[Outcome]:
    """One Outcome a check; those of third-party plugins alone are skipped for what comes with logsense."""
    for name, check in _CHECKS.items():
        wrong = check(target)
        yield Outcome(target.name, name, "failed" if wrong else "passed", wrong)
    for name, check in _STRANGERS.items():
        if target.name == CORE:
            yield Outcome(target.name, name, "skipped", "it comes with logsense")
            continue
        wrong = check(target)
        yield Outcome(target.name, name, "failed" if wrong else "passed", wrong)


def _entries_lower_case(target: Target) -> str:
    odd = [name for _, name, _ in target.entries if not re.fullmatch(r"[a-z][a-z0-9_-]*", name)]
    return f"names of entry points are lower case, digits, - and _: {', '.join(odd)}" if odd else ""


def _summary(target: Target) -> str:
    return "" if target.summary.strip() else "say in one line what it does: description in [project]"


def _licence(target: Target) -> str:
    return "" if target.licence.strip() else "say under which licence it may be used: license in [project]"


def _readme(target: Target) -> str:
    short = len(target.readme.strip()) < LEAST_README
    return "say how it is installed, what it does, how it is configured: readme in [project]" if short else ""


def _named_logsense(target: Target) -> str:
    fits = re.fullmatch(r"logsense[-_.].+", target.name, re.IGNORECASE)
    return "" if fits else f"call the distribution logsense-…, so that people find it; it is {target.name}"


def _asks_for_logsense(target: Target) -> str:
    asks = needs(target.requires)
    return f"require {CORE} in dependencies, with the versions it works with" if asks is None else ""


def _upper_bound(target: Target) -> str:
    asks = needs(target.requires)
    bound = asks is not None and re.search(r"<|==|~=", asks)
    return "" if bound else f"leave out what may break it: {CORE}>=…,<{int(__version__.split('.')[0]) + 1}"


def _fits_this_version(target: Target) -> str:
    asks = needs(target.requires)
    return "" if fits(asks) else f"it asks for {CORE} {asks}; this is {__version__}, which will not load it"


_CHECKS: dict[str, Callable[[Target], str]] = {
    "entries_lower_case": _entries_lower_case,
    "summary": _summary,
    "licence": _licence,
    "readme": _readme,
}
_STRANGERS: dict[str, Callable[[Target], str]] = {
    "named_logsense": _named_logsense,
    "asks_for_logsense": _asks_for_logsense,
    "upper_bound": _upper_bound,
    "fits_this_version": _fits_this_version,
}
