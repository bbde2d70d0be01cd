"""``node:///``: the logs of containers as they lie on a node's disk, named by their workloads."""

import contextlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from logsense_kubernetes import address, containers
from logsense_kubernetes.answers import text
from logsense_kubernetes.pods import service_of, workload_of
from logsense_kubernetes.programs import ProgramError

#: Where they lie below the root of a node; the address may name such a place itself, wherever it was copied.
PLACES = ("var/log/pods", "var/log/containers", "var/lib/docker/containers")
_POD = re.compile(r"(?P<namespace>[a-z0-9-]+)_(?P<pod>[a-z0-9.-]+)_(?P<uid>[0-9a-f-]{32,36})")
_LINK = re.compile(
    r"(?P<pod>[a-z0-9.-]+)_(?P<namespace>[a-z0-9-]+)_(?P<name>[a-z0-9-]+)-(?P<id>[0-9a-f]{64})\.log"
)
_DOCKER = re.compile(r"(?P<id>[0-9a-f]{64})-json\.log(?P<age>(?:\.\d+)?(?:\.gz)?)")
_CONFIG = "config.v2.json"
#: A description of a container is a few kB.
_LARGEST = 4 << 20
FORM = "node:/// or node:///PATH, with a node's root or one of the folders below it"


@dataclass(frozen=True)
class Log:
    """A log on the disk: its file, and the folders and the name it gets."""

    path: Path
    below: tuple[str, ...]
    name: str


class Node:
    """Finds what the kubelet and docker keep in a node's root (``node:///``, ``node:///mnt/node1``).

    Nothing is copied: the folder of the run gets links. A file that is reached by several ways is read once.
    """

    name = "node"
    schemes = ("node",)

    def fetch(self, scheme: str, address: str, folder: Path) -> None:  # noqa: ARG002 - there is one scheme
        """Write NAMESPACE/POD/CONTAINER/SERVICE/RUN.log, or docker/NAME/SERVICE/…, as links."""
        if not address.startswith("/"):
            msg = f"a path from the root is needed: {FORM}"
            raise ValueError(msg)
        root = Path(address)
        if not root.is_dir():
            msg = f"there is no directory {address}; {FORM}"
            raise ProgramError(msg)
        places = [root / place for place in PLACES if (root / place).is_dir()] or [root]
        seen: set[str] = set()
        for place in places:
            for log in _logs(place):
                real = os.path.realpath(log.path)
                if real in seen or not Path(real).is_file():
                    continue
                seen.add(real)
                _link(folder.joinpath(*log.below), log.name, real)
        if not seen:
            where = ", ".join(f"/{place}" for place in PLACES)
            msg = f"no logs of containers lie below it; looked for: {where}, or one of these copied"
            raise ProgramError(msg)


def _link(folder: Path, name: str, real: str) -> None:
    """A link in the folder; under another name where a pod of the same name was there before, too."""
    folder.mkdir(parents=True, exist_ok=True)
    for again in count(1):
        try:
            (folder / (name if again == 1 else f"{again}-{name}")).symlink_to(real)
        except FileExistsError:
            continue
        return


def _logs(place: Path) -> Iterator[Log]:
    """The logs of one folder, whichever of the three kinds it is. Listing it may raise OSError."""
    for child in sorted(place.iterdir()):
        with contextlib.suppress(FileNotFoundError):  # it has gone while others were looked at
            yield from _of_one(child)


def _of_one(child: Path) -> Iterator[Log]:
    if (pod := _POD.fullmatch(child.name)) and child.is_dir():
        yield from _of_pod(child, pod["namespace"], pod["pod"])
    elif link := _LINK.fullmatch(child.name):
        yield Log(child, _below(link["namespace"], link["pod"], link["name"], alone=False), "0.log")
    elif (child / _CONFIG).is_file():
        yield from _of_docker(child)


def _of_pod(folder: Path, namespace: str, pod: str) -> Iterator[Log]:
    """``CONTAINER/0.log``, and what was rotated away beside it."""
    inside = sorted(child for child in folder.iterdir() if child.is_dir())
    for container in inside:
        below = _below(namespace, pod, container.name, alone=len(inside) == 1)
        for path in sorted(container.iterdir()):
            yield Log(path, below, path.name)


def _below(namespace: str, pod: str, container: str, *, alone: bool) -> tuple[str, ...]:
    service = service_of(workload_of(pod), container, main=alone)
    return (namespace, pod, container, *((service,) if service != container else ()))


def _of_docker(folder: Path) -> Iterator[Log]:
    try:
        with (folder / _CONFIG).open("rb") as file:
            about = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        about = {}
    about = about if isinstance(about, dict) else {}
    name = text(about, "Name").strip("/")
    name = name if address.CONTAINER.fullmatch(name) else folder.name[:12]
    service = containers.service(about, name)
    for path in sorted(folder.iterdir()):
        if found := _DOCKER.fullmatch(path.name):
            below = ("docker", name, *((service,) if service != name else ()))
            yield Log(path, below, f"0.log{found['age']}")
