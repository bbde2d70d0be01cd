"""Pods as the cluster tells of them: whose they are, their containers, and what became of these."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from logsense_kubernetes import knowledge
from logsense_kubernetes.answers import items, mapping, number, text
from logsense_kubernetes.records import Record, when

#: Letters and digits that Kubernetes makes names of: none that could spell a word.
_MADE = "bcdfghjklmnpqrstvwxz2456789"
_REPLICA = re.compile(rf"(?P<name>.+?)-[{_MADE}]{{6,10}}-[{_MADE}]{{5}}")
_REPLICA_SET = re.compile(rf"(?P<name>.+)-[{_MADE}]{{6,10}}")
_JOB_RUN = re.compile(rf"(?P<name>.+?)-\d{{8,10}}(?:-[{_MADE}]{{5}})?")
_SUFFIX = re.compile(rf"(?P<name>.+)-[{_MADE}]{{5}}")
_ORDINAL = re.compile(r"(?P<name>.+)-\d{1,4}")
_DEFAULT = "kubectl.kubernetes.io/default-container"


def workload_of(pod: str) -> str:
    """The workload a pod belongs to, by its name alone: less what controllers put behind it."""
    for pattern in (_REPLICA, _JOB_RUN, _SUFFIX, _ORDINAL):
        if found := pattern.fullmatch(pod):
            return found["name"]
    return pod


def service_of(workload: str, container: str, *, main: bool) -> str:
    """The service a container is: its workload where it is the main one, else both names."""
    return workload if main or container == workload else f"{workload}-{container}"


@dataclass(frozen=True)
class Ended:
    """How a container ended: when, why, with which code, how long it had run (seconds)."""

    time: datetime | None
    reason: str
    code: int
    ran: float | None
    message: str = ""


@dataclass(frozen=True)
class Container:
    """A container of a pod. state: running, waiting or terminated, with the reason of the latter two.

    ended: its present end, then the one before, as far as there are. service: what its logs count for.
    """

    pod: str
    name: str
    service: str
    state: str
    reason: str
    message: str
    restarts: int
    ended: tuple[Ended, ...]

    @property
    def logs(self) -> tuple[tuple[int, bool], ...]:
        """The logs that there should be: (number of the run, whether it is the one before)."""
        before = bool(self.ended[1:] if self.state == "terminated" else self.ended)
        if self.state == "waiting":
            # What kubectl gives for a container that waits is the log of its last run.
            return ((max(self.restarts - 1, 0), False),) if before else ()
        now = ((self.restarts, False),)
        return ((self.restarts - 1, True), *now) if before and self.restarts else now


@dataclass(frozen=True)
class Pod:
    """A pod: its name, workload, node, phase, reason of its own (Evicted), and containers."""

    name: str
    workload: str
    node: str
    phase: str
    reason: str
    message: str
    changed: datetime | None
    containers: tuple[Container, ...]

    def records(self) -> Iterator[Record]:
        """What its states tell, as records: ends, with their codes, and what a container waits for."""
        if self.reason and self.changed is not None:
            severity = knowledge.event(self.reason, "Warning")
            said = f"{self.reason}: pod {self.name} is {self.phase}" + _behind(self.message)
            yield Record(self.changed, self.workload, severity, said, self.node)
        for one in self.containers:
            for end in one.ended:
                if end.time is not None:
                    severity = knowledge.state(end.reason, end.code)
                    yield Record(end.time, one.service, severity, _end(one, end), self.node)
            if one.state == "waiting" and one.reason and self.changed is not None:
                severity = knowledge.state(one.reason, None)
                said = f"{one.reason}: container {one.name} of pod {one.pod} waits" + _behind(one.message)
                yield Record(self.changed, one.service, severity, said, self.node)


def _end(one: Container, end: Ended) -> str:
    ran = f" after {end.ran:.0f} s" if end.ran is not None else ""
    what = f"{end.reason}: container {one.name} of pod {one.pod} ended{ran}"
    return f"{what} with {knowledge.exit_code(end.code)}{_behind(end.message)}"


def _behind(message: str) -> str:
    said = " ".join(message.split())
    return f": {said}" if said else ""


def read(listing: Mapping[str, Any]) -> list[Pod]:
    """The pods of ``kubectl get pods -o json``, by name."""
    found = (_pod(item) for item in items(listing, "items"))
    return sorted((pod for pod in found if pod.name), key=lambda pod: pod.name)


def _pod(item: Mapping[str, Any]) -> Pod:
    about, spec, status = (mapping(item, key) for key in ("metadata", "spec", "status"))
    name = text(about, "name")
    workload = _workload(about, name)
    first = next((text(one, "name") for one in items(spec, "containers")), "")
    main = text(mapping(about, "annotations"), _DEFAULT) or first
    kinds = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")
    changes = [when(one.get("lastTransitionTime")) for one in items(status, "conditions")]
    return Pod(
        name=name,
        workload=workload,
        node=text(spec, "nodeName"),
        phase=text(status, "phase"),
        reason=text(status, "reason"),
        message=text(status, "message"),
        changed=max((one for one in changes if one), default=when(status.get("startTime"))),
        containers=tuple(
            _container(one, name, workload, main) for kind in kinds for one in items(status, kind)
        ),
    )


def _workload(about: Mapping[str, Any], pod: str) -> str:
    """Whose pod it is: the owner's name, less what a ReplicaSet or a Job got from its own owner."""
    owner = next((one for one in items(about, "ownerReferences") if one.get("controller")), {})
    kind, name = text(owner, "kind"), text(owner, "name")
    pattern = {"ReplicaSet": _REPLICA_SET, "Job": _JOB_RUN}.get(kind)
    if kind == "Node":  # a static pod: its name ends with that of its node
        return pod.removesuffix(f"-{name}")
    found = pattern.fullmatch(name) if pattern else None
    return found["name"] if found else name or workload_of(pod)


def _container(status: Mapping[str, Any], pod: str, workload: str, main: str) -> Container:
    name = text(status, "name")
    state = mapping(status, "state")
    kind = next((one for one in ("running", "terminated", "waiting") if one in state), "waiting")
    now = mapping(state, kind)
    ends = (mapping(state, "terminated"), mapping(mapping(status, "lastState"), "terminated"))
    return Container(
        pod=pod,
        name=name,
        service=service_of(workload, name, main=name == main),
        state=kind,
        reason=text(now, "reason"),
        message=text(now, "message"),
        restarts=number(status, "restartCount"),
        ended=tuple(_ended(one) for one in ends if one),
    )


def _ended(end: Mapping[str, Any]) -> Ended:
    begun, time = when(end.get("startedAt")), when(end.get("finishedAt"))
    ran = (time - begun).total_seconds() if begun and time else None
    code = number(end, "exitCode")
    reason = text(end, "reason") or ("Error" if code else "Completed")
    return Ended(time, reason, code, ran, text(end, "message"))
