"""Checks of detectors: frames in, anomalies out, a score that means what it says."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl

from logsense import detect
from logsense.analysis import Windows
from logsense.schema import FINDING_KINDS, View
from logsense.testing import classes
from logsense.testing.cases import PLANTS, SIZED, START, WIDTH, besides, calm, from_table, planted
from logsense.testing.frames import again, anomalies_of, apart, kinds_of, learned, run, views_for
from logsense.testing.hostile import hostile, tainted
from logsense.testing.kinds import views
from logsense.testing.promise import dear, need, need_example, table

#: Score from which what is found in calm data is a false alarm, and from which a plant counts as found.
LOUD, FOUND = 6.0, 3.0
#: Decades that a larger plant may lose: a larger fault may be cut into windows in another way.
SLACK = 0.5
CAP = 300.0
#: The bucket before which nothing is planted.
QUIET_UNTIL = 45


def _found(plugin: Any) -> Iterator[tuple[str, View, pl.DataFrame]]:
    for name, view in (*views_for(plugin), ("calm()", calm())):
        yield name, view, run(plugin, view)


def scores_valid(plugin: Any) -> None:
    """Scores are finite decades from 0 to 300: -log10 of a p-value."""
    for name, _, found in _found(plugin):
        odd = found.filter(~(pl.col("score").is_finite() & pl.col("score").is_between(0.0, CAP)))
        need(not odd.height, f"{name}: score {odd['score'].to_list()[:3]}")


def kinds_known(plugin: Any) -> None:
    """Kinds are those of api.FINDING_KINDS; what it says it finds are kinds, too."""
    for name, _, found in _found(plugin):
        odd = sorted(set(found["kind"].to_list()) - set(FINDING_KINDS))
        need(not odd, f"{name}: {', '.join(odd)} is none of {', '.join(FINDING_KINDS)}")
    odd = sorted(set(getattr(plugin, "finds", ())) - set(FINDING_KINDS))
    need(not odd, f"finds: {', '.join(odd)} is none of {', '.join(FINDING_KINDS)}")


def times_in_order(plugin: Any) -> None:
    """No anomaly ends before it starts, or lies outside the run and its metrics."""
    for name, view, found in _found(plugin):
        back = found.filter(pl.col("end") < pl.col("start"))
        need(not back.height, f"{name}: it ends before it starts: {back.rows()[:1]}")
        if view.start is not None:
            room = timedelta(microseconds=view.width)
            times = view.series["time"].to_list() if "time" in view.series else []
            begin = min([view.start, *times]) - room
            end = max([view.start + room * view.buckets, *times]) + room
            off = found.filter((pl.col("start") < begin) | (pl.col("end") > end))
            need(not off.height, f"{name}: not within {begin} to {end}: {off.rows()[:1]}")


def places_exist(plugin: Any) -> None:
    """Services and templates that it names are those of the view."""
    for name, view, found in _found(plugin):
        frames = (view.counts, view.values, view.steps, view.series, view.attempts, view.deeds, view.changes)
        services = {one for frame in frames if "service" in frame for one in frame["service"].to_list()}
        odd = sorted(set(found["service"].to_list()) - services)
        need(not odd, f"{name}: there is no service {odd[:1]}")
        templates = set(view.templates["template"].to_list()) | {None}
        unknown = sorted(set(found["template"].to_list()) - templates)
        need(not unknown, f"{name}: there is no template {unknown[:1]}; null where none is meant")


def named_in_rows(plugin: Any) -> None:
    """Rows carry the detector's own name."""
    for name, _, found in _found(plugin):
        odd = sorted(set(found["detector"].to_list()) - {plugin.name})
        need(not odd, f"{name}: detector is {odd[:1]}, not {plugin.name!r}")


def sentences(plugin: Any) -> None:
    """Each anomaly has a sentence with a number, and no control character in it."""
    for name, _, found in _found(plugin):
        for text in found["sentence"].to_list():
            need(any(c.isdigit() for c in text), f"{name}: a sentence without a number: {text!r}")
            need(text.isprintable(), f"{name}: a sentence with a control character: {text!r}")


def hostile_sentences(plugin: Any) -> None:
    """Text of logs goes through api.safe before it stands in a sentence, observed or expected."""
    odd = [
        hostile(services=services, kind=k) for k in kinds_of(plugin) or ("new",) for services in (False, True)
    ]
    if callable(example := getattr(plugin, "example", None)):
        odd += [tainted(example(), services=services) for services in (False, True)]
    for view in odd:
        found = run(plugin, view)
        for text in (*found["sentence"], *found["observed"], *found["expected"]):
            need(text.isprintable(), f"text of logs must go through api.safe: {text!r}")


@dear
def quiet_when_calm(plugin: Any) -> None:
    """Calm data (over-dispersed counts, a periodic message, numbers, steps) give no score of 6 or more."""
    for seed in range(5):
        found = run(plugin, besides(calm(seed=seed)))
        loud = found.filter(pl.col("score") >= LOUD)
        need(
            not loud.height, f"calm data (seed {seed}) gave a score of 6 or more: {loud.rows(named=True)[:1]}"
        )


def quiet_as_chosen(plugin: Any) -> None:
    """Trouble that comes and goes all along gives no score of 6 or more, with the baseline a run chooses."""
    for seed in range(5):
        view = detect.windowed(replace(_chronic(seed), quiet=()), Windows())
        loud = run(plugin, view).filter(pl.col("score") >= LOUD)
        need(
            not loud.height,
            "trouble as usual gave a score of 6 or more; quiet buckets are the calmest, and hold less of it"
            f" than all others: {loud.rows(named=True)[:1]}",
        )


