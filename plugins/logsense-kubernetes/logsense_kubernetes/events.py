"""The events of a namespace as records: an event that came again tells of its first and its last time."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from logsense_kubernetes import knowledge
from logsense_kubernetes.answers import items, mapping, number, text
from logsense_kubernetes.pods import Pod, service_of, workload_of
from logsense_kubernetes.records import Record, when

_CONTAINER = re.compile(r"spec\.(?:initC|ephemeralC|c)ontainers\{(?P<name>[^}]+)\}")
_REPLICA_SET = re.compile(r"(?P<name>.+)-[bcdfghjklmnpqrstvwxz2456789]{6,10}")


def read(listing: Mapping[str, Any], pods: Mapping[str, Pod]) -> Iterator[tuple[str, Record]]:
    """Each event of ``kubectl get events -o json``, with the name of the object it is about.

    pods: those that are known, by name; of others, which have gone, the name tells the workload.
    """
    for item in items(listing, "items"):
        yield from _records(item, pods)


def _records(item: Mapping[str, Any], pods: Mapping[str, Pod]) -> Iterator[tuple[str, Record]]:
    about = mapping(item, "involvedObject") or mapping(item, "regarding")
    kind, name = text(about, "kind"), text(about, "name")
    reason = text(item, "reason")
    message = " ".join((text(item, "message") or text(item, "note")).split())
    host = text(mapping(item, "source"), "host") or (name if kind == "Node" else "")
    service = _service(kind, name, text(about, "fieldPath"), pods)
    severity = knowledge.event(reason, text(item, "type"))
    for time, times in _times(item):
        again = f" (for the {times}th time)" if times > 1 else ""
        said = f"{reason}: {message} ({kind.lower()} {name}){again}"
        yield name, Record(time, service, severity, said, host)


def _times(item: Mapping[str, Any]) -> Iterator[tuple[Any, int]]:
    """When it came first and last, each with its number."""
    series = mapping(item, "series")
    made = mapping(item, "metadata").get("creationTimestamp")
    first = when(item.get("firstTimestamp")) or when(item.get("eventTime")) or when(made)
    last = when(item.get("lastTimestamp")) or when(series.get("lastObservedTime"))
    count = number(item, "count") or number(series, "count", 1)
    if first is not None:
        yield first, 1
    if last is not None and (first is None or last > first) and count > 1:
        yield last, count


def _service(kind: str, name: str, field: str, pods: Mapping[str, Pod]) -> str:
    """The service of the object an event is about."""
    if kind == "ReplicaSet":
        found = _REPLICA_SET.fullmatch(name)
        return found["name"] if found else name
    if kind == "Job":
        return workload_of(name)
    if kind != "Pod":
        return name or "cluster"
    pod, inside = pods.get(name), _CONTAINER.fullmatch(field)
    if pod is None or inside is None:
        return pod.workload if pod else workload_of(name)
    known = [one.service for one in pod.containers if one.name == inside["name"]]
    return known[0] if known else service_of(pod.workload, inside["name"], main=False)
