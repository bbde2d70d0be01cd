"""Every kind but panels and commands works from another process as it does from here."""

from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from logsense import pipeline, rank, report
from logsense.config import PluginSettings, Settings
from logsense.detect import detect
from logsense.errors import FrameError
from logsense.host import Host, calls, wire
from logsense.schema import SERIES
from logsense.testing import planted

ROOT = Path(__file__).parents[2]
SAMPLE = min(one for one in (ROOT / "sample_logs").iterdir() if one.is_dir() and "quiet" not in one.name)


@pytest.fixture(scope="module")
def analysis():
    return pipeline.analyze([str(SAMPLE)], Settings.resolve({}))


@pytest.mark.parametrize("name", ["json", "ndjson", "markdown", "terminal"])
def test_reporters_write_the_same_from_a_worker(install, analysis, name):
    """A reporter of a stranger sees in its worker what ours see here: the same code writes the same bytes."""
    install("acme-reports", "from logsense_reporters import *", {"reporters": {"acme": "acme_reports"}})
    with Host(kinds=("reporters",)) as host:
        ours, theirs = (one for one in host.reporters() if one.name == name)
        assert (ours.thing is None, theirs.thing is None) == (False, True)
        written = [
            host.write(one, report.write, analysis, width=90, color=True, verbose=1) for one in (ours, theirs)
        ]
        assert host.failures == []
    assert written[0]
    assert written[0] == written[1]


def test_an_analysis_survives_the_way(analysis):
    """All fields of an answer but those that fetch lines are the same after the way to a worker."""
    again = wire.unpack(wire.pack(analysis)[wire.HEAD.size :])
    for one in fields(analysis):
        if one.name in (*wire.HOME, "view"):
            continue
        before, after = getattr(analysis, one.name), getattr(again, one.name)
        assert before.equals(after) if isinstance(before, pl.DataFrame) else before == after, one.name
    for name, frame in calls.frames(analysis.view).items():
        assert frame.equals(getattr(again.view, name)), name
        assert frame.schema == getattr(again.view, name).schema, name


@pytest.mark.parametrize(
    "message",
    [b"", b"\0" * 40, wire.pack({"a": 1})[wire.HEAD.size :][:-3], wire.pack({"a": 1})[wire.HEAD.size + 4 :]],
)
def test_what_is_no_message_is_refused_by_name(message):
    """Bytes that are no message are an error that says so, never another exception."""
    with pytest.raises(FrameError, match="cannot be read"):
        wire.unpack(message)


def test_only_plain_data_is_made_from_a_message():
    """A message cannot name a class to be made that is not one of the frozen answers."""
    text = wire.pack({"a": 1}).replace(b'"$map"', b'"$Host')  # a name that is none of ours
    with pytest.raises(FrameError):
        wire.unpack(text[wire.HEAD.size :])


RANKER = """
    import polars as pl
    from logsense.api import hookimpl

    class Known:
        name = "known"

        def score(self, view, candidates):
            rows = candidates.select("candidate")
            return rows.with_columns(name=pl.lit("known"), value=pl.lit(0.5), why=pl.lit("because"))

    @hookimpl
    def register_rankers():
        return [Known]
"""


def test_rankers_score_from_a_worker(install):
    """The evidence of a stranger's ranker is a term of each cause; one that fails is asked once."""
    install("acme-rank", RANKER, {"rankers": {"acme": "acme_rank"}})
    bad = RANKER.replace("Known", "Bad").replace('"known"', '"bad"').replace("pl.lit(0.5)", "pl.lit('x')")
    install("acme-worse", bad, {"rankers": {"worse": "acme_worse"}}, version="0.3")
    view = planted("new")
    with Host(kinds=("detectors", "rankers")) as host:
        anomalies = detect(view, host)
        for _ in range(2):
            ranked = rank.rank(view, anomalies, host, rank.Lines())
    assert all("known" in {term.name for term in cause.terms} for cause in ranked.causes)
    assert [(one.plugin, one.version, one.hook) for one in host.failures] == [
        ("bad (acme-worse)", "0.3", "score")
    ]


BESIDE = """
    from datetime import datetime
    from pathlib import Path
    from logsense.api import SERIES, hookimpl

    class Box:
        name = "box"
        schemes = ("box", "crate")

        def fetch(self, scheme, address, folder):
            if address == "none":
                raise LookupError("there is no such box; there are: a, b")
            (folder / f"{address}.log").write_text(f"{scheme} {address}\\n")

    class Table:
        name = "table"

        def claims(self, name, head):
            return name.endswith(".tab") and head.startswith("load")

        def series(self, path):
            value = float(Path(path).read_text().split()[1])
            row = {"time": datetime(2026, 1, 1), "service": "a", "metric": "load", "value": value}
            return SERIES.of([row])

    @hookimpl
    def register_sources():
        return [Box]

    @hookimpl
    def register_metrics():
        return [Table]
"""


@pytest.mark.parametrize("trusted", [(), ("acme-box",)])
def test_sources_and_metrics_from_a_worker_and_from_here(install, tmp_path, monkeypatch, trusted):
    """Sources write where they are told, relative folders too, and say why they cannot; metrics are read."""
    install("acme-box", BESIDE, {"sources": {"acme": "acme_box"}, "metrics": {"acme": "acme_box"}})
    monkeypatch.chdir(tmp_path)
    Path("logs").mkdir()
    Path("a.tab").write_text("load 1.5")
    settings = PluginSettings(trusted=trusted)
    with Host(kinds=("sources", "metrics"), plugins=settings) as host:
        (box,) = host.sources()
        assert box.schemes == ("box", "crate")
        assert host.fetch(box, "crate", "a", Path("logs")) is None
        assert (tmp_path / "logs" / "a.log").read_text() == "crate a\n"
        (table,) = host.metrics()
        assert host.claims(table, [("a.tab", "load 1"), ("a.log", "load 1")]) == [True, False]
        read = host.series(table, Path("a.tab"))
        assert read is not None
        assert read.rows() == [(datetime(2026, 1, 1), "a", "load", 1.5, None, None, None)]
        assert read.schema == SERIES.empty().schema
        told = host.fetch(box, "box", "none", Path("logs"))
    assert told is not None
    assert "there is no such box" in told
    assert "there is no such box" in host.failures[0].reason


def test_formats_of_strangers_are_folders_here(install, tmp_path):
    """A stranger's hook is called in a worker; the folder it names is read by us."""
    code = f"""
        from pathlib import Path
        from logsense.api import hookimpl

        @hookimpl
        def register_formats():
            return [Path({str(tmp_path)!r})]
    """
    install("acme-formats", code, {"formats": {"acme": "acme_formats"}})
    with Host(kinds=("formats",)) as host:
        assert host.formats()[-1] == tmp_path
        assert [call.where.split()[0] for call in host.trace][-1] == "worker"


def test_a_view_with_other_values_is_named_where_strictness_is_asked_for(install):
    """With strict, a value changed in place is noticed, too; otherwise it is harmless and costs nothing."""
    view = planted("new")
    seen = replace(view, counts=view.counts.with_columns(pl.col("n") + 1))
    assert calls.changed(view, seen) == []
    assert calls.changed(view, seen, deep=True) == ["counts"]
