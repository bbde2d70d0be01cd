"""``k8s://NAMESPACE[/NAME]``: the logs of a namespace's containers, its events and the states of its pods."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from logsense_kubernetes import address, events, pods, records
from logsense_kubernetes.programs import Budget, ProgramError, Times, run

MIB = 1 << 20
#: So many logs are asked for at once; a cluster's API answers few clients at a time.
AT_ONCE = 6
#: A list of pods or events may be so long.
LISTING = 64 * MIB
#: Of what could not be had, so much is told.
TOLD = 3
#: The log before the present one has often been cleaned away: no reason to call the run incomplete.
_GONE = ("previous terminated container", "unable to retrieve container logs", "not found")
FORM = "k8s://NAMESPACE, k8s://NAMESPACE/NAME (a pod or a workload) or k8s://NAMESPACE/KEY=VALUE (labels)"


@dataclass(frozen=True)
class Scope:
    """What an address asks of a cluster: words that each call of kubectl has, and which pods."""

    words: tuple[str, ...]
    selector: str | None
    name: str | None

    def holds(self, pod: str, workload: str) -> bool:
        """Whether a pod is asked for."""
        return self.name is None or self.name in (pod, workload)


def scope(where: address.Address) -> Scope:
    """What an address asks for, each of its names checked. ValueError where one cannot be a name."""
    namespace, *more = where.parts
    words = [f"--namespace={address.checked(namespace, address.LABEL, 'namespace')}"]
    if "context" in where.asked:
        words.append(f"--context={address.checked(where.asked['context'], address.CONTEXT, 'context')}")
    if not more:
        return Scope(tuple(words), None, None)
    rest = "/".join(more)
    if "=" in rest:
        return Scope(tuple(words), address.checked(rest, address.SELECTOR, "selector of labels"), None)
    return Scope(tuple(words), None, address.checked(rest, address.SUBDOMAIN, "name of a pod or workload"))


def listing(what: str, words: Sequence[str], budget: Budget) -> dict[str, Any]:
    """What ``kubectl get WHAT -o json`` gives; ProgramError where it fails, or gives no such thing."""
    data = bytearray()
    own = Budget(budget.left(), LISTING)
    run(["kubectl", "get", what, *words, "--output=json"], data.extend, own)
    if own.cut:
        msg = f"kubectl get {what}: {next(iter(own.cut))}"
        raise ProgramError(msg)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        msg = f"kubectl get {what} gave no JSON: {bytes(data[:80])!r}"
        raise ProgramError(msg) from error
    return found if isinstance(found, dict) else {}


class Kubernetes:
    """Brings the logs of a namespace through kubectl: all containers, and the runs before of those restarted.

    timeout: seconds for all of it (the run gives a source 30, ``[plugins] seconds``). limit_mb: at most so
    many MiB. since: how far back, such as "2h". tail: at most so many last lines of each log.
    """

    name = "kubernetes"
    schemes = ("k8s",)

    def __init__(
        self, *, timeout: float = 25.0, limit_mb: int = 512, since: str | None = None, tail: int | None = None
    ) -> None:
        self.timeout = timeout
        self.limit_mb = limit_mb
        self.since = since
        self.tail = tail

    def fetch(self, scheme: str, address: str, folder: Path) -> None:  # noqa: ARG002 - there is one scheme
        """Write POD/CONTAINER/SERVICE/RUN.log for each container, and events.log for the rest."""
        asked = _parsed(address)
        wanted = scope(asked)
        since, tail = asked.since(self.since), asked.tail(self.tail)
        limits = [f"--since={since}s"] if since is not None else []
        limits += [f"--tail={tail}"] if tail is not None else []
        budget = Budget(self.timeout, self.limit_mb * MIB)
        labels = [f"--selector={wanted.selector}"] if wanted.selector else []
        everyone = pods.read(listing("pods", [*wanted.words, *labels], budget))
        chosen = [pod for pod in everyone if wanted.holds(pod.name, pod.workload)]
        missed = _events(wanted, chosen, budget, folder)
        if not chosen and not missed and not any(folder.iterdir()):
            what = f" called or of {wanted.name}" if wanted.name else ""
            msg = f"there are no pods{what} in {asked.parts[0]}, nor events of any (kubectl get pods -A)"
            raise ProgramError(msg)
        calls = [(one, number, before) for pod in chosen for one in pod.containers
                 for number, before in one.logs]  # fmt: skip

        def logs(call: tuple[pods.Container, int, bool]) -> str | None:
            return _logs(*call, [*wanted.words, *limits], budget, folder)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            missed += [told for told in pool.map(logs, calls) if told]
        more = f"; and {len(missed) - TOLD} more" if len(missed) > TOLD else ""
        told = [*budget.cut, "; ".join(missed[:TOLD]) + more] if missed else [*budget.cut]
        if told:
            raise ProgramError("; ".join(told))


def _parsed(text: str) -> address.Address:
    return address.parse(text, form=FORM, options=("since", "tail", "context"))


def _events(wanted: Scope, chosen: Sequence[pods.Pod], budget: Budget, folder: Path) -> list[str]:
    """Write what the cluster tells of the pods that were asked for; why it does not, in words."""
    known = {pod.name: pod for pod in chosen}
    told = [record for pod in chosen for record in pod.records()]
    missed: list[str] = []
    try:
        for name, record in events.read(listing("events", wanted.words, budget), known):
            whole = wanted.name is None and wanted.selector is None
            services = {pod.workload for pod in chosen} | {wanted.name}
            if whole or name in known or record.service in services:
                told.append(record)
    except ProgramError as error:
        missed.append(str(error))
    records.write(dict.fromkeys(told), folder / "events.log")
    return missed


def _logs(
    one: pods.Container, number: int, before: bool, words: Sequence[str], budget: Budget, folder: Path
) -> str | None:
    """Write one log of a container; why it could not be had, in words."""
    below = [one.pod, one.name, *([one.service] if one.service != one.name else [])]
    for name in below:  # a cluster's answer is data: it may name no other place than one below the folder
        address.checked(name, address.SUBDOMAIN, "name that Kubernetes gives")
    target = folder.joinpath(*below)
    target.mkdir(parents=True, exist_ok=True)
    previous = ["--previous=true"] if before else []
    path = target / f"{number}.log"
    call = [
        "kubectl",
        "logs",
        *words,
        f"--container={one.name}",
        "--timestamps=true",
        *previous,
        "--",
        one.pod,
    ]
    told = None
    with path.open("wb") as file:
        times = Times(file.write)
        try:
            run(call, times, budget)
        except ProgramError as error:
            gone = before and any(word in str(error) for word in _GONE)
            told = None if gone else f"{one.pod}/{one.name}: {error}"
        times.close()
    if not path.stat().st_size:
        path.unlink()
    return told
