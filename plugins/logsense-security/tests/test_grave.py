"""What is an incident alone, and what a reboot, a deployment or custom explains."""

# ruff: noqa: E501 - rows of data read better long than broken

import numpy as np
import polars as pl
import pytest
from logsense.testing import from_table

from logsense_security import Telltale


def found(kind, view):
    """What a detector with its defaults finds."""
    return kind().fit(view).detect(view)


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
    n = np.full((2, 400), 2.0)
    n[0] = 0.0
    n[0, 350] = 1.0
    view = from_table(n, ["host", "shop"], [text, beside], ["INFO"] * 2, quiet=range(300))
    told = found(Telltale, view)
    assert (told.filter(pl.col("sentence").str.starts_with("host"))["score"].max() >= 7.0) == grave


def test_what_is_grave_needs_a_known_quiet_time():
    """Where hardly any quiet time is known, or the like comes now and then, a lone message is no incident."""
    n = np.full((2, 400), 2.0)
    n[0] = 0.0
    text = ["Stopped Security Auditing Service.", "order taken"]
    for quiet, at in ((range(20), [350]), (range(300), [310, 390])):
        n[0] = 0.0
        n[0, at] = 1.0
        told = found(Telltale, from_table(n, ["host", "shop"], text, ["INFO"] * 2, quiet=quiet))
        assert 2.0 <= told["score"].max() < 6.5
