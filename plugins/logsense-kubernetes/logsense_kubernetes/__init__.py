"""Logs of Kubernetes, containers and the journal for logsense, by address.

``k8s://NAMESPACE``, ``docker://NAME``, ``podman://NAME``, ``compose://PROJECT``, ``journal://UNIT`` ask the
programs that know (kubectl, docker, podman, journalctl); ``node:///`` reads what lies on a node's disk.
Nothing here talks to a network by itself, and nothing is run through a shell.
"""

from logsense.api import Source, hookimpl

from logsense_kubernetes.containers import Containers
from logsense_kubernetes.journal import Journal
from logsense_kubernetes.kubernetes import Kubernetes
from logsense_kubernetes.node import Node


@hookimpl
def register_sources() -> list[type[Source]]:
    """A source for each program, and one for a node's disk."""
    return [Kubernetes, Containers, Journal, Node]
