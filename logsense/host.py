"""Finds plugins, checks them, runs them, contains their faults.

Plugins are found by the entry points of installed distributions, one group a kind, without importing
them; each is then loaded, registered and called alone, so that one that raises costs nobody else
anything: it becomes a PluginFailure that names it, its distribution and version. Nothing found in the
analysed data can enable or configure anything. A plugin runs in this process with the rights of the
user: one that never returns cannot be stopped here.

Which of them are loaded, and which come first, ``PluginSettings`` says.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, TypeVar, cast

import pluggy
import polars as pl

from logsense import api
from logsense.analysis import PluginFailure
from logsense.config import PluginSettings, chosen
from logsense.errors import FrameError
from logsense.schema import ANOMALIES

KINDS = (
    "formats", "masks", "sources", "metrics", "detectors", "rankers", "reporters", "panels", "commands",
)  # fmt: skip
#: Kinds whose hooks return folders of declared data.
DATA = ("formats", "masks")
BUNDLED = "logsense-aiops"
#: Where a kind's classes must have these methods (formats are paths).
METHODS: Mapping[str, tuple[str, ...]] = {
    "detectors": ("fit", "detect"),
    "rankers": ("score",),
    "reporters": ("write",),
    "panels": ("widget",),
    "sources": ("fetch",),
    "metrics": ("claims", "series"),
}
#: Where a kind's classes must have these texts.
TEXTS: Mapping[str, tuple[str, ...]] = {"panels": ("name", "title")}

T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """A plugin as its distribution announces it; nothing of it has been imported."""

    kind: str
    name: str
    value: str
    distribution: str
    version: str

    @property
    def bundled(self) -> bool:
        """Whether it comes in our own wheel."""
        return self.distribution == BUNDLED


@dataclass(frozen=True)
class Loaded:
    """One thing a plugin registered: a class (of a detector, a panel, …), or a folder of formats."""

    name: str
    thing: Any
    found: Found


def find(kind: str) -> list[Found]:
    """The plugins of a kind that are installed, by distribution and name; nothing is imported.

    kind: one of ``KINDS``. Two entries of one name are both returned; the host refuses the second.
    """
    rows = {_found(kind, point) for point in entry_points(group=f"logsense.{kind}")}
    return sorted(rows, key=lambda f: (not f.bundled, f.distribution, f.name, f.value, f.version))


def _found(kind: str, point: EntryPoint) -> Found:
    dist = point.dist
    return Found(kind, point.name, point.value, dist.name if dist else "?", dist.version if dist else "?")


class Host:
    """Holds the plugins of some kinds, and what became of them.

    Args:
        kinds: which kinds may be asked for; others are never looked up.
        objects: plugins given as objects beside the installed ones, as (kind, name, object); for tests
            of plugins and for embedding.
        installed: whether installed distributions are looked up.
        plugins: which of them are wanted, and in which order.

    ``failures`` grows while plugins are loaded and run.
    """

    def __init__(
        self,
        *,
        kinds: Iterable[str] = KINDS,
        objects: Iterable[tuple[str, str, object]] = (),
        installed: bool = True,
        plugins: PluginSettings | None = None,
    ) -> None:
        self.kinds = tuple(kinds)
        self.objects = tuple(objects)
        self.installed = installed
        self.plugins = plugins or PluginSettings()
        self.failures: list[PluginFailure] = []
        self._loaded: dict[str, list[Loaded]] = {}

    def detectors(self) -> list[Loaded]:
        """The classes of detectors, bundled ones first, then by distribution and name."""
        return self._of("detectors")

    def rankers(self) -> list[Loaded]:
        """The classes of rankers."""
        return self._of("rankers")

    def reporters(self) -> list[Loaded]:
        """The classes of reporters."""
        return self._of("reporters")

    def panels(self) -> list[Loaded]:
        """The classes of panels."""
        return self._of("panels")

    def formats(self) -> list[Path]:
        """Folders of format files."""
        return [Path(loaded.thing) for loaded in self._of("formats")]

    def masks(self) -> list[Path]:
        """Folders of files of masks."""
        return [Path(loaded.thing) for loaded in self._of("masks")]

    def sources(self) -> list[Loaded]:
        """The classes of sources."""
        return self._of("sources")

    def metrics(self) -> list[Loaded]:
        """The classes of readers of metrics."""
        return self._of("metrics")

    def commands(self) -> list[Loaded]:
        """The commands."""
        return self._of("commands")

    def run(self, who: Loaded, hook: str, call: Callable[[], T]) -> T | None:
        """What ``call`` returns; None, and an entry in ``failures``, where it raises."""
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything; it is named in the report
            self.blame(who, hook, error)
            return None

    def blame(self, who: Loaded, hook: str, error: Exception) -> PluginFailure:
        """The failure of a plugin that raised where the host was not asked, now one of ``failures``."""
        return self._fail(who.found, hook, error, who.name)

    def anomalies(self, who: Loaded, call: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """The ANOMALIES frame ``call`` returns, checked; empty where the plugin fails."""
        return self._frame(who, "detect", lambda: _checked(call(), who.name))

    def evidence(self, who: Loaded, call: Callable[[], pl.DataFrame], candidates: int) -> pl.DataFrame:
        """The frame candidate, name, value, why of a ranker, checked; empty where it fails."""
        frame = self.run(who, "score", lambda: _checked_evidence(call(), who.name, candidates))
        return pl.DataFrame(schema=EVIDENCE) if frame is None else frame

    def _frame(self, who: Loaded, hook: str, call: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        frame = self.run(who, hook, call)
        return ANOMALIES.empty() if frame is None else frame

    def _of(self, kind: str) -> list[Loaded]:
        if kind not in self.kinds:
            return []
        if kind not in self._loaded:
            self._loaded[kind] = self._load(kind)
        return self._loaded[kind]

    def _load(self, kind: str) -> list[Loaded]:
        loaded: list[Loaded] = []
        seen: dict[str, Found] = {}
        for found, plugin in self._candidates(kind):
            if found.name in seen:
                other = seen[found.name]
                reason = f"its name is taken by {other.distribution} {other.version}; it is not loaded"
                self._fail(found, "load", FrameError(reason), found.name)
                continue
            seen[found.name] = found
            try:
                things = _register(kind, plugin())
            except Exception as error:  # noqa: BLE001 - importing a plugin may raise anything
                self._fail(found, "load", error, found.name)
                continue
            made = [Loaded(_name(thing, found), thing, found) for thing in things]
            loaded += [one for one in made if f"{kind}.{one.name}" not in self.plugins.disabled]
        return loaded

    def _candidates(self, kind: str) -> list[tuple[Found, Callable[[], object]]]:
        given = [
            (Found(kind, name, type(plugin).__name__, "given", "?"), _constant(plugin))
            for k, name, plugin in self.objects
            if k == kind
        ]
        found = chosen(find(kind), self.plugins) if self.installed else []
        return [(f, _importer(f)) for f in found] + given

    def _fail(self, found: Found, hook: str, error: Exception, name: str) -> PluginFailure:
        who = name if found.distribution == "given" else f"{name} ({found.distribution})"
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        failure = PluginFailure(api.safe(who), found.version, hook, api.safe(reason))
        self.failures.append(failure)
        return failure


EVIDENCE: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "candidate": pl.UInt32,
    "name": pl.String,
    "value": pl.Float64,
    "why": pl.String,
}


def _constant(plugin: object) -> Callable[[], object]:
    return lambda: plugin


def _importer(found: Found) -> Callable[[], object]:
    return lambda: EntryPoint(found.name, found.value, f"logsense.{found.kind}").load()


def _register(kind: str, plugin: object) -> list[object]:
    """What the plugin's hook of this kind returns, checked. Each plugin has a manager of its own."""
    manager = pluggy.PluginManager("logsense")
    manager.add_hookspecs(api.Hooks)
    manager.register(plugin)
    manager.check_pending()
    implementations = getattr(manager.hook, f"register_{kind}").get_hookimpls()
    if not implementations:
        msg = f"it has no @hookimpl register_{kind}()"
        raise FrameError(msg)
    things: list[object] = []
    for implementation in implementations:
        things += list(implementation.function())
    for thing in things:
        _check_thing(kind, thing)
    return things


