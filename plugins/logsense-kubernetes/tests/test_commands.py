"""``logsense pods``, names, knowledge, and times."""

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import logsense_kubernetes
from logsense_kubernetes import commands, records
from logsense_kubernetes.pods import workload_of
from logsense_kubernetes.programs import Times


def test_pods_are_listed_with_what_would_be_read(cluster):
    """State, restarts, the last end and the logs there are stand in one row a container."""
    done = CliRunner().invoke(commands.pods, ["shop"])
    rows = {row.split()[0] + "/" + row.split()[1]: row for row in done.output.splitlines()}
    assert "OOMKilled (137) at 2026-01-02 03:50:10Z" in rows["api-6c8f7d9b54-q7w2k/api"]
    assert rows["api-6c8f7d9b54-q7w2k/api"].endswith("the run before, its log")
    assert "waiting: CrashLoopBackOff  6" in rows["worker-5b9d8c7f6d-m4n8p/worker"]
    assert rows["mail-84c9d7b6f9-z5t7r/mail"].endswith("nothing: it has not run")
    assert all(call[1] == "get" for call in cluster.calls)


def test_a_cluster_that_cannot_be_asked_is_told(programs):
    """Exit 4 and what kubectl said, made harmless; a name that is none is wrong usage."""
    programs.answer("kubectl", "get", err="Unable to connect\x1b[2J to the server\n", status=1)
    done = CliRunner().invoke(commands.pods, ["shop"], standalone_mode=False)
    assert done.return_value == 4
    assert "Unable to connect\\x1b[2J to the server" in done.output
    assert CliRunner().invoke(commands.pods, ["--", "-x"]).exit_code == 2
    assert CliRunner().invoke(commands.pods, ["shop", "--context=a&b=c"]).exit_code == 2


def test_the_head_of_the_help_is_for_people():
    """Examples stand a line each, without the sign that keeps them apart for click."""
    help_ = CliRunner().invoke(commands.pods, ["--help"]).output
    assert "\n    logsense pods shop\n    logsense analyze k8s://shop\n" in help_


def test_an_address_is_taken_as_analyze_takes_it(cluster):
    """``k8s://shop`` is typed by whoever has just analysed it."""
    runner = CliRunner()
    plain = runner.invoke(commands.pods, ["shop"]).output
    assert runner.invoke(commands.pods, ["k8s://shop"]).output == plain


def test_what_kubectl_logs_of_its_attempts_is_left_out(programs):
    """Where the server is not there, one sentence says so: not the same five times with sources and pids."""
    klog = 'E1130 10:33:44.961197    1825 memcache.go:265] "Unhandled Error" err="refused"\n'
    end = "The connection to the server localhost:8080 was refused - is it the right host?\n"
    programs.answer("kubectl", "get", err=klog * 5 + end, status=1)
    said = CliRunner().invoke(commands.pods, ["shop"]).output
    assert said == f"logsense pods: kubectl get pods: {end}"
    programs.rules.clear()
    programs.answer("kubectl", "get", err=klog * 5, status=1)
    assert CliRunner().invoke(commands.pods, ["shop"]).output.count("memcache.go") == 1


def test_the_command_is_registered_under_its_name():
    """The entry point's name is that of the command."""
    text = (Path(logsense_kubernetes.__file__).parents[1] / "pyproject.toml").read_text()
    entries = tomllib.loads(text)["project"]["entry-points"]
    assert [command.name for command in commands.register_commands()] == [*entries["logsense.commands"]]


@pytest.mark.parametrize(
    "pod, workload",
    [
        ("web-7d4b9c6f5-x2x4z", "web"),
        ("web-front-7d4b9c6f5-x2x4z", "web-front"),
        ("db-0", "db"),
        ("fluent-bit-x2x4z", "fluent-bit"),
        ("db-backup-29456789-k8s2v", "db-backup"),
        ("db-backup-29456789", "db-backup"),
        ("standalone", "standalone"),
        ("node-exporter", "node-exporter"),
    ],
)
def test_a_pods_name_tells_its_workload(pod, workload):
    """What controllers put behind a name is left out, what people wrote stays."""
    assert workload_of(pod) == workload


def test_knowledge_is_of_words_and_levels_that_exist():
    """Every level of the reviewed list is one; an exit code is a number."""
    text = Path(logsense_kubernetes.__file__).with_name("knowledge.toml").read_text()
    known = tomllib.loads(text)
    assert {*known["events"].values(), *known["states"].values()} <= {*records.SEVERITIES}
    assert all(code.isdecimal() for code in known["exits"])


@pytest.mark.parametrize("step", [1, 7, 64, 10_000])
def test_times_are_filled_up_however_the_bytes_come(step):
    """Nine digits behind each leading second, and nothing else changed, whatever the pieces."""
    data = b"2026-01-02T03:04:05Z a\n2026-01-02T03:04:05.1Z 2026-01-02T03:04:05Z b\nno time\n"
    data += b"2026-01-02T03:04:05.12Z c"
    out = bytearray()
    times = Times(out.extend)
    for begin in range(0, len(data), step):
        times(data[begin : begin + step])
    times.close()
    assert out.decode().splitlines() == [
        "2026-01-02T03:04:05.000000000Z a",
        "2026-01-02T03:04:05.100000000Z 2026-01-02T03:04:05Z b",
        "no time",
        "2026-01-02T03:04:05.120000000Z c",
    ]


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "", None, 5, "soon"])
def test_times_that_are_none_are_none(text):
    """Docker says year 1 for never."""
    assert records.when(text) is None
