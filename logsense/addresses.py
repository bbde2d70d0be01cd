"""Addresses of logs that lie in no file: ``SCHEME://REST``, as ``analyze`` and its like take beside paths.

An address is one wherever it is typed: nothing that lies in the working directory changes what it means. A
file that is really called so is given as ``./k8s://shop``.
"""

import re
from collections.abc import Mapping

_ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://")

#: Which package brings a scheme, for whoever asks for one that is not installed.
PACKAGES: Mapping[str, str] = dict.fromkeys(
    ("k8s", "docker", "podman", "compose", "journal", "node"), "logsense-kubernetes"
)


def scheme(text: str) -> str | None:
    """The scheme of an address; None for a path."""
    found = _ADDRESS.match(text)
    return found["scheme"] if found else None


def rest(text: str) -> str:
    """What stands behind ``://``."""
    return text.partition("://")[2]
