"""Small analyses for tests of reporters and panels: of an incident, of none, of no logs, of hostile texts."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from logsense import report
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
from logsense.schema import ANOMALIES, SKIPPED, View
from logsense.testing.cases import START, WIDTH, calm, planted
from logsense.testing.frames import empty
from logsense.testing.hostile import hostile

#: What wants to be obeyed: escapes, a new title, markup, a link, a command of a build server, a bidi mark.
EVIL = "\x1b]0;t\x07\x1b[2J [/x] [link=file:///etc/passwd]\u202e\x9b31m ::error::x\n##[error]y `a` <b>| \r"
FAILED = PluginFailure("oddity (odd-plugin)", "1.2", "detect", "ValueError: no such thing")


def analysis_of(view: View) -> Analysis:
    """A run with nothing found in it, of which these frames are known."""
    times = view.counts["first"].min(), view.counts["last"].max()
    return Analysis(
        incidents=(),
        changes=(),
        near_misses=(),
        not_judged=(),
        plugins_failed=(),
        view=view,
        sources=view.sources,
        skipped=SKIPPED.empty(),
        anomalies=ANOMALIES.empty(),
        start=times[0],  # type: ignore[arg-type]  # the least of a column of times
        end=times[1],  # type: ignore[arg-type]  # the largest of it
        tz="UTC",
    )


def at(bucket: int) -> datetime:
    """When a bucket of the small views begins."""
    return START + timedelta(microseconds=WIDTH * bucket)


def busy(text: str = "error: disk full while writing <num>", who: str = "beta") -> Analysis:
    """An incident with a cause, a symptom and a change; a file not read, one not judged, a failed plugin."""
    view = planted("new")
    template = view.templates["template"][-1]
    evidence = (Evidence("run.log", 812, at(60), text), Evidence("run.log", 813, at(61), text))
    terms = (Term("novelty", 5.0, 0.13, "first seen at 60"), Term("specific", 2.0, 0.13, "names a limit"))
    cause = Cause(
        1, 0.91, who, template, text, "new", "novelty", "30 in 30 s", "0", False,
        f"{who} says '{text}' 30 times in 30 s and never before.", evidence, terms, at(60),
    )  # fmt: skip
    other = replace(cause, rank=2, score=0.0, evidence=(), terms=(Term("seen", -1.0, 0.0, "1 record"),))
    bars = Timeline(START, WIDTH, (0,) * 60 + (2,) * 15 + (0,) * 25, (1,) * 100, (9,) * 100)
    incident = Incident(
        "a1f3", "availability", "critical", 0.97, at(60), at(75), False, (who, "gamma"),
        f"{who} cannot write: 30 refusals in 30 s, none before.", "a service fails for all", (cause,),
        (Component(who, 0.9), Component("gamma", 0.2)),
        (Symptom("gamma", view.templates["template"][0], text, "rate up", 120),), bars, terms, (other,),
    )  # fmt: skip
    skipped = [
        {"source": "core.bin", "reason": "binary", "failed": False},
        {"source": "gone.gz", "reason": "cut short after 12 lines", "failed": True},
    ]
    return replace(
        analysis_of(view),
        incidents=(incident,),
        changes=(Change(at(55), who, "deploy", replace(evidence[0], line=800)),),
        not_judged=(NotJudged("cron.log", "no times"),),
        plugins_failed=(FAILED,),
        skipped=SKIPPED.of(skipped),
        seconds=0.9,
        notes=("the clock of gamma runs 1.2 s ahead",),
    )


def quiet() -> Analysis:
    """Nothing found; one thing came close."""
    why = "4.0 of the 6.5 decades of evidence that make an incident; 2.5 are lacking"
    terms = (Term("rate", 4.0, 0.1, "×9 in a minute"),)
    near = NearMiss(
        "beta", None, "retry <num> of <num>", "rate up", 0.4, "×9 in a minute, ×3 usual", why, terms
    )
    return replace(analysis_of(calm()), near_misses=(near,))


def bare() -> Analysis:
    """No logs at all."""
    return replace(analysis_of(empty(calm())), start=None, end=None)


def partial() -> Analysis:
    """A run that was stopped early, and of which only a part is known."""
    return replace(busy(), stopped="interrupted", partial="12 of 40 files")


def evil() -> Analysis:
    """`busy` in which every foreign text wants to be obeyed."""
    base = busy(EVIL, EVIL)
    (incident,) = base.incidents
    view = hostile(services=True)
    failed = replace(FAILED, plugin=EVIL, reason=EVIL)
    incident = replace(incident, why_severity=EVIL)
    return replace(
        base, view=view, sources=view.sources, incidents=(incident,), plugins_failed=(failed,), notes=(EVIL,),
        stopped=EVIL,
    )  # fmt: skip


#: By name, what a reporter must be able to write.
ANALYSES: Mapping[str, Callable[[], Analysis]] = {
    "busy": busy, "quiet": quiet, "bare": bare, "partial": partial, "evil": evil,
}  # fmt: skip


def written(reporter: Any, analysis: Analysis, **manner: Any) -> str:
    """What a reporter (its class) writes of an analysis; manner: width, color, verbose, explain."""
    return "".join(pieces(reporter, analysis, **manner))


def pieces(reporter: Any, analysis: Analysis, **manner: Any) -> list[str]:
    """The same, piece by piece."""
    cls = reporter if isinstance(reporter, type) else type(reporter)
    return list(report.write(cls, analysis, **manner))