def _check_thing(kind: str, thing: object) -> None:
    if kind in DATA:
        if not isinstance(thing, (str, Path)):
            msg = f"register_{kind} must return paths, not {type(thing).__name__}"
            raise FrameError(msg)
        return
    if kind == "commands":
        if not callable(getattr(thing, "make_context", None)):
            msg = f"register_commands must return click commands, not {type(thing).__name__}"
            raise FrameError(msg)
        return
    texts = TEXTS.get(kind, ("name",))
    missing = [m for m in METHODS[kind] if not callable(getattr(thing, m, None))]
    missing += [name for name in texts if not isinstance(getattr(thing, name, None), str)]
    if not isinstance(thing, type) or missing:
        wanted = ", ".join((*texts, *METHODS[kind]))
        msg = f"register_{kind} must return classes with {wanted}; got {thing!r}"
        raise FrameError(msg)


def _name(thing: object, found: Found) -> str:
    return cast(str, getattr(thing, "name", found.name))


def _checked(frame: object, whose: str) -> pl.DataFrame:
    if not isinstance(frame, pl.DataFrame):
        msg = f"{whose}: detect returned {type(frame).__name__}, not a frame"
        raise FrameError(msg)
    checked = ANOMALIES.check(frame, whose)
    if not checked["score"].is_finite().all():
        msg = f"{whose}: ANOMALIES.score is not finite in row {(~checked['score'].is_finite()).arg_true()[0]}"
        raise FrameError(msg)
    odd = checked.filter(~pl.col("kind").is_in(list(api.FINDING_KINDS)))
    if odd.height:
        msg = f"{whose}: ANOMALIES.kind {odd['kind'][0]!r} is none of {', '.join(api.FINDING_KINDS)}"
        raise FrameError(msg)
    return checked


def _checked_evidence(frame: object, whose: str, candidates: int) -> pl.DataFrame:
    if not isinstance(frame, pl.DataFrame) or set(EVIDENCE) - set(frame.columns):
        msg = f"{whose}: score must return a frame with {', '.join(EVIDENCE)}"
        raise FrameError(msg)
    checked = frame.select(pl.col(name).cast(dtype) for name, dtype in EVIDENCE.items())
    if checked.null_count().sum_horizontal().item() or not checked["value"].is_finite().all():
        msg = f"{whose}: score returned a null or a value that is not finite"
        raise FrameError(msg)
    if checked.filter(pl.col("candidate") >= candidates).height:
        msg = f"{whose}: score names a candidate that does not exist"
        raise FrameError(msg)
    return checked
