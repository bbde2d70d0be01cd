"""Only what is judged is reported, and a service that is new is one thing."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from logsense.detect.beside import ECHO, of_judged
from logsense.schema import ANOMALIES
from logsense.testing import from_table
from logsense.testing.cases import START, WIDTH

STEP = timedelta(microseconds=WIDTH)


def anomaly(start, end, service="web", template=None, kind="rate up", score=9.0):
    return {"detector": "x", "kind": kind, "service": service, "template": template, "score": score,
            "start": START + start * STEP, "end": START + end * STEP,
            "observed": "5", "expected": "0", "sentence": f"{service}: 5 of it"}  # fmt: skip


def view(services=("web", "web"), n=None, known=False, texts=("one", "two"), levels=("INFO", "INFO")):
    from dataclasses import replace

    table = np.ones((len(services), 100)) if n is None else n
    made = from_table(table, services, texts, levels, quiet=range(40))
    usual = (datetime(2025, 1, 1), datetime(2025, 1, 2)) if known else None
    return replace(made, judged=(40, 90), usual=usual)


@pytest.mark.parametrize(
    "span,kept",
    [
        ((10, 30), None),
        ((92, 95), None),
        ((50, 60), (50, 60)),
        ((35, 40 + ECHO - 1), None),
        ((35, 60), (40, 60)),
        ((80, 99), (80, 90)),
        ((10, 99), (40, 90)),
    ],
)
def test_anomalies_are_cut_to_what_is_judged(span, kept):
    """Outside: left out; an echo of what was before: left out; else cut to the judged buckets."""
    found = of_judged(ANOMALIES.of([anomaly(*span)]), view())
    assert found["start"].to_list() == ([] if kept is None else [START + kept[0] * STEP])
    assert found["end"].to_list() == ([] if kept is None else [START + kept[1] * STEP])
    assert ANOMALIES.check(found).height == len(found)


def test_where_all_is_judged_all_is_kept():
    """A view without a part that is not judged keeps every anomaly as it is."""
    from dataclasses import replace

    rows = ANOMALIES.of([anomaly(0, 5), anomaly(90, 99)])
    assert of_judged(rows, replace(view(), judged=None)).equals(rows)


def table(*spans):
    n = np.zeros((len(spans), 100))
    for row, (first, last) in enumerate(spans):
        n[row, first:last] = 3
    return n


def test_a_new_service_is_one_anomaly_and_its_own_trouble_another():
    """Three remarks of a service nobody knew become one; an error that nobody ever said stays."""
    texts = ("one", "hello", "ready", "working", "error: disk full")
    levels = ("INFO",) * 4 + ("ERROR",)
    seen = view(("web", *["fresh"] * 4), table((0, 100), *[(50, 90)] * 4), True, texts, levels)
    ids = dict(zip(seen.templates["text"], seen.templates["template"], strict=True))
    rows = [anomaly(50, 60, "fresh", ids[text], "new", 5.0 + n) for n, text in enumerate(texts[1:])]
    found = of_judged(ANOMALIES.of(rows), seen)
    assert found.height == 2
    assert set(found["template"]) & {ids["error: disk full"]}
    calm = found.filter(found["template"] != ids["error: disk full"]).row(0, named=True)
    assert calm["observed"] == "3 kinds of messages"
    assert calm["score"] == 7.0
    assert "do not know, 3 kinds" in calm["sentence"]


def test_trouble_that_another_service_is_known_for_is_not_new():
    """An error the known-good logs hold of another service is no alarm of a service under a new name."""
    seen = view(
        ("old", "fresh"), table((0, 40), (40, 90)), True, ("error: slow", "error: slow"), ("ERROR",) * 2
    )
    template = seen.templates["template"][0]
    rows = [anomaly(40, 90, "fresh", template, "new"), anomaly(40, 90, "fresh", None, "severity")]
    assert of_judged(ANOMALIES.of(rows), seen).is_empty()


def test_a_service_whose_messages_go_on_elsewhere_is_not_gone():
    """Silence of a service counts unless a service that is new says most of what it said."""
    spans = ((0, 40), (40, 90))
    moved = view(("old", "fresh"), table(*spans), True, ("tick", "tick"))
    gone = view(("old", "fresh"), table(*spans), True, ("tick", "something else"))
    rows = ANOMALIES.of([anomaly(40, 90, "old", None, "silence")])
    assert of_judged(rows, moved).is_empty()
    assert of_judged(rows, gone).height == 1
