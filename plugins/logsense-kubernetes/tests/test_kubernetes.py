"""``k8s://``: whole runs on a recorded namespace, and what is asked of kubectl."""

import json
import re

import pytest
from logsense import analyze

from logsense_kubernetes.kubernetes import Kubernetes
from logsense_kubernetes.programs import Budget, ProgramError, run


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
    """A container killed for its memory is the first cause, by its service, proven by lines there."""
    analysis = analyze("k8s://shop")
    assert not analysis.plugins_failed
    assert not analysis.skipped.filter("failed").height, analysis.skipped
    services = dict(analysis.sources.select("path", "service").iter_rows())
    assert services["k8s://shop/web-7d4b9c6f5-x2x4z/nginx/web/0.log"] == "web"
    assert services["k8s://shop/api-6c8f7d9b54-q7w2k/api/0.log"] == "api"
    assert analysis.incidents
    first = analysis.incidents[0].causes[0]
    assert first.service == "api", [(c.service, c.sentence) for c in analysis.incidents[0].causes]
    lines = {(one.source, one.line) for cause in analysis.incidents[0].causes for one in cause.evidence}
    assert all(source.startswith("k8s://shop/") for source, _ in lines)
    assert "OOMKilled" in first.evidence[0].text


def test_kubectl_is_asked_with_words_that_cannot_be_options(cluster, tmp_path):
    """Names come as values of options, or behind ``--``; ages and numbers of lines are passed on."""
    Kubernetes().fetch("k8s", "shop?since=2h&tail=500&context=prod", tmp_path)
    gets = [call for call in cluster.calls if call[1] == "get"]
    logs = [call for call in cluster.calls if call[1] == "logs"]
    assert sorted(call[2] for call in gets) == ["events", "pods"]
    assert len(logs) == 7
    for call in logs:
        assert {"--namespace=shop", "--context=prod", "--since=7200s", "--tail=500", "--timestamps=true"} < {
            *call
        }
        assert call[-2] == "--"
    previous = [call[-1] for call in logs if "--previous=true" in call]
    assert previous == ["api-6c8f7d9b54-q7w2k"]


@pytest.mark.parametrize("name", ["api", "api-6c8f7d9b54-q7w2k"])
def test_one_workload_or_pod_may_be_asked_for(cluster, tmp_path, name):
    """Only its logs are fetched, and only its events told."""
    Kubernetes().fetch("k8s", f"shop/{name}", tmp_path)
    assert {one.partition("/")[0] for one in names(tmp_path)} == {"api-6c8f7d9b54-q7w2k", "events.log"}
    rows = (tmp_path / "events.log").read_text().splitlines()
    assert rows
    assert {row.split()[3] for row in rows} == {"api"}


def test_labels_are_asked_of_the_cluster(cluster, tmp_path):
    """A selector goes to kubectl as it is."""
    Kubernetes().fetch("k8s", "shop/app=api,tier!=db", tmp_path)
    assert [word for call in cluster.calls for word in call if word.startswith("--selector")] == [
        "--selector=app=api,tier!=db"
    ]


def test_events_and_states_are_told_with_level_and_service(cluster, tmp_path):
    """Levels come from the reviewed list, services from the object; repeats tell both their times."""
    Kubernetes().fetch("k8s", "shop", tmp_path)
    rows = (tmp_path / "events.log").read_text().splitlines()
    told = [re.fullmatch(r"<(\d+)>1 (\S+)Z \S+ (\S+) - - - (\w+): (.*)", row).groups() for row in rows]
    assert [time for _, time, *_ in told] == sorted(time for _, time, *_ in told)
    seen = {(service, reason): (int(pri) % 8, said) for pri, _, service, reason, said in told}
    assert seen["api", "OOMKilled"][0] == 3
    assert "exit code 137 (SIGKILL" in seen["api", "OOMKilled"][1]
    assert seen["worker", "BackOff"][1].endswith("(for the 31th time)")
    assert sum(reason == "BackOff" for *_, reason, _ in told) == 2
    assert seen["worker", "CrashLoopBackOff"][0] == 3
    assert "manifest unknown" in seen["mail", "Failed"][1]
    assert seen["batch", "FailedScheduling"][0] == 3  # its pod is gone: the name tells whose it was
    assert seen["search", "FailedCreate"][0] == 3
    assert seen["node-2.example", "NodeHasDiskPressure"][0] == 3
    assert seen["api", "Pulled"][0] == 6
    assert seen["mail", "ScalingReplicaSet"][0] == 5
    assert seen["report", "Completed"][0] == 6


def test_logs_that_cannot_be_had_are_told_and_the_rest_is_read(cluster, installed):
    """One container that refuses and events that are forbidden leave all other logs, and are named."""
    rules = [rule for rule in cluster.rules if "events" not in rule[0] and "db-0" not in rule[0]]
    cluster.rules = rules
    cluster.answer(
        "kubectl", "get", "events", err="Error from server (Forbidden): events is forbidden\n", status=1
    )
    cluster.answer("kubectl", "logs", "db-0", err="Error from server: dial tcp: i/o timeout\n", status=1)
    analysis = analyze("k8s://shop")
    (reason,) = analysis.skipped["reason"].to_list()
    assert "events is forbidden" in reason
    assert "db-0/postgres: kubectl logs --namespace=shop: Error from server: dial tcp" in reason
    assert not analysis.plugins_failed
    assert analysis.exit_code == 4
    assert analysis.sources.height == 7


