"""Forms of a template: each followed by itself, of a crowd none, and nothing of one another goes on as."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from logsense.count import count


def jobs(event, *ends, every=60, source=0):
    """A run of two hours in which job a, b, … comes once in ``every`` seconds until its end."""
    events = [event(7 * t, 1, "served") for t in range(1029)]
    for n, end in enumerate(ends):
        told = range(n, end, every)
        events += [event(t, source, f"(root) CMD (/opt/{'abcdefgh'[n]} {t})") for t in told]
    return events


def mined(run):
    """The run with all commands as one template, a key for each job and number."""
    command = pl.col("template").is_in(
        run.templates.filter(pl.col("text").str.starts_with("(root)"))["template"].implode()
    )
    one = run.mined.with_columns(template=pl.when(command).then(pl.lit("c" * 12)).otherwise("template"))
    known = run.templates.with_columns(template=pl.when(command).then(pl.lit("c" * 12)).otherwise("template"))
    return replace(run, mined=one, templates=known.unique("template", keep="first", maintain_order=True))


@pytest.fixture
def counted(run_of, event):
    def made(*ends, **how):
        return count(mined(run_of(jobs(event, *ends, **how))))

    return made


def test_each_job_of_a_template_has_counts_and_gaps_of_its_own(counted):
    """Two jobs of one template: two forms with all their records, although each record has a key alone."""
    run = counted(7200, 3600)
    rows = run.forms.group_by("form").agg(pl.sum("n"), pl.max("last")).sort("form")
    assert rows["form"].to_list() == ["(root) CMD (/opt/a <num>)", "(root) CMD (/opt/b <num>)"]
    assert rows["n"].to_list() == [120, 60]
    assert rows["last"][0] - rows["last"][1] == timedelta(seconds=3599)
    gaps = run.form_gaps.sort("form")
    assert gaps["n"].to_list() == [119, 59]
    assert gaps["median"].to_list() == gaps["largest"].to_list() == [60e6, 60e6]
    assert gaps["last"].to_list() == rows["last"].to_list()
    assert run.forms.select(pl.col("last_line").max()).item() == 180


def test_a_template_of_one_form_has_none(counted):
    """What is the template itself is not followed twice."""
    assert counted(7200).forms.is_empty()


def test_counts_of_forms_add_up_to_those_of_their_template(counted):
    """No record of a form is lost or counted twice, bucket by bucket."""
    run = counted(7200, 3600)
    by = ["bucket", "service", "template"]
    whole = run.counts.filter(pl.col("template") == "c" * 12).select(*by, "n")
    assert run.forms.group_by(by).agg(pl.sum("n")).sort(by).equals(whole)


@pytest.mark.parametrize(("limit", "value"), [("CROWD", 1), ("MOST_KEYS", 150), ("LEAST", 121), ("MOST", 0)])
def test_a_crowd_is_not_followed(counted, monkeypatch, limit, value):
    """Too many forms or keys of a template, or too few records of a form: none."""
    monkeypatch.setattr(f"logsense.count.rhythm.forms.{limit}", value)
    assert counted(7200, 3600).forms.is_empty()


def test_what_comes_by_chance_is_not_followed(run_of, event):
    """A form of uneven gaps beside an even one is left out."""
    events = jobs(event, 7200)
    chance = np.cumsum(np.random.default_rng(2).exponential(60, 110))
    events += [event(float(at), 0, f"(root) CMD (/opt/z {n})") for n, at in enumerate(chance)]
    assert count(mined(run_of(events))).forms["form"].unique().to_list() == ["(root) CMD (/opt/a <num>)"]


def test_what_comes_too_often_for_a_rhythm_is_not_followed(counted):
    """Two forms once in five seconds: buckets tell when they stop."""
    assert counted(7200, 7200, every=5).forms.is_empty()


def test_a_form_another_takes_over_from_is_left_out(run_of, event):
    """The size of a job in KiB for an hour, in MiB from then on: no job stopped."""
    kept = [event(t + 3, 0, f"(root) CMD (/opt/x {t})") for t in range(0, 7200, 60)]

    def sizes(second, from_):
        units = [(t, "KiB" if t < 3600 else second) for t in range(0, 7200, 60) if t < 3600 or t >= from_]
        return [event(t, 0, f"(root) CMD (/opt/a) {t} {unit}") for t, unit in units]

    beside = [event(7 * t, 1, "served") for t in range(1029)]
    taken = count(mined(run_of(beside + kept + sizes("MiB", 3600)))).forms["form"].unique().to_list()
    assert not any("KiB" in form for form in taken)
    later = count(mined(run_of(beside + kept + sizes("MiB", 5400)))).forms["form"].unique().to_list()
    assert any("KiB" in form for form in later)


def test_the_order_of_records_and_keys_does_not_matter(run_of, event):
    """Shuffled, the same frames come out."""
    run = mined(run_of(jobs(event, 7200, 3600, 5000)))
    mixed = replace(
        run,
        records=run.records.collect().sample(fraction=1.0, shuffle=True, seed=5).lazy(),
        keys=run.keys.sample(fraction=1.0, shuffle=True, seed=6),
        mined=run.mined.sample(fraction=1.0, shuffle=True, seed=7),
    )
    one, other = count(run), count(mixed)
    assert one.forms.height
    assert one.forms.equals(other.forms)
    assert one.form_gaps.equals(other.form_gaps)


def test_without_times_or_depth_there_are_no_forms(run_of, event):
    """Nothing has a rhythm in the order of lines; and a listing of templates needs none."""
    untimed = [event(None, 0, f"(root) CMD (/opt/{'ab'[t % 2]} {t})") for t in range(200)]
    assert count(mined(run_of(untimed))).forms.is_empty()
    assert count(mined(run_of(jobs(event, 7200, 3600))), deep=False).forms.is_empty()
