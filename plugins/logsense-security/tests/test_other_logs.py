"""Whole runs on other logs than those of a host: cloud audit trails, events of Windows, auditd."""

# ruff: noqa: E501 - rows of logs read better long than broken

import json
from datetime import UTC, datetime, timedelta

import pytest

START = datetime(2026, 3, 2, 6)  # noqa: DTZ001 - logs of a host whose zone is UTC
HOURS, BROKEN = 4, 3 * 3600


def ids(done):
    """The techniques of a JSON answer."""
    assert done.stderr == ""
    return {one["id"] for one in json.loads(done.stdout)["techniques"]}


def trail(attack=()):
    """CloudTrail as JSON lines: people and services that look at things; and what is given, (second, event)."""
    rows = [(s, "DescribeInstances") for s in range(0, HOURS * 3600, 30)]
    rows += [(s, "ListUsers") for s in range(7, HOURS * 3600, 300)]
    return "".join(
        json.dumps({
            "eventTime": f"{START + timedelta(seconds=s):%Y-%m-%dT%H:%M:%SZ}", "eventSource": "iam.amazonaws.com",
            "eventName": name, "sourceIPAddress": "198.51.100.7", "userIdentity": {"userName": "ops"},
        }) + "\n"
        for s, name in sorted([*rows, *attack])
    )  # fmt: skip


def windows(attack=()):
    """Security events as text; and what is given, (second, text)."""
    rows = [
        (s, "The Windows Filtering Platform has permitted a connection.") for s in range(0, HOURS * 3600, 20)
    ]
    return "".join(
        f"{START + timedelta(seconds=s):%Y-%m-%d %H:%M:%S} INFO {text}\n"
        for s, text in sorted([*rows, *attack])
    )


def auditd(attack=()):
    """The log of auditd; and what is given, (second, rest of the line)."""
    rows = [
        (s, "CRED_ACQ", "pid=410 uid=0 msg='op=PAM:setcred acct=\"root\" res=success'")
        for s in range(0, HOURS * 3600, 20)
    ]
    return "".join(
        f"type={kind} msg=audit({int(START.replace(tzinfo=UTC).timestamp()) + s}.100:{s + 100}): {rest}\n"
        for s, kind, rest in sorted([*rows, *attack])
    )


AWS = [
    (BROKEN, "CreateUser"),
    (BROKEN + 5, "AttachUserPolicy"),
    (BROKEN + 9, "CreateAccessKey"),
    (BROKEN + 20, "StopLogging"),
]
WINDOWS = [
    (BROKEN, "A user account was created. Subject: Account Name: adm New Account: Account Name: helper"),
    (BROKEN + 5, "A member was added to a security-enabled local group. Group Name: Administrators"),
    (BROKEN + 9, "A service was installed in the system. Service Name: updater"),
    (BROKEN + 20, "The audit log was cleared. Subject: Account Name: adm"),
]
AUDIT = [
    (
        BROKEN,
        "ADD_USER",
        'pid=500 uid=0 auid=1000 msg=\'op=adding user acct="helper" exe="/usr/sbin/useradd" res=success\'',
    ),
    (BROKEN + 20, "DAEMON_END", "op=terminate auid=1000 uid=0 pid=1 res=success"),
]


@pytest.mark.parametrize(
    "write,attack,told",
    [
        (trail, AWS, {"T1136.003", "T1098.003", "T1098.001", "T1562.008"}),
        (windows, WINDOWS, {"T1136.001", "T1098.007", "T1543.003", "T1070.001"}),
        (auditd, AUDIT, {"T1136.001", "T1562.012"}),
    ],
)
def test_other_logs_than_those_of_a_host(run, write, attack, told):
    """Cloud audit trails, events of Windows and auditd: each technique is told, and nothing without an attack."""
    assert ids(run("attack", "--format", "json", events=write(attack))) == told
    assert ids(run("attack", "--format", "json", events=write())) == set()
