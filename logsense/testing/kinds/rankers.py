"""Checks of rankers: evidence in decades, for candidates that were given."""

import math
from typing import Any

import polars as pl

from logsense.schema import View
from logsense.testing import classes
from logsense.testing.cases import planted
from logsense.testing.frames import again, apart, candidates_of, evidence_of, run, views_for
from logsense.testing.hostile import hostile, tainted
from logsense.testing.kinds import views
from logsense.testing.promise import need, table

#: Decades beyond which one term settles everything alone.
MOST = 12.0


def values_finite(plugin: Any) -> None:
    """Values are finite."""
    for name, view in views_for(plugin):
        values = run(plugin, view)["value"]
        need(values.is_finite().all(), f"{name}: {values.filter(~values.is_finite()).to_list()[:1]}")


def scores_in_reach(plugin: Any) -> None:
    """Evidence is decades: no single term is larger than 12, in either direction."""
    for name, view in views_for(plugin):
        said = [evidence_of(again(plugin), view, given) for given in (candidates_of(view), _in_turn(view))]
        odd = [value for value in pl.concat(said)["value"] if math.fabs(value) > MOST]
        need(not odd, f"{name}: a term of {odd[:1]} decades settles everything alone")


def candidates_given(plugin: Any) -> None:
    """Only candidates that were given get evidence."""
    for name, view in views_for(plugin):
        known = set(candidates_of(view)["candidate"].to_list())
        odd = sorted(set(run(plugin, view)["candidate"].to_list()) - known)
        need(not odd, f"{name}: there is no candidate {odd[:1]}")


def no_candidates(plugin: Any) -> None:
    """Without candidates there is no evidence, and no exception."""
    view = planted("new")
    none = candidates_of(view).clear()
    need(evidence_of(again(plugin), view, none).height == 0, "there was no candidate")


def one_candidate(plugin: Any) -> None:
    """A single candidate is no cause for an exception."""
    view = planted("new")
    evidence_of(again(plugin), view, candidates_of(view).head(1))


def without_template(plugin: Any) -> None:
    """Candidates that name no template (a service fell silent) are candidates like others."""
    view = planted("new")
    given = candidates_of(view).with_columns(pl.lit(None, pl.String).alias("template"))
    evidence_of(again(plugin), view, given)


def candidates_shuffled(plugin: Any) -> None:
    """The order of the candidates' rows changes nothing: their numbers tell them apart."""
    view = planted("new")
    for given in (candidates_of(view), _in_turn(view)):
        mixed = given.sample(fraction=1.0, shuffle=True, seed=7)
        first, second = (_sorted(evidence_of(again(plugin), view, rows)) for rows in (given, mixed))
        need(first.equals(second), "join by the column candidate, not by place")


def _in_turn(view: View) -> pl.DataFrame:
    """The candidates of a view, each begun an hour after the one before: causes do lead by so much.

    The last of them begins first, so that who is first is not who stands first.
    """
    given = candidates_of(view)
    hours = pl.duration(hours=pl.int_range(pl.len(), 0, -1))
    return given.with_columns(
        start=pl.lit(given["start"].min()) + hours, end=pl.lit(given["end"].max()) + hours
    )


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort("candidate", "name", "why", "value")


def reasons(plugin: Any) -> None:
    """Each term has a name and a reason that people can read, without a control character."""
    odd = [hostile(), hostile(services=True)]
    if callable(example := getattr(plugin, "example", None)):
        odd += [tainted(example(), services=services) for services in (False, True)]
    for view in (*(view for _, view in views_for(plugin)), *odd):
        for name, why in run(plugin, view).select("name", "why").iter_rows():
            need(name.strip() and why.strip(), f"no name or no reason: {name!r}, {why!r}")
            need((name + why).isprintable(), f"text of logs must go through api.safe: {name!r}, {why!r}")


def baseline_apart(plugin: Any) -> None:
    """Known-good logs before the run, seams and a window are no cause for an exception."""
    for _, view in views_for(plugin):
        run(plugin, apart(view))


CHECKS = table(
    classes.documented, *classes.CONFIGURED,
    *views.RUNS,
    values_finite, scores_in_reach, candidates_given, no_candidates, one_candidate, without_template,
    candidates_shuffled, reasons, baseline_apart,
    *views.DEAR, classes.stdout_silent, *classes.ALONE,
)  # fmt: skip
