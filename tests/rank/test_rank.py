"""Causes come before symptoms, with the lines that prove them."""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import logsense_rankers
import numpy as np
import polars as pl

from logsense.host import Host
from logsense.rank import Lines, rank
from logsense.schema import ANOMALIES, EDGES, FORM_VALUES, FORMS, View
from logsense.testing import from_table
from logsense.testing.cases import START, WIDTH

TEXTS = ["served <num>", "No space left on device", "upstream answered 503 for <url>", "heartbeat <num>"]
LEVELS = ["INFO", "ERROR", "ERROR", "INFO"]
SERVICES = ["web", "db", "web", "cron"]


def view() -> View:
    n = np.zeros((4, 100))
    n[0] = 5
    n[1, 60:80] = 2
    n[2, 60:80] = 30  # the victim is louder
    n[3, :60:5] = 1
    return from_table(n, SERVICES, TEXTS, LEVELS, quiet=range(2, 50))


def at(bucket: float) -> datetime:
    return START + timedelta(microseconds=int(bucket * WIDTH))


def row(v: View, text: str, service: str, **more: Any) -> dict[str, Any]:
    template = v.templates.filter(v.templates["text"] == text)["template"][0]
    base = {
        "detector": "novelty",
        "kind": "new",
        "service": service,
        "template": template,
        "start": at(60),
        "end": at(80),
        "score": 8.0,
        "observed": "40 in 40 s",
        "expected": "0",
        "sentence": f"{service}: 40 in 40 s",
    }
    return base | more


def both(v: View) -> pl.DataFrame:
    return ANOMALIES.of([row(v, TEXTS[1], "db"), row(v, TEXTS[2], "web", score=60.0, observed="600 in 40 s")])


def host() -> Host:
    return Host(objects=[("rankers", "bundled", logsense_rankers)], installed=False)


def fetch(source: int, line: int, count: int) -> list[str]:
    return [f"line {line} of {source}\x1b[31m"] * count


def test_the_specific_cause_beats_the_loud_victim() -> None:
    """What names a full disk comes before fifteen times as many complaints about it, as do their services."""
    ranked = rank(view(), both(view()), host(), Lines(fetch, {0: "run.log"}))
    assert [c.service for c in ranked.causes] == ["db", "web"]
    assert ranked.components[0].service == "db"


def test_terms_add_up_to_the_score() -> None:
    """The terms of each cause, each times its weight, add up to its score."""
    for cause in rank(view(), both(view()), host(), Lines()).causes:
        total = sum(t.value * t.weight for t in cause.terms)
        assert math.isclose(cause.score, total, rel_tol=1e-9)


def test_evidence_is_the_first_lines_and_safe() -> None:
    """Evidence names the file, the first lines within the incident, and shows no control character."""
    v = view()
    cause = rank(v, both(v), host(), Lines(fetch, {0: "run.log"})).causes[0]
    first = v.counts.filter(pl.col("template") == cause.template_id).sort("first")
    assert [e.line for e in cause.evidence] == first["line"].head(3).to_list()
    assert {e.source for e in cause.evidence} == {"run.log"}
    assert all(e.text.isprintable() for e in cause.evidence)


def test_what_vanished_is_proven_by_its_last_lines() -> None:
    """A vanished message has its last lines as evidence, the very last first."""
    v = view()
    gone = ANOMALIES.of([row(v, TEXTS[3], "cron", kind="vanished", observed="none for 80 s")])
    cause = rank(v, gone, host(), Lines(fetch, {0: "run.log"})).causes[0]
    last = v.counts.filter(pl.col("service") == "cron").sort("last", descending=True)
    assert [e.line for e in cause.evidence] == last["last_line"].head(3).to_list()


def test_a_form_that_vanished_is_proven_by_its_own_last_lines() -> None:
    """Of one form of a template only its lines are evidence, not those of the others."""
    v = view()
    counts = v.counts.filter(pl.col("service") == "cron")
    v = replace(v, forms=FORMS.check(counts.with_columns(form=pl.format("beat {}", pl.col("bucket") % 2))))
    told = row(v, TEXTS[3], "cron", kind="vanished", observed="none for 80 s", form="beat 1")
    cause = rank(v, ANOMALIES.of([told]), host(), Lines(fetch, {0: "run.log"})).causes[0]
    odd = v.forms.filter(pl.col("form") == "beat 1").sort("last", descending=True)
    assert [e.line for e in cause.evidence] == odd["last_line"].head(3).to_list()


