"""Security detectors for logsense, with MITRE ATT&CK techniques, and the command ``logsense attack``."""

from logsense.api import Detector, hookimpl

from logsense_security.deeds import Deeds
from logsense_security.guessing import Guessing
from logsense_security.outflow import Outflow
from logsense_security.stuffing import Stuffing
from logsense_security.surges import Surges
from logsense_security.telltale import Telltale


@hookimpl
def register_detectors() -> list[type[Detector]]:
    """The classes; each is constructed with its defaults."""
    return [Deeds, Guessing, Outflow, Stuffing, Surges, Telltale]


@hookimpl
def register_commands() -> list[object]:
    """The command; loaded when it is called."""
    from logsense_security.attack import attack

    return [attack]
