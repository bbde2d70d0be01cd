"""Which lines prove a cause."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from logsense.rank.evidence import prove
from logsense.schema import DEEDS
from logsense.testing import calm

SENTENCE = "shop: requests that carry an attack are answered, of 198.51.100.9 ×3, never before"


def acted(*rows):
    """A view with deeds of (bucket, act, actor, line), and the service and template they are of."""
    view = calm()
    of = view.counts.row(0, named=True)
    width = timedelta(microseconds=view.width)
    common = {"service": of["service"], "template": of["template"], "how": "address", "n": 1, "source": 7}
    deeds = [
        {**common, "bucket": b, "act": act, "actor": actor, "line": line}
        | {"first": view.start + b * width, "last": view.start + (b + 1) * width}
        for b, act, actor, line in rows
    ]
    span = {"start": view.start + 10 * width, "end": view.start + 20 * width}
    row = {"service": of["service"], "template": of["template"], "kind": "security", "sentence": SENTENCE}
    return replace(view, deeds=DEEDS.of(deeds)), row | span


def test_an_act_is_proven_by_the_lines_of_who_is_named():
    """Others write lines of the same template meanwhile, and the actor did the same before."""
    view, row = acted(
        (2, "injected", "198.51.100.9", 1),
        (12, "injected", "198.51.100.9", 30),
        (11, "injected", "198.51.100.90", 20),
        (14, "injected", "198.51.100.9", 40),
    )
    assert [(source, line) for source, line, _ in prove(view, row)] == [(7, 30), (7, 40)]


@pytest.mark.parametrize("sentence", ["nobody is named", SENTENCE.replace(".9 ", ".91 ")])
def test_where_nobody_is_named_the_template_proves_it(sentence):
    """As of any other cause the first records in the span are shown."""
    view, row = acted((12, "injected", "198.51.100.9", 30))
    shown = prove(view, row | {"sentence": sentence})
    assert shown == prove(view, row | {"kind": "new"})
    assert len(shown) == 3


def test_a_named_address_tells_more_than_a_named_user():
    """Many guess passwords of one user: of these the lines of the address prove it."""
    view, row = acted((11, "failed", "admin", 20), (12, "failed", "198.51.100.9", 30))
    users = view.deeds.with_columns(
        how=pl.when(pl.col("actor") == "admin").then(pl.lit("user")).otherwise("how")
    )
    row |= {"sentence": "198.51.100.9 guesses the password of admin"}
    assert [line for _, line, _ in prove(replace(view, deeds=users), row)] == [30]
    assert [line for _, line, _ in prove(replace(view, deeds=users), row | {"sentence": "of admin"})] == [20]


def test_each_of_several_has_a_line_first():
    """A sentence that names three is not proven by three lines of one of them."""
    names = ("a1", "b2", "c3")
    view, row = acted(*((10 + b, "failed", who, 10 * b + n) for b in range(3) for n, who in enumerate(names)))
    shown = prove(view, row | {"sentence": "log-ins fail, of a1, b2 and c3"})
    assert [line for _, line, _ in shown] == [0, 1, 2]


def test_a_number_that_climbed_for_good_is_proven_by_its_first_and_its_last_line():
    """The lines between say less; a number that came back is shown from its start on."""
    view, row = acted()
    row |= {"kind": "value", "form": None, "lasts": True}
    inside = view.counts.filter(
        pl.col("service") == row["service"],
        pl.col("template") == row["template"],
        pl.col("first") >= row["start"],
        pl.col("first") <= row["end"],
    ).sort("first")
    places = [(source, line) for source, line, _ in prove(view, row)]
    assert places == [
        inside.select("source", "line").row(0),
        inside.select("last_source", "last_line").row(-1),
    ]
    assert len(prove(view, row | {"lasts": False})) == 3
