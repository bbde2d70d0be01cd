"""``k8s://``: whole runs on a recorded namespace, and what is asked of kubectl."""

import json
import re

import pytest
from logsense import analyze
from logsense.cli.main import main
from logsense.errors import PathError

from logsense_kubernetes.kubernetes import Kubernetes
from logsense_kubernetes.programs import ProgramError


def names(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_namespace_becomes_files_that_name_their_services(cluster, tmp_path):
    """Each container's log lies below its pod; the folder is the workload, a side-car has both names."""
    folder = tmp_path / "fetched"
    folder.mkdir()
    Kubernetes().fetch("k8s", "shop", folder)
    assert names(folder) == [
        "api-6c8f7d9b54-q7w2k/api/0.log",
        "api-6c8f7d9b54-q7w2k/api/1.log",
        "db-0/postgres/db/0.log",
        "events.log",
        "report-29456789-k8s2v/report/0.log",
        "web-7d4b9c6f5-x2x4z/istio-proxy/web-istio-proxy/0.log",
        "web-7d4b9c6f5-x2x4z/nginx/web/0.log",
        "worker-5b9d8c7f6d-m4n8p/worker/5.log",
    ]


def test_the_incident_of_a_namespace_is_found(cluster, installed):
    """A container killed for its memory is the first cause, by its service, proven by lines of the address."""
    analysis = analyze("k8s://shop")
    assert not analysis.plugins_failed
    assert not analysis.skipped.filter("failed").height, analysis.skipped
    services = dict(analysis.sources.select("path", "service").iter_rows())
    assert services["k8s://shop/web-7d4b9c6f5-x2x4z/nginx/web/0.log"] == "web"
    assert services["k8s://shop/api-6c8f7d9b54-q7w2k/api/0.log"] == "api"
    assert analysis.incidents
    first = analysis.incidents[0].causes[0]
    assert first.service == "api", [(c.service, c.sentence) for c in analysis.incidents[0].causes]
