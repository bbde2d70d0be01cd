"""What is an incident alone, and what a reboot, a deployment or custom explains."""

# ruff: noqa: E501 - rows of data read better long than broken

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from logsense.testing import from_table

from logsense_security import Telltale


def found(kind, view):
    """What a detector with its defaults finds."""
    return kind().fit(view).detect(view)


def minutes(view, quiet):
    """The view with buckets of a minute, of which those are quiet."""
    return replace(view, width=60_000_000, quiet=tuple(quiet))


@pytest.mark.parametrize(
    "text,beside,grave",
    [
        ("Stopped Security Auditing Service.", "order taken", True),
        ("Stopped Security Auditing Service.", "Started Security Auditing Service.", False),
        ("Stopped Security Auditing Service.", "Reached target Shutdown.", False),
        ("add 'helper' to group 'sudo'", "order taken", True),
        ("add 'helper' to group 'sudo'", "ansible-user: Invoked with name=helper", False),
        ("add 'helper' to group 'docker'", "order taken", False),
        (
            "bob : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/shred -u /var/log/wtmp",
            "order taken",
            True,
        ),
        (
            "bob : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/rm /var/log/app/old.log",
            "order taken",
            False,
        ),
        ("bob : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/chmod 4755 /bin/bash", "order taken", True),
        ("new user: name=helper, UID=1005", "order taken", False),
    ],
)
def test_what_is_grave_is_an_incident_alone(text, beside, grave):
    """A lone grave act scores as an incident; one that a reboot or a deployment explains, and any other, does not."""
    n = np.full((2, 100), 2.0)
    n[0] = 0.0
    n[0, 80] = 1.0
    view = from_table(n, ["host", "shop"], [text, beside], ["INFO"] * 2)
    told = found(Telltale, minutes(view, range(60)))
    assert (told.filter(pl.col("sentence").str.starts_with("host"))["score"].max() >= 7.0) == grave


def test_what_is_grave_needs_a_known_quiet_time():
    """Where hardly any quiet time is known, or the like comes now and then, a lone message is no incident."""
    n = np.full((2, 100), 2.0)
    n[0] = 0.0
    text = ["Stopped Security Auditing Service.", "order taken"]
    for quiet, at in ((range(20), [80]), (range(60), [70, 95])):
        n[0] = 0.0
        n[0, at] = 1.0
        told = found(Telltale, minutes(from_table(n, ["host", "shop"], text, ["INFO"] * 2), quiet))
        assert 2.0 <= told["score"].max() < 6.5
