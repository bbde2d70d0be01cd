"""Addresses of logs that lie in no file: ``SCHEME://REST``, as ``analyze`` and its like take beside paths.

An address is one wherever it is typed: nothing that lies in the working directory changes what it means. A
file that is really called so is given as ``./k8s://shop``.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

_ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://")
#: What may have been meant as one: a colon or slashes too few, capitals.
_ALMOST = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)(?::/{0,2}|/{2,})")

#: Schemes that packages of ours bring: how their addresses are written, and one.
FORMS: Mapping[str, tuple[str, str]] = {
    "k8s": ("k8s://NAMESPACE or k8s://NAMESPACE/NAME", "k8s://shop"),
    "docker": ("docker://NAME", "docker://web"),
    "podman": ("podman://NAME", "podman://web"),
    "compose": ("compose://PROJECT", "compose://shop"),
    "journal": ("journal://UNIT", "journal://nginx.service"),
    "node": ("node:///PATH", "node:///"),
}
#: Which package brings a scheme, for whoever asks for one that is not installed.
PACKAGES: Mapping[str, str] = dict.fromkeys(FORMS, "logsense-kubernetes")
#: Schemes whose address may be empty: it means the whole machine.
_WHOLE = ("node",)


def scheme(text: str) -> str | None:
    """The scheme of an address; None for a path."""
    found = _ADDRESS.match(text)
    return found["scheme"] if found else None


def rest(text: str) -> str:
    """What stands behind ``://``."""
    return text.partition("://")[2]


def mistyped(text: str) -> str:
    """For a path that does not exist, how the address is written that may have been meant; "" for none."""
    found = None if scheme(text) else _ALMOST.match(text)
    near = nearest(found["scheme"].lower(), FORMS) if found else None
    return form(near) if near else ""


def names_nothing(address: str) -> str:
    """For an address of ours without the name that it needs, how it is written; "" for any other."""
    which = scheme(address) or ""
    empty = not rest(address).partition("?")[0].strip("/")
    return form(which) if which in FORMS and which not in _WHOLE and empty else ""


def nearest(scheme: str, known: Iterable[str]) -> str | None:
    """The known scheme that a misspelt one was meant to be; None where none is near."""
    return next(iter(get_close_matches(scheme, sorted(known), n=1, cutoff=0.65)), None)


def form(scheme: str) -> str:
    """How an address of a scheme of ours is written."""
    written, such = FORMS[scheme]
    return f"an address of {scheme} is written {written}, as in {such}"
