"""``docker://``, ``podman://``, ``compose://``, ``journal://`` and ``node:///``."""

import json
from pathlib import Path

import pytest
from logsense import analyze

from logsense_kubernetes.containers import Containers
from logsense_kubernetes.journal import Journal
from logsense_kubernetes.node import Node
from logsense_kubernetes.programs import ProgramError

RECORDED = Path(__file__).parent / "recorded"
OUT = "".join(
    f"2026-01-02T03:{i // 60:02}:{i % 60:02}.{i:09}Z INFO order {i} saved\n" for i in range(0, 3000, 5)
)
ERR = "".join(f"2026-01-02T03:49:{i:02}.000000001Z WARN heap is nearly full\n" for i in range(20))
ERR += "2026-01-02T03:50:09.5+00:00 ERROR java.lang.OutOfMemoryError: Java heap space\n" * 9
ERR += "2026-01-02T03:50:09Z \tat a.B\n"


def names(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def docker(programs):
    """A compose project of one container that was killed for its memory."""
    for program in ("docker", "podman"):
        programs.answer(program, "inspect", "shop-api-1", out=(RECORDED / "inspect.json").read_bytes())
        programs.answer(program, "logs", "shop-api-1", out=OUT, err=ERR)
    programs.answer("docker", "ps", out="shop-api-1\n")
    programs.answer("docker", "inspect", err="Error: No such container: nope\n", status=1)
    return programs


@pytest.mark.parametrize(
    "scheme, address", [("docker", "shop-api-1"), ("podman", "shop-api-1"), ("compose", "shop")]
)
def test_a_containers_streams_and_end_are_brought(docker, tmp_path, scheme, address):
    """Both streams, each in a file below the service; times with nine digits; how it ended, and why."""
    Containers().fetch(scheme, f"{address}?since=1d", tmp_path)
    assert names(tmp_path) == ["events.log", "shop-api-1/api/stderr.log", "shop-api-1/api/stdout.log"]
    stderr = (tmp_path / "shop-api-1/api/stderr.log").read_text().splitlines()
    assert stderr[20].startswith("2026-01-02T03:50:09.500000000+00:00 ERROR java")
    assert stderr[-1].startswith("2026-01-02T03:50:09.000000000Z \t")
    (end,) = (tmp_path / "events.log").read_text().splitlines()
    assert end.startswith("<27>1 2026-01-02T03:50:10.987654Z - api - - - OOMKilled: container shop-api-1")
    (logs,) = [call for call in docker.calls if call[1] == "logs"]
    assert logs == [logs[0], "logs", "--timestamps", "--since=86400s", "--", "shop-api-1"]


def test_a_container_is_analysed_by_its_address(docker, installed):
    """Records of both streams have the service that the label names."""
    analysis = analyze("docker://shop-api-1")
    services = dict(analysis.sources.select("path", "service").iter_rows())
    assert services["docker://shop-api-1/shop-api-1/api/stdout.log"] == "api"
    assert not analysis.skipped.height
    assert analysis.incidents[0].causes[0].service == "api"


def test_a_container_nobody_knows_is_told(docker, installed):
    """What docker says of it is the reason."""
    (reason,) = analyze("docker://nope").skipped["reason"].to_list()
    assert "No such container: nope" in reason


@pytest.mark.parametrize("scheme", ["docker", "podman", "compose"])
@pytest.mark.parametrize("address", ["x;rm -rf", "-x", "--help", "a/b", "a\nb", "", "$(id)", "a b", "a?x=1"])
def test_hostile_names_of_containers_run_nothing(programs, tmp_path, scheme, address):
    """What cannot be a container's name is refused before any program is run."""
    with pytest.raises(ValueError):  # noqa: PT011 - each has words of its own
        Containers().fetch(scheme, address, tmp_path)
    assert programs.calls == []


def test_a_node_that_is_not_there_is_told_in_words(tmp_path):
    """A mistyped path is named; no number of an error is shown."""
    with pytest.raises(ProgramError, match="there is no directory /nowhere/at/all; node:///"):
        Node().fetch("node", "/nowhere/at/all", tmp_path)


def test_bytes_that_are_no_text_do_no_harm(docker, installed):
    """A container may print anything: it is read as any file is."""
    docker.rules.insert(0, (("docker", "logs"), "raw", "", 0))
    (docker.folder / "raw").write_bytes(b"2026-01-02T03:00:00.000000000Z \xff\xfe\x00\x1b[2J \n" * 50)
    (docker.folder / "answers.json").write_text(json.dumps(docker.rules))
    analysis = analyze("docker://shop-api-1")
    assert not analysis.plugins_failed
    assert analysis.sources["lines"].sum() == 51


def test_the_journal_of_a_unit_is_found_failing(programs, installed, tmp_path):
    """Levels are kept, what systemd says of a unit counts for the unit, and bytes become text."""
    programs.answer("journalctl", "--unit=nginx.service", out=(RECORDED / "journal.json").read_bytes())
    analysis = analyze("journal://nginx.service?since=2h")
    (call,) = programs.calls
    assert call == [
        "journalctl",
        "--unit=nginx.service",
        "--output=json",
        "--all",
        "--no-pager",
        "--quiet",
        "--since=-7200s",
    ]
    assert analysis.sources["path"].to_list() == ["journal://nginx.service?since=2h/nginx.service.log"]
    assert {*analysis.templates.explode("services")["services"]} == {"nginx"}
    causes = analysis.incidents[0].causes
    assert causes[0].service == "nginx"
    assert any("Address already in use" in one.text for cause in causes for one in cause.evidence)
    Journal().fetch("journal", "nginx.service", tmp_path)
    text = (tmp_path / "nginx.service.log").read_text()
    assert (
        "<26>1 2026-01-02T04:00:00.000000Z web01 nginx 812 nginx - nginx: [emerg] bind() to 0.0.0.0:80 failed"
        in text
    )
    assert "caf\N{REPLACEMENT CHARACTER} failed" in text
    assert "Failed to start nginx.service - A high performance web server.\nSee 'systemctl" in text


def test_a_unit_the_journal_does_not_know_is_told(programs, installed):
    """An empty answer is no quiet unit."""
    programs.answer("journalctl")
    (reason,) = analyze("journal://nope.service").skipped["reason"].to_list()
    assert "the journal holds nothing of nope.service" in reason


@pytest.mark.parametrize(
    "address", ["../../etc", "-u", "--file=/etc/shadow", "a b", "a\nb", "", "a;b", "x/../y"]
)
def test_hostile_names_of_units_run_nothing(programs, tmp_path, address):
    """What cannot be a unit's name is refused before any program is run."""
    with pytest.raises(ValueError):  # noqa: PT011 - each has words of its own
        Journal().fetch("journal", address, tmp_path)
    assert programs.calls == []


def test_lines_of_ten_megabytes_are_bounded(programs, tmp_path):
    """An entry that is too long to be held is left out; those around it come."""
    entry = json.dumps({"__REALTIME_TIMESTAMP": "1767322800000000", "MESSAGE": "short"})
    programs.answer("journalctl", out=f"{entry}\n{'x' * 10_000_000}\n{entry}\n")
    with pytest.raises(ProgramError, match="1 entries are longer than 1 MiB"):
        Journal().fetch("journal", "a.service", tmp_path)
    assert (tmp_path / "a.service.log").read_text().count("short") == 2


def test_a_priority_that_is_none_counts_as_information(programs, tmp_path):
    """Only 0 to 7 are severities, not what reads like a part of these digits."""
    entry = {"__REALTIME_TIMESTAMP": "1767322800000000", "MESSAGE": "odd", "PRIORITY": "12"}
    programs.answer("journalctl", out=json.dumps(entry))
    Journal().fetch("journal", "a.service", tmp_path)
    assert (tmp_path / "a.service.log").read_text().startswith("<30>1 ")


CRI = "".join(
    f"2026-01-02T03:{i // 60:02}:{i % 60:02}.000000000Z stdout F order {i} saved\n" for i in range(0, 600, 5)
)


def a_node(root):
    """The disk of a node: pods with one and two containers, the links the kubelet makes, and docker's own."""
    uid, long = "5f0c6b1e-8f3a-4a38-9d0a-1f6c7c1d2e3f", "0123456789abcdef" * 4
    pods, links = root / "var/log/pods", root / "var/log/containers"
    links.mkdir(parents=True)
    for pod, container in (("api-6c8f7d9b54-q7w2k", "app"), ("web-7d4b9c6f5-x2x4z", "nginx"),
                           ("web-7d4b9c6f5-x2x4z", "istio-proxy")):  # fmt: skip
        place = pods / f"shop_{pod}_{uid}" / container
        place.mkdir(parents=True)
        (place / "1.log").write_text(CRI.replace("order", f"{pod} {container}"))
        (links / f"{pod}_shop_{container}-{long}.log").symlink_to(place / "1.log")
    own = root / "var/lib/docker/containers" / long
    own.mkdir(parents=True)
    rows = (
        {"log": f"mail {i} sent\n", "stream": "stdout", "time": f"2026-01-02T03:00:{i:02}Z"}
        for i in range(50)
    )
    (own / f"{long}-json.log").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    labels = {"com.docker.compose.service": "mail"}
    (own / "config.v2.json").write_text(json.dumps({"Name": "/shop-mail-1", "Config": {"Labels": labels}}))


def test_a_nodes_disk_is_read_by_workloads(installed, tmp_path):
    """Each log once, however many links lead to it; services are workloads, or what a label says."""
    a_node(tmp_path)
    analysis = analyze(f"node://{tmp_path}")
    services = {path.partition(f"{tmp_path}/")[2]: service
                for path, service in analysis.sources.select("path", "service").iter_rows()}  # fmt: skip
    assert services == {
        "docker/shop-mail-1/mail/0.log": "mail",
        "shop/api-6c8f7d9b54-q7w2k/app/api/1.log": "api",
        "shop/web-7d4b9c6f5-x2x4z/istio-proxy/web-istio-proxy/1.log": "web-istio-proxy",
        "shop/web-7d4b9c6f5-x2x4z/nginx/web-nginx/1.log": "web-nginx",
    }
    assert not analysis.skipped.height


@pytest.mark.parametrize("place", ["var/log/pods", "var/log/containers", "var/lib/docker/containers"])
def test_one_of_its_folders_does_as_well(tmp_path, place):
    """A folder that was copied from a node can be named itself."""
    a_node(tmp_path / "node")
    Node().fetch("node", str(tmp_path / "node" / place), tmp_path / "out")
    assert names(tmp_path / "out")


def test_pods_of_one_name_are_both_read(tmp_path):
    """A pod that was made anew under its name has two folders on the disk; the logs of both are read."""
    for number, uid in enumerate(
        ("5f0c6b1e-8f3a-4a38-9d0a-1f6c7c1d2e3f", "6f0c6b1e-8f3a-4a38-9d0a-1f6c7c1d2e3f")
    ):
        place = tmp_path / "node" / "var/log/pods" / f"shop_db-0_{uid}" / "postgres"
        place.mkdir(parents=True)
        (place / "0.log").write_text(CRI.replace("order", f"run {number}"))
    Node().fetch("node", str(tmp_path / "node"), tmp_path / "out")
    texts = {path.read_text() for path in (tmp_path / "out").rglob("*.log")}
    assert len(texts) == 2


def test_a_pod_that_goes_while_it_is_listed_costs_no_other(tmp_path, monkeypatch):
    """On a busy node folders vanish between two looks; the logs of the others are read."""
    a_node(tmp_path / "node")
    listed = Path.iterdir

    def vanishing(folder):
        if "_api-" in folder.name:
            raise FileNotFoundError(folder)
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", vanishing)
    Node().fetch("node", str(tmp_path / "node" / "var/log/pods"), tmp_path / "out")
    assert [name.split("/")[1] for name in names(tmp_path / "out")] == ["web-7d4b9c6f5-x2x4z"] * 2


def test_a_disk_without_logs_of_containers_is_told(tmp_path):
    """Where nothing is found it is said what was looked for; a relative path is refused."""
    with pytest.raises(ProgramError, match="/var/log/pods"):
        Node().fetch("node", str(tmp_path), tmp_path / "out")
    with pytest.raises(ValueError, match="a path from the root"):
        Node().fetch("node", "var/log", tmp_path / "out")
