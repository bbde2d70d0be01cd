"""What a person means by the name of a plugin."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from logsense.clean import safe
from logsense.errors import UsageError
from logsense.inventory.installed import Distribution, Entry


def named(found: Sequence[Distribution], name: str) -> list[tuple[Distribution, Entry]]:
    """The entries a name stands for: all of a distribution, ``detectors.mix``, or all called ``mix``."""
    plain = _plain(name)
    whole = [(one, entry) for one in found if _plain(one.name) == plain for entry in one.entries]
    every = [(one, entry) for one in found for entry in one.entries]
    return (
        whole
        or [(one, entry) for one, entry in every if f"{entry.kind}.{entry.name}" == name]
        or [(one, entry) for one, entry in every if entry.name == name]
    )


def unknown(found: Sequence[Distribution], name: str, things: Iterable[str] = ()) -> UsageError:
    """The error for a name that stands for nothing, with the nearest right one.

    things: names such as ``detectors.rate`` that count beside entries and distributions.
    """
    names = {one.name for one in found} | set(things)
    names |= {f"{entry.kind}.{entry.name}" for one in found for entry in one.entries}
    short = {one.partition(".")[2]: one for one in sorted(names) if "." in one}
    near = get_close_matches(name, [*sorted(names), *short], n=1)
    hint = (
        f"did you mean {short.get(near[0], near[0])}?"
        if near
        else "logsense plugins list shows what there is"
    )
    return UsageError(f"no plugin is called {safe(name)!r}; {safe(hint)}")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
