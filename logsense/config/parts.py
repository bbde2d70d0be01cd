"""The parts of the settings that have a table of their own in a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class PluginSettings:
    """Which plugins run, how far they may go, and with what keywords.

    load: names of third-party distributions or entries that are loaded; None: all that are installed, ():
    none. disabled: entries (``KIND.NAME``, such as ``detectors.rate``) or distributions that are left out,
    bundled ones too. trusted: distributions that run in this process as the bundled ones do; others run in
    workers. order: distributions or ``KIND.NAME`` that come before all others, in this order: of two of one
    name the first is taken, and reporters and panels are listed so. seconds, memory: what a call of a plugin
    in a worker may take, memory in MiB. strict: a plugin that fails fails the run. trace: calls are told of
    on stderr. keywords: of the things plugins register, by ``KIND.NAME`` (``detectors.rate``). origins: for
    each value that is no default where it came from: by its key in the table (``disable``), by ``KIND.NAME``
    and by ``KIND.NAME.KEYWORD`` (``detectors.rate.alpha``: file and line). tell: called
    with each call of a plugin as it ends (``logsense.host.Call``); for traces.
    """

    load: tuple[str, ...] | None = None
    disabled: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    seconds: float = 30.0
    memory: int = 2048
    strict: bool = False
    trace: bool = False
    keywords: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)
    tell: Callable[[Any], None] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """What an incident needs.

    incident: decades of evidence from which anomalies are one. join_buckets, join_seconds: anomalies at most
    so far apart (the larger of the two) belong to one incident.
    """

    incident: float = 6.5
    join_buckets: int = 5
    join_seconds: float = 10.0


@dataclass(frozen=True, kw_only=True)
class Screens:
    """How the screens behave. keys: a file of keys of one's own; mouse: whether the mouse works, too."""

    keys: str | None = None
    mouse: bool = False
