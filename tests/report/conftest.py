"""Hand-made analyses: of two incidents, one in which nothing was found, one in which nothing was read."""

# ruff: noqa: E501 - rows of data read better long than broken

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
import pytest

from logsense import schema
from logsense.analysis import (
    Analysis,
    Cause,
    Change,
    Component,
    Evidence,
    Incident,
    NearMiss,
    NotJudged,
    PluginFailure,
    Symptom,
    Term,
    Timeline,
)

START = datetime(2026, 3, 4, 16, 46, 36, 250_000)
LONG = (
    "2026-03-04 16:48:05,123 ERROR [pool-3] ledger.Store: connection to db-7:5432 refused after 3 tries " * 2
)


def at(seconds: float) -> datetime:
    """A moment of the run."""
    return START + timedelta(seconds=seconds)


def sources(rows: int = 2) -> pl.DataFrame:
    """SOURCES of two files, one with a note."""
    names = ["ledger.log", "web/access.log"][:rows]
    return schema.SOURCES.of(
        [
            {"source": i, "path": name, "set": None, "service": name.split(".")[0], "format": "iso", "zone": "UTC (--tz)",
             "lines": 12_000 - i, "records": 11_000, "in_records": 11_990 - i, "without_event": 8, "skipped_lines": 2,
             "first": at(0), "last": at(265), "note": "2 lines over 64 KiB were cut" if i else None}
            for i, name in enumerate(names)
        ]
    )  # fmt: skip


def templates() -> pl.DataFrame:
    """TEMPLATES of three."""
    texts = [("connection to <str> refused after <num> tries", "ERROR", 476), ("GET <path> <num>", None, 9000),
             ("retry <num> of <num>", "WARN", 9)]  # fmt: skip
    return schema.TEMPLATES.of(
        [
            {"template": f"{i:012x}", "text": text, "shapes": [text], "count": n, "share": n / 9485, "level": level,
             "services": ["ledger"], "first": at(0), "last": at(260), "source": 0, "line": 812 + i, "example": text}
            for i, (text, level, n) in enumerate(texts)
        ]
    )  # fmt: skip


def view() -> schema.View:
    """A view of 53 buckets of five seconds, of which the first 17 are quiet."""
    edges = schema.EDGES.of([{"service": "web", "to": "ledger", "n": 120, "how": "shared request_id"}])
    return schema.View(
        start=START, width=5_000_000, buckets=53, quiet=tuple(range(17)), how="quiet time of this run",
        sources=sources(), templates=templates(), counts=schema.COUNTS.empty(), values=schema.VALUES.empty(),
        gaps=schema.GAPS.empty(), steps=schema.STEPS.empty(), changes=schema.CHANGES.empty(), edges=edges,
        series=schema.SERIES.empty(),
    )  # fmt: skip


def other() -> Cause:
    """A candidate that is no cause: more speaks against it."""
    terms = (Term("surprise", 0.5, 0.0, "1 in 10^1.2 by chance"), Term("seen", -1.2, 0.0, "1 record of it"),
             Term("nothing left", 0.0, 0.0, "0.7 decades more speak against it than for it"))  # fmt: skip
    return Cause(3, 0.0, "ledger", "000000000002", "retry <num> of <num>", "new", "novelty", "1 in 5 s", "0", False,
                 "ledger: 'retry <num> of <num>' ×1 in 5 s, never before", terms=terms)  # fmt: skip


