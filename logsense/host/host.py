"""Holds the plugins of a run, asks them, and keeps an account of what they did wrong."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import RLock
from typing import Any, Self, TypeVar

import polars as pl

from logsense.analysis import Analysis, PluginFailure
from logsense.clean import safe
from logsense.config import PluginSettings
from logsense.host import calls, checking, keywords, load, trace
from logsense.host import found as installed
from logsense.host.found import GIVEN, KINDS, Found
from logsense.host.load import Loaded
from logsense.schema import ANOMALIES, SERIES, View

#: What a plugin may raise that is its own failure: all but Ctrl-C. Polars panics are no ``Exception``.
CONTAINED = (Exception, SystemExit, pl.exceptions.PanicException)
TRACE_VARIABLE = "LOGSENSE_TRACE_PLUGINS"

T = TypeVar("T")


class Host:
    """Holds the plugins of some kinds, and what became of them; ``with`` ends what it started.

    Args:
        kinds: which kinds may be asked for; others are never looked up.
        objects: plugins given as objects beside the installed ones, as (kind, name, object); for tests
            of plugins and for embedding. They run in this process.
        installed: whether installed distributions are looked up.
        plugins: which may be loaded, how far they may go, and their keywords.

    ``failures`` grows while plugins are loaded and run; ``trace`` holds each call. A thing that failed is not
    asked again. May be used from several threads, which then wait for each other.
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
        self.settings = plugins or PluginSettings()
        self.failures: list[PluginFailure] = []
        self.trace: list[trace.Call] = []
        self._loud = self.settings.trace or os.environ.get(TRACE_VARIABLE, "") not in ("", "0")
        self._loaded: dict[str, list[Loaded]] = {}
        self._failed: set[tuple[str, str, str, int]] = set()
        self._turn = RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """End what was started for plugins."""

    def warm(self, *kinds: str) -> None:
        """Start what plugins of these kinds will need, without waiting for it."""

    def prepare(self, *kinds: str) -> None:
        """Load these kinds now; ConfigError where the settings give what their plugins do not take."""
        for kind in kinds:
            self._of(kind)

    # -- what there is ---------------------------------------------------------------------------------
    def detectors(self) -> list[Loaded]:
        """The detectors, bundled ones first, then by distribution and name."""
        return self._of("detectors")

    def rankers(self) -> list[Loaded]:
        """The rankers."""
        return self._of("rankers")

    def reporters(self) -> list[Loaded]:
        """The reporters."""
        return self._of("reporters")

    def panels(self) -> list[Loaded]:
        """The panels; they live in this process."""
        return self._of("panels")

    def formats(self) -> list[Path]:
        """Folders of format files."""
        return [Path(loaded.thing) for loaded in self._of("formats")]

    def masks(self) -> list[Path]:
        """Folders of files of masks."""
        return [Path(loaded.thing) for loaded in self._of("masks")]

    def sources(self) -> list[Loaded]:
        """The sources."""
        return self._of("sources")

    def metrics(self) -> list[Loaded]:
        """The readers of metrics."""
        return self._of("metrics")

    def commands(self) -> list[Loaded]:
        """The commands; they live in this process."""
        return self._of("commands")

    # -- what is asked of them ---------------------------------------------------------------------------
    def detect(self, who: Loaded, view: View) -> pl.DataFrame:
        """ANOMALIES a detector finds, checked; empty where it fails."""
        found = self._ask(who, "detect", (view,), checking.anomalies)
        return ANOMALIES.empty() if found is None else found

    def score(self, who: Loaded, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        """EVIDENCE a ranker gives for candidates, checked; empty where it fails."""
        height = candidates.height
        said = self._ask(
            who, "score", (view, candidates), lambda frame, whose: checking.evidence(frame, whose, height)
        )
        return pl.DataFrame(schema=checking.EVIDENCE) if said is None else said

    def fetch(self, who: Loaded, scheme: str, address: str, folder: Path) -> PluginFailure | None:
        """Let a source write the logs behind an address into a folder; why it could not, None for done."""
        done = self._ask(who, "fetch", (scheme, address, str(folder.absolute())), lambda _, __: True)
        return None if done else self.failure_of(who)

    def claims(self, who: Loaded, name: str, head: str) -> bool:
        """Whether a reader of metrics claims a file; not where it fails."""
        return bool(self._ask(who, "claims", (name, head), checking.claims))

    def series(self, who: Loaded, path: Path) -> pl.DataFrame:
        """SERIES of a file of metrics, checked; empty where the reader fails."""
        read = self._ask(who, "series", (str(path.absolute()),), checking.series)
        return SERIES.empty() if read is None else read

    def write(
        self, who: Loaded, by: Callable[..., object], analysis: Analysis, **manner: object
    ) -> list[str] | None:
        """The report of a reporter in pieces; None where it fails.

        by: the function of a module that makes a reporter write, ``report.write``; manner: its keywords.
        """
        return self._ask(who, "write", (f"{by.__module__}:{by.__name__}", analysis, manner), checking.pieces)

    def run(self, who: Loaded, hook: str, call: Callable[[], T]) -> T | None:
        """What ``call`` returns; None, and an entry in ``failures``, where it raises. For what lives here."""
        try:
            return call()
        except CONTAINED as error:
            self.blame(who, hook, error)
            return None

    def blame(self, who: Loaded, hook: str, error: BaseException) -> PluginFailure:
        """The failure of a plugin that raised where the host was not asked, now one of ``failures``."""
        return self._fail(who.found, hook, load.reason(error, _package(who)), who.name)

    def failure_of(self, who: Loaded) -> PluginFailure | None:
        """The last failure of a thing; None where it has none."""
        name = _named(who.found, who.name)
        return next((one for one in reversed(self.failures) if one.plugin == name), None)

    # -- how -----------------------------------------------------------------------------------------------
    def _ask(
        self, who: Loaded, method: str, arguments: Sequence[Any], check: Callable[[Any, str], T]
    ) -> T | None:
        with self._turn:
            if who.key in self._failed:
                return None
            begun = time.perf_counter()
            gave = "failed"
            try:
                answer, changed = self._here(who, method, arguments)
                checked = check(answer, who.name)
                gave = trace.brief(answer)
            except CONTAINED as error:
                self._failed.add(who.key)
                self.blame(who, method, error)
                return None
            finally:
                self._told(who, method, trace.briefly(arguments), gave, begun)
            self._minor(who, method, changed)
            return checked

    def _here(self, who: Loaded, method: str, arguments: Sequence[Any]) -> tuple[Any, list[str]]:
        return calls.run(method, who.make, arguments, deep=self.settings.strict)

    def _minor(self, who: Loaded, method: str, changed: Sequence[str]) -> None:
        """What a plugin did that cost nobody anything, and yet it should not."""
        if changed:
            frames = ", ".join(f"view.{name}" for name in changed)
            why = f"it changed {frames} in place; nobody else sees that, what it found counts"
            self._fail(who.found, method, why, who.name)

    def _told(self, who: Loaded, hook: str, given: str, gave: str, begun: float) -> None:
        took = (time.perf_counter() - begun) * 1000.0
        call = trace.Call(
            who.name, who.found.distribution, who.found.version, hook, given, gave, "here", took, 0.0
        )
        self.trace.append(call)
        if self.settings.tell is not None:
            self.settings.tell(call)
        if self._loud:
            trace.tell(call)

    def _of(self, kind: str) -> list[Loaded]:
        if kind not in self.kinds:
            return []
        with self._turn:
            if kind not in self._loaded:
                self._loaded[kind] = self._load(kind)
            return self._loaded[kind]

    def _load(self, kind: str) -> list[Loaded]:
        loaded: list[Loaded] = []
        taken: dict[str, Found] = {}
        there = installed.find(kind) if self.installed else []
        entries: list[tuple[Found, object]] = [
            (one, None) for one in there if installed.wanted(one, self.settings)
        ]
        whole, before = len(entries) == len(there), len(self.failures)
        entries += [
            (Found(kind, name, type(plugin).__name__, GIVEN, "?"), plugin)
            for k, name, plugin in self.objects
            if k == kind
        ]
        for one, plugin in entries:
            other = taken.setdefault(one.name, one)
            if one.refused or other is not one:
                taken_by = f"its name is taken by {other.distribution} {other.version}; it is not loaded"
                self._fail(one, "load", one.refused or taken_by, one.name)
                continue
            loaded += self._things(one, plugin)
        whole = whole and len(self.failures) == before
        loaded = keywords.given(kind, loaded, self.settings, whole=whole)
        return [one for one in loaded if not installed.off(kind, one.name, self.settings)]

    def _things(self, found: Found, plugin: object) -> list[Loaded]:
        """What a plugin registers; nothing where that fails."""
        stand_in = Loaded(found.name, None, found)
        begun = time.perf_counter()
        gave = "failed"
        try:
            things = load.register(found.kind, load.imported(found) if plugin is None else plugin)
            loaded = [
                Loaded(thing=thing, found=found, **load.told(thing, found, place))
                for place, thing in enumerate(things)
            ]
            gave = f"{len(loaded)} things"
        except CONTAINED as error:
            self.blame(stand_in, "load", error)
            return []
        finally:
            self._told(stand_in, f"register_{found.kind}", "", gave, begun)
        return loaded

    def _fail(self, found: Found, hook: str, reason: str, name: str) -> PluginFailure:
        failure = PluginFailure(_named(found, name), safe(found.version), hook, safe(reason))
        self.failures.append(failure)
        return failure


def _named(found: Found, name: str) -> str:
    return safe(name if found.distribution == GIVEN else f"{name} ({found.distribution})")


def _package(who: Loaded) -> str:
    """The package in which the code of a plugin lies."""
    module = getattr(who.thing, "__module__", None) or who.found.value
    return str(module).partition(":")[0].partition(".")[0]
