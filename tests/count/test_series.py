"""Gaps and values: rhythm and numbers, exactly."""

from dataclasses import replace

import polars as pl
import pytest

from logsense.count import count
from logsense.count.series import LOWEST, log_bin


def test_gaps_are_between_distinct_seconds(run_of, event):
    """A burst within a second is one occurrence; median, MAD and largest are those of the gaps in µs."""
    at = [0, 0.4, 10, 20, 20.9, 30, 47]
    events = [event(t, 0, "beat") for t in at] + [event(0, 1, "x"), event(60, 1, "x")]
    row = count(run_of(events)).gaps.row(0, named=True)
    assert (row["service"], row["n"], row["median"], row["mad"], row["largest"]) == (
        "web",
        4,
        10e6,
        0.0,
        17e6,
    )
    assert row["last"].second == 47


def test_gaps_only_of_what_is_neither_rare_nor_everywhere(run_of, event, monkeypatch):
    """Two records make no rhythm, and of more than the limit the buckets tell."""
    monkeypatch.setattr("logsense.count.rhythm.gaps.OFTEN", 50)
    events = [event(n, 0, "often") for n in range(51)] + [event(n, 0, "some") for n in range(50)]
    events += [event(n, 1, "rare") for n in range(2)]
    counted = count(run_of(events))
    names = counted.gaps.join(counted.templates, on="template")["text"].to_list()
    assert names == ["some"]


def test_values_are_grouped_by_name_and_bucket(run_of, event):
    """n, min, max and sum are those of the numbers; a value of zero or less has the lowest bin."""
    events = [
        event(0, 0, "m", (), (("took", 8.0), ("left", -1.0))),
        event(0.01, 0, "m", (), (("took", 2.0),)),
    ]
    events.append(event(100, 0, "m"))
    frame = count(run_of(events)).values
    took = frame.filter(pl.col("name") == "took").row(0, named=True)
    assert (took["n"], took["min"], took["max"], took["sum"]) == (2, 2.0, 8.0, 10.0)
    assert took["histogram"] == [{"bin": 8, "n": 1}, {"bin": 24, "n": 1}]
    left = frame.filter(pl.col("name") == "left").row(0, named=True)
    assert left["histogram"] == [{"bin": LOWEST, "n": 1}]


@pytest.mark.parametrize("value", [1e-300, 0.001, 1.0, 12345.6, 1e300])
def test_a_bin_holds_its_value(value):
    """2 ** (bin / 8) <= value < 2 ** ((bin + 1) / 8), for values of any size."""
    number = pl.select(log_bin(pl.lit(value))).item()
    assert 2 ** (number / 8) <= value * (1 + 1e-9)
    assert value < 2 ** ((number + 1) / 8) * (1 + 1e-9)


def answers(event, *, hosts=("api", "cdn"), seconds=7200):
    """Requests to each host in turn, every few seconds; the unit of a time changes with its size."""
    for t in range(0, seconds, 5):
        took = "1.2s" if t % 50 == 0 else f"{100 + t % 7}ms"
        host = hosts[t // 5 % len(hosts)]
        yield event(t, 0, f"request to {host} took {took}", (), (("took", float(t)),))


def one_template(run, *, text="request"):
    """The run with all messages that begin so as one template."""
    is_one = pl.col("text").str.starts_with(text)
    ids = run.templates.filter(is_one)["template"].implode()
    mined = run.mined.with_columns(
        template=pl.when(pl.col("template").is_in(ids)).then(pl.lit("c" * 12)).otherwise("template")
    )
    known = run.templates.with_columns(template=pl.when(is_one).then(pl.lit("c" * 12)).otherwise("template"))
    return replace(run, mined=mined, templates=known.unique("template", keep="first", maintain_order=True))


def test_numbers_of_each_form_are_followed_beside_those_of_the_template(run_of, event):
    """Two hosts of one message: two series that add up to the template's, whatever unit a number has."""
    counted = count(one_template(run_of(list(answers(event)))))
    rows = counted.form_values
    assert sorted(rows["form"].unique()) == ["request to api took <num>", "request to cdn took <num>"]
    added = rows.group_by("bucket").agg(pl.sum("n", "sum")).sort("bucket")
    whole = counted.values.group_by("bucket").agg(pl.sum("n", "sum")).sort("bucket")
    assert added.equals(whole.with_columns(pl.col("n").cast(added.schema["n"])))


def test_one_message_of_two_loggers_is_two_forms(run_of, event):
    """What one program says says nothing of another's numbers, though both say it in the same words."""
    said = [
        one._replace(logger="sync.exe" if n % 3 else "chat.exe")
        for n, one in enumerate(answers(event, hosts=("api",)))
    ]
    rows = count(one_template(run_of(said))).form_values
    assert rows.group_by("form").agg(pl.sum("n")).sort("form").rows() == [
        ("chat.exe: request to api took <num>", 480),
        ("sync.exe: request to api took <num>", 960),
    ]


def test_the_records_of_a_forms_numbers_are_known(run_of, event):
    """Each bucket tells where its first and last record of that form stand, and when they were written."""
    row = count(one_template(run_of(list(answers(event))))).form_values.row(0, named=True)
    assert row["form"] == "request to api took <num>"
    assert (row["line"], row["last_line"]) == (1, 2 * row["n"] - 1)
    assert (row["last"] - row["first"]).total_seconds() == 10 * (row["n"] - 1)


def test_what_is_nearly_all_of_a_template_is_not_followed_twice(run_of, event):
    """One form only, or one that is seen in a few buckets, has no series beside its template's."""
    assert count(one_template(run_of(list(answers(event, hosts=("api",)))))).form_values.is_empty()
    rare = [event(t, 0, "request to cdn took 9ms", (), (("took", 9.0),)) for t in (100, 3000)]
    few = run_of([*answers(event, hosts=("api",)), *rare])
    assert count(one_template(few)).form_values.is_empty()


def test_forms_numbers_do_not_depend_on_the_order_of_samples(run_of, event):
    """Samples in another order, the same frame."""
    run = one_template(run_of(list(answers(event))))
    other = replace(run, samples=run.samples.sample(fraction=1.0, shuffle=True, seed=3))
    assert count(run).form_values.equals(count(other).form_values)
