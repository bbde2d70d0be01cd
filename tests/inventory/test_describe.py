"""``plugins info`` and ``plugins trace``: what plugins register, and what they did in a run."""

import json

import pytest

from logsense.cli.main import main
from logsense.cli.plugins.trace import document, rows, sums
from logsense.config import PluginSettings
from logsense.host import Call
from logsense.inventory.describe import described, told

CODE = '''"""Late."""
from logsense.api import ANOMALIES, hookimpl

class Late:
    """What comes late. And more.

    Finds: things. Misses: others that
    are later. Cost: O(1).
    Source: none.

    Args:
        least: how late.
    """
    name = "late"
    def __init__(self, *, least: float = 2.5) -> None:
        self.least = least
    def fit(self, view):
        return self
    def detect(self, view):
        return ANOMALIES.empty()

@hookimpl
def register_detectors():
    return [Late]
'''


@pytest.fixture
def late(publish):
    """A distribution with a detector, that can be loaded."""
    publish(
        "logsense-late", {"detectors": {"lateness": "late_detector"}}, more="Summary: Finds what is late\n"
    )
    (publish.folder / "late_detector.py").write_text(CODE, encoding="utf-8")


def test_docstrings_are_taken_apart():
    """The first sentence, and what stands under each heading, whether on a line of its own or not."""
    about, parts = told(
        "What comes late.  And\nmore.\n\nFinds: a: b. Misses:\n  c.\nCost: O(n).\n\nArgs:\n    x: y\n"
    )
    assert about == "What comes late."
    assert parts == {"Finds": "a: b.", "Misses": "c.", "Cost": "O(n)."}


@pytest.mark.parametrize(
    "name", ["logsense-late", "detectors.lateness", "lateness", "detectors.late", "late"]
)
def test_a_plugin_is_told_of_by_each_of_its_names(late, name, capfd):
    """Distribution, entry and thing lead to it: with its metadata, its keywords and where it runs."""
    assert main(["plugins", "info", name]) == 0
    out = capfd.readouterr().out
    assert "Finds what is late" in out
    assert "detectors.lateness  late_detector  enabled, runs in a worker" in out
    assert "detectors.late: What comes late." in out
    assert "least = 2.5" in out


def test_a_stranger_in_a_worker_says_all_it_says(late, capfd):
    """What its docstring has under headings crosses from the worker, and so do its keywords."""
    assert main(["plugins", "info", "detectors.late", "--format", "json"]) == 0
    (thing,) = json.loads(capfd.readouterr().out)["things"]
    assert (thing["finds"], thing["misses"]) == ("things.", "others that are later.")
    assert (thing["cost"], thing["source"]) == ("O(1).", "none.")


def test_settings_show_in_what_is_told(late, tmp_path, capfd):
    """--config counts: keywords it gives are named, what it leaves out is told of as such, not as unknown."""
    file = tmp_path / "team.toml"
    file.write_text("[detectors.late]\nleast = 4\nenabled = false\n")
    assert main(["plugins", "info", "detectors.late", "--config", str(file)]) == 0
    out = capfd.readouterr().out
    assert "settings   least = 4" in out
    assert "it is left out of all runs" in out
    assert main(["plugins", "info", "logsense-late", "--no-plugins"]) == 0
    assert "not loaded: only the bundled ones are" in capfd.readouterr().out


def test_bundled_things_say_all_they_say(capfd):
    """A bundled detector's document has its promises and keywords; a folder of formats names its formats."""
    assert main(["plugins", "info", "detectors.rate", "--format", "json"]) == 0
    document_ = json.loads(capfd.readouterr().out)
    (rate,) = document_["things"]
    assert {"finds", "misses", "cost", "source", "about"} <= set(rate)
    assert "at_least" in rate["keywords"]
    (entry,) = document_["entries"]
    assert (entry["name"], entry["runs"]) == ("bundled", "here")
    (formats,) = described(["formats"], PluginSettings())[0]
    assert {"zookeeper", "klog"} <= set(formats.holds)


def test_unknown_names_are_told_the_nearest(capfd):
    """A name nobody has is a wrong use, and the nearest right one is named, of things as well."""
    for typed, near in (("detectors.rat", "detectors.rate"), ("noveltyy", "detectors.novelty")):
        assert main(["plugins", "info", typed]) == 2
        assert f"did you mean {near}?" in capfd.readouterr().err


