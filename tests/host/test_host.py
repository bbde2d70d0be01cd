"""The host finds plugins, loads them one by one and contains what they do wrong."""

from importlib.metadata import EntryPoint, EntryPoints
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from logsense import host as host_module
from logsense.api import hookimpl
from logsense.config import Settings, chosen
from logsense.detect import detect
from logsense.host import Found, Host, find
from logsense.schema import ANOMALIES
from logsense.testing import planted


def plugin(*classes: Any, kind: str = "detectors") -> Any:
    """An object whose hook returns these classes."""
    hook = hookimpl(lambda: list(classes))
    return SimpleNamespace(**{f"register_{kind}": hook})


class Good:
    name = "good"

    def fit(self, view: Any) -> "Good":
        return self

    def detect(self, view: Any) -> pl.DataFrame:
        row = {
            "detector": "good",
            "kind": "new",
            "service": "a",
            "template": None,
            "start": view.start,
            "end": view.start,
            "score": 5.0,
            "observed": "1",
            "expected": "0",
            "sentence": "1 of it",
        }
        return ANOMALIES.of([row])


class Raises(Good):
    name = "raises"

    def fit(self, view: Any) -> "Raises":
        raise ZeroDivisionError("boom \x1b[31m")


class WrongFrame(Good):
    name = "wrong"

    def detect(self, view: Any) -> pl.DataFrame:
        return super().detect(view).with_columns(pl.lit(1).alias("score"))


class Infinite(Good):
    name = "infinite"

    def detect(self, view: Any) -> pl.DataFrame:
        return super().detect(view).with_columns(pl.lit(float("inf")).alias("score"))


class Invented(Good):
    name = "invented"

    def detect(self, view: Any) -> pl.DataFrame:
        return super().detect(view).with_columns(pl.lit("catastrophe").alias("kind"))


def host(*plugins: Any) -> Host:
    return Host(objects=[("detectors", f"p{i}", p) for i, p in enumerate(plugins)], installed=False)


@pytest.mark.parametrize(
    "bad,said",
    [
        (Raises, "ZeroDivisionError"),
        (WrongFrame, "ANOMALIES.score"),
        (Infinite, "not finite"),
        (Invented, "catastrophe"),
    ],
)
def test_a_failing_detector_costs_the_others_nothing(bad: Any, said: str) -> None:
    """A detector that raises or returns a wrong frame is named with the reason; the others stay."""
    one = host(plugin(bad), plugin(Good))
    found = detect(planted("new"), one)
    assert found["detector"].to_list() == ["good"]
    assert [(f.plugin, said in f.reason) for f in one.failures] == [(bad.name, True)]
    assert "\x1b" not in one.failures[0].reason


def test_a_detector_need_not_know_of_forms() -> None:
    """A frame without the column of forms is taken as it is; one with a form of the wrong type is not."""

    class Formless(Good):
        name = "formless"

        def detect(self, view: Any) -> pl.DataFrame:
            return super().detect(view).drop("form")

    class Numbered(Good):
        name = "numbered"

        def detect(self, view: Any) -> pl.DataFrame:
            return super().detect(view).with_columns(form=pl.lit(1))

    one = host(plugin(Formless), plugin(Numbered))
    found = detect(planted("new"), one)
    assert found["form"].to_list() == [None]
    assert [(f.plugin, "ANOMALIES.form" in f.reason) for f in one.failures] == [("numbered", True)]


def test_keyboard_interrupt_is_not_contained() -> None:
    """Ctrl-C inside a plugin ends the run: it is no failure of the plugin."""

    class Interrupted(Good):
        def fit(self, view: Any) -> "Interrupted":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        detect(planted("new"), host(plugin(Interrupted)))


def test_what_is_no_detector_is_refused() -> None:
    """A hook that returns what has no name, fit and detect is a failure at loading, and says why."""
    one = host(plugin(str))
    assert one.detectors() == []
    assert "register_detectors must return classes" in one.failures[0].reason


def test_unknown_hook_argument_is_named() -> None:
    """A hook implementation with an argument that the hook does not have is refused by name."""

    @hookimpl
    def register_detectors(planet: str) -> list[Any]:
        return []

    one = host(SimpleNamespace(register_detectors=register_detectors))
    assert one.detectors() == []
    assert "planet" in one.failures[0].reason


def test_two_plugins_of_one_name_the_second_is_refused() -> None:
    """Of two plugins of one name the first stays, the second is named as a failure."""
    objects = [("detectors", "same", plugin(Good)), ("detectors", "same", plugin(Good))]
    one = Host(objects=objects, installed=False)
    assert len(one.detectors()) == 1
    assert "its name is taken" in one.failures[0].reason


def test_load_variable_limits_third_parties_alone() -> None:
    """LOGSENSE_LOAD_PLUGINS keeps unnamed third parties out and never the bundled ones."""

    def loaded(environ: dict[str, str]) -> list[str]:
        return [one.name for one in chosen((ours, named, other), Settings.resolve(environ).plugins)]

    ours = Found("detectors", "bundled", "logsense_x", host_module.BUNDLED, "1")
    named, other = Found("detectors", "a", "x", "dist-a", "1"), Found("detectors", "b", "x", "dist-b", "1")
    assert loaded({"LOGSENSE_LOAD_PLUGINS": "dist-a, c"}) == ["bundled", "a"]
    assert loaded({"LOGSENSE_LOAD_PLUGINS": ""}) == ["bundled"]
    assert loaded({}) == ["bundled", "a", "b"]


def test_find_imports_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Finding plugins imports nothing: one that cannot be imported is found, then fails to load."""
    point = EntryPoint("broken", "no_such_module_anywhere", "logsense.detectors")
    monkeypatch.setattr("logsense.entry_points.entry_points", lambda: EntryPoints([point]))
    assert [f.name for f in find("detectors")] == ["broken"]
    one = Host()
    assert one.detectors() == []
    assert "ModuleNotFoundError" in one.failures[0].reason


def test_kinds_not_asked_for_are_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host of some kinds never looks for the others: `parse` loads no detector."""
    monkeypatch.setattr("logsense.entry_points.entry_points", lambda: pytest.fail("looked for plugins"))
    assert Host(kinds=("formats",)).detectors() == []


def test_a_panel_needs_a_name_and_a_title() -> None:
    """Classes of panels are taken with name, title and widget; without a title they are refused by name."""

    class Map:
        name = "map"
        title = "a map"

        def widget(self, analysis: Any) -> object:
            return object()

    class Untitled:
        name = "untitled"

        def widget(self, analysis: Any) -> object:
            return object()

    objects = [
        ("panels", "p0", plugin(Map, kind="panels")),
        ("panels", "p1", plugin(Untitled, kind="panels")),
    ]
    one = Host(objects=objects, installed=False)
    assert [loaded.name for loaded in one.panels()] == ["map"]
    assert [(failure.plugin, "title" in failure.reason) for failure in one.failures] == [("p1", True)]