def incident(number: int) -> Incident:
    """The first is over, critical, with all there can be; the second still goes on, with little."""
    if number == 2:
        cause = Cause(1, 0.61, "jobs", None, "", "silence", "silence", "no line for 130 s", "one each 10 s", False,
                      "No line of jobs for 130 s; before, one came each 10 s.",
                      (Evidence("jobs.log", 88, at(130), "Mar  4 16:48:46 host jobs[71]: sync done"),))  # fmt: skip
        return Incident("b2c4", "absence", "major", 0.55, at(140), None, True, ("jobs",),
                        "jobs fell silent: no line for 130 s where one came each 10 s.", "", (cause,),
                        (Component("jobs", 0.6),), ())  # fmt: skip
    causes = (
        Cause(1, 0.91, "ledger", "000000000000", "connection to <str> refused after <num> tries", "new", "novelty",
              "476 in 85 s", "0", False,
              "ledger says 'connection to <str> refused after <num> tries' 476 times in 85 s and never before.",
              (Evidence("ledger.log", 812, at(89), LONG), Evidence("ledger.log", 813, at(89.5), "second proof")),
              (Term("novelty", 5.0, 0.13, "first seen 16:48:05"), Term("specific", 2.0, 0.13, "names a refusal")), at(89)),
        Cause(2, 0.44, "web/access", "000000000001", "GET <path> <num>", "rate up", "rate", "900", "40", True,
              "Requests rose to 900 a minute from 40.", (Evidence("web/access.log", 7, at(95), "GET /x 500"),)),
    )  # fmt: skip
    symptoms = (Symptom("web", "000000000001", "GET <path> <num>", "rate up", 120),)
    bars = Timeline(
        START, 5_000_000, (0,) * 17 + (40, 60, 55) + (30,) * 14 + (0,) * 19, (1,) * 20 + (90,) * 33, (9,) * 53
    )
    return Incident("a1f3", "availability", "critical", 0.97, at(89), at(174), False, ("ledger", "web"),
                    "ledger cannot reach its database: 476 refusals in 85 s, none before.", "a service fails for all",
                    causes, (Component("ledger", 0.9), Component("web", 0.2)), symptoms, bars,
                    (Term("new", 6.0, 0.1, "476 refusals"), Term("severity", 3.7, 0.1, "476 records of trouble")),
                    (other(),))  # fmt: skip


def noisy() -> Analysis:
    """Two incidents, a change before them, a file that could not be read, a plugin that failed."""
    change = Change(at(80), "ledger", "deploy", Evidence("ledger.log", 800, at(80), "starting version 2.4.1"))
    return Analysis(
        incidents=(incident(1), incident(2)), changes=(change,), near_misses=(), view=view(), sources=sources(),
        not_judged=(NotJudged("cron.log", "no times"),), tz="UTC", start=START, end=at(265),
        plugins_failed=(PluginFailure("odd", "1.2", "detect", "ValueError: no"),),
        skipped=schema.SKIPPED.of([{"source": "core.bin", "reason": "binary", "failed": False},
                                   {"source": "gone.gz", "reason": "cut short after 12 lines", "failed": True}]),
        anomalies=schema.ANOMALIES.empty(), seconds=0.94, notes=("clock of web runs 1.2 s ahead",),
    )  # fmt: skip


def calm() -> Analysis:
    """The same run, with nothing found."""
    near = NearMiss(
        "web", None, "retry <num> of <num>", "rate up", 0.4, "×9 in a minute, usually ×3 to ×8 (p=0.02).",
        "4.0 of the 6.5 decades of evidence that make an incident; 2.5 are lacking",
        (Term("rate", 4.0, 0.1, "×9 in a minute"),),
    )  # fmt: skip
    return replace(
        noisy(),
        incidents=(),
        near_misses=(near,),
        skipped=schema.SKIPPED.empty(),
        plugins_failed=(),
        not_judged=(),
    )


def nothing() -> Analysis:
    """A run that found no logs at all."""
    bare = replace(view(), start=None, buckets=0, quiet=(), how="", templates=schema.TEMPLATES.empty())
    bare = replace(bare, sources=schema.SOURCES.empty(), edges=schema.EDGES.empty())
    return replace(
        calm(),
        view=bare,
        sources=schema.SOURCES.empty(),
        changes=(),
        near_misses=(),
        start=None,
        end=None,
        notes=(),
    )


@pytest.fixture
def analysis() -> Analysis:
    """Two incidents."""
    return noisy()


@pytest.fixture
def quiet() -> Analysis:
    """Nothing found."""
    return calm()


@pytest.fixture
def empty() -> Analysis:
    """Nothing read."""
    return nothing()
