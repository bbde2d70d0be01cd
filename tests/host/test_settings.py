"""Which plugins run, with what keywords, and what is told of each call."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from logsense.config import PluginSettings, Settings
from logsense.detect import detect
from logsense.errors import ConfigError
from logsense.host import BUNDLED, Found, Host, find
from logsense.testing import planted

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_logs"
CODE = """
    from logsense.api import ANOMALIES, hookimpl

    class Told:
        name = "told"

        def __init__(self, *, alpha: float = 0.5, most: int = 3, on: bool = True, of: tuple = ("a",)) -> None:
            self.alpha, self.most, self.on, self.of = alpha, most, on, of

        def fit(self, view):
            return self

        def detect(self, view):
            row = view.counts.row(0, named=True)
            return ANOMALIES.of([{
                "detector": self.name, "kind": "new", "service": row["service"], "start": row["first"],
                "end": row["first"], "score": 5.0,
                "observed": f"{self.alpha} {self.most} {self.on} {self.of}",
                "expected": "0", "sentence": "1",
            }])

    @hookimpl
    def register_detectors():
        return [Told]
"""
OURS = PluginSettings(disabled=(BUNDLED,))


def named(**settings):
    with Host(kinds=("detectors",), plugins=PluginSettings(**settings)) as host:
        return {one.name for one in host.detectors()}, host


@pytest.mark.parametrize("trusted", [(), ("acme-told",)])
def test_keywords_reach_the_constructor(install, trusted):
    """Keywords of the settings are given to a thing, here and in a worker."""
    install("acme-told", CODE)
    keywords = {"detectors.told": {"alpha": 1, "of": ["x", "y"]}}
    settings = PluginSettings(trusted=trusted, keywords=keywords)
    with Host(kinds=("detectors",), plugins=settings) as host:
        found = detect(planted("new"), host)
    assert host.failures == []
    rows = dict(found.select("detector", "observed").iter_rows())
    assert rows["told"] in ("1 3 True ['x', 'y']", "1 3 True ('x', 'y')")


@pytest.mark.parametrize(
    "keywords,said",
    [
        ({"detectors.tolt": {"alpha": 1.0}}, "my.toml:7: there is no detectors.tolt; did you mean told?"),
        ({"detectors.told": {"alhpa": 1.0}},
         "my.toml:7: detectors.told.alhpa: told has no keyword 'alhpa'; did you mean alpha?"),
        ({"detectors.told": {"alpha": "x"}}, "my.toml:7: detectors.told.alpha is 'x'; it must be a number"),
        ({"detectors.told": {"most": 1.5}}, "detectors.told.most is 1.5; it must be a whole number"),
        ({"detectors.told": {"most": True}}, "it must be a whole number"),
        ({"detectors.told": {"on": 1}}, "it must be true or false"),
        ({"detectors.told": {"of": "a"}}, "it must be a list"),
        ({"detectors.told": {"of": ["a", 3]}}, "detectors.told.of is ['a', 3]; it must be a list of texts"),
    ],
)  # fmt: skip
def test_wrong_keywords_name_where_and_the_nearest(install, keywords, said):
    """An unknown thing, keyword or a wrong type is an error with its place, key and the nearest right one."""
    install("acme-told", CODE)
    ((key, values),) = keywords.items()
    origins = {f"{key}.{next(iter(values))}": "my.toml:7"}
    with pytest.raises(ConfigError) as raised:
        named(keywords=keywords, origins=origins)
    assert said in str(raised.value)


def test_a_thing_whose_name_is_taken_is_told_and_not_asked(install):
    """Of two detectors of one name the first runs, with its keywords; who bears the name as well is named."""
    install("acme-told", CODE)
    install("acme-twin", CODE.replace("alpha", "beta"))
    keywords = {"detectors.told": {"alpha": 1.0}}
    for order, whose in (((), "acme-told"), (("acme-twin",), "acme-twin")):
        settings = PluginSettings(keywords=keywords if not order else {}, order=order)
        with Host(kinds=("detectors",), plugins=settings) as host:
            (told,) = [one for one in host.detectors() if one.name == "told"]
        assert told.found.distribution == whose
        (failure,) = host.failures
        assert f"its name is taken by {whose} 1.0; it is not asked" in failure.reason


def test_keywords_of_what_is_left_out_are_no_error(install):
    """Keywords for a plugin that is disabled, or not loaded this time, are left alone."""
    install("acme-told", CODE)
    keywords = {"detectors.told": {"alpha": 1.0}}
    assert "told" not in named(keywords=keywords, load=())[0]
    assert "told" not in named(keywords=keywords, disabled=("detectors.told",))[0]


def test_what_is_disabled_is_left_out(install):
    """A thing, an entry or a whole distribution can be left out, bundled ones too, and is never called."""
    install("acme-told", CODE)
    whole, _ = named()
    assert {"told", "rate"} <= whole
    assert named(disabled=("detectors.rate",))[0] == whole - {"rate"}
    assert named(disabled=("acme-told",))[0] == whole - {"told"}
    assert named(disabled=("detectors.acme_told",))[0] == whole - {"told"}
    assert named(disabled=("detectors.bundled",))[0] == {"told"}
    assert named(load=())[0] == whole - {"told"}
    assert named(load=("acme-told",))[0] == whole


@pytest.mark.parametrize(
    "needed,loads",
    [
        ("logsense-aiops>=99", False),
        ("Logsense_AIOps<0.0.1", False),
        ("logsense-aiops>=0.1", True),
        ("logsense-aiops>=99; python_version < '3'", True),
        ("other>=99", True),
    ],
)
def test_a_plugin_for_another_version_is_not_loaded(install, needed, loads):
    """What its distribution requires of logsense is held before any of it is imported."""
    install("acme-told", CODE, requires=[needed])
    names, host = named()
    assert ("told" in names) == loads
    if not loads:
        (failure,) = host.failures
        assert failure.hook == "load"
        assert "needs logsense-aiops" in failure.reason
        assert host._workers is None


def test_who_bears_our_name_is_not_taken_for_us():
    """A distribution that calls itself logsense is neither bundled nor loaded."""
    for name in (BUNDLED, "Logsense_AIOps"):
        found = Found("detectors", "x", "evil", name, "1")
        assert not found.bundled
        assert "bears the name of logsense" in found.refused
    assert all(one.refused == "" for one in find("detectors"))


def test_calls_are_told(install, capsys):
    """Each call is told with plugin, version, what went in and came out, where, how long."""
    install("acme-told", CODE.replace('"told"', '"to\\x1b[31mld\\x07"'), version="1.2")
    told = []
    settings = PluginSettings(disabled=(BUNDLED,), trace=True, tell=told.append)
    view = planted("new")
    with Host(kinds=("detectors",), plugins=settings) as host:
        detect(view, host)
    assert told == host.trace
    assert [call.hook for call in told] == ["register_detectors", "detect"]
    asked = told[-1]
    assert (asked.distribution, asked.version, asked.gave) == ("acme-told", "1.2", "1 rows")
    assert asked.given == f"view of {view.counts.height} counts"
    assert asked.where.startswith("worker ")
    assert asked.milliseconds > 0
    assert asked.peak > 10
    printed = capsys.readouterr().err
    assert "acme-told) 1.2 detect(view of" in printed
    assert "\x1b" not in printed
    assert "\x07" not in printed


def test_the_variable_turns_traces_on(capsys):
    """LOGSENSE_TRACE_PLUGINS=1 prints calls of bundled plugins, too."""
    settings = Settings.resolve({"LOGSENSE_TRACE_PLUGINS": "1", "LOGSENSE_LOAD_PLUGINS": ""})
    with Host(kinds=("detectors",), plugins=settings.plugins) as host:
        host.detectors()
    assert "bundled (logsense-aiops)" in capsys.readouterr().err


STRICT = """
import sys
from dataclasses import replace
from logsense.cli.failures import ended
from logsense.config import PluginSettings, Settings
from logsense.analysis import PluginFailure
failed = [PluginFailure("a (acme)", "1", "detect", "no\\x1b[0m luck")] * 2
sys.exit(ended(int(sys.argv[1]), failed, PluginSettings(strict=sys.argv[2] == "strict"), shown=False))
"""


@pytest.mark.parametrize(
    "code,strict,ends", [(0, "strict", 4), (1, "strict", 4), (70, "strict", 70), (1, "not", 1)]
)
def test_strictness_is_an_exit_code(code, strict, ends):
    """With strict, a run whose plugins failed ends with 4 and a line that names them; without, as it was."""
    done = subprocess.run(
        [sys.executable, "-c", STRICT, str(code), strict],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == ends
    assert done.stderr.count("failed in detect") == 1
    assert ("--strict-plugins" in done.stderr) == (strict == "strict")
    assert "\x1b" not in done.stderr
