"""Holds the plugins of a run, asks them, and keeps an account of what they did wrong."""

import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Self, TypeVar

import polars as pl

from logsense import entry_points as installed
from logsense.analysis import Analysis, PluginFailure
from logsense.clean import safe
from logsense.config import PluginSettings, Problem, chosen, refuse
from logsense.entry_points import GIVEN, Found
from logsense.errors import Ended, FrameError, PluginError
from logsense.host import calls, checking, keywords, load, trace
from logsense.host.load import Loaded
from logsense.naming import KINDS
from logsense.schema import ANOMALIES, View

#: What a plugin may raise that is its own failure: all but Ctrl-C. Polars panics are no ``Exception``.
CONTAINED = (Exception, SystemExit, pl.exceptions.PanicException)

if TYPE_CHECKING:
    from logsense.host.worker import Pool, Worker

#: Kinds of which no two things may bear one name.
ALONE = ("detectors", "rankers", "sources", "metrics")
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
        self._there: dict[str, list[Found]] | None = None
        self._loaded: dict[str, list[Loaded]] = {}
        self._misfits: dict[str, list[Problem]] = {}
        self._failed: set[tuple[str, str, str, int]] = set()
        self._turn = RLock()
        self._workers: Pool | None = None  # made when a plugin needs one: most runs have none
        self._printed: set[tuple[str, str]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers of plugins."""
        with self._turn:
            if self._workers is not None:
                self._workers.close()

    def warm(self, *kinds: str) -> None:
        """Start the workers that plugins of these kinds will need, without waiting for them.

        Kinds that are loaded have theirs.
        """
        wanted = [kind for kind in kinds if kind not in self._loaded]
        found = [one for kind in wanted for one in self._installed(kind)]
        for one in chosen(found, self.settings):
            if not one.refused and not self._is_here(one):
                with contextlib.suppress(PluginError), self._turn:  # told when it is asked
                    self._worker(one).start()

    def prepare(self, *kinds: str) -> None:
        """Load these kinds now; ConfigError where the settings give what their plugins do not take."""
        for kind in kinds:
            self.loaded(kind)

    def misfits(self) -> list[Problem]:
        """What the settings give to things of this host's kinds that these do not take; loads them."""
        given = {key.partition(".")[0] for key in self.settings.keywords}
        with self._turn:
            for kind in (one for one in self.kinds if one in given):
                if kind not in self._loaded:
                    self._loaded[kind] = self._load(kind)
            return [one for kind in self.kinds for one in self._misfits.get(kind, ())]

    # -- what there is ---------------------------------------------------------------------------------
    def loaded(self, kind: str) -> list[Loaded]:
        """What plugins of a kind registered, and whose it is; none of kinds this host does not hold.

        ConfigError where the settings give them what they do not take: it names all that is wrong so, of
        whatever kind.
        """
        if kind not in self.kinds:
            return []
        with self._turn:
            if kind not in self._loaded:
                self._loaded[kind] = self._load(kind)
            if self._misfits.get(kind):
                refuse(self.misfits())
            return self._loaded[kind]

    def detectors(self) -> list[Loaded]:
        """The detectors, bundled ones first, then by distribution and name."""
        return self.loaded("detectors")

    def rankers(self) -> list[Loaded]:
        """The rankers."""
        return self.loaded("rankers")

    def reporters(self) -> list[Loaded]:
        """The reporters."""
        return self.loaded("reporters")

    def panels(self) -> list[Loaded]:
        """The panels; they live in this process."""
        return self.loaded("panels")

    def formats(self) -> list[Path]:
        """Folders of format files."""
        return [Path(loaded.thing) for loaded in self.loaded("formats")]

    def masks(self) -> list[Path]:
        """Folders of files of masks."""
        return [Path(loaded.thing) for loaded in self.loaded("masks")]

    def held_masks(self) -> list[Path]:
        """Those of ``masks`` that come in our own wheel: what is in them our tests hold."""
        return [Path(loaded.thing) for loaded in self.loaded("masks") if loaded.found.bundled]

    def sources(self) -> list[Loaded]:
        """The sources."""
        return self.loaded("sources")

    def metrics(self) -> list[Loaded]:
        """The readers of metrics."""
        return self.loaded("metrics")

    def commands(self) -> list[Loaded]:
        """The commands; they live in this process."""
        return self.loaded("commands")

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

    def fetch(self, who: Loaded, scheme: str, address: str, folder: Path) -> str | None:
        """Let a source write what lies behind an address into a folder; why not all came, None: it did."""
        said = self._ask(who, "fetch", (scheme, address, str(folder.absolute())), checking.words)
        if said is None:
            failure = self.failure_of(who)
            return (
                f"its source failed: {failure.plugin}: {failure.reason}" if failure else "its source failed"
            )
        return safe(said) or None

    def claims(self, who: Loaded, files: Sequence[tuple[str, str]]) -> list[bool]:
        """Which of some files, by name and head, a reader of metrics claims; none where it fails."""
        many = len(files)
        said = self._ask(who, "claims", (files,), lambda given, whose: checking.claims(given, whose, many))
        return [False] * many if said is None else said

    def series(self, who: Loaded, path: Path) -> pl.DataFrame | None:
        """SERIES of a file of metrics, checked; None where the reader fails: another file may fare better."""
        return self._ask(who, "series", (str(path.absolute()),), checking.series)

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
        except Ended:
            raise
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
                answer, changed = self._answer(who, method, arguments)
                checked = check(answer, who.name)
                gave = trace.brief(answer)
            except Ended:
                raise
            except CONTAINED as error:
                if method != "series":
                    self._failed.add(who.key)
                self.blame(who, method, error)
                self._spoken(who.found)  # it has failed: that it printed, too, is not worth a word
                return None
            finally:
                self._told(who, method, trace.briefly(arguments), gave, begun)
            self._minor(who, method, changed)
            return checked

    def _answer(self, who: Loaded, method: str, arguments: Sequence[Any]) -> tuple[Any, list[str]]:
        deep = self.settings.strict
        if who.thing is not None:
            return calls.run(method, who.make, arguments, deep=deep)
        given = {"place": who.place, "keywords": who.keywords, "arguments": tuple(arguments), "deep": deep}
        said = self._worker(who.found).ask(method, who.found, **given)
        return said["answer"], [str(name) for name in said["changed"]]

    def _is_here(self, found: Found) -> bool:
        return installed.here(found, self.settings)

    def _worker(self, found: Found) -> "Worker":
        if self._workers is None:
            from logsense.host.worker import Pool  # subprocess and the like: only where there is need

            self._workers = Pool(self.settings)
        return self._workers.of(found.distribution)

    def _spoken(self, found: Found) -> int:
        return 0 if self._is_here(found) else self._worker(found).spoken()

    def _minor(self, who: Loaded, method: str, changed: Sequence[str]) -> None:
        """What a plugin did that cost nobody anything, and yet it should not."""
        if changed:
            why = f"it changed {', '.join(changed)} in place; nobody else sees that, what it found counts"
            self._fail(who.found, method, why, who.name)

        printed = self._spoken(who.found)
        if printed and (who.found.distribution, who.name) not in self._printed:
            self._printed.add((who.found.distribution, who.name))
            why = f"it printed {printed} bytes in {method}; they are kept out of all output"
            self._fail(who.found, "print", f"{why}, what it found counts", who.name)

    def _told(self, who: Loaded, hook: str, given: str, gave: str, begun: float) -> None:
        took = (time.perf_counter() - begun) * 1000.0
        where, peak, found = "here", 0.0, who.found
        if not self._is_here(found):
            worker = self._worker(found)
            where, peak = f"worker {worker.pid}" if worker.pid else "worker, ended", worker.peak
        call = trace.Call(who.name, found.distribution, found.version, hook, given, gave, where, took, peak)
        self.trace.append(call)
        if self.settings.tell is not None:
            self.settings.tell(call)
        if self.settings.trace:
            trace.tell(call)

    def _installed(self, kind: str) -> list[Found]:
        """What distributions announce of a kind; of all kinds of this host it is looked up once."""
        with self._turn:
            if self._there is None:
                self._there = installed.find_all(self.kinds) if self.installed else {}
            return self._there.get(kind, [])

    def _load(self, kind: str) -> list[Loaded]:
        loaded: list[Loaded] = []
        taken: dict[str, Found] = {}
        there = self._installed(kind)
        entries: list[tuple[Found, object]] = [(one, None) for one in chosen(there, self.settings)]
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
        loaded = [one for one in loaded if self._is_first(one, loaded)]
        loaded, self._misfits[kind] = keywords.given(kind, loaded, self.settings, whole=whole)
        return [one for one in loaded if not installed.off(kind, one.name, self.settings)]

    def _is_first(self, one: Loaded, loaded: Sequence[Loaded]) -> bool:
        """Whether no thing before it bears its name: settings and reports know things by that alone.

        Of reporters the first is taken when one is asked for; folders and commands are known by their
        entries; objects may be given beside what is installed.
        """
        if one.found.kind not in ALONE or one.found.distribution == GIVEN:
            return True
        first = next(each for each in loaded if each.name == one.name)
        if first is not one:
            whose = first.found
            why = f"its name is taken by {whose.distribution} {whose.version}; it is not asked"
            self._fail(one.found, "load", why, one.name)
        return first is one

    def _things(self, found: Found, plugin: object) -> list[Loaded]:
        """What a plugin registers; nothing where that fails."""
        stand_in = Loaded(found.name, None, found)
        begun = time.perf_counter()
        gave = "failed"
        try:
            if plugin is None and not self._is_here(found):
                loaded = _stand_ins(found, self._worker(found).ask("load", found)["answer"])
            else:
                things = load.register(found.kind, load.imported(found) if plugin is None else plugin)
                told = [load.told(thing, found, place) for place, thing in enumerate(things)]
                loaded = [
                    Loaded(thing=thing, found=found, **one) for thing, one in zip(things, told, strict=True)
                ]
            gave = f"{len(loaded)} things"
        except Ended:
            raise
        except CONTAINED as error:
            self.blame(stand_in, "load", error)
            self._spoken(found)
            return []
        finally:
            self._told(stand_in, f"register_{found.kind}", "", gave, begun)
        self._minor(stand_in, "load", ())
        return loaded

    def _fail(self, found: Found, hook: str, reason: str, name: str) -> PluginFailure:
        failure = PluginFailure(_named(found, name), safe(found.version), hook, safe(reason))
        self.failures.append(failure)
        return failure


def _stand_ins(found: Found, told: Any) -> list[Loaded]:
    """What a worker says it has registered; folders of data are as good here as there."""
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise FrameError("its worker told what is no list of things")
    return [Loaded(thing=one.pop("path", None), found=found, **one) for one in told]


def _named(found: Found, name: str) -> str:
    return safe(name if found.distribution == GIVEN else f"{name} ({found.distribution})")


def _package(who: Loaded) -> str:
    """The package in which the code of a plugin lies."""
    module = getattr(who.thing, "__module__", None)
    return str(module).partition(".")[0] if module else who.found.package