def test_a_log_that_was_cleaned_away_is_no_failure(cluster, tmp_path):
    """The run before is often gone from the node: nothing is said of it."""
    cluster.rules = [rule for rule in cluster.rules if "--previous=true" not in rule[0]]
    cluster.rules.insert(
        0, (("kubectl", "logs", "--previous=true"), "", "previous terminated container gone", 1)
    )
    (cluster.folder / "answers.json").write_text(json.dumps(cluster.rules))
    Kubernetes().fetch("k8s", "shop", tmp_path)
    assert "api-6c8f7d9b54-q7w2k/api/1.log" in names(tmp_path)
    assert "api-6c8f7d9b54-q7w2k/api/0.log" not in names(tmp_path)


def test_a_namespace_that_is_empty_or_unknown_is_told(programs, installed):
    """Kubectl gives an empty list for both; what to look at is said. Exit 4."""
    programs.answer("kubectl", "get", out='{"apiVersion": "v1", "kind": "List", "items": []}')
    analysis = analyze("k8s://nowhere")
    assert analysis.exit_code == 4
    assert "there are no pods in nowhere" in str(analysis.skipped.rows())


def test_a_program_that_is_missing_is_named(installed, monkeypatch, tmp_path):
    """Without kubectl it is said which program is wanted, and that files do as well."""
    monkeypatch.setenv("PATH", str(tmp_path))
    analysis = analyze("k8s://shop")
    (reason,) = analysis.skipped["reason"].to_list()
    assert "kubectl was not found on PATH" in reason
    assert "files" in reason
    assert not analysis.plugins_failed


@pytest.mark.parametrize(
    "address",
    [
        "-n kube-system", "--kubeconfig=/etc/x", "shop --all", "Shop", "shop\nkube-system", "shop;id",
        "$(id)", "", "../etc", "shop/-l", "shop/../x", "shop/app=x y", "shop/--all", "shop/a=b;c",
        "shop/" + "x" * 300,
        "shop?since=yesterday", "shop?tail=-1", "shop?kubeconfig=/tmp/x", "shop?context=-x",
        "shop?context=a%0Ab",
        "shop\x1b[2J", "sh\udcffop", "x" * 5000,
    ],
)  # fmt: skip
def test_hostile_addresses_run_nothing(programs, tmp_path, address):
    """What cannot be a name is refused before any program is run, in one short line."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - each has words of its own
        Kubernetes().fetch("k8s", address, tmp_path)
    assert type(caught.value) is ValueError
    assert programs.calls == []
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def test_a_cluster_cannot_choose_where_is_written(programs, tmp_path):
    """Names in its answers are data: one that leads elsewhere is refused, nothing is written outside."""
    listing = {"items": [{"metadata": {"name": "../../x"}, "status": {"containerStatuses": [
        {"name": "a", "state": {"running": {}}, "restartCount": 0}]}}]}  # fmt: skip
    programs.answer("kubectl", "get", "pods", out=json.dumps(listing))
    programs.answer("kubectl", "get", "events", out="{}")
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    with pytest.raises(ValueError, match="no name that Kubernetes gives"):
        Kubernetes().fetch("k8s", "shop", folder)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "answer", ["", "no json", "[]", "[" * 100_000, '{"items": [1, {"metadata": 3}, null]}']
)
def test_answers_that_make_no_sense_are_told(programs, tmp_path, answer):
    """Whatever kubectl prints, the error is one for people."""
    programs.answer("kubectl", "get", out=answer)
    with pytest.raises(OSError):  # noqa: PT011 - each has words of its own
        Kubernetes().fetch("k8s", "shop", tmp_path)


def test_a_flood_ends_at_the_limit(cluster, tmp_path):
    """Only so many bytes of all logs together are written; what came is kept and the limit is named."""
    cluster.rules = [rule for rule in cluster.rules if "logs" not in rule[0]]
    cluster.answer("kubectl", "logs", out="flood")
    with pytest.raises(ProgramError, match=r"only the first 2 MiB were read \(keyword limit_mb"):
        Kubernetes(limit_mb=2).fetch("k8s", "shop", tmp_path)
    size = sum(path.stat().st_size for path in tmp_path.rglob("*/*.log"))
    assert 1 << 20 < size <= (2 << 20) + 7  # a line that is cut gets its end, in each of 7 logs


def test_when_the_limit_is_reached_no_further_log_is_asked_for(cluster, tmp_path):
    """Of hundreds of pods those that cannot be kept any more are not even asked for."""
    cluster.rules = [rule for rule in cluster.rules if "logs" not in rule[0]]
    cluster.answer("kubectl", "logs", out="flood")
    budget = Budget(60.0, 1000)
    held = bytearray()
    run(["kubectl", "logs", "a"], held.extend, budget)
    begun = len(cluster.calls)
    run(["kubectl", "logs", "b"], held.extend, budget)
    assert (len(held), len(cluster.calls)) == (1000, begun)
    assert "only the first" in next(iter(budget.cut))


def test_a_program_that_leaves_another_behind_has_ended(programs):
    """What a program started may hold its output open for hours, as ssh does: not waited for."""
    (programs.bin / "kubectl").write_text("#!/bin/sh\nsetsid sleep 20 &\necho all of it\nexit 3\n")
    budget, held = Budget(15.0, 1000), bytearray()
    with pytest.raises(ProgramError, match="status 3"):
        run(["kubectl", "logs", "a"], held.extend, budget)
    assert held == b"all of it\n"
    assert not budget.cut


def test_a_program_that_never_ends_is_ended(cluster, tmp_path):
    """When time is over the programs are ended, what they said is kept, and it is told."""
    cluster.rules = [rule for rule in cluster.rules if "logs" not in rule[0]]
    cluster.answer("kubectl", "logs", out="hang")
    with pytest.raises(ProgramError, match=r"not all came within 2 s \(keyword timeout"):
        Kubernetes(timeout=2).fetch("k8s", "shop", tmp_path)
    assert "the last words" in (tmp_path / "db-0/postgres/db/0.log").read_text()