def test_numbers_of_a_form_are_proven_by_its_own_lines() -> None:
    """Of a form whose numbers grew only its lines are evidence, its first ones in the span."""
    v = view()
    counts = v.counts.filter(pl.col("service") == "web", pl.col("template") == v.templates["template"][0])
    odd = pl.col("bucket") % 2
    texts = counts.with_columns(form=pl.format("served {}", odd), name=pl.lit("took"), unit=pl.lit("s"))
    v = replace(v, form_values=FORM_VALUES.check(texts.with_columns(sum=pl.lit(1.0))))
    template = v.form_values["template"][0]
    text = v.templates.filter(pl.col("template") == template)["text"][0]
    told = row(v, text, "web", kind="value", form="served 1", start=at(61), end=at(80))
    cause = rank(v, ANOMALIES.of([told]), host(), Lines(fetch, {0: "run.log"})).causes[0]
    mine = v.form_values.filter(pl.col("form") == "served 1", pl.col("first") >= at(61)).sort("first")
    assert [e.line for e in cause.evidence] == mine["line"].head(3).to_list()


def test_order_of_rows_changes_nothing() -> None:
    """Anomalies in another order give the same causes."""
    v = view()
    one, other = both(v), both(v).reverse()
    assert rank(v, one, host(), Lines()) == rank(v, other, host(), Lines())


def test_a_failing_ranker_costs_the_others_nothing() -> None:
    """A ranker that raises is named; the others' evidence still counts."""

    class Bad:
        name = "bad"

        def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
            raise ValueError("no")

    from types import SimpleNamespace

    from logsense.api import hookimpl

    objects = [
        ("rankers", "bundled", logsense_rankers),
        ("rankers", "bad", SimpleNamespace(register_rankers=hookimpl(lambda: [Bad]))),
    ]
    one = Host(objects=objects, installed=False)
    v = view()
    assert rank(v, both(v), one, Lines()).causes == rank(v, both(v), host(), Lines()).causes
    assert [f.plugin for f in one.failures] == ["bad"]


def test_callees_are_blamed_before_callers() -> None:
    """Of two services in equal trouble the one that the other calls comes first."""
    v = view()
    rows = ANOMALIES.of([row(v, TEXTS[1], "db", start=at(61)), row(v, TEXTS[1], "web", start=at(60))])
    edge = {"service": "web", "to": "db", "n": 9, "how": "shared id"}
    ranked = rank(replace(v, edges=EDGES.of([edge])), rows, host(), Lines())
    assert ranked.components[0].service == "db"


def test_an_object_printed_over_lines_is_evidence_as_a_whole() -> None:
    """A line that only opens an object is shown with what follows, up to the line that closes it."""
    printed = ["{", '  "level": "error",', '  "err": {', '    "message": "no"', "  }", "}", "{"]

    def cut(source: int, line: int, count: int) -> list[str]:
        return printed[:count]

    v = view()
    first = rank(v, both(v), host(), Lines(cut)).causes[0]
    assert first.evidence[0].text == '{ "level": "error", "err": { "message": "no" } }'


def test_what_a_change_accounts_for_is_listed_lower() -> None:
    """The same candidate gets a decade less, with a term that says so, where the incident was explained."""
    v = view()
    rows = both(v).with_columns(explained=pl.Series([True, False]))
    plain = {c.service: c for c in rank(v, both(v), host(), Lines(fetch)).causes}
    told = {c.service: c for c in rank(v, rows, host(), Lines(fetch)).causes}
    accounted = [term.name for term in told["db"].terms]
    assert "explained" in accounted
    assert "explained" not in [term.name for term in told["web"].terms]
    assert told["db"].score < plain["db"].score


def test_symptoms_are_trouble_that_is_no_cause() -> None:
    """Beyond the five causes, trouble is listed as symptoms with counts; no symptom is also a cause."""
    n = np.zeros((9, 100))
    n[0] = 5
    n[1:, 60:80] = np.arange(1, 9)[:, None]
    texts = ["served <num>", *(f"request failed in step {chr(97 + i)}" for i in range(8))]
    v = from_table(n, ["web"] * 9, texts, ["INFO"] + ["ERROR"] * 8, quiet=range(2, 50))
    ranked = rank(v, ANOMALIES.of([row(v, t, "web") for t in texts[1:]]), host(), Lines())
    assert len(ranked.causes) == 5
    assert len(ranked.symptoms) == 3
    assert not {s.template_id for s in ranked.symptoms} & {c.template_id for c in ranked.causes}
    counts = [s.count for s in ranked.symptoms]
    assert counts == sorted(counts, reverse=True)
    assert all(c % 20 == 0 for c in counts)


def test_nothing_gives_nothing() -> None:
    """No anomalies, no causes."""
    ranked = rank(view(), ANOMALIES.empty(), host(), Lines())
    assert (ranked.causes, ranked.components, ranked.symptoms) == ((), (), ())