def test_a_plugin_that_fails_is_told_with_its_reason(publish, capfd):
    """What cannot be loaded is still told of by its metadata, with the reason on stderr."""
    publish("logsense-late", {"detectors": {"lateness": "late_broken"}})
    (publish.folder / "late_broken.py").write_text("raise RuntimeError('no luck')\n", encoding="utf-8")
    assert main(["plugins", "info", "detectors.lateness", "--strict-plugins"]) == 4
    assert main(["plugins", "info", "detectors.lateness"]) == 0
    told_ = capfd.readouterr()
    assert "late_broken" in told_.out
    assert "no luck" in told_.err


def test_a_plugin_that_fails_fails_a_strict_trace(publish, tmp_path, capfd):
    """The trace ends with 4 where a plugin failed and that is to be an error, else as the run does."""
    publish("logsense-late", {"detectors": {"lateness": "late_broken"}})
    (publish.folder / "late_broken.py").write_text("raise RuntimeError('no luck')\n", encoding="utf-8")
    log = tmp_path / "shop.log"
    log.write_text("".join(f"2026-01-02T03:{minute:02d}:00Z INFO order taken\n" for minute in range(60)))
    assert main(["plugins", "trace", str(log)]) == 0
    assert "no luck" in capfd.readouterr().err
    assert main(["plugins", "trace", str(log), "--strict-plugins"]) == 4


def call(plugin, milliseconds, distribution="logsense-aiops", where="here"):
    return Call(plugin, distribution, "1.0", "detect", "view of 3 counts", "2 rows", where, milliseconds, 0.0)


CALLS = [call("rate", 2.0), call("late", 5.5, "logsense-late", "worker 7"), call("rate", 4.0)]


def test_traces_add_up():
    """Calls of a plugin add up, the longest first, each with its share of the run."""
    assert list(sums(CALLS).items()) == [
        (("rate", "logsense-aiops", "1.0"), (2, 6.0)), (("late", "logsense-late", "1.0"), (1, 5.5)),
    ]  # fmt: skip
    told_ = document(CALLS, CALLS, 23.0)
    assert [one["share"] for one in told_["plugins"]] == [0.2609, 0.2391]
    assert [one["where"] for one in told_["calls"]] == ["here", "worker 7", "here"]


@pytest.mark.parametrize("width", [80, 200])
def test_the_table_of_a_trace_fits(width):
    """Rows keep to the width, strangers are named with their distribution, and foreign text is harmless."""
    table = list(rows([*CALLS, call("\x1b[31m" + "x" * 300, 1.0)], CALLS, 23.0, width))
    assert max(map(len, table)) <= width
    assert all(row.isprintable() for row in table)
    assert any("late (logsense-late)" in row for row in table)


@pytest.mark.parametrize("width", [80, 100, 200])
def test_what_was_given_and_gave_is_never_cut(width):
    """Beside the call where there is room, below it where there is none: whole in both."""
    long = Call(
        "pods", "logsense-kubernetes", "1.0", "fetch",
        "'k8s', 'shop/checkout?since=2h', '/tmp/logsense-run-x'",
        "'of 3 pods one is gone; its last run was read, too'", "worker 12345", 1234.5, 90.0,
    )  # fmt: skip
    calls = [long, call("a" * 60, 1.0, "logsense-late", "worker 12345"), *CALLS]
    table = list(rows(calls, calls, 23.0, width))
    assert max(map(len, table)) <= width
    said = " ".join(" ".join(table).split())
    for one in calls:
        assert one.given in said
        assert one.gave in said
    beside = table[0].split() == ["MS", "PLUGIN", "HOOK", "WHERE", "GIVEN", "GAVE"]
    assert beside is (width == 200)
    if not beside:
        assert table[0].split() == ["MS", "PLUGIN", "HOOK", "WHERE"]
        assert "worker 12345" in table[1]
        assert table[2].strip().startswith("given 'k8s'")


def test_a_run_is_traced(tmp_path, late, logsense):
    """Each detector that was asked is in the trace, bundled ones and a stranger's, sorted as was asked."""
    log = tmp_path / "shop.log"
    log.write_text("".join(f"2026-01-02T03:{minute:02d}:00Z INFO order taken\n" for minute in range(60)))
    done = logsense("plugins", "trace", log, "--format", "json", path=[tmp_path / "site"])
    assert done.code == 0, done.err
    calls = json.loads(done.out)["calls"]
    assert {("rate", "logsense-aiops"), ("late", "logsense-late")} <= {
        (one["plugin"], one["distribution"]) for one in calls if one["hook"] == "detect"
    }
    spent = [one["milliseconds"] for one in calls]
    assert spent == sorted(spent, reverse=True)
    done = logsense("plugins", "trace", log, "--format", "json", "--no-plugins", path=[tmp_path / "site"])
    assert {one["distribution"] for one in json.loads(done.out)["calls"]} == {"logsense-aiops"}