def _chronic(seed: int) -> View:
    """A run in which a known complaint stands in four of ten buckets, at random, from beginning to end."""
    random = np.random.default_rng(seed)
    served = random.poisson(6.0, (4, 100)).astype(np.float64)
    failed = (random.random((1, 100)) < 0.4) * random.integers(1, 3, (1, 100))
    texts = ["served page in <num> ms", "took order <num>", "read row <num>", "sent mail <num>"]
    return from_table(
        np.vstack([served, failed]),
        ["shop"] * 5,
        [*texts, "error: payment timed out after <num> ms"],
        ["INFO"] * 4 + ["ERROR"],
    )


def quiet_without_change(plugin: Any) -> None:
    """Where every bucket is like every other, nothing is found at all."""
    found = run(plugin, views.even())
    need(not found.height, f"nothing ever changes, and yet: {found.rows(named=True)[:1]}")


def finds_planted(plugin: Any) -> None:
    """What the detector says it finds is found where it was planted."""
    kinds = kinds_of(plugin)
    example = getattr(plugin, "example", None)
    need_example(
        kinds or callable(example), "say what it finds: finds = (kinds of PLANTS), or example() -> View"
    )
    others = sorted(set(plugin.finds) - set(PLANTS)) if kinds else []
    need_example(
        not others or callable(example), f"{', '.join(others)} cannot be planted: give it example() -> View"
    )
    for kind in kinds:
        # What is coming is seen all along; all else has a beginning, some time after the baseline's end.
        early, late = (START + timedelta(microseconds=WIDTH * at) for at in (QUIET_UNTIL, 55))
        found = run(plugin, planted(kind))
        hit = found.filter(
            pl.col("kind") == kind,
            pl.col("score") >= FOUND,
            pl.col("end") >= late,
            (pl.col("start") >= early) | (kind == "forecast"),
        )
        need(
            hit.height,
            f"nothing of kind {kind!r} with a score of {FOUND:g} or more where it was planted, "
            f"in planted({kind!r}) from bucket 60 on; {_gave(found)}",
        )
    if callable(example):
        need(run(plugin, example()).height, "nothing found in its own example")


def _gave(found: pl.DataFrame) -> str:
    """What a detector gave instead: how far off that is tells its author where to look."""
    if not found.height:
        return "it gave no row at all"
    best = found.sort("score", descending=True).row(0, named=True)
    said = f"{best['kind']!r} of {best['service']!r}, score {best['score']:.1f}"
    return (
        f"the best of its {found.height} rows is {said}, {best['start']:%H:%M:%S} to {best['end']:%H:%M:%S}"
    )


def larger_no_smaller(plugin: Any) -> None:
    """A fault of three times the size gets no smaller a score."""
    for kind in kinds_of(plugin):
        if kind in SIZED:
            small, large = (_best(run(plugin, planted(kind, size=size)), kind) for size in (1.0, 3.0))
            need(
                large >= small - SLACK, f"{kind}: {small:.1f} as planted, {large:.1f} at three times the size"
            )


def _best(found: pl.DataFrame, kind: str) -> float:
    best = found.filter(pl.col("kind") == kind)["score"].max()
    return float(best) if isinstance(best, float) else 0.0


def state_plain(plugin: Any) -> None:
    """What was learned is plain data: pickled and read again, it finds the same."""
    for name, view in views_for(plugin):
        one, other = again(plugin), again(plugin)
        one.fit(view)
        try:
            kept = pickle.dumps(learned(one))
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            need(False, f"keep frames, arrays and plain data, no functions or open things: {error}")
            raise
        for key, value in pickle.loads(kept).items():  # noqa: S301 - bytes of our own, some lines above
            setattr(other, key, value)
        same = anomalies_of(one, view).equals(anomalies_of(other, view))
        need(same, f"{name}: what was learned got lost on the way: keep it on the instance")


def fit_twice(plugin: Any) -> None:
    """Fitting again forgets what was learned before."""
    for name, view in views_for(plugin):
        one = again(plugin)
        # A run of its own kind, too, in which what is odd here was usual: of others it may learn nothing.
        rest = tuple(bucket for bucket in range(view.buckets) if bucket not in view.quiet)
        one.fit(planted("rate up", seed=3)).fit(replace(view, quiet=rest)).fit(view)
        need(
            anomalies_of(one, view).equals(run(plugin, view)),
            f"{name}: what was learned before is still there",
        )


def detect_twice(plugin: Any) -> None:
    """Asking twice gives the same: detect learns nothing."""
    for name, view in views_for(plugin):
        one = again(plugin).fit(view)
        first = anomalies_of(one, view)
        need(first.equals(anomalies_of(one, view)), f"{name}: the second answer differs; learn in fit alone")


def baseline_apart(plugin: Any) -> None:
    """Known-good logs before the run, seams and a window are no cause for an exception."""
    for _, view in views_for(plugin):
        run(plugin, apart(view))


CHECKS = table(
    classes.documented,
    *classes.CONFIGURED,
    *views.RUNS,
    scores_valid,
    kinds_known,
    times_in_order,
    places_exist,
    named_in_rows,
    sentences,
    hostile_sentences,
    quiet_as_chosen,
    quiet_without_change,
    finds_planted,
    larger_no_smaller,
    state_plain,
    fit_twice,
    detect_twice,
    baseline_apart,
    quiet_when_calm,
    *views.DEAR,
    classes.stdout_silent,
    *classes.ALONE,
)
